"""Values of preferences with which packages are known to compile no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from precompass.julia.environment import Environment
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import (
    FLAG,
    SKIP_LIST,
    SWITCH,
    PrecompileTools,
    breaks_skip_list,
)
from precompass.recompilation.graph import DependencyGraph, UnitId, package_id
from precompass.recompilation.reads import UnitReads
from precompass.recompilation.workload_flags import is_switched_off, reads_flag


def failing_units(
    environment: Environment,
    graph: DependencyGraph,
    reads: Mapping[UnitId, UnitReads],
    compiled: Iterable[UnitId],
) -> frozenset[UnitId]:
    """Return the units to be compiled that fail because of a value of a preference.

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
    if environment.loaded_entry(PRECOMPILE_TOOLS) is None:
        return
    tools = PrecompileTools.of(environment.loaded)
    switch = environment.preferences(PRECOMPILE_TOOLS).values.get(SWITCH)
    if switch is not None and tools.fails_with_switch(switch):
        yield package_id(PRECOMPILE_TOOLS)
    if is_switched_off(environment):
        return
    for uuid in environment.described_uuids():
        flag = environment.preferences(uuid).values.get(FLAG)
        if flag is not None and tools.users_fail_with_flag(flag) and reads_flag(reads, uuid):
            yield package_id(uuid)
