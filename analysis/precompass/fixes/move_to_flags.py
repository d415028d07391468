"""Move names from SnoopPrecompile's global skip list to flags of their own.

Every package that depends on SnoopPrecompile depends on that one list, whichever name changes.
The flag ``precompile_workload`` in a package's own table binds that package alone. Only a
package that depends on PrecompileTools reads the flag, so only such names move:

* a package that depends on PrecompileTools gets its flag, and leaves the list unless it uses
  SnoopPrecompile too;
* a package that uses SnoopPrecompile alone stays on the list;
* a name that is no package of this environment, or that names a submodule, stays;
* a package whose flag is already set to something else than ``false`` stays: its author
  decided otherwise.

A package that the project does not list is added to ``[extras]``, or Julia would not see the
flag. What is left empty of the list goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from precompass.documents.editing import (
    remove_array_items,
    remove_value,
    replace_table,
    set_value,
)
from precompass.documents.toml import Table, plain
from precompass.documents.values import TomlTable, TomlValue
from precompass.file_context import (
    EnvironmentContext,
    PreferenceTable,
    environment_context_of,
    string_items,
)
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.fixes.listing import add_to_extras
from precompass.julia.preferences import Preference, merge
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.julia.workload_tools import FLAG, SKIP_LIST, THE_SKIP_LIST
from precompass.recompilation.graph import Unit, package_id
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.wording import counted, listed, recompiles_once

KIND = "move-to-flags"


class Obstacle(msgspec.Struct, frozen=True):
    """Why names stay on the list.

    Attributes:
        of_one: said of one name.
        of_several: said of several names.
    """

    of_one: str
    of_several: str


def _same(text: str) -> Obstacle:
    return Obstacle(text, text)


STILL_USES_SNOOP = Obstacle(
    "it still uses SnoopPrecompile, which has no flags",
    "they still use SnoopPrecompile, which has no flags",
)
"""Why a name stays that will be able to move one day."""
_ALSO_USES_SNOOP = Obstacle("it also uses SnoopPrecompile", "they also use SnoopPrecompile")
_MAY_USE_SNOOP = Obstacle(
    "its source is not available, so it may still use SnoopPrecompile",
    "their source is not available, so they may still use SnoopPrecompile",
)
_SUBMODULE = Obstacle("a submodule has no flag", "submodules have no flags")
_NO_PACKAGE = Obstacle(
    "this environment has no such package", "this environment has no such packages"
)
_UNKNOWN_PACKAGE = Obstacle(
    "whether this environment has the package is unknown",
    "whether this environment has the packages is unknown",
)
_UNKNOWN_TOOL = Obstacle(
    "whether it uses PrecompileTools is unknown", "whether they use PrecompileTools is unknown"
)
_NO_TOOL = Obstacle(
    "it uses neither PrecompileTools nor SnoopPrecompile",
    "they use neither PrecompileTools nor SnoopPrecompile",
)


class Move(msgspec.Struct, frozen=True):
    """A name of a skip list that moves.

    Attributes:
        name: as written in the list.
        uuid: of its package.
        table: the name of the preferences table that the flag goes to.
        needs_listing: whether the project has to list the package first.
        has_flag: whether the flag is already set, so that the name only leaves the list.
        keeps_because: why the name stays on the list all the same; None if it leaves.
    """

    name: str
    uuid: UUID
    table: str
    needs_listing: bool
    has_flag: bool
    keeps_because: Obstacle | None

    @property
    def stays_on_list(self) -> bool:
        """Whether the package gets a flag and its name remains on the list."""
        return self.keeps_because is not None


class Plan(msgspec.Struct, frozen=True):
    """What becomes of the names of a skip list.

    Attributes:
        table: where the list stands.
        names: all names on the list.
        moves: those that move.
        staying: why each of the others stays.
        others: the tables of preferences in the same file, by name.
    """

    table: PreferenceTable
    names: tuple[str, ...]
    moves: tuple[Move, ...]
    staying: dict[str, Obstacle]
    others: Mapping[str, TomlTable]

    def without(self, leaving: Collection[str]) -> list[TomlValue]:
        """Return what stays of the list, as written in the file, without some names."""
        items = self.others[self.table.name][SKIP_LIST]
        if not isinstance(items, list):
            return []
        return [item for item in items if not isinstance(item, str) or item not in leaving]


def skip_list_of(context: EnvironmentContext) -> PreferenceTable | None:
    """Return the table of a file that holds the skip list, whether Julia sees it or not."""
    for table in context.tables:
        is_it = table.uuid == SNOOP_PRECOMPILE or table.name == "SnoopPrecompile"
        if is_it and table.table is not None and SKIP_LIST in table.table.entries:
            return table
    return None


def plan(context: EnvironmentContext) -> Plan | None:
    """Return what can become of the names of the skip list in a file."""
    table = skip_list_of(context)
    if table is None or table.table is None:
        return None
    names = [name for name, _ in string_items(table.table.entries[SKIP_LIST].node)]
    moves: list[Move] = []
    staying: dict[str, Obstacle] = {}
    for name in dict.fromkeys(names):
        outcome = _plan_name(context, context.invalidations, name)
        if isinstance(outcome, Move):
            moves.append(outcome)
        else:
            staying[name] = outcome
    others = {one.name: _values(one.table) for one in context.tables if one.table is not None}
    return Plan(table, tuple(names), tuple(moves), staying, others)


def _values(table: Table) -> TomlTable:
    return {name: plain(entry.node) for name, entry in table.entries.items()}


def _plan_name(
    context: EnvironmentContext, invalidations: Invalidations, name: str
) -> Move | Obstacle:
    environment, graph = invalidations.environment, invalidations.graph
    if "." in name:
        return _SUBMODULE
    uuid = environment.named(name)
    unit = graph.package(uuid) if uuid is not None else None
    if uuid is None or unit is None:
        if any(gap.hides_names for gap in environment.gaps):
            return _UNKNOWN_PACKAGE
        return _NO_PACKAGE
    uses_snoop = _why_it_may_use_snoop(invalidations, unit)
    if not uses(invalidations, unit, PRECOMPILE_TOOLS):
        if uses_snoop:
            return STILL_USES_SNOOP
        if any(gap.hides_names for gap in environment.gaps):
            return _UNKNOWN_TOOL
        return _NO_TOOL
    table = environment.project.table_name(uuid, environment.julia)
    if table is None and not environment.julia.lists_extras:
        version = environment.julia.version
        return _same(f"Julia {version} reads preferences of packages in [deps] only")
    path = _flag_path(context, table or name)
    existing = context.document.root.get(*path)
    flag = existing.node if existing is not None else None
    in_effect = invalidations.preferences(uuid).values.get(FLAG, False)
    is_other = flag is not None and getattr(flag, "value", None) is not False
    if is_other or in_effect is not False:
        return _same(f"`[{table or name}] {FLAG}` already has another value")
    if flag is not None and uses_snoop is not None:
        return Obstacle(
            f"its flag is already set, and {uses_snoop.of_one}",
            f"their flags are already set, and {uses_snoop.of_several}",
        )
    return Move(name, uuid, table or name, table is None, flag is not None, uses_snoop)


def depends_on(invalidations: Invalidations, unit: Unit, uuid: UUID) -> bool:
    """Tell whether a package itself lists another one among its dependencies."""
    return invalidations.graph.network.has_edge(unit.id, package_id(uuid))


def uses(invalidations: Invalidations, unit: Unit, tool: UUID) -> bool:
    """Tell whether a package runs workloads of PrecompileTools, or of SnoopPrecompile.

    Its source tells, where it is there; otherwise that it depends on the tool has to do.
    """
    if not depends_on(invalidations, unit, tool):
        return False
    installed = invalidations.installed
    found = installed.source_evidence.workloads(unit)
    if found is None:
        return True
    name = "PrecompileTools" if tool == PRECOMPILE_TOOLS else "SnoopPrecompile"
    return any(use.package == name for use in found)


def _why_it_may_use_snoop(invalidations: Invalidations, unit: Unit) -> Obstacle | None:
    """Return why a package may run workloads of SnoopPrecompile; None if it does not."""
    if not uses(invalidations, unit, SNOOP_PRECOMPILE):
        return None
    installed = invalidations.installed
    if installed.source_evidence.workloads(unit) is None:
        return _MAY_USE_SNOOP
    return _ALSO_USES_SNOOP


def _flag_path(context: EnvironmentContext, table: str) -> tuple[str, ...]:
    """Return the keys that lead to a flag in the file that the list is in."""
    listed_at = skip_list_of(context)
    prefix = listed_at.path[:-1] if listed_at else ()
    return (*prefix, table, FLAG)


def offers(context: EnvironmentContext) -> tuple[Fix, ...]:
    """Offer to move all names that can move, and each by itself where there are several."""
    found = plan(context)
    if found is None or not found.moves:
        return ()
    fixes = [
        Fix(
            _title(context.invalidations, found, found.moves),
            FixId(KIND, context.path, ()),
            is_preferred=_is_worth_it(context.invalidations, found.moves),
        )
    ]
    if len(found.moves) > 1:
        fixes += [
            offer_one(context.invalidations, found, move, context.path) for move in found.moves
        ]
    return tuple(fixes)


def offers_of(context: EnvironmentContext, name: str) -> tuple[Fix, ...]:
    """Offer to move a single name of the list, if it can move."""
    found, invalidations = plan(context), context.invalidations
    if found is None or invalidations is None:
        return ()
    move = next((move for move in found.moves if move.name == name), None)
    if move is None:
        return ()
    if len(found.moves) == 1:
        return offers(context)
    one = offer_one(invalidations, found, move, context.path)
    return (replace(one, is_preferred=_is_worth_it(invalidations, (move,))),)


def offer_one(invalidations: Invalidations, found: Plan, move: Move, file: Path) -> Fix:
    """Offer to move a single name."""
    return Fix(_title(invalidations, found, (move,)), FixId(KIND, file, (move.name,)))


def _title(invalidations: Invalidations, found: Plan, moves: tuple[Move, ...]) -> str:
    leaving = [move for move in moves if not move.stays_on_list]
    staying = [move for move in moves if move.stays_on_list]
    moving = [move for move in leaving if not move.has_flag]
    done = [move for move in leaving if move.has_flag]
    parts = []
    if moving:
        flags = "its own flag" if len(moving) == 1 else "per-package flags"
        parts.append(f"Move {_named(moving)} to {flags}")
    if done:
        why = "its flag is" if len(done) == 1 else "their flags are"
        begin = "delete" if moving else "Delete"
        parts.append(f"{begin} {_named(done)} from the list, as {why} already set")
    if staying:
        flags = "a flag" if len(staying) == 1 else "flags"
        kept = "keep it on the list" if len(staying) == 1 else "keep them on the list"
        begin = "add" if leaving else "Add"
        because = staying[0].keeps_because
        why = f": {because.of_one}" if because is not None and len(staying) == 1 else ""
        parts.append(f"{begin} {flags} for {_named(staying)} and {kept}{why}")
    title = ", ".join(parts)
    if invalidations.environment.gaps:  # the dependents are not known
        return title
    notes = [recompiles_once(_count_of(invalidations, found, moves))]
    if leaving:
        later = _later_counts(invalidations, leaving)
        least, most = min(later), max(later)
        before = invalidations.of_preference(THE_SKIP_LIST).recompilation.count
        notes.append(
            "each later change "
            + (f"{least:,}" if least == most else f"{least:,} to {most:,}")
            + (f" instead of {before:,}" if before else "")
        )
    using = [name for name in found.names if found.staying.get(name) == STILL_USES_SNOOP]
    if using and (len(moves) > 1 or len(found.moves) == 1):
        verbs = ("stays", "it still uses") if len(using) == 1 else ("stay", "they still use")
        notes.append(f"{listed(using, 3)} {verbs[0]} on the list: {verbs[1]} SnoopPrecompile")
    return f"{title} ({'; '.join(notes)})"


def _is_worth_it(invalidations: Invalidations, moves: Iterable[Move]) -> bool:
    """Tell whether no later change recompiles more than a change to the list does today.

    A version of SnoopPrecompile that reads no preferences does not notice its list, so changing
    the list recompiles nothing, and a flag can only cost more. Without SnoopPrecompile the list
    means nothing, and the flag is what its author wants.
    """
    is_present = invalidations.graph.package(SNOOP_PRECOMPILE) is not None
    leaving = [move for move in moves if not move.stays_on_list]
    if invalidations.environment.gaps or not is_present or not leaving:
        return True
    before = invalidations.of_preference(THE_SKIP_LIST).recompilation.count
    return max(_later_counts(invalidations, leaving)) <= before


def _later_counts(invalidations: Invalidations, moves: Iterable[Move]) -> set[int]:
    """Return how many packages a later change to each flag recompiles."""
    flags = (Preference(move.uuid, FLAG) for move in moves)
    return {invalidations.of_preference(flag, if_listed=True).recompilation.count for flag in flags}


def _named(moves: list[Move]) -> str:
    return moves[0].name if len(moves) == 1 else counted(len(moves), "package")


def _count_of(invalidations: Invalidations, found: Plan, moves: Iterable[Move]) -> int:
    """Return how many packages the edit itself makes Julia recompile."""
    values: dict[UUID, TomlTable] = {}
    for move in moves:
        there = found.others.get(move.table, {}) if move.needs_listing else {}
        in_effect = invalidations.preferences(move.uuid).values
        values[move.uuid] = {**merge(in_effect, there), FLAG: False}
    leaving = {move.name for move in moves if not move.stays_on_list}
    if leaving and found.table.uuid is not None:
        kept = found.without(leaving)
        table = dict(invalidations.preferences(SNOOP_PRECOMPILE).values)
        table.pop(SKIP_LIST, None)
        values[SNOOP_PRECOMPILE] = {**table, SKIP_LIST: kept} if kept else table
    return invalidations.of_values(values).count


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits that move the names of the fix, or all that can move."""
    context = environment_context_of(session, fix.file)
    found = plan(context) if context is not None else None
    if context is None or found is None:
        return None
    wanted = fix.arguments or tuple(move.name for move in found.moves)
    moves = [move for move in found.moves if move.name in wanted]
    if len(moves) != len(wanted) or not moves:
        return None
    draft = Draft(session)
    leaving = {move.name for move in moves if not move.stays_on_list}
    keeps = found.without(leaving)
    place = found.table.path
    in_place = _flag_in_place_of_list(context, found, moves) if not keeps else None
    if in_place is not None:
        first, text = in_place
        draft.change(context.path, lambda _: text)
        place = _flag_path(context, first.table)[:-1]
        moves.remove(first)
        _list_package(draft, context, first)
    for move in moves:
        path = _flag_path(context, move.table)
        draft.change(context.path, setting_flag(path, place))
        if context.document.root.get(*path[:-1]) is None:
            place = path[:-1]
        _list_package(draft, context, move)
    if leaving and in_place is None:
        list_path = (*found.table.path, SKIP_LIST)
        draft.change(context.path, _leaving(list_path, leaving, is_emptied=not keeps))
    return draft.edits()


def _flag_in_place_of_list(
    context: EnvironmentContext, found: Plan, moves: Iterable[Move]
) -> tuple[Move, str] | None:
    """Put the first new table where the list stands, if nothing else is in the list's table."""
    for move in moves:
        table = _flag_path(context, move.table)[:-1]
        text = replace_table(context.text, found.table.path, table, FLAG, value=False)
        if text is not None:
            return move, text
    return None


def _list_package(draft: Draft, context: EnvironmentContext, move: Move) -> None:
    if move.needs_listing:
        add_to_extras(draft, context.project.path, move.table, str(move.uuid))


def setting_flag(path: tuple[str, ...], place: tuple[str, ...]) -> Callable[[str], str | None]:
    """Return the change that sets a flag to false, its new table behind the table *place*."""
    return lambda text: set_value(text, path, value=False, after=place)


def _leaving(
    path: tuple[str, ...], names: set[str], *, is_emptied: bool
) -> Callable[[str], str | None]:
    if is_emptied:
        return lambda text: remove_value(text, path)
    return lambda text: remove_array_items(text, path, sorted(names))
