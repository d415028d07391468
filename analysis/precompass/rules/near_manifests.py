"""The manifests in the neighbourhood of a package that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from precompass.file_context import FileContext
from precompass.files.neighbours import folders_above, manifest_of, manifests_in, places_near
from precompass.files.snapshot import Snapshot
from precompass.julia.project import ProjectFile
from precompass.session import Session

_Named: TypeAlias = tuple[Path, frozenset[str]]
"""A manifest, and the UUIDs in its text."""


def manifests_naming(context: FileContext, project: ProjectFile) -> Iterator[Path]:
    """Yield the manifests near a package that name its UUID; their texts alone are searched.

    Args:
        context: of the package's project file.
        project: that file.
    """
    session, uuid = context.session, str(project.uuid)
    places = places_near(context.path.parent, session.snapshot)
    near = [found for place in places for found in session.once(_manifests_in, place)]
    above = folders_above(context.path.parent, session.snapshot)
    near += [found for place in above for found in session.once(_manifest_in, place)]
    yield from dict.fromkeys(path for path, uuids in near if uuid in uuids)


def _manifests_in(session: Session, folder: Path) -> tuple[_Named, ...]:
    """Return the manifests in a folder; the packages of a monorepo all ask about the same one."""
    return tuple(_read(session.snapshot, manifests_in(folder, session.snapshot)))


def _manifest_in(session: Session, folder: Path) -> tuple[_Named, ...]:
    return tuple(_read(session.snapshot, manifest_of(folder, session.snapshot)))


def _read(files: Snapshot, paths: Iterable[Path]) -> Iterator[_Named]:
    for path in paths:
        source = files.read(path)
        if source is not None:
            yield path, source.uuids
