"""Which preferences each package reads while it compiles, and how we know.

The statements here are about one unit each: :class:`UnitReads`. Where they come from is the
business of the functions that make them: :func:`known_reads` from the published behaviour of
the packages that precompilation is all about, and from the dependencies in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from precompass.depot.workload_keys import FLAG as FLAG
from precompass.depot.workload_keys import SWITCH as SWITCH
from precompass.evidence import Evidence
from precompass.graph import ENTRY, DependencyGraph, Unit, UnitId, package_id
from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment
from precompass.julia.manifest import Manifest
from precompass.julia.uuids import (
    JLL_WRAPPERS,
    PRECOMPILE_TOOLS,
    PREFERENCES,
    SNOOP_PRECOMPILE,
    UUID,
)
from precompass.julia.versions import VersionNumber
from precompass.kept import kept

SKIP_LIST = "skip_precompile"
"""SnoopPrecompile's list of modules whose workloads are skipped."""

PreferenceKey: TypeAlias = tuple[UUID, str]
"""A preference: the package that owns it, and its key."""


@dataclass(frozen=True, slots=True)
class Read:
    """That a unit reads a preference while it compiles.

    Attributes:
        evidence: how this is known.
        because: the same for a person, as part of a sentence: "recorded in ...".
        file: where it is read, if that is known.
        line: the line there, from 0.
    """

    evidence: Evidence
    because: str
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class UnitReads:
    """What one unit reads while it compiles.

    Attributes:
        keys: the preferences that it reads.
        others: if it may also read any other key of its own package, why that is assumed.
        otherwise: why it reads nothing else, where ``others`` is None.
        unread: keys of its own package that it certainly does not read, and why.
        order: the keys of its own package in the order in which its cache lists them, where
            that is recorded.
    """

    keys: Mapping[PreferenceKey, Read]
    others: Read | None
    otherwise: Read
    unread: Mapping[str, Read] = field(default_factory=dict)
    order: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """That a unit's cache is bound to a preference."""

    unit: Unit
    read: Read


class Observers:
    """Which units are bound to which preferences, in one environment.

    Args:
        graph: of the environment.
        reads: what each unit reads.
        julia: whose rules apply.
    """

    def __init__(
        self, graph: DependencyGraph, reads: Mapping[UnitId, UnitReads], julia: Julia
    ) -> None:
        self._graph = graph
        self._julia = julia
        self.reads = reads

    def of(self, uuid: UUID, key: str) -> tuple[Observation, ...]:
        """Return the units whose caches are bound to a preference."""
        owner = self._graph.unit_of(uuid)
        found = [] if owner is None else self._observation(owner, uuid, key)
        if self._julia.records_blob:
            found += self._foreign.get((uuid, key), ())
        return tuple(found)

    @cached_property
    def _foreign(self) -> Mapping[PreferenceKey, Sequence[Observation]]:
        """Which units are bound to which preferences of others; only blobs hold such."""
        found: dict[PreferenceKey, list[Observation]] = {}
        for unit in self._possible_readers():
            own = self._graph.compiled_uuid(unit)
            for key, read in self.reads[unit.id].keys.items():
                if key[0] != own:
                    found.setdefault(key, []).append(Observation(unit, read))
        return found

    def unbound_readers(self, uuid: UUID, key: str) -> tuple[Observation, ...]:
        """Return the units that are known to read a preference without being bound to it.

        Before caches recorded a blob, only keys of a package's own counted. Of preferences of
        other packages, it is PrecompileTools' switch that many read.
        """
        if self._julia.records_blob or (uuid, key) != (PRECOMPILE_TOOLS, SWITCH):
            return ()
        readers = (self._graph.units[one] for one in _direct_dependents(self._graph, uuid))
        return tuple(
            Observation(unit, read)
            for unit in readers
            if (read := self.reads[unit.id].keys.get((uuid, key))) is not None
        )

    def _observation(self, unit: Unit, uuid: UUID, key: str) -> list[Observation]:
        reads = self.reads[unit.id]
        read = reads.keys.get((uuid, key))
        if read is None and uuid == self._graph.compiled_uuid(unit) and key not in reads.unread:
            read = reads.others
        return [] if read is None else [Observation(unit, read)]

    def _possible_readers(self) -> Iterable[Unit]:
        """Return the units that can have asked for preferences at all."""
        if self._graph.package(PREFERENCES) is None:
            return self._graph.order
        return self._graph.dependents([package_id(PREFERENCES)]).units

    def silence(self, uuid: UUID, key: str) -> Read:
        """Return why nothing is bound to a preference that nothing is known to read."""
        unit = self._graph.unit_of(uuid)
        if unit is None:
            return Read(Evidence.KNOWN, "the package is not in the manifest")
        reads = self.reads[unit.id]
        found = reads.unread.get(key, reads.otherwise)
        if self._julia.records_blob and self._some_reader_is_unknown:
            because = f"{found.because}; assumed: no other package reads it either"
            return Read(Evidence.ASSUMED, because)
        return found

    @cached_property
    def _some_reader_is_unknown(self) -> bool:
        """Tell whether there are packages of which it is not known what they read."""
        return any(self.reads[unit.id].others is not None for unit in self._possible_readers())


