"""The compile caches of one environment: what they record, and which of them still fit.

Source: ``stale_cachefile`` and ``_require_search_from_serialized`` in ``base/loading.jl``,
Julia 1.6 to 1.14-dev. Checked are: that a cache is of this package and of one and the same
build of Julia; that its entry file is the one that the environment would load now; of packages
that are developed, whether a source file has changed; the preferences; and that every module it
was built on is there in that very build. Not checked, because files alone do not tell or it
would cost too much: the flags and the processor of the session to come, the checksums of the
whole files, and the sources of installed packages, which do not change.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from precompass.depot.cache_header import CacheHeader, CompiledModule, JuliaBuild, UnreadableCache
from precompass.depot.cache_records import CacheRecords, read_cache_records
from precompass.depot.caches import CacheFile, cache_header, find_cache_files
from precompass.depot.preference_record import Blob
from precompass.depot.sources import find_source
from precompass.depot.staleness import Rejected, check_package, check_preferences, check_sources
from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.hashing import CannotTell
from precompass.julia.uuids import UUID
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId, UnitSet
from precompass.recompilation.package_sources import PackageSources
from precompass.recompilation.reads import PreferenceKey, Read, UnitReads

_INSTALLED = re.compile(r"[/\\]packages[/\\][^/\\]+[/\\](?P<slug>[^/\\]+)[/\\]")

PreferencesOf: TypeAlias = Callable[[UUID], TomlTable]

UndecidedFits: TypeAlias = Callable[[UnitId], bool]
"""Decides whether the preferences of a cache fit where its hash cannot be computed."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache file with its header."""

    file: CacheFile
    header: CacheHeader


@dataclass(frozen=True, slots=True)
class SkippedCache:
    """A file that was not taken into account, and why."""

    path: str
    reason: str


