"""The compile caches of one environment: what they record, and which of them still fit.

Source: ``stale_cachefile`` and ``_require_search_from_serialized`` in ``base/loading.jl``,
Julia 1.6 to 1.14-dev. Checked are: that a cache is of this package and of one and the same
build of Julia; that its flags serve the session; that its native library is there, and its own
checksums are right; that its entry file is the one that the environment would load now; of
packages that are developed, whether a source file has changed; the preferences; and that every
module it was built on is there in that very build. Not checked, because files alone do not tell
or it would cost too much: the processor of the session to come, the checksum of the native
library, and the sources of installed packages, which do not change.

A copy of a depot may be without compiled code: with no native library at all, or with caches
that end in front of their checksums. Then libraries and checksums are not checked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from precompass.depot.cache_checksums import damage
from precompass.depot.cache_header import CacheHeader, CompiledModule, JuliaBuild, UnreadableCache
from precompass.depot.cache_records import RequireRecord
from precompass.depot.cache_size import cache_size
from precompass.depot.caches import CacheFile, cache_header, has_empty_folder
from precompass.depot.look import DepotLook
from precompass.depot.preference_record import Blob
from precompass.depot.sources import find_source, slug_of_installed
from precompass.depot.staleness import preferences_fit
from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.hashing import CannotTell
from precompass.julia.preferences import Preference
from precompass.julia.session_flags import PLAIN, SessionFlags
from precompass.julia.uuids import UUID
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId, UnitSet
from precompass.recompilation.package_sources import PackageSources
from precompass.recompilation.reads import Read, UnitReads

if TYPE_CHECKING:
    from precompass.recompilation.reasons import DependencyIdentity, Reason

PreferencesOf: TypeAlias = Callable[[UUID], TomlTable]

UndecidedFits: TypeAlias = Callable[[UnitId], bool]
"""Decides whether the preferences of a cache fit where its hash cannot be computed."""


class Cache(msgspec.Struct, frozen=True):
    """A cache file with its header."""

    file: CacheFile
    header: CacheHeader


class SkippedCache(msgspec.Struct, frozen=True):
    """A file that was not taken into account, and why."""

    path: str
    reason: Reason


class CompileCaches:
    """The caches of the units of one environment, as they are on disk.

    Args:
        graph: the units.
        sources: where their sources are.
        depots: where to look, in Julia's order.
        session: the options of the session that is to load them.
        look: the look into these depots that finds them; a new one, if there is none.

    Attributes:
        session: these options.
        candidates: the caches that such a session could load, but for preferences and what
            they were built on, by unit and in Julia's order.
        skipped: the other caches.
        newer_formats: the formats of caches that are newer than those known here.
    """

    def __init__(
        self,
        graph: DependencyGraph,
        sources: PackageSources,
        depots: Sequence[str],
        session: SessionFlags = PLAIN,
        look: DepotLook | None = None,
    ) -> None:
        self._graph = graph
        self._sources = sources
        self._depots = depots
        self._look = look or DepotLook(depots, graph.julia.minor)
        self.session = session
        self.skipped: list[SkippedCache] = []
        self.newer_formats: set[int] = set()
        self._readable = self._find()
        self.build = _choose_build(self._readable, graph)
        self._of_here: dict[UnitId, tuple[Cache, ...]] = {}
        self._of_earlier_source: set[UnitId] = set()
        self.candidates: dict[UnitId, tuple[Cache, ...]] = {}
        for unit, caches in self._readable.items():
            self._sort_out(graph.units[unit], caches)

    @property
    def is_empty(self) -> bool:
        """Whether no cache of this environment was found, of whatever session."""
        return not self._of_here and not self._of_earlier_source

    @property
    def has_blob(self) -> bool | None:
        """Whether the caches record preferences as a blob; None without caches."""
        for caches in self._of_here.values():
            return isinstance(caches[0].header.preferences, Blob)
        return None

    def recorded(self, unit: UnitId) -> Cache | None:
        """Return the cache that represents a unit: the one that Julia tries first.

        Where none serves the session, another session's tells as well what the unit reads.
        """
        caches = self.candidates.get(unit) or self._of_here.get(unit)
        return caches[0] if caches else None

    def reads(self, unit: Unit, cache: Cache) -> UnitReads:
        """Return what a unit reads while it compiles, as its cache records it."""
        from precompass.recompilation.read_reasons import NotRecordedIn, RecordedIn

        own = self._graph.compiled_uuid(unit)
        version = cache.header.julia.version
        read = Read(Evidence.RECORDED, RecordedIn(unit, version))
        record = cache.header.preferences
        if isinstance(record, Blob):
            keys: list[Preference] = []
            for tables in (record.set, record.unset):
                keys += [Preference(uuid, key) for uuid, names in tables.items() for key in names]
            order = None
        else:
            keys = [Preference(own, key) for key in record.keys]
            order = record.keys
        otherwise = Read(Evidence.RECORDED, NotRecordedIn(unit, version))
        return UnitReads(dict.fromkeys(keys, read), None, otherwise, order=order)

    @cached_property
    def sizes(self) -> Mapping[UnitId, int]:
        """The bytes of compiled code of each unit: of the cache that represents it.

        Where none is of this environment, what is thrown away is the cache of another version.
        """
        return {unit: cache_size(caches[0].file) for unit, caches in self._standing()}

    def _standing(self) -> Iterator[tuple[UnitId, tuple[Cache, ...]]]:
        for unit, caches in self._readable.items():
            yield unit, self.candidates.get(unit) or self._of_here.get(unit) or caches

    @cached_property
    def cached(self) -> UnitSet:
        """The units that have a cache, if only one of another session."""
        return self._graph.subset(self._of_here)

    @cached_property
    def lost(self) -> UnitSet:
        """The units that were compiled once and have no cache for the session any more.

        Julia recompiles them whatever the preferences are, with all that was built on them:
        their caches were deleted or damaged, their source was edited, or only caches of other
        sessions are left.
        """
        lost = {unit for unit in self._of_here if unit not in self.candidates}
        lost |= self._of_earlier_source - self._of_here.keys()
        minor = self._graph.julia.minor
        for unit in self._graph.units.values():
            uuid = self._graph.compiled_uuid(unit)
            if unit.kind not in ("package", "extension") or unit.id in self._readable:
                continue
            if has_empty_folder(unit.name, uuid, self._depots, minor):
                lost.add(unit.id)
        there = {
            cache.header.package.build_id
            for caches in self._readable.values()
            for cache in caches
            if cache.header.julia == self.build
        }
        for unit_id, caches in self.candidates.items():
            wanted = [self._builds_gone(cache.header, there) for cache in caches]
            if all(wanted):
                lost.add(unit_id)
                lost.update(one for gone in wanted for one in gone if one not in self.candidates)
        return self.stale_above(self._graph.subset(lost))

    def _builds_gone(self, header: CacheHeader, there: Collection[int]) -> frozenset[UnitId]:
        """Return the units with a cache that was built on a build that is in no depot."""
        found = set()
        for module in header.required:
            unit = self._unit_of(module)
            if unit is None or module.build_id in there or header.in_system_image(module):
                continue
            if self._graph.units[unit].kind in ("package", "extension"):
                found.add(unit)
        return frozenset(found)

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
            unit: self._graph.subset(self._required_units(cache.header)).bits
            for unit in self._of_here
            if (cache := self.recorded(unit)) is not None
        }

    def fitting(self, unit: UnitId, preferences_of: PreferencesOf) -> tuple[Cache, ...]:
        """Return the caches of a unit that were made with these preferences of the package."""
        return tuple(
            cache
            for cache in self.candidates.get(unit, ())
            if preferences_fit(cache.header, preferences_of) is not False
        )

    def rejected_by_preferences(self, preferences_of: PreferencesOf) -> UnitSet:
        """Return the units whose caches were all made with other preferences than these.

        Where none serves the session, those of another session, or damaged ones, tell as well.
        """
        return self._graph.subset(
            unit
            for unit, caches in self._of_here.items()
            if all(
                preferences_fit(cache.header, preferences_of) is False
                for cache in self.candidates.get(unit) or caches
            )
        )

    def usable(
        self,
        preferences_of: PreferencesOf,
        undecided_fits: UndecidedFits,
        replaced: Collection[UnitId] = (),
    ) -> frozenset[UnitId]:
        """Return the units with a cache that could be loaded with these preferences.

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
                fit = preferences_fit(cache.header, preferences_of)
                known = undecided_fits(unit) if isinstance(fit, CannotTell) else fit
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

    def _find(self) -> dict[UnitId, tuple[Cache, ...]]:
        if not self._look.depots_with_caches:
            return {}
        from precompass.recompilation.header_checks import other_package
        from precompass.recompilation.reasons import IncompatibleHeader

        found: dict[UnitId, tuple[Cache, ...]] = {}
        for unit in self._graph.units.values():
            if unit.kind in ("project", "stdlib"):
                continue
            uuid = self._graph.compiled_uuid(unit)
            caches = []
            files = self._look.cache_files(unit.name, uuid, native_code=self.session.native_code)
            for file in files:
                header = cache_header(file)
                if isinstance(header, UnreadableCache):
                    unreadable = IncompatibleHeader(None, header.reason)
                    self.skipped.append(SkippedCache(file.path, unreadable))
                    if header.newer_format is not None:
                        self.newer_formats.add(header.newer_format)
                elif (wrong := other_package(header, unit.name, uuid)) is not None:
                    self.skipped.append(SkippedCache(file.path, wrong))
                else:
                    caches.append(Cache(file, header))
            if caches:
                found[unit.id] = tuple(caches)
        return found

    def _sort_out(self, unit: Unit, caches: Sequence[Cache]) -> None:
        """Sort the caches of a unit into those of this environment, and for this session."""
        from precompass.recompilation.reasons import DependencyIdentity, SourceReason

        of_here, candidates = [], []
        for cache in caches:
            rejected = self._check_environment(unit, cache)
            if rejected is None:
                of_here.append(cache)
                rejected = self._check_session(cache)
            if rejected is None:
                candidates.append(cache)
            else:
                self.skipped.append(SkippedCache(cache.file.path, rejected))
                if isinstance(rejected, SourceReason | DependencyIdentity):
                    self._of_earlier_source.add(unit.id)
        if of_here:
            self._of_here[unit.id] = tuple(of_here)
        if candidates:
            self.candidates[unit.id] = tuple(candidates)

    def _check_session(self, cache: Cache) -> Reason | None:
        """Check what does not depend on the environment: flags, native library, checksums.

        The native library, often a hundred times as long as the cache, is not read.
        """
        from precompass.recompilation.header_checks import (
            missing_library,
            other_flags,
            without_checksum,
        )
        from precompass.recompilation.reasons import CacheDamaged

        file, header = cache.file, cache.header
        rejected = without_checksum(header) or other_flags(header, self.session)
        if rejected is not None:
            return rejected
        missing = missing_library(file, header)
        if missing is not None and self._look.has_native_libraries:
            return missing
        damaged = damage(file, header, None, self._look.budget)
        return CacheDamaged(file.path) if damaged == "cache" else None

    def _check_environment(self, unit: Unit, cache: Cache) -> Reason | None:
        """Check that a cache is of this environment as it is, as far as that can be told."""
        from precompass.recompilation.header_checks import other_source_file
        from precompass.recompilation.reasons import IncompatibleHeader, OtherSource, SyntaxVersion

        if cache.header.julia != self.build:
            return IncompatibleHeader(cache.header.julia)
        made_for, wanted = cache.header.syntax_version, self._sources.syntax(unit)
        if made_for is not None and wanted is not None and made_for != wanted:
            return SyntaxVersion(made_for, wanted)
        path = cache.header.entry_path
        installed_in = slug_of_installed(path)
        slugs = self._sources.slugs(unit)
        source = self._sources.of(unit)
        if installed_in is not None and slugs and installed_in not in slugs:
            return OtherSource(path, str(source.entry) if source is not None else "")
        recorded = find_source(path, self._depots, None) if path else None
        if source is None or recorded is None:
            return None  # what is not on this machine cannot be compared
        if not _same_file(recorded.path, source.entry):
            return OtherSource(str(recorded.path), str(source.entry))
        if source.is_installed:
            return None
        requires = self._look.requires(cache.file, cache.header)
        if isinstance(requires, UnreadableCache):
            return IncompatibleHeader(None, requires.reason)
        changed = other_source_file(self._look, cache.file, cache.header, self._sources.stdlib)
        if isinstance(changed, CannotTell):
            changed = None  # what it recorded still decides; Julia may recompile the unit anyway
        return changed or self._check_imports(unit, cache.header.package, requires)

    def _check_imports(
        self, unit: Unit, package: CompiledModule, requires: Sequence[RequireRecord]
    ) -> DependencyIdentity | None:
        """Check that no import of a unit's own would now lead elsewhere."""
        from precompass.recompilation.reasons import DependencyIdentity

        units = [self._graph.units[one] for one in self._graph.network.succ[unit.id]]
        if unit.is_extension:
            return None  # what an extension may import depends on its parent too
        known = {other.name: other.uuid for other in units if not other.is_extension}
        for require in requires:
            now = known.get(require.name)
            if require.module == package and now != require.uuid:
                return DependencyIdentity(require.name, require.uuid, now)
        return None

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
    return os.path.normcase(one) == os.path.normcase(other) or disk.is_same(one, other)
