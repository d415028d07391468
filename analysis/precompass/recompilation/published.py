"""What each unit reads while it compiles, as far as versions and dependencies show.

The published behaviour of SnoopPrecompile, PrecompileTools and JLLWrappers, version by version;
a unit that does not depend on Preferences.jl records nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from precompass.julia.manifest import Manifest
from precompass.julia.preferences import Preference
from precompass.julia.uuids import (
    JLL_WRAPPERS,
    PRECOMPILE_TOOLS,
    PREFERENCES,
    SNOOP_PRECOMPILE,
)
from precompass.julia.workload_tools import (
    FLAG,
    THE_SKIP_LIST,
    THE_SWITCH,
    PrecompileTools,
    SnoopPrecompile,
)
from precompass.memo import kept_with
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId, package_id
from precompass.recompilation.read_reasons import (
    AssumedProducts,
    AssumedWorkload,
    Because,
    NoPackage,
    NotFound,
    Published,
    PublishedFact,
    SwitchedOff,
    WithoutPreferences,
    WithoutWorkload,
)
from precompass.recompilation.reads import Read, UnitReads


@kept_with
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
            reads[identity] = _reads_nothing(WithoutPreferences(unit))
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


def _snoop_precompile_reads(snoop: SnoopPrecompile) -> UnitReads:
    if not snoop.reads_list:
        return _reads_nothing(_published(snoop, PublishedFact.READS_NOTHING))
    return _reads_one(snoop, THE_SKIP_LIST)


def _precompile_tools_reads(tools: PrecompileTools) -> UnitReads:
    if not tools.reads_switch_itself:
        return _reads_nothing(_published(tools, PublishedFact.READS_NOTHING_ITSELF))
    return _reads_one(tools, THE_SWITCH)


def _reads_one(tool: PrecompileTools | SnoopPrecompile, preference: Preference) -> UnitReads:
    read = Read(Evidence.KNOWN, _published(tool, PublishedFact.READS_ONCE))
    nothing_else = _published(tool, PublishedFact.READS_NOTHING_ELSE, preference.key)
    return UnitReads({preference: read}, None, Read(Evidence.KNOWN, nothing_else))


def _published(
    tool: PrecompileTools | SnoopPrecompile, fact: PublishedFact, key: str | None = None
) -> Published:
    name = "PrecompileTools" if isinstance(tool, PrecompileTools) else "SnoopPrecompile"
    return Published(name, tool.version, fact, key)


def _reads_nothing(because: Because) -> UnitReads:
    return UnitReads({}, None, Read(Evidence.KNOWN, because))


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
        unread[FLAG] = Read(Evidence.KNOWN, WithoutWorkload(unit))
    else:
        if switched_off:
            unread[FLAG] = Read(Evidence.KNOWN, SwitchedOff())
        else:
            keys[Preference(unit.uuid, FLAG)] = Read(Evidence.ASSUMED, AssumedWorkload(unit))
        if tools.users_read_switch:
            in_users = _published(tools, PublishedFact.READS_IN_USERS)
            keys[THE_SWITCH] = Read(Evidence.ASSUMED, in_users)
    if unit.kind == "project":
        return _reads_nothing(NoPackage())
    others = Read(Evidence.ASSUMED, AssumedProducts(unit) if is_wrapper else NotFound(unit))
    return UnitReads(keys, others, others, unread)
