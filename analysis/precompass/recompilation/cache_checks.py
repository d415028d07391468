"""Julia's checks of one compile cache, in Julia's order, as far as files can answer them.

Source: ``stale_cachefile`` in ``base/loading.jl``, Julia 1.6 to 1.14-dev; one function here for
each group of checks. The first check that fails is the reason. What no file says is taken to fit,
and named as a doubt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.depot.cache_checksums import damage, native_library
from precompass.depot.cache_header import CacheHeader, CompiledModule, UnreadableCache
from precompass.depot.cache_records import RequireRecord
from precompass.depot.caches import CacheFile, cache_header
from precompass.depot.look import DepotLook
from precompass.depot.preference_record import Blob
from precompass.depot.sources import (
    depot_of,
    find_source,
    in_depot,
    slug_of_installed,
    version_of_folder,
)
from precompass.depot.staleness import blob_differences, preferences_fit
from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.hashing import CannotTell
from precompass.julia.preferences import LookupFailure, Preference
from precompass.julia.session_flags import SessionFlags
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.header_checks import (
    missing_library,
    other_flags,
    other_package,
    other_source_file,
    without_checksum,
)
from precompass.recompilation.reasons import (
    CacheDamaged,
    DependencyIdentity,
    DependencyLoaded,
    DependencyMissing,
    IncompatibleHeader,
    NativeCodeDamaged,
    OtherSource,
    OtherSystemImage,
    PreferencesChanged,
    Reason,
    SyntaxVersion,
)
from precompass.recompilation.running_julia import RunningJulia, running_julia
from precompass.recompilation.stack import Stack

_FIRST_WITH_CORE_CHECK = (1, 11)


class CheckedCache(msgspec.Struct, frozen=True):
    """One cache file of a unit, and what Julia's checks say of it with nothing loaded.

    Attributes:
        file: the file.
        header: its header; None if it cannot be read.
        early: the first check up to 11 that fails, those before Julia looks at what is loaded.
        late: the first later check that fails, up to 24.
        is_of_source: whether it was made from the source that the environment has.
        doubts: what could not be checked, as parts of a sentence.
        breaks_loading: whether Julia fails when it reads the file, instead of rejecting it.
    """

    file: CacheFile
    header: CacheHeader | None
    early: Reason | None
    late: Reason | None
    is_of_source: bool
    doubts: tuple[str, ...]
    breaks_loading: bool = False

    @property
    def reason(self) -> Reason | None:
        """The first of Julia's checks 1 to 24 that fails, with nothing loaded."""
        return self.early or self.late

    def reason_with(self, loaded: DependencyLoaded | None) -> Reason | None:
        """Return the first check that fails where a dependency is loaded in another build."""
        return self.early or loaded or self.late

    @property
    def build_id(self) -> int | None:
        """The build of the package that it provides."""
        return self.header.package.build_id if self.header is not None else None


