"""The preferences that a workload macro reads in the process of the package that uses it.

The published behaviour of PrecompileTools and SnoopPrecompile, version by version, from their
sources (PrecompileTools ``src/workloads.jl``: ``workload_enabled``; SnoopPrecompile 1.0.3
``src/SnoopPrecompile.jl``). What they read while they compile themselves is not meant here.
"""

from __future__ import annotations

from dataclasses import dataclass

from precompass.julia.uuids import PRECOMPILE_TOOLS
from precompass.julia.versions import VersionNumber
from precompass.julia.workload_tools import FLAG, SWITCH
from precompass.source.effects import Read, WorkloadRun
from precompass.source.modules import Condition
from precompass.source.values import OWN, PackageUuid, Text

_FLAG_OF_USER = VersionNumber((1, 0, 2))
_SWITCH_BY_USER = VersionNumber((1, 2, 0))
_SWITCH_AS_CONSTANT = VersionNumber((1, 3, 4))


@dataclass(frozen=True, slots=True)
class WorkloadKeys:
    """What a use of a PrecompileTools macro reads.

    Attributes:
        flag: whether ``[User] precompile_workload`` is read, for the module that uses it.
        flag_needs_switch: whether only if ``[PrecompileTools] precompile_workloads`` is on.
        switch: whether the user's process reads the switch as well.
        known: False where the version is not known: then all may be read.
    """

    flag: bool
    flag_needs_switch: bool
    switch: bool
    known: bool = True


def keys_of_workload(version: VersionNumber | None) -> WorkloadKeys:
    """Return what the macros of a version of PrecompileTools read; None: not known which."""
    if version is None:
        return WorkloadKeys(flag=True, flag_needs_switch=True, switch=True, known=False)
    if version < _FLAG_OF_USER:  # by @load_preference in the code that the macro returns
        return WorkloadKeys(flag=True, flag_needs_switch=False, switch=False, known=False)
    if version < _SWITCH_BY_USER:
        return WorkloadKeys(flag=True, flag_needs_switch=False, switch=False)
    if version < _SWITCH_AS_CONSTANT:
        return WorkloadKeys(flag=True, flag_needs_switch=True, switch=True)
    return WorkloadKeys(flag=True, flag_needs_switch=True, switch=False)


def workload_reads(run: WorkloadRun, version: VersionNumber | None) -> tuple[Read, ...]:
    """Return the preferences that one use of a workload macro reads.

    Args:
        run: the use.
        version: of PrecompileTools in the environment; None if it is not known.
    """
    if run.package != "PrecompileTools":
        return ()  # SnoopPrecompile has read its skip list into a constant
    keys = keys_of_workload(version)
    # A workload within another one's block runs only if that one does; the outer one has
    # read the same keys before.
    conditions = tuple(condition for condition in run.conditions if not condition.workload)
    if not keys.known:
        conditions = (*conditions, Condition(run.site, 0, 0, "the version of PrecompileTools"))
    reads: list[Read] = []
    via = (run.macro, *run.via)
    if keys.switch:
        owner = PackageUuid(PRECOMPILE_TOOLS)
        reads.append(Read(owner, Text(SWITCH), run.site, conditions, default="true", via=via))
    if keys.flag_needs_switch:
        text = f"[PrecompileTools] {SWITCH} is not false"
        conditions = (*conditions, Condition(run.site, 0, 0, text, workload=True))
    if keys.flag:
        owner_here = OWN
        reads.append(Read(owner_here, Text(FLAG), run.site, conditions, default="true", via=via))
    return tuple(reads)
