"""Write a UUID that is known for a package's name, where the one that stands there is wrong."""

from __future__ import annotations

from precompass.file_context import FileContext
from precompass.findings import Fix, FixId
from precompass.fixes import listing, registered_uuid, writing
from precompass.julia.manifest import Manifest
from precompass.julia.project import LISTING_SECTIONS
from precompass.julia.published_preferences import published_uuids
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID


def known(context: FileContext, name: str) -> dict[UUID, str]:
    """Return the packages that are called *name*, and who says so, the nearest first."""
    found: dict[UUID, str] = {}
    environment = context.invalidations.environment if context.invalidations is not None else None
    if environment is not None:
        if environment.manifest is not None:
            found.update(in_manifest(environment.manifest, name))
        for project in environment.projects:
            for section in LISTING_SECTIONS:
                if name in project.section(section):
                    place = f"[{section}] of {project.path.parent.name}/{project.path.name}"
                    found.setdefault(project.section(section)[name], place)
    for uuid, stdlib in STDLIBS.items():
        if stdlib == name:
            found.setdefault(uuid, "Julia's standard libraries")
    for uuid in published_uuids(name):
        found.setdefault(uuid, "the published preferences that Precompass knows")
    registries = context.session.registries
    if registries is not None:
        for uuid, where in registered_uuid.uuids_of(registries, name).items():
            found.setdefault(uuid, where)
    return found


def in_manifest(manifest: Manifest, name: str) -> dict[UUID, str]:
    """Return the packages of a manifest that are called *name*."""
    return {
        uuid: manifest.path.name for uuid, entry in manifest.packages.items() if entry.name == name
    }


def offers(context: FileContext, path: tuple[str, ...], uuids: dict[UUID, str]) -> tuple[Fix, ...]:
    """Offer to write each of some UUIDs at *path*, the section and the name of the package."""
    return tuple(
        writing.offer(
            context.path,
            path,
            str(uuid),
            f"Write the UUID of {path[-1]} in {where}: {uuid}",
            is_preferred=len(uuids) == 1,
        )
        for uuid, where in uuids.items()
    )


def listing_offers(context: FileContext, section: str, name: str) -> tuple[Fix, ...]:
    """Offer to list the package called *name* in a section, where a UUID is known for it.

    A UUID that the project lists under another name already is not offered: Pkg refuses two.
    """
    project = context.project
    names = project.names_of_listed if project is not None else {}
    uuids = {
        uuid: where for uuid, where in known(context, name).items() if names.get(uuid, name) == name
    }
    if section == "extras":
        return tuple(
            Fix(
                f"List {name} in [extras] ({uuid}, as in {where})",
                FixId(listing.KIND, context.path, (name, str(uuid))),
            )
            for uuid, where in uuids.items()
        )
    return tuple(
        writing.offer(
            context.path,
            (section, name),
            str(uuid),
            f"List {name} in [{section}] ({uuid}, as in {where})",
            is_preferred=False,
        )
        for uuid, where in uuids.items()
    )
