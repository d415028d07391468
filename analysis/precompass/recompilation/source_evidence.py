"""What the installed sources of an environment say about the preferences its packages read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.environment import Environment
from precompass.julia.preferences import Preference
from precompass.julia.uuids import UUID
from precompass.julia.workload_tools import FLAG, SWITCH, PrecompileTools
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId
from precompass.recompilation.package_sources import PackageSources, Source
from precompass.recompilation.read_reasons import NotInSource, NotReached, ReadAt
from precompass.recompilation.reads import Read, UnitReads
from precompass.source.compile_time_reads import CompileTimeReads, InstalledSource
from precompass.source.mentioned_names import mentioned_names
from precompass.source.package_reads import PackageSource
from precompass.source.preference_reads import Certainty, PackageReads, PreferenceRead, WorkloadUse

ReadSource: TypeAlias = Callable[[PackageSource, frozenset[str]], PackageReads]

_NOT_PRECOMPILED = re.compile(rb"^\s*__precompile__\(\s*false\s*\)", re.MULTILINE)
_MAX_ENTRY_FILE = 2**20  # bytes of an entry file that are looked at


class SourceEvidence:
    """Reads sources when they are asked for, and remembers what they said.

    Args:
        environment: whose packages they are.
        graph: of the environment.
        sources: where they are.
        read: reads one package's source; a memory on disk may do it.
    """

    def __init__(
        self,
        environment: Environment,
        graph: DependencyGraph,
        sources: PackageSources,
        read: ReadSource,
    ) -> None:
        self._environment = environment
        self._graph = graph
        self._sources = sources
        self._read = read
        self._reads = CompileTimeReads(
            self._find,
            records_blob=environment.julia.records_blob,
            precompile_tools=PrecompileTools.of(environment.manifest),
            read=read,
        )
        self._known: dict[UnitId, tuple[PreferenceRead, ...]] = {}
        self._precompilable: dict[UnitId, bool] = {}

    def has_source(self, unit: Unit) -> bool:
        """Tell whether the source of a unit is there."""
        return self._sources.of(unit) is not None

    def reads(self, unit: Unit, *, runs_workload: bool, preferences: TomlTable) -> UnitReads:
        """Return what a unit reads while it compiles, by its source.

        Args:
            unit: a unit whose source is there.
            runs_workload: whether the unit's workload is on, so that what it reads counts.
            preferences: of the unit itself, in effect; they decide some conditions.
        """
        otherwise = Read(Evidence.SOURCE, NotInSource(unit))
        keys: dict[Preference, Read] = {}
        unreached: dict[str, Read] = {}
        others = None
        for found in self.places(unit):
            is_flag = found.key in (FLAG, SWITCH)  # read in order to know whether it is on
            if not found.is_recorded or (found.in_workload and not runs_workload and not is_flag):
                continue
            uuid = self._owner(unit, found)
            reason = self._reason(unit, found)
            read = Read(Evidence.SOURCE, reason)
            if not found.is_reached(preferences):
                if found.key is not None:
                    not_reached = Read(Evidence.SOURCE, NotReached(reason))
                    unreached.setdefault(found.key, not_reached)
            elif found.key is None and uuid in (None, self._graph.compiled_uuid(unit)):
                others = read
            elif found.key is not None and uuid is not None:
                keys.setdefault(Preference(uuid, found.key), read)
        own = self._graph.compiled_uuid(unit)
        unread = {key: read for key, read in unreached.items() if (own, key) not in keys}
        return UnitReads(keys, others, otherwise, unread)

    def places(self, unit: Unit) -> tuple[PreferenceRead, ...]:
        """Return the places where a unit reads preferences while it compiles."""
        if unit.id not in self._known:
            installed = self._installed(unit)
            found = self._reads.of_source(installed) if installed is not None else ()
            self._known[unit.id] = found
        return self._known[unit.id]

    def package(self, unit: Unit) -> PackageReads | None:
        """Return all that the source of a unit itself says, whatever it uses."""
        installed = self._installed(unit)
        return self._read(installed.source, frozenset()) if installed is not None else None

    def workloads(self, unit: Unit) -> tuple[WorkloadUse, ...] | None:
        """Return the workloads that a unit runs; None where its source is not there."""
        package = self.package(unit)
        return package.workloads if package is not None else None

    def is_precompilable(self, unit: Unit) -> bool:
        """Tell whether a unit can have a cache: it does not say ``__precompile__(false)``.

        Pkg looks for the same in the entry file, with a regular expression.
        """
        known = self._precompilable.get(unit.id)
        if known is None:
            source = self._sources.of(unit)
            known = source is None or not refuses_precompilation(source.entry)
            self._precompilable[unit.id] = known
        return known

    @cached_property
    def unloaded(self) -> frozenset[tuple[UnitId, UnitId]]:
        """The dependencies that developed packages list and their source does not name.

        What is installed is not looked at: there can be hundreds of packages to be read for
        what is seldom the case. Nor are the projects themselves, which are being written.
        """
        found: set[tuple[UnitId, UnitId]] = set()
        for unit in self._graph.order:
            if unit.is_extension or unit in self._graph.projects:
                continue
            source = self._sources.of(unit)
            if source is None or source.is_installed:
                continue
            names = mentioned_names(source.folder, source.entry)
            if names is not None:
                below = self._graph.network.succ[unit.id]
                found |= {
                    (unit.id, one) for one in below if self._graph.units[one].name not in names
                }
        return frozenset(found)

    # Finding

    def _find(self, uuid: UUID) -> InstalledSource | None:
        unit = self._graph.unit_of(uuid)
        return self._installed(unit) if unit is not None else None

    def _installed(self, unit: Unit) -> InstalledSource | None:
        source = self._sources.of(unit)
        if source is None:
            return None
        return InstalledSource(self._package_source(unit, source), self._importable(unit))

    def _package_source(self, unit: Unit, source: Source) -> PackageSource:
        entry = self._environment.entry(unit.uuid)
        tree_hash = entry.tree_sha1 if entry is not None and source.is_installed else None
        uuid = self._graph.compiled_uuid(unit)
        return PackageSource(unit.name, uuid, source.folder, source.entry, tree_hash)

    def _importable(self, unit: Unit) -> Mapping[str, UUID]:
        """Return the packages that a unit can import, by name."""
        units = (self._graph.units[one] for one in self._graph.network.succ[unit.id])
        found = {one.name: one.uuid for one in units if not one.is_extension}
        if unit.is_extension:
            parent = self._graph.package(unit.uuid)
            if parent is not None:
                found = {**self._importable(parent), **found}
        return found

    # Reasons

    def _owner(self, unit: Unit, found: PreferenceRead) -> UUID | None:
        if found.owner.uuid is not None:
            return found.owner.uuid
        return self._importable(unit).get(found.owner.name or "")

    def _reason(self, unit: Unit, found: PreferenceRead) -> ReadAt:
        source = self._sources.of(unit)
        folder = source.folder if source is not None else None
        file, line = found.site.file, found.site.line
        if found.key is None:
            return ReadAt(file, folder, line, is_computed=True)
        if found.certainty is Certainty.CERTAIN or found.in_workload:
            return ReadAt(file, folder, line)
        return ReadAt(file, folder, line, found.condition, is_conditional=True)


def refuses_precompilation(entry: Path) -> bool:
    """Tell whether an entry file says ``__precompile__(false)``, as Pkg looks for it."""
    return _NOT_PRECOMPILED.search(_start_of(entry)) is not None


def _start_of(file: Path) -> bytes:
    try:
        return disk.read_file(file, _MAX_ENTRY_FILE)
    except OSError:
        return b""