class CacheChecks:
    """Checks the caches of a stack's units; each cache once.

    Args:
        stack: the environments.
        flags: the options of the session.
        exact: the version of Julia, if the user named a certain one.
        checksums: whether to read whole cache files, and the sources of installed packages,
            which do not change unless somebody edits a depot.
        without: paths of cache files that are taken to be gone.
        look: the look into the depots of the stack that finds them; a new one, if there is none.
    """

    def __init__(
        self,
        stack: Stack,
        flags: SessionFlags,
        *,
        exact: VersionNumber | None = None,
        checksums: bool = True,
        without: frozenset[str] = frozenset(),
        look: DepotLook | None = None,
    ) -> None:
        self.stack = stack
        self._without = without
        self.flags = flags
        self._exact = exact
        self._checksums = checksums
        self._minor = stack.graph.julia.minor
        self._look = look or DepotLook(stack.depots, self._minor)
        self._files: dict[UnitId, tuple[CacheFile, ...]] = {}
        self._known: dict[UnitId, tuple[CheckedCache, ...]] = {}
        self._required: dict[int, tuple[tuple[CompiledModule, UUID, Unit | None], ...]] = {}
        self._headers: list[CacheHeader] = []
        self._builds: dict[UnitId, frozenset[int]] = {}
        self._preferences: dict[UUID, TomlTable] = {}
        self._gone: dict[UnitId, bool] = {}
        self._failures: dict[UnitId, LookupFailure | None] = {}

    def of(self, unit: Unit) -> tuple[CheckedCache, ...]:
        """Return the caches of a unit, the one that Julia tries first at the front."""
        found = self._known.get(unit.id)
        if found is None:
            uuid = self.stack.compiled_uuid(unit)
            found = tuple(self._check(unit, uuid, file) for file in self._files_of(unit))
            self._known[unit.id] = found
        return found

    @cached_property
    def running(self) -> RunningJulia:
        """The Julia of the session."""
        units = (unit for unit in self.stack.graph.order if unit.kind in ("package", "extension"))
        files = (file for unit in units for file in self._files_of(unit))
        return running_julia(files, self.stack.installation, self._exact, self._minor)

    @property
    def native_code_is_assumed(self) -> bool:
        """Whether caches need native code, and the depots hold none, as a copy without it does."""
        needs_some = any(header.clone_targets_length for header in self._headers)
        return needs_some and not self._look.has_native_libraries

    def _files_of(self, unit: Unit) -> tuple[CacheFile, ...]:
        found = self._files.get(unit.id)
        if found is None:
            uuid = self.stack.compiled_uuid(unit)
            found = self._look.cache_files(unit.name, uuid, native_code=self.flags.native_code)
            found = tuple(file for file in found if file.path not in self._without)
            self._files[unit.id] = found
        return found

    def less(self, paths: frozenset[str]) -> CacheChecks:
        """Return the checks as if some cache files were gone."""
        return CacheChecks(
            self.stack,
            self.flags,
            exact=self._exact,
            checksums=self._checksums,
            without=paths,
            look=self._look,
        )

    def fitting_builds(self, unit: Unit) -> frozenset[int]:
        """Return the build ids of a unit's caches that pass the checks 1 to 24.

        There are none if Julia fails before it comes to such a cache.
        """
        found = self._builds.get(unit.id)
        if found is None:
            caches = () if self.ends_loading(unit) else self.of(unit)
            found = frozenset(
                cache.build_id
                for cache in caches
                if cache.reason is None and cache.build_id is not None
            )
            self._builds[unit.id] = found
        return found

    def breaking(self, unit: Unit) -> CheckedCache | None:
        """Return the cache at which Julia fails before it comes to one that fits."""
        for cache in self.of(unit):
            if cache.breaks_loading:
                return cache
            if cache.reason is None:
                return None
        return None

    def ends_loading(self, unit: Unit) -> bool:
        """Tell whether Julia fails when it looks for a cache of a unit that fits."""
        return self.breaking(unit) is not None or self.lookup_failure(unit) is not None

    def lookup_failure(self, unit: Unit) -> LookupFailure | None:
        """Return why Julia throws when it compares the preferences of a unit; None if it does not.

        Where caches hold one hash, the table of the unit itself is looked up, whatever it reads;
        where they hold values, the tables that they have values of.
        """
        if unit.id not in self._failures:
            self._failures[unit.id] = self._find_lookup_failure(unit)
        return self._failures[unit.id]

    def _find_lookup_failure(self, unit: Unit) -> LookupFailure | None:
        if not self.stack.active.julia.records_blob:
            uuids = {self.stack.compiled_uuid(unit)}
        else:
            uuids = {
                uuid
                for cache in self.of(unit)
                if cache.reason is None or isinstance(cache.reason, PreferencesChanged)
                if cache.header is not None and isinstance(cache.header.preferences, Blob)
                for uuid in (*cache.header.preferences.set, *cache.header.preferences.unset)
            }
        errors = (error for uuid in uuids for error in self.stack.active.preferences(uuid).errors)
        return min(errors, key=lambda error: (error.file, error.span.start), default=None)

    def has_recorded(self, unit: Unit, preference: Preference) -> bool:
        """Tell whether some cache of a unit says that it read a preference."""
        own = self.stack.compiled_uuid(unit)
        for cache in self.of(unit):
            record = cache.header.preferences if cache.header is not None else None
            if isinstance(record, Blob):
                uuid, key = preference
                if key in record.set.get(uuid, ()) or key in record.unset.get(uuid, ()):
                    return True
            elif record is not None and preference.package == own and preference.key in record.keys:
                return True
        return False

    def is_gone(self, unit: Unit) -> bool:
        """Tell whether the source of a developed package, or of its extension, is gone.

        Julia cannot load it then. What is not installed is another case: its caches may fit
        once it is.
        """
        found = self._gone.get(unit.id)
        if found is None:
            found = self._gone[unit.id] = self._has_lost_its_source(unit)
        return found

    def _has_lost_its_source(self, unit: Unit) -> bool:
        if self.stack.source(unit) is not None:
            return False
        level = self.stack.owner(unit.uuid)
        if level is None:
            return False
        folder = level.sources.folder(unit.uuid)
        if folder is not None:
            return not (folder[1] and unit.kind == "stdlib")
        entry = level.environment.entry(unit.uuid)
        return entry is not None and entry.path is not None

    def required(self, header: CacheHeader) -> tuple[tuple[CompiledModule, UUID, Unit | None], ...]:
        """Return the modules that a cache was built on, with their UUIDs and units.

        Julia's own modules are left out: those of the system image, and the standard library,
        whose caches come with Julia.
        """
        found = self._required.get(id(header))  # its headers are kept, so that ids stay theirs
        if found is None:
            found = self._required[id(header)] = tuple(self._find_required(header))
        return found

    def _find_required(
        self, header: CacheHeader
    ) -> Iterator[tuple[CompiledModule, UUID, Unit | None]]:
        core = header.core
        system_image = core.image_checksum if core is not None and header.julia.format >= 12 else 0
        for module in header.required:
            if module.uuid is None or (system_image and module.image_checksum == system_image):
                continue
            unit = self.stack.unit(module.uuid)
            is_stdlib = unit is not None and unit.kind == "stdlib"
            if not is_stdlib and (unit is not None or not self.stack.is_known(module.uuid)):
                yield module, module.uuid, unit

    # The checks

    def _check(self, unit: Unit, uuid: UUID, file: CacheFile) -> CheckedCache:
        header = cache_header(file)
        if isinstance(header, UnreadableCache):
            reason = IncompatibleHeader(None, header.reason)
            breaks = header.broken_off is not None and self.running.made(header.broken_off)
            return CheckedCache(file, None, reason, None, False, (), breaks_loading=breaks)
        self._headers.append(header)
        doubts: list[str] = []
        early = self._early(unit, uuid, file, header)
        of_source = self._is_of_source(unit, header)
        if of_source is None:
            doubts.append(f"the source of {unit.name} is not on this machine")
        late = None
        if early is None:
            late = self._late(unit, file, header, of_source, doubts)
        return CheckedCache(file, header, early, late, of_source is not False, tuple(doubts))

    def _early(self, unit: Unit, uuid: UUID, file: CacheFile, header: CacheHeader) -> Reason | None:
        """Checks 2 to 11."""
        running = self.running
        if not running.made(header.julia):
            return IncompatibleHeader(header.julia)
        by_itself = without_checksum(header) or other_flags(header, self.flags)
        if by_itself is not None:
            return by_itself
        syntax, wanted = header.syntax_version, self.stack.syntax_version(unit)
        if syntax is not None and wanted is not None and syntax != wanted:
            return SyntaxVersion(syntax, wanted)
        missing = missing_library(file, header)
        if missing is not None and self._look.has_native_libraries:
            return missing
        other = other_package(header, unit.name, uuid)
        if other is not None:
            return other
        core = header.core
        if (
            self._minor >= _FIRST_WITH_CORE_CHECK
            and core is not None
            and running.core not in (None, core.build_id)
        ):
            return OtherSystemImage()
        return None

    def _late(
        self,
        unit: Unit,
        file: CacheFile,
        header: CacheHeader,
        of_source: bool | None,
        doubts: list[str],
    ) -> Reason | None:
        """Checks 13 to 24, in their order."""
        for module, required, below in self.required(header):
            if below is None or self.is_gone(below):
                return DependencyMissing(module.name, required)
        if of_source is False:
            source = self.stack.source(unit)
            return OtherSource(header.entry_path, str(source.entry) if source else "")
        requires = self._look.requires(file, header)
        if isinstance(requires, UnreadableCache):
            return IncompatibleHeader(None, requires.reason)
        identity = self._other_identity(unit, header, requires)
        if identity is not None:
            return identity
        if of_source and (self._checksums or not self._is_installed(unit)):
            changed = other_source_file(self._look, file, header, self._stdlib)
            if isinstance(changed, CannotTell):
                doubts.append(changed.why)
            elif changed is not None:
                return changed
        if self._checksums:
            library = native_library(file)
            damaged = damage(file, header, library, self._look.budget)
            if isinstance(damaged, CannotTell):
                doubts.append(damaged.why)
            if damaged == "cache":
                return CacheDamaged(file.path)
            if damaged == "native code" and library is not None:
                return NativeCodeDamaged(library.path)
        return self._other_preferences(header, doubts)

    def _is_installed(self, unit: Unit) -> bool:
        source = self.stack.source(unit)
        return source is not None and source.is_installed

    def _is_of_source(self, unit: Unit, header: CacheHeader) -> bool | None:
        """Tell whether a cache was made from a unit's entry file; None if that is not here."""
        source = self.stack.source(unit)
        recorded = header.entry_path
        if not recorded:
            return None
        if source is None:
            level = self.stack.owner(unit.uuid)
            slugs = level.sources.slugs(unit) if level is not None else frozenset()
            slug = slug_of_installed(recorded)
            return False if slug is not None and slugs and slug not in slugs else None
        if in_depot(recorded) is not None:
            depot = depot_of(recorded, self.stack.depots)
            path = Path(f"{depot}{in_depot(recorded)}") if depot is not None else None
        else:
            found = find_source(recorded, (), self._stdlib)
            path = found.path if found is not None else Path(recorded)
        if path is None:
            return False
        return _same_file(path, source.entry)

    @property
    def _stdlib(self) -> Path | None:
        installation = self.stack.installation
        return installation.stdlib if installation is not None else None

    def _other_identity(
        self, unit: Unit, header: CacheHeader, requires: Sequence[RequireRecord]
    ) -> DependencyIdentity | None:
        """Check 16: every name that the package imports must mean the same package."""
        for record in requires:
            if record.module not in (None, header.package):
                continue
            now = self.stack.identify(unit, record.name)
            if now == record.uuid:
                continue
            may_import_more = now is None and unit.is_extension
            if may_import_more and record.uuid and self.stack.is_known(record.uuid):
                continue
            return DependencyIdentity(record.name, record.uuid, now)
        return None

    def _other_preferences(self, header: CacheHeader, doubts: list[str]) -> Reason | None:
        """Check 24."""
        fit = preferences_fit(header, self.preferences)
        if isinstance(fit, CannotTell):
            doubts.append(f"its preferences: {fit.why}")
        return PreferencesChanged(self._different_keys(header)) if fit is False else None

    def version_of_source(self, recorded: str) -> str | None:
        """Return the version of the package that a cache was made from; None if it is gone."""
        found = find_source(recorded, self.stack.depots, self._stdlib)
        return version_of_folder(found.path.parent.parent) if found is not None else None

    def preferences(self, uuid: UUID) -> TomlTable:
        """Return the preferences of a package in effect."""
        found = self._preferences.get(uuid)
        if found is None:
            found = self._preferences[uuid] = self.stack.active.preferences(uuid).values
        return found

    def _different_keys(self, header: CacheHeader) -> tuple[tuple[UUID, str], ...]:
        """Return the preferences that can be the cause; one hash does not tell which of several."""
        record = header.preferences
        if not isinstance(record, Blob):
            uuid = header.package.uuid
            return tuple((uuid, key) for key in record.keys) if uuid is not None else ()
        return tuple(blob_differences(record, self.preferences))


def _same_file(one: Path, other: Path) -> bool:
    return os.path.normcase(one) == os.path.normcase(other) or disk.is_same(one, other)
