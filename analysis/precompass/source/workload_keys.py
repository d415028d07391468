"""The preferences that a workload macro reads in the process of the package that uses it.

The published behaviour of PrecompileTools and SnoopPrecompile, version by version, from their
sources (PrecompileTools ``src/workloads.jl``: ``workload_enabled``; SnoopPrecompile 1.0.3
``src/SnoopPrecompile.jl``). What they read while they compile themselves is not meant here.
"""

from __future__ import annotations

from precompass.julia.uuids import PRECOMPILE_TOOLS
from precompass.julia.workload_tools import FLAG, SWITCH, PrecompileTools
from precompass.source.effects import Read, WorkloadRun
from precompass.source.modules import Condition
from precompass.source.values import OWN, PackageUuid, Text


def workload_reads(run: WorkloadRun, tools: PrecompileTools) -> tuple[Read, ...]:
    """Return the preferences that one use of a workload macro reads.

    Args:
        run: the use.
        tools: the PrecompileTools of the environment; of an unknown version, all may be read.
    """
    if run.package != "PrecompileTools":
        return ()  # SnoopPrecompile has read its skip list into a constant
    # A workload within another one's block runs only if that one does; the outer one has
    # read the same keys before.
    conditions = tuple(condition for condition in run.conditions if not condition.workload)
    if not tools.reads_of_users_are_known:
        conditions = (*conditions, Condition(run.site, 0, 0, "the version of PrecompileTools"))
    reads: list[Read] = []
    via = (run.macro, *run.via)
    if tools.users_read_switch or tools.version is None:
        owner = PackageUuid(PRECOMPILE_TOOLS)
        reads.append(Read(owner, Text(SWITCH), run.site, conditions, default="true", via=via))
    if tools.has_switch:
        text = f"[PrecompileTools] {SWITCH} is not false"
        conditions = (*conditions, Condition(run.site, 0, 0, text, workload=True))
    reads.append(Read(OWN, Text(FLAG), run.site, conditions, default="true", via=via))
    return tuple(reads)
