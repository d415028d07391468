"""Which preferences a package reads, as answers: what, where, when, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec.structs import replace

from precompass.documents.values import TomlTable
from precompass.source.closure import Formals
from precompass.source.effects import Effect, Part, Read, Recording, WorkloadRun
from precompass.source.modules import Condition, Conditions
from precompass.source.package_code import Import, Problem
from precompass.source.preference_conditions import PreferenceTest
from precompass.source.syntax import Site
from precompass.source.values import (
    PackageModule,
    PackageUuid,
    Text,
    Unknown,
    Value,
    alternatives,
)

_MAX_CHAINS = 64


class When(Enum):
    """When a preference is read."""

    COMPILE = "compile"
    RUN = "run"


class Certainty(Enum):
    """How surely it is read, by the source alone."""

    CERTAIN = "certain"
    CONDITIONAL = "conditional"  # behind a condition that the source does not decide
    COMPUTED = "computed"  # its key or its owner is computed
    UNFOLLOWED = "unfollowed"  # the source does not say whether the code that reads it runs


class Owner(msgspec.Struct, frozen=True):
    """The package that a preference belongs to; both None where the source does not say."""

    name: str | None
    uuid: UUID | None


UNKNOWN_OWNER = Owner(None, None)


class PreferenceRead(msgspec.Struct, frozen=True):
    """One place where a preference is read.

    Attributes:
        owner: the package whose preference it is.
        key: the top-level key, which is what Julia records; None if it is computed.
        site: where, in UTF-16 units. For a key that is passed to a function, the call that
            passes it.
        when: while the package compiles, or only when its functions run.
        certainty: how surely.
        recording: whether Julia notes in the cache that the preference was read.
        condition: the source of the conditions that it is behind, or of a computed key.
        in_workload: whether "the package's workload is switched on" is the only condition, on
            every way to get there.
        default: the source of the default, if there is one.
        via: the functions and macros through which the code gets there, outermost first;
            ``("JLLWrappers",)`` for the path of a product of a JLL package.
        by_callback: whether a function reads it that other packages may call back.
        values: the values that the package takes, where its source rejects all others.
        ways: for each way to get there, what has to hold of the package's own preferences.
    """

    owner: Owner
    key: str | None
    site: Site
    when: When
    certainty: Certainty
    recording: Recording
    condition: str | None
    in_workload: bool
    default: str | None
    via: tuple[str, ...]
    by_callback: bool = False
    values: tuple[str, ...] = ()
    ways: tuple[tuple[PreferenceTest, ...], ...] = ((),)

    @property
    def is_open(self) -> bool:
        """Whether the source does not settle it: which preference, or whether the code runs."""
        is_computed = self.key is None or self.owner == UNKNOWN_OWNER
        return is_computed or self.certainty is Certainty.UNFOLLOWED

    def is_reached(self, preferences: TomlTable) -> bool:
        """Tell whether the code may get there with these preferences of the package."""
        return any(all(test.decide(preferences) is not False for test in way) for way in self.ways)

    @property
    def is_recorded(self) -> bool:
        """Whether reading it while compiling leaves a trace in the cache."""
        return self.recording is Recording.RECORDED


class WorkloadUse(msgspec.Struct, frozen=True):
    """A workload: code that a package runs while it compiles, to have it compiled.

    Attributes:
        package: ``"PrecompileTools"`` or ``"SnoopPrecompile"``.
        macro: the macro, with its ``@``.
        site: where it is used.
        certainty: whether it is run in any case (but for preferences that switch it off).
    """

    package: str
    macro: str
    site: Site
    certainty: Certainty


class PassedOn(msgspec.Struct, frozen=True):
    """Something of another package that a package offers as its own.

    Attributes:
        name: what it is called there; None for all that the other package exports.
        package: the other package.
        path: what it is called in the other package; empty for all.
        exported: whether ``using`` the package brings it along.
    """

    name: str | None
    package: str
    path: tuple[str, ...]
    exported: bool


class FunctionReads(msgspec.Struct, frozen=True):
    """A function or macro that reads preferences when other packages call it.

    Attributes:
        path: its name, after the names of the submodules that it is in; a macro with ``@``.
        exported: whether ``using`` the package brings the name along.
        formals: its parameters.
        executed: what its body does.
        expanded: what the code does that it returns, where that is used: a macro's.
        inferred: what happens where a call of it is inferred and not run: Julia then makes the
            code of the ``@generated`` functions that it calls.
    """

    path: tuple[str, ...]
    exported: bool
    formals: Formals
    executed: tuple[Effect, ...]
    expanded: tuple[Effect, ...]
    inferred: tuple[Effect, ...] = ()

    def of(self, part: Part) -> tuple[Effect, ...]:
        """Return the effects of one kind."""
        match part:
            case Part.EXECUTED:
                return self.executed
            case Part.EXPANDED:
                return self.expanded
            case Part.INFERRED:
                return self.inferred

    @property
    def does_anything(self) -> bool:
        """Whether it has any effect."""
        return bool(self.executed or self.expanded or self.inferred)


class PackageReads(msgspec.Struct, frozen=True):
    """What one package's source says about preferences, whatever environment it is in.

    Attributes:
        owner: the package itself; its own preferences have this owner. Owners that the source
            names by module have no UUID here.
        reads: where it reads preferences.
        workloads: the workloads that it runs.
        precompile_disabled: where it says ``__precompile__(false)``, if it does. Such a
            package has no cache; all its reads count as run-time reads.
        compile_effects: all that happens while it compiles.
        init_effects: what its modules' ``__init__`` do. They do not run while the package
            itself compiles, but while every package compiles that loads it.
        functions: the functions and macros through which other packages read preferences.
        handed: the functions that its code hands one of its modules to.
        of_stored: what its functions read of packages that they are not handed in the same call:
            a struct holds the module, for example.
        passed_on: what it offers of other packages, as far as that may matter.
        imports: the packages that it imports, as far as its files were parsed.
        problems: what could not be read.
        files: the files that it consists of, as far as they were parsed.
    """

    owner: Owner
    reads: tuple[PreferenceRead, ...] = ()
    workloads: tuple[WorkloadUse, ...] = ()
    precompile_disabled: Site | None = None
    compile_effects: tuple[Effect, ...] = ()
    init_effects: tuple[Effect, ...] = ()
    functions: tuple[FunctionReads, ...] = ()
    handed: tuple[str, ...] = ()
    of_stored: tuple[Read, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()
    imports: tuple[Import, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[Path, ...] = ()


def owner_of(value: Value, own: Owner, dependencies: Mapping[str, UUID]) -> Owner:
    """Return the package that the first argument of ``load_preference`` means."""
    match value:
        case PackageModule(None):
            return own
        case PackageUuid(uuid):
            name = next((n for n, u in dependencies.items() if u == uuid), None)
            return own if uuid == own.uuid else Owner(name, uuid)
        case PackageModule(name) | Text(name):
            return own if name == own.name else Owner(name, dependencies.get(name or ""))
        case _:
            return Owner(None, None)


class _Way(msgspec.Struct, frozen=True):
    """One way in which a preference is read.

    Attributes:
        conditions: those of the read, and which of several keys or owners it is.
        code: what computes the key, where it is computed.
    """

    read: Read
    conditions: Conditions
    code: str

    @property
    def tests(self) -> tuple[PreferenceTest, ...]:
        """What has to hold of the package's own preferences."""
        return tuple(test for condition in self.conditions for test in condition.tests)

    @property
    def is_in_workload(self) -> bool:
        """Whether "the package's workload is switched on" is the only condition."""
        return bool(self.conditions) and all(item.workload for item in self.conditions)

    @property
    def is_unfollowed(self) -> bool:
        """Whether the source does not say that the code runs."""
        return any(condition.unfollowed for condition in self.conditions)