class CompileCaches:
    """The caches of the units of one environment, as they are on disk.

    Args:
        graph: the units.
        sources: where their sources are.
        depots: where to look, in Julia's order.
    """

    def __init__(
        self, graph: DependencyGraph, sources: PackageSources, depots: Sequence[str]
    ) -> None:
        self._graph = graph
        self._sources = sources
        self._depots = depots
        self.skipped: list[SkippedCache] = []
        readable = self._readable()
        self.build = _choose_build(readable, graph)
        self.candidates: Mapping[UnitId, tuple[Cache, ...]] = {
            unit: fitting
            for unit, caches in readable.items()
            if (fitting := self._of_this_environment(graph.units[unit], caches))
        }

    @property
    def is_empty(self) -> bool:
        """Whether no cache of this environment was found."""
        return not self.candidates

    @property
    def has_blob(self) -> bool | None:
        """Whether the caches record preferences as a blob; None without caches."""
        for caches in self.candidates.values():
            return isinstance(caches[0].header.preferences, Blob)
        return None

    def recorded(self, unit: UnitId) -> Cache | None:
        """Return the cache that stands for a unit: the one that Julia tries first."""
        caches = self.candidates.get(unit)
        return caches[0] if caches else None

    def reads(self, unit: Unit, cache: Cache) -> UnitReads:
        """Return what a unit reads while it compiles, as its cache records it."""
        own = self._graph.compiled_uuid(unit)
        version = cache.header.julia.version
        read = Read(Evidence.RECORDED, f"recorded in the cache of {unit.name}, Julia {version}")
        record = cache.header.preferences
        if isinstance(record, Blob):
            keys: list[PreferenceKey] = []
            for tables in (record.set, record.unset):
                keys += [(uuid, key) for uuid, names in tables.items() for key in names]
            order = None
        else:
            keys = [(own, key) for key in record.keys]
            order = record.keys
        otherwise = Read(
            Evidence.RECORDED,
            f"the cache of {unit.name}, made by Julia {version}, does not list it",
        )
        return UnitReads(dict.fromkeys(keys, read), None, otherwise, order=order)

    @cached_property
    def cached(self) -> UnitSet:
        """The units that have a cache."""
        return self._graph.subset(self.candidates)

    def stale_above(self, units: UnitSet) -> UnitSet:
        """Return some units, and those that have a cache which was built on any of them."""
        bits = units.bits
        for unit, built_on in self._built_on.items():
            if built_on & units.bits:
                bits |= self._graph.bits[unit]
        return UnitSet(self._graph, bits)

    @cached_property
    def _built_on(self) -> Mapping[UnitId, int]:
        """The bits of the units that were loaded while each unit was compiled."""
        return {
            unit: self._graph.subset(self._required_units(caches[0].header)).bits
            for unit, caches in self.candidates.items()
        }

    def fitting(self, unit: UnitId, preferences_of: PreferencesOf) -> tuple[Cache, ...]:
        """Return the caches of a unit that were made with these preferences of its own."""
        return tuple(
            cache
            for cache in self.candidates.get(unit, ())
            if not isinstance(check_preferences(cache.header, preferences_of), Rejected)
        )

    def rejected_by_preferences(self, preferences_of: PreferencesOf) -> UnitSet:
        """Return the units whose caches were all made with other preferences than these."""
        return self._graph.subset(
            unit for unit in self.candidates if not self.fitting(unit, preferences_of)
        )

    def usable(
        self,
        preferences_of: PreferencesOf,
        undecided_fits: UndecidedFits,
        replaced: Collection[UnitId] = (),
    ) -> frozenset[UnitId]:
        """Return the units of which some cache could be loaded with these preferences.

        Args:
            preferences_of: the preferences in effect of a package, by UUID.
            undecided_fits: asked where the hash of preferences cannot be computed.
            replaced: units that are another version now. A cache of one of them counts only
                if it says of which source it was made, and that source is there.
        """
        fits: dict[CacheFile, bool] = {}

        def fits_alone(unit: UnitId, cache: Cache) -> bool:
            known = fits.get(cache.file)
            if known is None and unit in replaced and not self._says_its_source(unit, cache):
                known = fits[cache.file] = False
            if known is None:
                check = check_preferences(cache.header, preferences_of)
                known = undecided_fits(unit) if isinstance(check, CannotTell) else check is None
                fits[cache.file] = known
            return known

        def is_there(module: CompiledModule, header: CacheHeader) -> bool:
            unit = self._unit_of(module)
            if unit is None:
                return module.uuid is None or header.in_system_image(module) is not False
            if self._graph.units[unit].kind == "stdlib" or header.in_system_image(module):
                return True
            return any(
                cache.header.package.build_id == module.build_id and fits_alone(unit, cache)
                for cache in self.candidates.get(unit, ())
            )

        return frozenset(
            unit
            for unit, caches in self.candidates.items()
            if any(
                fits_alone(unit, cache)
                and all(is_there(module, cache.header) for module in cache.header.required)
                for cache in caches
            )
        )

    def _says_its_source(self, unit: UnitId, cache: Cache) -> bool:
        has_path = bool(cache.header.entry_path)
        return has_path and self._sources.of(self._graph.units[unit]) is not None

    # Finding

    def _readable(self) -> dict[UnitId, tuple[Cache, ...]]:
        minor = self._graph.julia.minor
        found: dict[UnitId, tuple[Cache, ...]] = {}
        for unit in self._graph.units.values():
            if unit.kind in ("project", "stdlib"):
                continue
            uuid = self._graph.compiled_uuid(unit)
            caches = []
            for file in find_cache_files(unit.name, uuid, self._depots, minor):
                header = cache_header(file)
                if isinstance(header, UnreadableCache):
                    self.skipped.append(SkippedCache(file.path, header.reason))
                elif (wrong := check_package(header, unit.name, uuid)) is not None:
                    self.skipped.append(SkippedCache(file.path, wrong.why))
                else:
                    caches.append(Cache(file, header))
            if caches:
                found[unit.id] = tuple(caches)
        return found

    def _of_this_environment(self, unit: Unit, caches: Sequence[Cache]) -> tuple[Cache, ...]:
        fitting = []
        for cache in caches:
            reason = self._rejection(unit, cache)
            if reason:
                self.skipped.append(SkippedCache(cache.file.path, reason))
            else:
                fitting.append(cache)
        return tuple(fitting)

    def _rejection(self, unit: Unit, cache: Cache) -> str:
        """Return why a cache is not of this environment as it is, or an empty string."""
        if cache.header.julia != self.build:
            return f"it was made by another Julia, {cache.header.julia.version}"
        path = cache.header.entry_path
        installed_in = _INSTALLED.search(path)
        slugs = self._sources.slugs(unit)
        if installed_in is not None and slugs and installed_in["slug"] not in slugs:
            return f"it is of another version, compiled from {path}"
        source = self._sources.of(unit)
        recorded = find_source(path, self._depots, None) if path else None
        if source is None or recorded is None:
            return ""  # what is not on this machine cannot be compared
        if not _same_file(recorded.path, source.entry):
            return f"it was compiled from {recorded.path}"
        if source.is_installed:
            return ""
        records = read_cache_records(cache.file.path, cache.header)
        if not isinstance(records, CacheRecords):
            return records.reason
        changed = check_sources(
            cache.header, records, lambda path: find_source(path, self._depots, None)
        )
        if isinstance(changed, Rejected):
            return changed.why
        return self._missing_import(unit, cache.header.package, records)

    def _missing_import(self, unit: Unit, package: CompiledModule, records: CacheRecords) -> str:
        """Return which of a unit's own imports would now lead elsewhere, or an empty string."""
        units = [self._graph.units[one] for one in self._graph.network.succ[unit.id]]
        if unit.is_extension:
            return ""  # what an extension may import depends on its parent too
        known = {other.name: other.uuid for other in units if not other.is_extension}
        for require in records.requires:
            if require.module == package and known.get(require.name) != require.uuid:
                return f"it imports {require.name}, which is not among its dependencies now"
        return ""

    # Modules

    def _unit_of(self, module: CompiledModule) -> UnitId | None:
        unit = self._graph.unit_of(module.uuid) if module.uuid is not None else None
        return unit.id if unit is not None else None

    def _required_units(self, header: CacheHeader) -> frozenset[UnitId]:
        units = (self._unit_of(module) for module in header.required)
        return frozenset(unit for unit in units if unit is not None)


def _choose_build(
    readable: Mapping[UnitId, Sequence[Cache]], graph: DependencyGraph
) -> JuliaBuild | None:
    """Return the Julia whose caches count.

    That is the version whose rules apply, if it has caches here, else the build that made the
    newest cache: a session may run any build of the same minor version.
    """
    caches = [cache for several in readable.values() for cache in several]
    exact = [cache for cache in caches if cache.header.julia.version == graph.julia.version]
    newest = max(exact or caches, key=lambda cache: cache.file.mtime_ns, default=None)
    return newest.header.julia if newest is not None else None


def _same_file(one: Path, other: Path) -> bool:
    return disk.is_same(one, other) or os.path.normcase(one) == os.path.normcase(other)
