"""Replace PrecompileTools' global switch by flags of single packages.

The switch turns off every workload of the environment, and every package that depends on
PrecompileTools depends on it. Two smaller wishes are usually behind it: no workloads of the
packages that are being developed here, or none of any package. Both can be said by flags.
"""

from __future__ import annotations

from collections.abc import Mapping

from precompass.documents.editing import remove_value
from precompass.documents.toml import plain
from precompass.documents.values import TomlTable
from precompass.file_context import EnvironmentContext, PreferenceTable, environment_context_of
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.fixes.listing import add_to_extras
from precompass.fixes.move_to_flags import depends_on, setting_flag
from precompass.julia.preferences import merge
from precompass.julia.uuids import PRECOMPILE_TOOLS
from precompass.julia.workload_tools import FLAG, SWITCH, THE_SWITCH
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.workload_flags import is_switched_off
from precompass.session import Session
from precompass.wording import counted, recompiles_once

KIND = "switch-to-flags"
DEVELOPED = "developed"
ALL = "all"


def switch_of(context: EnvironmentContext) -> PreferenceTable | None:
    """Return the table of a file that turns the switch off in effect."""
    invalidations = context.invalidations
    if not is_switched_off(invalidations.environment):
        return None
    if invalidations.graph.package(PRECOMPILE_TOOLS) is None:
        return None
    for one in context.preferences_in_effect:
        if one.preference == THE_SWITCH:
            return one.table
    return None


def packages(context: EnvironmentContext, table: PreferenceTable, which: str) -> tuple[Unit, ...]:
    """Return the packages that would get a flag: those developed here, or all.

    A package whose flag says something else than ``false`` is not among them: its author
    decided otherwise.
    """
    invalidations = context.invalidations
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
        and _preferences_then(context, invalidations, table, unit).get(FLAG, False) is False
    )


def _preferences_then(
    context: EnvironmentContext, invalidations: Invalidations, switch: PreferenceTable, unit: Unit
) -> TomlTable:
    """Return the preferences of a package as they are once the project lists it."""
    in_effect = invalidations.preferences(unit.uuid).values
    if invalidations.environment.project.table_name(unit.uuid, invalidations.environment.julia):
        return in_effect
    entry = context.document.root.get(*switch.path[:-1], unit.name)
    table = plain(entry.node) if entry is not None else {}
    return merge(in_effect, table) if isinstance(table, Mapping) else in_effect


def offers(context: EnvironmentContext) -> tuple[Fix, ...]:
    """Offer both, as far as they make a difference."""
    invalidations, table = context.invalidations, switch_of(context)
    if table is None:
        return ()
    fixes = []
    developed = packages(context, table, DEVELOPED)
    every = packages(context, table, ALL)
    if developed:
        fixes.append(_offer(context, invalidations, table, developed, DEVELOPED))
    if every and every != developed and invalidations.environment.julia.lists_extras:
        fixes.append(_offer(context, invalidations, table, every, ALL))
    return tuple(fixes)


def _offer(
    context: EnvironmentContext,
    invalidations: Invalidations,
    table: PreferenceTable,
    units: tuple[Unit, ...],
    which: str,
) -> Fix:
    switch = dict(invalidations.preferences(PRECOMPILE_TOOLS).values)
    del switch[SWITCH]
    values = {PRECOMPILE_TOOLS: switch} | {
        unit.uuid: {**_preferences_then(context, invalidations, table, unit), FLAG: False}
        for unit in units
    }
    cost = ""
    if not invalidations.environment.gaps:  # else the dependents are not known
        cost = f"; {recompiles_once(invalidations.of_values(values).count)}"
    whose = "the packages developed here" if which == DEVELOPED else "every package with a workload"
    title = f"Replace the switch by flags for {whose} ({counted(len(units), 'flag')}{cost})"
    return Fix(title, FixId(KIND, context.path, (which,)), is_preferred=which == DEVELOPED)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of one of :func:`offers`."""
    context = environment_context_of(session, fix.file)
    table = switch_of(context) if context is not None else None
    if context is None or table is None:
        return None
    environment = context.environment
    draft = Draft(session)
    place = table.path
    for unit in packages(context, table, *fix.arguments):
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
