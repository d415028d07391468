"""Replace PrecompileTools' global switch by flags of single packages.

The switch turns off every workload of the environment, and every package that depends on
PrecompileTools hangs on it. Two smaller wishes are usually behind it: no workloads of the
packages that are being developed here, or none of any package. Both can be said by flags.
"""

from __future__ import annotations

from precompass.documents.editing import remove_value
from precompass.file_context import FileContext, PreferenceTable, context_of
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.fixes.listing import add_to_extras
from precompass.fixes.move_to_flags import depends_on, setting_flag
from precompass.graph import Unit, UnitId
from precompass.invalidation import Invalidations
from precompass.julia.uuids import PRECOMPILE_TOOLS
from precompass.observers import FLAG, SWITCH
from precompass.session import Session
from precompass.wording import counted

KIND = "switch-to-flags"
DEVELOPED = "developed"
ALL = "all"


def switch_of(context: FileContext) -> PreferenceTable | None:
    """Return the table of a file that turns the switch off in effect."""
    for table, uuid, key, entry in context.preferences_in_effect():
        if uuid == PRECOMPILE_TOOLS and key == SWITCH:
            return table if getattr(entry.node, "value", None) is False else None
    return None


def packages(invalidations: Invalidations, which: str) -> tuple[Unit, ...]:
    """Return the packages that would get a flag: those developed here, or all."""
    environment = invalidations.environment
    project_ids = {unit.id for unit in invalidations.graph.projects}

    def is_wanted(unit: Unit) -> bool:
        entry = environment.entry(unit.uuid)
        is_developed = unit.id in project_ids or (entry is not None and entry.path is not None)
        return which == ALL or is_developed

    return tuple(
        unit
        for unit in invalidations.graph.units.values()
        if unit.is_package
        and unit.uuid != PRECOMPILE_TOOLS
        and depends_on(invalidations, unit, PRECOMPILE_TOOLS)
        and is_wanted(unit)
    )


def offers(context: FileContext) -> tuple[Fix, ...]:
    """Offer both, as far as they make a difference."""
    invalidations = context.invalidations
    if invalidations is None or switch_of(context) is None:
        return ()
    fixes = []
    developed = packages(invalidations, DEVELOPED)
    every = packages(invalidations, ALL)
    if developed:
        fixes.append(_offer(context, invalidations, developed, DEVELOPED))
    if every and every != developed and invalidations.environment.julia.lists_extras:
        fixes.append(_offer(context, invalidations, every, ALL))
    return tuple(fixes)


def _offer(
    context: FileContext, invalidations: Invalidations, units: tuple[Unit, ...], which: str
) -> Fix:
    once: set[UnitId] = set()
    switch = invalidations.of_preference(PRECOMPILE_TOOLS, SWITCH).recompilation
    once |= {unit.id for unit in switch.packages}
    for unit in units:
        once |= {above.id for above in invalidations.of_package(unit.uuid).packages}
    whose = "the packages developed here" if which == DEVELOPED else "every package with a workload"
    title = (
        f"Replace the switch by flags for {whose} ({counted(len(units), 'flag')}; "
        f"recompiles {len(once)} once)"
    )
    return Fix(title, FixId(KIND, context.path, (which,)), is_preferred=which == DEVELOPED)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of one of :func:`offers`."""
    context = context_of(session, fix.file)
    table = switch_of(context) if context is not None else None
    if context is None or table is None or context.invalidations is None:
        return None
    environment = context.invalidations.environment
    draft = Draft(session)
    place = table.path
    for unit in packages(context.invalidations, *fix.arguments):
        name = environment.project.table_name(unit.uuid, environment.julia)
        path = (*table.path[:-1], name or unit.name, FLAG)
        if context.document.root.get(*path) is None:
            draft.change(context.path, setting_flag(path, place))
            if context.document.root.get(*path[:-1]) is None:
                place = path[:-1]
        if name is None:
            add_to_extras(draft, environment.project.path, unit.name, str(unit.uuid))
    draft.change(context.path, lambda text: remove_value(text, (*table.path, SWITCH)))
    return draft.edits()
