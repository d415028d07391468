"""Which preferences are asked for while a package compiles, across packages.

What counts is the process that compiles the package: the package's own top level; functions
of other packages that it calls there; the code that their macros expand to; and the
``__init__`` of every package that is loaded for it, and of the extensions that these load. A
cache with a blob (Julia 1.14) records all of it, an older one only the keys of the package's own
UUID (``Base.record_compiletime_preference`` and its readers in ``base/loading.jl``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from uuid import UUID

import msgspec
from msgspec.structs import replace

from precompass.julia.workload_tools import PrecompileTools
from precompass.source.closure import CallSite
from precompass.source.effects import (
    KNOWN_PACKAGES,
    Effect,
    OutsideCall,
    Part,
    Read,
    WorkloadRun,
)
from precompass.source.modules import Condition
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import (
    FunctionReads,
    Owner,
    PackageReads,
    PreferenceRead,
    When,
    settle,
)
from precompass.source.values import (
    PackageModule,
    PackageUuid,
    Unknown,
    Value,
    alternatives,
    anchored,
    is_undecided,
)
from precompass.source.workload_keys import workload_reads

_MAX_EFFECTS = 2_000


class InstalledSource(msgspec.Struct, frozen=True):
    """A package or extension of an environment.

    Attributes:
        source: where its code is.
        dependencies: the packages that it can import, by the name it uses for each; for an
            extension also its parent and triggers.
    """

    source: PackageSource
    dependencies: Mapping[str, UUID]


class _Settled(msgspec.Struct, frozen=True, dict=True):
    """A package with all that it does in the processes of others.

    Attributes:
        functions: those that read preferences, calls into other packages followed; what it
            offers of other packages is among them, by its own name.
        on_load: what happens when it is loaded: its ``__init__`` and those of what it loads.
            Without a blob, only what may be read of a package that loads it.
        below: the packages that can be named through it, as in ``Y.X.f``.
    """

    reads: PackageReads
    functions: Mapping[tuple[str, ...], tuple[FunctionReads, ...]]
    on_load: tuple[Effect, ...]
    below: Mapping[str, _Settled]

    @property
    def names(self) -> frozenset[str]:
        """The names of the functions that matter to those who can name the package."""
        own = {path[-1] for path in self.functions}
        return frozenset(own) | self._names_below

    @cached_property
    def _names_below(self) -> frozenset[str]:
        """The functions of packages below that read preferences of a module they are passed."""
        found: set[str] = set()
        for settled in self.below.values():
            found |= settled._names_below
            found.update(
                path[-1]
                for path, methods in settled.functions.items()
                if any(map(_is_open, methods))
            )
        return frozenset(found)

    def methods(self, path: tuple[str, ...]) -> tuple[FunctionReads, ...]:
        """Return the methods of a function, named directly or through another package."""
        found = self.functions.get(path)
        if found is None and len(path) > 1 and path[0] in self.below:
            return self.below[path[0]].methods(path[1:])
        return found or ()


class CompileTimeReads:
    """Answers for the packages of one environment; remembers what it has worked out.

    Args:
        find: returns a package by its UUID; None where its source is not there.
        records_blob: whether caches record the keys of all owners (Julia 1.14 on). Otherwise
            only the package's own are looked for and returned.
        precompile_tools: the one of the environment.
        read: reads one package's source, given names to look for besides (a cache may do it).
    """

    def __init__(
        self,
        find: Callable[[UUID], InstalledSource | None],
        *,
        records_blob: bool,
        precompile_tools: PrecompileTools,
        read: Callable[[PackageSource, frozenset[str]], PackageReads] | None = None,
    ) -> None:
        self._find = find
        self._records_blob = records_blob
        self._precompile_tools = precompile_tools
        self._read = read or (lambda source, names: read_package_source(source, foreign=names))
        self._settled: dict[UUID, _Settled | None] = {}

    def of(self, uuid: UUID, extensions: Iterable[UUID] = ()) -> tuple[PreferenceRead, ...]:
        """Return the preferences that are asked for while a package compiles.

        Empty for a package that is not there, or that has no cache (``__precompile__(false)``).
        Those that Julia does not record (``is_recorded``) are among them.

        Args:
            uuid: the package.
            extensions: of packages that it depends on, those that are loaded with them, by
                their own UUIDs.
        """
        installed = self._find(uuid)
        return () if installed is None else self.of_source(installed, extensions)

    def of_source(
        self, installed: InstalledSource, extensions: Iterable[UUID] = ()
    ) -> tuple[PreferenceRead, ...]:
        """Return the same for a package that has no UUID, or is not in the environment."""
        available = self._dependencies(installed)
        reads = self._read(installed.source, self._names(available))
        if reads.precompile_disabled is not None:
            return ()
        effects = [
            *self._resolved(reads.compile_effects, available),
            *self._loading(reads, available),
            *self._loading_extensions(extensions),
        ]
        own = installed.source.owner
        found = settle(effects, When.COMPILE, own, installed.dependencies)
        if not self._records_blob:
            return tuple(read for read in found if read.owner in {own, Owner(None, None)})
        return tuple(replace(read, owner=self._named(read.owner)) for read in found)

    def _named(self, owner: Owner) -> Owner:
        if owner.name is None and owner.uuid is not None:
            installed = self._find(owner.uuid)
            if installed is not None:
                return Owner(installed.source.name, owner.uuid)
        return owner

    # The packages below

    def _dependencies(self, installed: InstalledSource) -> dict[str, _Settled]:
        """Return the dependencies of a package, by name, all of them worked out."""
        for uuid in installed.dependencies.values():
            self._settle_all_below(uuid)
        return {
            name: settled
            for name, uuid in installed.dependencies.items()
            if name not in KNOWN_PACKAGES and (settled := self._settled.get(uuid)) is not None
        }

    def _settle_all_below(self, uuid: UUID) -> None:
        """Work out a package after its dependencies. In a circle, one goes without another."""
        pending: list[tuple[UUID, bool]] = [(uuid, False)]
        entered: set[UUID] = set()
        while pending:
            current, ready = pending.pop()
            if current in self._settled:
                continue
            installed = self._find(current)
            if installed is None:
                self._settled[current] = None
            elif ready:
                available = {
                    name: settled
                    for name, dependency in installed.dependencies.items()
                    if name not in KNOWN_PACKAGES
                    and (settled := self._settled.get(dependency)) is not None
                }
                self._settled[current] = self._settle(installed, available)
            elif current not in entered:
                entered.add(current)
                pending.append((current, True))
                pending += ((dependency, False) for dependency in installed.dependencies.values())

    def _settle(
        self, installed: InstalledSource, available: Mapping[str, _Settled]
    ) -> _Settled | None:
        if installed.source.name in KNOWN_PACKAGES:
            return None
        reads = self._read(installed.source, self._names(available))
        names = self._anchors(installed)
        functions: dict[tuple[str, ...], tuple[FunctionReads, ...]] = {}
        for function in reads.functions:
            changed = replace(
                function,
                executed=self._exported(function.executed, available, names),
                expanded=self._exported(function.expanded, available, names),
                inferred=self._exported(_inferred(function), available, names),
            )
            if changed.does_anything:
                functions[function.path] = (*functions.get(function.path, ()), changed)
        functions = {**_passed_on(reads, available), **functions}
        own = [
            replace(effect, via=(f"{installed.source.name}.__init__", *effect.via))
            for effect in self._exported_on_load(reads, available, names)
        ]
        on_load = _bounded((*own, *self._loading(reads, available)))
        settled = _Settled(reads, functions, on_load, available)
        return settled if settled.names or on_load else None

    def _anchors(self, installed: InstalledSource) -> dict[str | None, Value]:
        source = installed.source
        own: Value = PackageUuid(source.uuid) if source.uuid else PackageModule(source.name)
        names: dict[str | None, Value] = {
            name: PackageUuid(uuid) for name, uuid in installed.dependencies.items()
        }
        names[source.name] = names[None] = own
        return names

    def _names(self, available: Mapping[str, _Settled]) -> frozenset[str]:
        """Return what to look for in the source of a package that has these dependencies."""
        found: set[str] = set()
        for name, settled in available.items():
            found |= settled.names
            if settled.on_load:
                found.add(name)
        return frozenset(found)

    def _exported_on_load(
        self,
        reads: PackageReads,
        available: Mapping[str, _Settled],
        names: Mapping[str | None, Value],
    ) -> tuple[Effect, ...]:
        """Return what a package's ``__init__`` does, as far as a cache of others records it."""
        below = frozenset(names.values())
        return self._exported(
            reads.init_effects, available, names, lambda owner: _is_other(owner, below)
        )

    def _exported(
        self,
        effects: Iterable[Effect],
        available: Mapping[str, _Settled],
        names: Mapping[str | None, Value],
        is_kept: Callable[[Value], bool] = is_undecided,
    ) -> tuple[Effect, ...]:
        """Return effects in a form that means the same in other packages.

        Without a blob, only those that read of an owner that *is_kept* accepts.
        """
        found: dict[Effect, None] = {}
        for effect in self._resolved(effects, available):
            if not isinstance(effect, Read):
                continue
            owner = anchored(effect.owner, names)
            if self._records_blob or is_kept(owner):
                found[replace(effect, owner=owner, key=anchored(effect.key, names))] = None
            if len(found) > _MAX_EFFECTS:
                break
        return _bounded(tuple(found))

    # Effects

    def _loading(self, reads: PackageReads, available: Mapping[str, _Settled]) -> Iterator[Effect]:
        """Yield what happens while a package's imports are loaded."""
        for item in reads.imports:
            settled = available.get(item.package)
            for effect in settled.on_load if settled is not None else ():
                theirs = (condition.elsewhere for condition in effect.conditions)
                yield replace(effect, conditions=(*item.conditions, *theirs))

    def _loading_extensions(self, extensions: Iterable[UUID]) -> Iterator[Effect]:
        """Yield what happens where extensions are loaded.

        That is on a condition: a package need not import all that it depends on.
        """
        for uuid in extensions:
            self._settle_all_below(uuid)
            installed, settled = self._find(uuid), self._settled[uuid]
            if installed is None or settled is None:
                continue
            for effect in settled.on_load:
                loaded = Condition(effect.site, 0, 0, f"{installed.source.name} is loaded")
                theirs = (condition.elsewhere for condition in effect.conditions)
                yield replace(effect, conditions=(loaded, *theirs))

    def _resolved(
        self, effects: Iterable[Effect], available: Mapping[str, _Settled]
    ) -> Iterator[Effect]:
        """Yield effects with the calls of other packages' functions followed."""
        for effect in effects:
            if isinstance(effect, OutsideCall):
                yield from self._of_call(effect, available)
            elif isinstance(effect, WorkloadRun):
                yield from workload_reads(effect, self._precompile_tools)
            else:
                yield effect

    def _of_call(self, call: OutsideCall, available: Mapping[str, _Settled]) -> Iterator[Effect]:
        meant: list[FunctionReads] = []
        for package in call.packages:
            settled = available.get(package)
            if settled is None:
                continue
            methods = settled.methods(call.path)
            if call.exported:
                methods = tuple(method for method in methods if method.exported)
            fitting = tuple(m for m in methods if m.formals.accepts(call.arguments))
            meant += fitting or methods
        for number, function in enumerate(meant):
            conditions = call.conditions
            if len(meant) > 1:
                text = f"which method of {call.path[-1]} is called"
                conditions = (*conditions, Condition(call.site, number, len(meant), text))
            passed, values = function.formals.bind(call.arguments, call.keywords)
            here = CallSite(function.path[-1], call.site, conditions, passed, values, call.expander)
            for effect in function.of(call.part):
                theirs = tuple(condition.elsewhere for condition in effect.conditions)
                inlined = here.inline(replace(effect, conditions=theirs))
                if inlined is not None:
                    via = (*call.via, *inlined.via)
                    yield replace(inlined, via=via, unless=call.unless)