class _Preference(msgspec.Struct, frozen=True):
    owner: Owner
    key: str | None
    recording: Recording


def settle(
    effects: Iterable[Effect],
    when: When,
    own: Owner,
    dependencies: Mapping[str, UUID],
    *,
    by_callback: bool = False,
) -> tuple[PreferenceRead, ...]:
    """Return the preferences that a list of effects reads, in the order of their places.

    A preference that is read on every way through a choice is read for certain.
    """
    groups: dict[_Preference, list[_Way]] = {}
    for effect in effects:
        if isinstance(effect, Read):
            for preference, way in _alternatives(effect, own, dependencies):
                groups.setdefault(preference, []).append(way)
    found = [
        replace(read, by_callback=by_callback)
        for preference, ways in groups.items()
        for read in _settled(preference, ways, when)
    ]
    return tuple(sorted(found, key=lambda read: (read.site, read.key or "")))


def _alternatives(
    read: Read, own: Owner, dependencies: Mapping[str, UUID]
) -> Iterator[tuple[_Preference, _Way]]:
    """Yield each preference that one read may ask for."""
    for owner_value, owner_arm in alternatives(read.owner):
        owner = owner_of(owner_value, own, dependencies)
        for key_value, key_arm in alternatives(read.key):
            key = key_value.value if isinstance(key_value, Text) else None
            code = key_value.code if isinstance(key_value, Unknown) else ""
            choices = tuple(
                Condition(read.site, *arm, "one of several values")
                for arm in (owner_arm, key_arm)
                if arm is not None
            )
            way = _Way(read, (*read.conditions, *choices), code)
            yield _Preference(owner, key, read.recording), way


