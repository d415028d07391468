"""What the installed sources of an environment say about the preferences its packages read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.environment import Environment
from precompass.julia.preferences import Preference
from precompass.julia.published_preferences import PublishedPreferences
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.julia.workload_tools import FLAG, SWITCH, PrecompileTools
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.given_modules import GivenModules
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId
from precompass.recompilation.package_sources import PackageSources, Source
from precompass.recompilation.precompilation import loaded_extensions
from precompass.recompilation.published_keys import published_of
from precompass.recompilation.read_reasons import (
    AbsentCode,
    MayReadAt,
    NotInSource,
    NotReached,
    NotReadInFull,
    Opening,
    PublishedKeys,
    ReadAt,
    ReadWhenRunning,
)
from precompass.recompilation.reads import Read, UnitReads
from precompass.source.absent_code import AbsentUse, absent_uses
from precompass.source.compile_time_reads import CompileTimeReads, InstalledSource
from precompass.source.effects import KNOWN_PACKAGES
from precompass.source.environment_reads import EnvironmentRead, environment_reads
from precompass.source.mentioned_names import mentioned_names, mentioned_uuids
from precompass.source.package_files import Limits, extension_entries
from precompass.source.package_reads import PackageSource
from precompass.source.preference_reads import (
    UNKNOWN_OWNER,
    Certainty,
    PackageReads,
    PreferenceRead,
    When,
    WorkloadUse,
    settle,
)
from precompass.source.syntax import Site

ReadSource: TypeAlias = Callable[[PackageSource, frozenset[str]], PackageReads]

_NOT_PRECOMPILED = re.compile(rb"^[^\S\n]*__precompile__\(\s*false\s*\)", re.MULTILINE)
_MAX_ENTRY_FILE = Limits().file_bytes  # a larger one is not read at all, which is a problem


class _Locator(msgspec.Struct, frozen=True):
    """Finds the sources of an environment's units.

    It knows nothing of the evidence that asks it, so that what the evidence holds is freed with it.
    """

    environment: Environment
    graph: DependencyGraph
    sources: PackageSources

    def find(self, uuid: UUID) -> InstalledSource | None:
        """Return the source of a package; None where it is not there."""
        unit = self.graph.unit_of(uuid)
        return self.installed(unit) if unit is not None else None

    def installed(self, unit: Unit) -> InstalledSource | None:
        """Return the source of a unit, and what it can import."""
        source = self.sources.of(unit)
        if source is None:
            return None
        return InstalledSource(self._package_source(unit, source), self.importable(unit))

    def _package_source(self, unit: Unit, source: Source) -> PackageSource:
        entry = self.environment.loaded_entry(unit.uuid)
        tree_hash = entry.tree_sha1 if entry is not None and source.is_installed else None
        uuid = self.graph.compiled_uuid(unit)
        return PackageSource(unit.name, uuid, source.folder, source.entry, tree_hash)

    def importable(self, unit: Unit) -> Mapping[str, UUID]:
        """Return the packages that a unit can import, by name."""
        units = (self.graph.units[one] for one in self.graph.network.succ[unit.id])
        found = {one.name: one.uuid for one in units if not one.is_extension}
        if unit.is_extension:
            parent = self.graph.package(unit.uuid)
            if parent is not None:
                found = {**self.importable(parent), **found}
        return found

    def units(self, unit: Unit) -> Iterator[Unit]:
        """Yield the packages that a unit can import."""
        for uuid in self.importable(unit).values():
            other = self.graph.unit_of(uuid)
            if other is not None:
                yield other


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
        self._locator = _Locator(environment, graph, sources)
        self._reads = CompileTimeReads(
            self._locator.find,
            records_blob=environment.julia.records_blob,
            precompile_tools=PrecompileTools.of(environment.loaded),
            read=read,
        )
        self._known: dict[UnitId, tuple[PreferenceRead, ...]] = {}
        self._precompilable: dict[UnitId, bool] = {}
        self._absent: dict[UnitId, tuple[AbsentUse, ...]] = {}
        self._called: dict[UnitId, tuple[PreferenceRead, ...]] = {}
        self._variables: dict[UnitId, tuple[EnvironmentRead, ...]] = {}
        self._packages: dict[UnitId, PackageReads | None] = {}
        self._extensions: dict[UnitId, tuple[PreferenceRead, ...]] = {}
        self._uuids: dict[UnitId, frozenset[UUID]] = {}
        self._given = GivenModules(sources, self._locator.units)

    def has_source(self, unit: Unit) -> bool:
        """Tell whether the source of a unit is there."""
        return self._sources.of(unit) is not None

    def reads(self, unit: Unit, *, runs_workload: bool, preferences: TomlTable) -> UnitReads:
        """Return what a unit reads while it compiles, by its source.

        A key is not read only where the whole source says so. Where its name or its owner is
        computed, where the source was not read in full, or where code runs that is not here, the
        unit may read it: such a read has weaker evidence than the source.

        Args:
            unit: a unit whose source is there.
            runs_workload: whether the unit's workload is on, so that what it reads counts.
            preferences: of the unit itself, in effect; they decide some conditions.
        """
        own = self._graph.compiled_uuid(unit)
        keys: dict[Preference, Read] = {}
        unreached = self._only_when_running(unit)
        others = self._open(unit)
        computed: Read | None = None
        for found in sorted(self.places(unit), key=lambda one: one.is_open):
            is_flag = found.key in (FLAG, SWITCH)  # read in order to know whether it is on
            if not found.is_recorded or (found.in_workload and not runs_workload and not is_flag):
                continue
            uuid = own if found.owner == UNKNOWN_OWNER else self.owner(unit, found)
            read = self._as_read(unit, found)
            if not found.is_reached(preferences):
                if found.key is not None and uuid == own:
                    not_reached = NotReached(self._read_at(unit, found))
                    unreached[found.key] = Read(Evidence.SOURCE, not_reached)
            elif found.key is None:
                computed = computed or (read if uuid == own else None)
            elif uuid is not None:
                keys.setdefault(Preference(uuid, found.key), read)
        for preference, read in self._read_by_macros(unit):
            keys.setdefault(preference, read)
        for found in self._called_by_macros(unit):
            uuid = own if found.owner == UNKNOWN_OWNER else self.owner(unit, found)
            opening = Opening.KEY if found.key is None else Opening.RUN
            read = Read(Evidence.POSSIBLE, MayReadAt(self._place(unit, found.site), opening))
            if found.key is None:
                computed = computed or (read if uuid == own else None)
            elif uuid is not None and found.is_recorded:
                keys.setdefault(Preference(uuid, found.key), read)
        if runs_workload and self.workloads(unit):
            for preference, read in self._in_callbacks(unit):
                keys.setdefault(preference, read)
        unread = {k: read for k, read in unreached.items() if Preference(own, k) not in keys}
        if computed is not None:  # any key, also one that is read elsewhere at run time
            unread = {}
        others = others or computed
        return UnitReads(keys, others, Read(Evidence.SOURCE, NotInSource(unit)), unread)

    def _only_when_running(self, unit: Unit) -> dict[str, Read]:
        """Return the keys that a unit reads at run time, where all of its own source was read.

        Code of other packages that is not here reads keys of its choice, not these.
        """
        package = self.package(unit)
        if package is None or package.problems:
            return {}
        own = self._graph.compiled_uuid(unit)
        found: dict[str, Read] = {}
        for read in package.reads:
            if read.when is When.RUN and read.key is not None and self.owner(unit, read) == own:
                running = ReadWhenRunning(self._place(unit, read.site))
                found.setdefault(read.key, Read(Evidence.SOURCE, running))
        return found

    def _open(self, unit: Unit) -> Read | None:
        """Return why a unit may read any key: some of the code that runs was not read."""
        package = self.package(unit)
        if package is not None and package.problems:
            problem = package.problems[0]
            place = self._place(unit, problem.site)
            return Read(Evidence.POSSIBLE, NotReadInFull(unit, place, problem.text))
        for use in self.absent_uses(unit):
            if self._published_macro(unit, use) is None:
                place = self._place(unit, use.site)
                return Read(Evidence.POSSIBLE, AbsentCode(use.name, use.packages, place))
        return None

    def _published_macro(self, unit: Unit, use: AbsentUse) -> PublishedPreferences | None:
        """Return what is published of the package of a macro, if that says what the macro reads."""
        uuid = (
            self._locator.importable(unit).get(use.packages[0]) if len(use.packages) == 1 else None
        )
        other = self._graph.unit_of(uuid) if uuid is not None else None
        published = published_of(self._environment, other) if other is not None else None
        return published if published is not None and use.name in published.macros else None

    def _read_by_macros(self, unit: Unit) -> Iterator[tuple[Preference, Read]]:
        """Yield what macros of absent packages read of a unit, by what is published of them."""
        for use in self.absent_uses(unit):
            published = self._published_macro(unit, use)
            if published is None:
                continue
            name, versions = published.name, published.versions
            because = PublishedKeys(name, versions, is_read=True, macro=use.name)
            for key in published.macros[use.name]:
                own = Preference(self._graph.compiled_uuid(unit), key)
                yield own, Read(Evidence.KNOWN, because)

    def _called_by_macros(self, unit: Unit) -> tuple[PreferenceRead, ...]:
        """Return what functions of a unit read that macros of other packages may call by name."""
        if unit.id not in self._called:
            self._called[unit.id] = tuple(self._find_called_by_macros(unit))
        return self._called[unit.id]

    def _find_called_by_macros(self, unit: Unit) -> Iterator[PreferenceRead]:
        package = self.package(unit)
        if package is None:
            return
        done = self._given.of(unit, self.package)
        importable = self._locator.importable(unit)
        yield from settle(done.reads, When.COMPILE, package.owner, importable)
        for function in package.functions:
            if done.called is None or function.path[-1].removeprefix("@") in done.called:
                effects = (*function.executed, *function.expanded)
                yield from settle(effects, When.COMPILE, package.owner, importable)

    def absent_uses(self, unit: Unit) -> tuple[AbsentUse, ...]:
        """Return where a unit uses code that is not here and may read its preferences."""
        if unit.id not in self._absent:
            source = self._sources.of(unit)
            absent = self._absent_packages(unit)
            self._absent[unit.id] = (
                absent_uses(source.folder, source.entry, absent) if source and absent else ()
            )
        return self._absent[unit.id]

    def _absent_packages(self, unit: Unit) -> frozenset[str]:
        """Return the packages that a unit can import and whose source is not here.

        Julia's own do not count: none of them reads preferences for its user.
        """
        found: set[str] = set()
        for name, uuid in self._locator.importable(unit).items():
            other = self._graph.unit_of(uuid)
            of_julia = uuid in STDLIBS or name in KNOWN_PACKAGES or name.endswith("_jll")
            if other is not None and not of_julia and self._sources.of(other) is None:
                found.add(name)
        return frozenset(found)

    def _in_callbacks(self, unit: Unit) -> Iterator[tuple[Preference, Read]]:
        """Yield what a workload may read through functions that other packages call back."""
        package = self.package(unit)
        for found in package.reads if package is not None else ():
            uuid = self.owner(unit, found)
            if found.by_callback and found.key is not None and found.is_recorded and uuid:
                may = MayReadAt(self._place(unit, found.site), Opening.CALLBACK)
                yield Preference(uuid, found.key), Read(Evidence.POSSIBLE, may)

    def places(self, unit: Unit) -> tuple[PreferenceRead, ...]:
        """Return the places where a unit reads preferences while it compiles."""
        if unit.id not in self._known:
            installed = self._locator.installed(unit)
            if installed is None:
                self._known[unit.id] = ()
            else:
                extensions = self._loaded_extensions.get(unit.id, ())
                self._known[unit.id] = self._reads.of_source(installed, extensions)
        return self._known[unit.id]

    @cached_property
    def _loaded_extensions(self) -> Mapping[UnitId, tuple[UUID, ...]]:
        """The extensions that are loaded while a unit compiles, by their own UUIDs."""
        found: dict[UnitId, tuple[UUID, ...]] = {}
        for unit, extension in loaded_extensions(self._graph):
            uuid = self._graph.shared.extension_uuids[extension]
            found[unit] = (*found.get(unit, ()), uuid)
        return found

    def package(self, unit: Unit) -> PackageReads | None:
        """Return all that the source of a unit itself says, whatever it uses."""
        if unit.id not in self._packages:
            installed = self._locator.installed(unit)
            found = self._read(installed.source, frozenset()) if installed is not None else None
            self._packages[unit.id] = found
        return self._packages[unit.id]

    def all_reads(self, unit: Unit) -> tuple[PreferenceRead, ...]:
        """Return all places where a unit reads preferences, at run time too."""
        package = self.package(unit)
        return (*self.places(unit), *(package.reads if package is not None else ()))

    def can_mean(self, unit: Unit, uuid: UUID) -> bool:
        """Tell whether the source of a unit can mean a package: it imports it or has its UUID.

        This searches the files and does not read them as code, which takes far longer.
        """
        if uuid in self._locator.importable(unit).values():
            return self.has_source(unit)
        if unit.id not in self._uuids:
            source = self._sources.of(unit)
            is_generated = unit.name.endswith("_jll")
            self._uuids[unit.id] = (
                mentioned_uuids(source.folder, source.entry, hooks_only=is_generated)
                if source is not None
                else frozenset()
            )
        return uuid in self._uuids[unit.id]

    def variables(self, unit: Unit) -> tuple[tuple[EnvironmentRead, ReadAt], ...]:
        """Return the environment variables that a unit reads while it compiles, and where."""
        if unit.id not in self._variables:
            installed = self._locator.installed(unit)
            found = environment_reads(installed.source) if installed is not None else ()
            self._variables[unit.id] = found
        return tuple((read, self._place(unit, read.site)) for read in self._variables[unit.id])

    def reads_in_extensions(self, unit: Unit) -> tuple[PreferenceRead, ...]:
        """Return what the extensions of a package read of it, loaded in this environment or not."""
        if unit.id not in self._extensions:
            self._extensions[unit.id] = tuple(self._read_extensions(unit))
        return self._extensions[unit.id]

    def _read_extensions(self, unit: Unit) -> Iterator[PreferenceRead]:
        source = self._sources.of(unit)
        if source is None or unit.is_extension:
            return
        own = self._graph.compiled_uuid(unit)
        entry = self._environment.loaded_entry(unit.uuid)
        tree_hash = entry.tree_sha1 if entry is not None and source.is_installed else None
        for path in extension_entries(source.folder):
            extension = PackageSource(path.stem, None, source.folder, path, tree_hash)
            for read in self._read(extension, frozenset()).reads:
                if read.owner.uuid == own or read.owner.name == unit.name:
                    yield read

    def is_read_in_full(self, unit: Unit) -> bool:
        """Tell whether the source of a unit is there, and shows all that the unit reads."""
        return self.has_source(unit) and self._open(unit) is None

    def workloads(self, unit: Unit) -> tuple[WorkloadUse, ...] | None:
        """Return the workloads that a unit runs; None where its source is not there."""
        package = self.package(unit)
        return package.workloads if package is not None else None

    def never_precompiled(self, units: Iterable[Unit]) -> list[UnitId]:
        """Return the units that can have no cache, by their source."""
        if self._sources.is_nowhere:
            return []
        return [unit.id for unit in units if not self.is_precompilable(unit)]

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
        projects = {project.id for project in self._graph.projects}
        for unit in self._graph.order:
            if unit.is_extension or unit.id in projects:
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

    def owner(self, unit: Unit, found: PreferenceRead) -> UUID | None:
        """Return the package that owns what a unit reads; None where that cannot be told."""
        if found.owner.uuid is not None:
            return found.owner.uuid
        return self._locator.importable(unit).get(found.owner.name or "")

    # Saying

    def _place(self, unit: Unit, site: Site) -> ReadAt:
        source = self._sources.of(unit)
        return ReadAt(site.file, source.folder if source is not None else None, site.line)

    def _read_at(self, unit: Unit, found: PreferenceRead) -> ReadAt:
        place = self._place(unit, found.site)
        if found.certainty is Certainty.CERTAIN or found.in_workload:
            return place
        return replace(place, condition=found.condition, is_conditional=True)

    def _as_read(self, unit: Unit, found: PreferenceRead) -> Read:
        if not found.is_open:
            return Read(Evidence.SOURCE, self._read_at(unit, found))
        opening = Opening.KEY if found.key is None else Opening.OWNER
        if found.certainty is Certainty.UNFOLLOWED:
            opening = Opening.RUN
        return Read(Evidence.POSSIBLE, MayReadAt(self._place(unit, found.site), opening))


def refuses_precompilation(entry: Path) -> bool:
    """Tell whether an entry file says ``__precompile__(false)``, as Pkg looks for it."""
    return _NOT_PRECOMPILED.search(_start_of(entry)) is not None


def _start_of(file: Path) -> bytes:
    try:
        return disk.read_file(file, _MAX_ENTRY_FILE)
    except OSError:
        return b""
