"""Values of preferences with which packages are known to compile no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from precompass.julia.environment import Environment
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.julia.workload_tools import (
    FLAG,
    SKIP_LIST,
    SWITCH,
    PrecompileTools,
    breaks_skip_list,
)
from precompass.recompilation.graph import DependencyGraph, UnitId, package_id
from precompass.recompilation.workload_flags import is_switched_off


def failing_units(
    environment: Environment,
    graph: DependencyGraph,
    reads_flag: Callable[[UUID], bool],
    compiled: Iterable[UnitId],
) -> dict[UnitId, Preference]:
    """Return the units to be compiled that fail, with the preference whose value makes them fail.

    A package that fails takes everything with it that depends on it; that is not followed here.

    Args:
        environment: with the preferences in effect.
        graph: of the environment.
        reads_flag: tells whether a package reads the flag of its own workload.
        compiled: the units to be compiled.
    """
    wanted = frozenset(compiled)
    found = _failing(environment, graph, reads_flag)
    return {unit: preference for unit, preference in found if unit in wanted}


def _failing(
    environment: Environment, graph: DependencyGraph, reads_flag: Callable[[UUID], bool]
) -> Iterator[tuple[UnitId, Preference]]:
    skip_list = environment.preferences(SNOOP_PRECOMPILE).values.get(SKIP_LIST)
    if skip_list is not None and breaks_skip_list(skip_list):
        for unit in graph.direct_dependents(SNOOP_PRECOMPILE):
            yield unit, Preference(SNOOP_PRECOMPILE, SKIP_LIST)
    if environment.loaded_entry(PRECOMPILE_TOOLS) is None:
        return
    tools = PrecompileTools.of(environment.loaded)
    switch = environment.preferences(PRECOMPILE_TOOLS).values.get(SWITCH)
    if switch is not None and tools.fails_with_switch(switch):
        yield package_id(PRECOMPILE_TOOLS), Preference(PRECOMPILE_TOOLS, SWITCH)
    if is_switched_off(environment):
        return
    for uuid in environment.described_uuids():
        flag = environment.preferences(uuid).values.get(FLAG)
        if flag is not None and tools.users_fail_with_flag(flag) and reads_flag(uuid):
            yield package_id(uuid), Preference(uuid, FLAG)
