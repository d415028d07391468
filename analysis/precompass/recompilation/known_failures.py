"""Values of preferences with which packages are known to compile no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from precompass.documents.values import TomlValue
from precompass.julia.environment import Environment
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.versions import VersionNumber
from precompass.julia.workload_tools import FLAG, SKIP_LIST, SWITCH
from precompass.recompilation.graph import DependencyGraph, UnitId, package_id
from precompass.recompilation.published import is_switched_off, reads_flag
from precompass.recompilation.reads import UnitReads

_TOOLS_CATCH_SINCE = VersionNumber((1, 3, 4))


def failing_units(
    environment: Environment,
    graph: DependencyGraph,
    reads: Mapping[UnitId, UnitReads],
    compiled: Iterable[UnitId],
) -> frozenset[UnitId]:
    """Return those of the units to be compiled that fail because of a value of a preference.

    A package that fails takes everything with it that depends on it; that is not followed here.

    Args:
        environment: with the preferences in effect.
        graph: of the environment.
        reads: what each unit reads while it compiles.
        compiled: the units to be compiled.
    """
    return frozenset(_failing(environment, graph, reads)) & frozenset(compiled)


def _failing(
    environment: Environment, graph: DependencyGraph, reads: Mapping[UnitId, UnitReads]
) -> Iterator[UnitId]:
    skip_list = environment.preferences(SNOOP_PRECOMPILE).values.get(SKIP_LIST)
    if skip_list is not None and breaks_skip_list(skip_list):
        yield from graph.direct_dependents(SNOOP_PRECOMPILE)
    entry = environment.entry(PRECOMPILE_TOOLS)
    if entry is None:
        return
    catches = entry.version is None or entry.version >= _TOOLS_CATCH_SINCE
    switch = environment.preferences(PRECOMPILE_TOOLS).values.get(SWITCH)
    if catches and switch is not None and not isinstance(switch, bool):
        yield package_id(PRECOMPILE_TOOLS)
    if catches or is_switched_off(environment):
        return
    for uuid in environment.described_uuids():
        flag = environment.preferences(uuid).values.get(FLAG)
        if flag is not None and not isinstance(flag, bool) and reads_flag(reads, uuid):
            yield package_id(uuid)


def breaks_skip_list(value: TomlValue) -> bool:
    """Tell whether ``name in value`` throws in Julia: for strings, tables and dates it does.

    A number is a collection of itself there, so the list is as if it were empty.
    """
    return not isinstance(value, list | bool | int | float)