@kept(size=lambda reads: len(reads) * ENTRY)
def known_reads(
    graph: DependencyGraph, manifest: Manifest | None, *, switched_off: bool
) -> Mapping[UnitId, UnitReads]:
    """Return what each unit reads, as far as versions and dependencies tell.

    Args:
        graph: of the environment.
        manifest: of the environment.
        switched_off: whether PrecompileTools' switch is off, so that no flag is read.
    """
    tools = _version_of(manifest, PRECOMPILE_TOOLS)
    can_read = graph.dependents([package_id(PREFERENCES)]) if graph.package(PREFERENCES) else None
    with_tools = _direct_dependents(graph, PRECOMPILE_TOOLS)
    with_wrappers = _direct_dependents(graph, JLL_WRAPPERS)
    reads: dict[UnitId, UnitReads] = {}
    for identity, unit in graph.units.items():
        if unit.uuid == SNOOP_PRECOMPILE and not unit.is_extension:
            reads[identity] = _snoop_precompile_reads(_version_of(manifest, SNOOP_PRECOMPILE))
        elif unit.uuid == PRECOMPILE_TOOLS and not unit.is_extension:
            reads[identity] = _precompile_tools_reads(tools)
        elif manifest is not None and (can_read is None or identity not in can_read):
            because = f"{unit.name} does not depend on Preferences.jl, so it records no preference"
            reads[identity] = UnitReads({}, None, Read(Evidence.KNOWN, because))
        else:
            reads[identity] = _usual_reads(
                unit,
                tools,
                has_tools=identity in with_tools or manifest is None,
                switched_off=switched_off,
                is_wrapper=identity in with_wrappers,
            )
    return reads


def is_switched_off(environment: Environment) -> bool:
    """Tell whether PrecompileTools' switch is off in effect, so that no flag is read.

    Only the boolean ``false`` turns it off (PrecompileTools 1.2.0 and later).
    """
    tools = _version_of(environment.manifest, PRECOMPILE_TOOLS)
    if tools is not None and tools < _SWITCH_SINCE:
        return False
    return environment.preferences(PRECOMPILE_TOOLS).values.get(SWITCH) is False


def _version_of(manifest: Manifest | None, uuid: UUID) -> VersionNumber | None:
    entry = manifest.packages.get(uuid) if manifest is not None else None
    return entry.version if entry is not None else None


def _direct_dependents(graph: DependencyGraph, uuid: UUID) -> frozenset[UnitId]:
    identity = package_id(uuid)
    return frozenset(graph.network.pred[identity]) if identity in graph.units else frozenset()


_SKIP_LIST_SINCE = VersionNumber((1, 0, 3))
_SWITCH_SINCE = VersionNumber((1, 2, 0))
_SWITCH_IS_OWN_SINCE = VersionNumber((1, 3, 4))


def _snoop_precompile_reads(version: VersionNumber | None) -> UnitReads:
    name = f"SnoopPrecompile {version or '1.0.3'}"
    if version is not None and version < _SKIP_LIST_SINCE:
        return UnitReads({}, None, Read(Evidence.KNOWN, f"{name} reads no preferences"))
    read = Read(Evidence.KNOWN, f"{name} reads it once, when it compiles itself")
    otherwise = Read(Evidence.KNOWN, f"{name} reads `{SKIP_LIST}` and nothing else")
    return UnitReads({(SNOOP_PRECOMPILE, SKIP_LIST): read}, None, otherwise)


def _precompile_tools_reads(version: VersionNumber | None) -> UnitReads:
    name = f"PrecompileTools {version or '1.3.4'}"
    if version is not None and version < _SWITCH_IS_OWN_SINCE:
        because = f"{name} reads no preference while it compiles itself"
        return UnitReads({}, None, Read(Evidence.KNOWN, because))
    read = Read(Evidence.KNOWN, f"{name} reads it once, when it compiles itself")
    otherwise = Read(Evidence.KNOWN, f"{name} reads `{SWITCH}` and nothing else")
    return UnitReads({(PRECOMPILE_TOOLS, SWITCH): read}, None, otherwise)


def _usual_reads(
    unit: Unit,
    tools: VersionNumber | None,
    *,
    has_tools: bool,
    switched_off: bool,
    is_wrapper: bool,
) -> UnitReads:
    keys: dict[PreferenceKey, Read] = {}
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
            keys[unit.uuid, FLAG] = Read(Evidence.ASSUMED, because)
        if tools is not None and _SWITCH_SINCE <= tools < _SWITCH_IS_OWN_SINCE:
            because = f"PrecompileTools {tools} reads it while a package with a workload compiles"
            keys[PRECOMPILE_TOOLS, SWITCH] = Read(Evidence.ASSUMED, because)
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
    return unit_reads is not None and (uuid, FLAG) in unit_reads.keys


def evidence_of(observations: Iterable[Observation]) -> tuple[Evidence, ...]:
    """Return what each of several observations rests on."""
    return tuple(observation.read.evidence for observation in observations)