def _bounded(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Return effects, of too many the first; then one more says that anything may be read."""
    if len(effects) <= _MAX_EFFECTS:
        return effects
    site = effects[_MAX_EFFECTS].site
    condition = Condition(site, 0, 0, "too much code: the rest is not followed", unfollowed=True)
    return (*effects[:_MAX_EFFECTS], Read(Unknown("…"), Unknown("…"), site, (condition,)))


def _is_other(owner: Value, below: Collection[Value]) -> bool:
    """Tell whether an owner may be none of the packages that *below* are: one that loads them."""
    return any(value not in below for value, _ in alternatives(owner))


def _inferred(function: FunctionReads) -> tuple[Effect, ...]:
    """Return what happens where a call of a function is inferred, calls of other packages too."""
    calls = (
        replace(effect, part=Part.INFERRED)
        for effect in (*function.executed, *function.inferred)
        if isinstance(effect, OutsideCall) and effect.part is Part.EXECUTED
    )
    return tuple(dict.fromkeys((*function.inferred, *calls)))


def _passed_on(
    reads: PackageReads, available: Mapping[str, _Settled]
) -> dict[tuple[str, ...], tuple[FunctionReads, ...]]:
    """Return the functions of other packages that a package offers, with their methods."""
    found: dict[tuple[str, ...], tuple[FunctionReads, ...]] = {}
    for item in sorted(reads.passed_on, key=lambda one: one.exported):
        settled = available.get(item.package)
        if settled is None:
            continue
        if item.name is not None:
            methods = settled.methods(item.path)
            if methods:
                found[item.name,] = _offered(item.name, methods, exported=item.exported)
            continue
        for path, methods in settled.functions.items():
            brought = tuple(one for one in methods if one.exported)
            if brought and (item.exported or any(map(_is_open, brought))):
                found[path[-1],] = _offered(path[-1], brought, exported=item.exported)
    return found


def _offered(
    name: str, methods: tuple[FunctionReads, ...], *, exported: bool
) -> tuple[FunctionReads, ...]:
    return tuple(replace(method, path=(name,), exported=exported) for method in methods)


def _is_open(function: FunctionReads) -> bool:
    """Tell whether what a function reads depends on the module that is passed to it."""
    effects = (*function.executed, *function.expanded, *function.inferred)
    return any(is_undecided(one.owner) for one in effects if isinstance(one, Read))
