"""The manifests in the neighbourhood of a package that name it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.file_context import FileContext
from precompass.files.neighbours import folders_above, manifest_of, manifests_in, places_near
from precompass.julia.project import ProjectFile
from precompass.session import Session


def manifests_naming(context: FileContext, project: ProjectFile) -> Iterator[Path]:
    """Yield the manifests near a package that name its UUID; their texts alone are searched.

    Args:
        context: of the package's project file.
        project: that file.
    """
    session, uuid = context.session, str(project.uuid)
    places = places_near(context.path.parent, session.snapshot)
    near = [path for place in places for path in session.once(_manifests_in, place)]
    above = folders_above(context.path.parent, session.snapshot)
    near += [path for place in above for path in manifest_of(place, session.snapshot)]
    for path in dict.fromkeys(near):
        source = session.snapshot.read(path)
        if source is not None and uuid in source.uuids:
            yield path


def _manifests_in(session: Session, folder: Path) -> tuple[Path, ...]:
    """Return the manifests in a folder; the packages of a monorepo all ask about the same one."""
    return tuple(manifests_in(folder, session.snapshot))
