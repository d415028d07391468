"""Write the UUID under which a package is registered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from precompass.documents.editing import set_value
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.julia.stdlibs import STDLIBS

if TYPE_CHECKING:
    from precompass.julia.uuids import UUID
    from precompass.registry.registries import Registries
    from precompass.session import Session

KIND = "write-uuid"


def uuids_of(registries: Registries, name: str) -> Mapping[UUID, str]:
    """Return the packages that are called *name*, and where each is: ``General``, ``Julia``."""
    found = {uuid: "Julia" for uuid, stdlib in STDLIBS.items() if stdlib == name}
    for summary in registries.named(name):
        found.setdefault(summary.uuid, summary.registry)
    return found


def offers(registries: Registries, file: Path, section: str, name: str) -> tuple[Fix, ...]:
    """Offer to write the UUID of each package that is called *name*.

    Args:
        registries: the registries.
        file: the project file.
        section: the section that lists the package.
        name: of the package.
    """
    found = uuids_of(registries, name)
    return tuple(
        Fix(
            f"Write the UUID of {name} in {where}: {uuid}",
            FixId(KIND, file, (section, name, str(uuid))),
            is_preferred=len(found) == 1,
        )
        for uuid, where in found.items()
    )


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offers`."""
    section, name, uuid = fix.arguments
    draft = Draft(session)
    draft.change(fix.file, lambda text: set_value(text, (section, name), uuid))
    return draft.edits()
