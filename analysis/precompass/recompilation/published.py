"""What each unit reads while it compiles, as far as versions and dependencies show.

The published behaviour of SnoopPrecompile, PrecompileTools and JLLWrappers, version by version;
a unit that does not depend on Preferences.jl records nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from precompass.julia.environment import Environment
from precompass.julia.manifest import Manifest
from precompass.julia.preferences import Preference
from precompass.julia.uuids import (
    JLL_WRAPPERS,
    PRECOMPILE_TOOLS,
    PREFERENCES,
    SNOOP_PRECOMPILE,
    UUID,
)
from precompass.julia.workload_tools import (
    FLAG,
    SKIP_LIST,
    SWITCH,
    THE_SKIP_LIST,
    THE_SWITCH,
    PrecompileTools,
    SnoopPrecompile,
)
from precompass.memo import memoised
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import ENTRY, DependencyGraph, Unit, UnitId, package_id
from precompass.recompilation.reads import Read, UnitReads


@memoised(size=lambda reads: len(reads) * ENTRY)
def known_reads(
    graph: DependencyGraph, manifest: Manifest | None, *, switched_off: bool
) -> Mapping[UnitId, UnitReads]:
    """Return what each unit reads, as far as versions and dependencies tell.

    Args:
        graph: of the environment.
        manifest: of the environment.
        switched_off: whether PrecompileTools' switch is off, so that no flag is read.
    """
    tools = PrecompileTools.of(manifest)
    can_read = graph.dependents([package_id(PREFERENCES)]) if graph.package(PREFERENCES) else None
    with_tools = graph.direct_dependents(PRECOMPILE_TOOLS)
    with_wrappers = graph.direct_dependents(JLL_WRAPPERS)
    reads: dict[UnitId, UnitReads] = {}
    for identity, unit in graph.units.items():
        if unit.uuid == SNOOP_PRECOMPILE and not unit.is_extension:
            reads[identity] = _snoop_precompile_reads(SnoopPrecompile.of(manifest))
        elif unit.uuid == PRECOMPILE_TOOLS and not unit.is_extension:
            reads[identity] = _precompile_tools_reads(tools)
        elif manifest is not None and not (
            unit.uuid in manifest.unresolved or (can_read is not None and identity in can_read)
        ):
            because = f"{unit.name} does not depend on Preferences.jl, so it records no preference"
            reads[identity] = UnitReads({}, None, Read(Evidence.KNOWN, because))
        else:
            reads[identity] = _usual_reads(
                unit,
                tools,
                has_tools=identity in with_tools
                or manifest is None
                or unit.uuid in manifest.unresolved,
                switched_off=switched_off,
                is_wrapper=identity in with_wrappers,
            )
    return reads


def is_switched_off(environment: Environment) -> bool:
    """Tell whether PrecompileTools' switch is off in effect, so that no flag is read."""
    own = environment.preferences(PRECOMPILE_TOOLS).values
    return PrecompileTools.of(environment.manifest).is_switched_off(own)


def _snoop_precompile_reads(snoop: SnoopPrecompile) -> UnitReads:
    name = snoop.name
    if not snoop.reads_list:
        return UnitReads({}, None, Read(Evidence.KNOWN, f"{name} reads no preferences"))
    read = Read(Evidence.KNOWN, f"{name} reads it once, when it compiles itself")
    otherwise = Read(Evidence.KNOWN, f"{name} reads `{SKIP_LIST}` and nothing else")
    return UnitReads({THE_SKIP_LIST: read}, None, otherwise)


def _precompile_tools_reads(tools: PrecompileTools) -> UnitReads:
    name = tools.name
    if not tools.reads_switch_itself:
        because = f"{name} reads no preference while it compiles itself"
        return UnitReads({}, None, Read(Evidence.KNOWN, because))
    read = Read(Evidence.KNOWN, f"{name} reads it once, when it compiles itself")
    otherwise = Read(Evidence.KNOWN, f"{name} reads `{SWITCH}` and nothing else")
    return UnitReads({THE_SWITCH: read}, None, otherwise)


def _usual_reads(
    unit: Unit,
    tools: PrecompileTools,
    *,
    has_tools: bool,
    switched_off: bool,
    is_wrapper: bool,
) -> UnitReads:
    keys: dict[Preference, Read] = {}
    unread: dict[str, Read] = {}
    if not has_tools or unit.is_extension:
        because = f"{unit.name} does not depend on PrecompileTools, so nothing reads this flag"
        unread[FLAG] = Read(Evidence.KNOWN, because)
    else:
        if switched_off:
            because = f"no flag is read while `[PrecompileTools] {SWITCH}` is false"
            unread[FLAG] = Read(Evidence.KNOWN, because)
        else:
            because = f"assumed: {unit.name} depends on PrecompileTools, so it has a workload"
            keys[Preference(unit.uuid, FLAG)] = Read(Evidence.ASSUMED, because)
        if tools.users_read_switch:
            because = f"{tools.name} reads it while a package with a workload compiles"
            keys[THE_SWITCH] = Read(Evidence.ASSUMED, because)
    if unit.kind == "project":
        return UnitReads({}, None, Read(Evidence.KNOWN, "the project is not a package"))
    if is_wrapper:
        because = (
            f"assumed: JLLWrappers reads a `…_path` key for each product of {unit.name}, "
            "and other keys may choose the platform"
        )
    else:
        because = f"assumed: no cache and no source of {unit.name} was found"
    others = Read(Evidence.ASSUMED, because)
    return UnitReads(keys, others, others, unread)


def reads_flag(reads: Mapping[UnitId, UnitReads], uuid: UUID) -> bool:
    """Tell whether a package reads the flag of its own workload."""
    unit_reads = reads.get(package_id(uuid))
    return unit_reads is not None and Preference(uuid, FLAG) in unit_reads.keys