def _settled(preference: _Preference, ways: list[_Way], when: When) -> Iterator[PreferenceRead]:
    """Yield the places where one preference is read, each with how surely."""
    chains = [way.conditions for way in ways]
    on_all_ways = () not in chains and is_certain(chains)
    tests: dict[Site, list[tuple[PreferenceTest, ...]]] = {}
    in_workload: dict[Site, bool] = {}
    for way in ways:
        site = way.read.site
        tests.setdefault(site, []).append(way.tests)
        in_workload[site] = in_workload.get(site, True) and way.is_in_workload
    seen: set[Site] = set()
    for way in sorted(ways, key=lambda item: (item.is_unfollowed, len(item.conditions))):
        site = way.read.site
        if site in seen:
            continue
        seen.add(site)
        certainty, condition = _certainty(preference, way, on_all_ways=on_all_ways)
        yield PreferenceRead(
            owner=preference.owner,
            key=preference.key,
            site=site,
            when=when,
            certainty=certainty,
            recording=preference.recording,
            condition=condition,
            in_workload=in_workload[site],
            default=way.read.default,
            via=way.read.via,
            ways=tuple(dict.fromkeys(tests[site])),
        )


def _certainty(
    preference: _Preference, way: _Way, *, on_all_ways: bool
) -> tuple[Certainty, str | None]:
    if preference.key is None or preference.owner == UNKNOWN_OWNER:
        return Certainty.COMPUTED, way.code or None
    if way.is_unfollowed:
        return Certainty.UNFOLLOWED, None
    if on_all_ways or not way.conditions:
        return Certainty.CERTAIN, None
    texts = dict.fromkeys(item.text for item in way.conditions)
    return Certainty.CONDITIONAL, " and ".join(texts)


def workload_uses(effects: Iterable[Effect]) -> tuple[WorkloadUse, ...]:
    """Return the workloads that a list of effects runs."""
    found: dict[Site, WorkloadUse] = {}
    runs = [effect for effect in effects if isinstance(effect, WorkloadRun)]
    for run in sorted(runs, key=lambda run: len(run.conditions)):
        certain = all(condition.workload for condition in run.conditions)
        certainty = Certainty.CERTAIN if certain else Certainty.CONDITIONAL
        found.setdefault(run.site, WorkloadUse(run.package, run.macro, run.site, certainty))
    return tuple(found[site] for site in sorted(found))


def is_certain(chains: Iterable[Conditions]) -> bool:
    """Tell whether at least one of several chains of conditions holds, whatever is chosen.

    It does if one is empty, or if all ways through a choice are among them.
    """
    known = {frozenset(chain) for chain in chains}
    while frozenset() not in known and len(known) <= _MAX_CHAINS:
        through: dict[tuple[Site, int], list[tuple[Condition, frozenset[Condition]]]] = {}
        for chain in known:
            for condition in chain:
                choice = condition.site, condition.arms
                through.setdefault(choice, []).append((condition, chain - {condition}))
        more = {
            rest
            for (_, arms), ways in through.items()
            if arms
            for _, rest in ways
            if {way.arm for way, other in ways if other <= rest} >= set(range(arms))
        }
        if more <= known:
            return False
        known |= more
    return frozenset() in known
