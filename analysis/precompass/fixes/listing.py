"""List a package in ``[extras]``, so that Julia sees its preferences.

The place is the one where Preferences.jl itself adds a package whose preferences it writes
(``set_preferences!``): ``[extras]``, which loads nothing. Its keys are kept in order, as Pkg
writes them.
"""

from __future__ import annotations

from pathlib import Path

from precompass.documents.editing import set_value
from precompass.documents.toml import parse_toml
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.fixes.registered_uuid import uuids_of
from precompass.julia.published_preferences import published_uuids
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.wording import recompiled

KIND = "list-in-extras"

_KNOWN = {"SnoopPrecompile": SNOOP_PRECOMPILE, "PrecompileTools": PRECOMPILE_TOOLS}


def uuid_to_list(session: Session, invalidations: Invalidations, name: str) -> UUID | None:
    """Return the UUID under which a package of this name would be listed, if it is known.

    Of what no file of the environment names, Julia's standard libraries, the published
    preferences or the registries tell it, where they have exactly one package of this name.
    """
    known = invalidations.environment.named(name) or _KNOWN.get(name)
    if known is not None:
        return known
    found = {uuid: name for uuid, stdlib in STDLIBS.items() if stdlib == name}
    found |= dict.fromkeys(published_uuids(name), name)
    if not found and session.registries is not None:
        found |= dict.fromkeys(uuids_of(session.registries, name), name)
    return next(iter(found)) if len(found) == 1 else None


def offer(session: Session, invalidations: Invalidations, file: Path, name: str) -> Fix | None:
    """Offer to list a package; None where that would not help or its UUID is not known.

    It is what most people want where the package is in the environment, or may be.
    """
    environment = invalidations.environment
    uuid = uuid_to_list(session, invalidations, name)
    if uuid is None or not environment.julia.lists_extras:
        return None
    if environment.project.table_name(uuid, environment.julia) is not None:
        return None
    cost = ""
    unit = invalidations.graph.unit_of(uuid)
    if unit is not None:
        values = environment.if_listed(uuid, name).preferences(uuid).values
        most = invalidations.of_values({uuid: values})
        if most.units:
            cost = f" (recompiles {recompiled(most)})"
        elif most.is_complete:
            cost = " (recompiles nothing)"
    project = environment.project.path
    title = f"List {name} in [extras] of {project.name}, so that Julia sees its preferences{cost}"
    is_here = unit is not None or any(gap.hides_names for gap in environment.gaps)
    return Fix(title, FixId(KIND, file, (name, str(uuid))), is_preferred=is_here)


def offer_uuid(file: Path, name: str, uuid: UUID) -> Fix:
    """Offer to list a package, or an extension, under a UUID that the environment does not tell."""
    return Fix(f"List {name} in [extras] ({uuid})", FixId(KIND, file, (name, str(uuid))))


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    name, uuid = fix.arguments
    project = session.project_of(fix.file)
    if project is None:
        return None
    draft = Draft(session)
    add_to_extras(draft, project, name, uuid)
    return draft.edits()


def add_to_extras(draft: Draft, project: Path, name: str, uuid: str) -> None:
    """Add a package to ``[extras]`` of a project file, behind ``[compat]`` if it has one."""

    def add(text: str) -> str | None:
        return set_value(text, ("extras", name), uuid, after=_last_section(text), in_order=True)

    draft.change(project, add)


def _last_section(text: str) -> tuple[str, ...]:
    """Return the section behind which Pkg writes ``[extras]``."""
    root = parse_toml(text).root
    for name in ("compat", "extensions", "sources", "weakdeps", "deps"):
        if root.table(name) is not None:
            return (name,)
    return ()
