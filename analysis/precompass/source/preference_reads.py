"""Which preferences a package reads, as answers: what, where, when, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from uuid import UUID

from precompass.documents.values import TomlTable
from precompass.source.closure import Formals
from precompass.source.effects import Effect, Read, Recording, WorkloadRun
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


@dataclass(frozen=True, slots=True)
class Owner:
    """The package that a preference belongs to; both None where the source does not say."""

    name: str | None
    uuid: UUID | None


@dataclass(frozen=True, slots=True)
class PreferenceRead:
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
        in_workload: whether "the package's workload is switched on" is the only condition.
        default: the source of the default, if there is one.
        via: the functions and macros through which the code gets there, outermost first;
            ``("JLLWrappers",)`` for the path of a product of a JLL package.
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
    ways: tuple[tuple[PreferenceTest, ...], ...] = ((),)

    def is_reached(self, preferences: TomlTable) -> bool:
        """Tell whether the code may get there with these preferences of the package."""
        return any(all(test.decide(preferences) is not False for test in way) for way in self.ways)

    @property
    def is_recorded(self) -> bool:
        """Whether reading it while compiling leaves a trace in the cache."""
        return self.recording is Recording.RECORDED


@dataclass(frozen=True, slots=True)
class WorkloadUse:
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


@dataclass(frozen=True, slots=True)
class FunctionReads:
    """A function or macro that reads preferences when other packages call it.

    Attributes:
        path: its name, after the names of the submodules that it is in; a macro with ``@``.
        exported: whether ``using`` the package brings the name along.
        formals: its parameters.
        executed: what its body does.
        expanded: what the code does that it returns, where that is used: a macro's.
    """

    path: tuple[str, ...]
    exported: bool
    formals: Formals
    executed: tuple[Effect, ...]
    expanded: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class PackageReads:
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


def settle(
    effects: Iterable[Effect], when: When, own: Owner, dependencies: Mapping[str, UUID]
) -> tuple[PreferenceRead, ...]:
    """Return the preferences that a list of effects reads, in the order of their places.

    A preference that is read on every way through a choice is read for certain.
    """
    groups: dict[tuple[Owner, str | None, Recording], list[tuple[Read, Conditions, str]]] = {}
    for effect in effects:
        if not isinstance(effect, Read):
            continue
        for owner_value, owner_arm in alternatives(effect.owner):
            owner = owner_of(owner_value, own, dependencies)
            for key_value, key_arm in alternatives(effect.key):
                key = key_value.value if isinstance(key_value, Text) else None
                code = key_value.code if isinstance(key_value, Unknown) else ""
                conditions = effect.conditions
                for arm in (owner_arm, key_arm):
                    if arm is not None:
                        choice = Condition(effect.site, *arm, "one of several values")
                        conditions = (*conditions, choice)
                group = groups.setdefault((owner, key, effect.recording), [])
                group.append((effect, conditions, code))
    found: dict[tuple[Owner, str | None, Recording, Site], PreferenceRead] = {}
    for (owner, key, recording), group in groups.items():
        chains = [conditions for _, conditions, _ in group]
        on_all_ways = () not in chains and is_certain(chains)
        ways: dict[Site, list[tuple[PreferenceTest, ...]]] = {}
        for effect, conditions, _ in group:
            tests = tuple(test for condition in conditions for test in condition.tests)
            ways.setdefault(effect.site, []).append(tests)
        for effect, conditions, code in sorted(group, key=lambda item: len(item[1])):
            if key is None or owner == Owner(None, None):
                certainty, condition = Certainty.COMPUTED, code or None
            elif on_all_ways or not conditions:
                certainty, condition = Certainty.CERTAIN, None
            else:
                certainty = Certainty.CONDITIONAL
                condition = " and ".join(dict.fromkeys(item.text for item in conditions))
            found.setdefault(
                (owner, key, recording, effect.site),
                PreferenceRead(
                    owner=owner,
                    key=key,
                    site=effect.site,
                    when=when,
                    certainty=certainty,
                    recording=recording,
                    condition=condition,
                    in_workload=bool(conditions) and all(item.workload for item in conditions),
                    default=effect.default,
                    via=effect.via,
                    ways=tuple(dict.fromkeys(ways[effect.site])),
                ),
            )
    return tuple(sorted(found.values(), key=lambda read: (read.site, read.key or "")))


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
        more: set[frozenset[Condition]] = set()
        for chain in known:
            for condition in chain:
                rest = chain - {condition}
                others = {
                    c.arm
                    for other in known
                    for c in other
                    if c.site == condition.site and c.arms == condition.arms and other - {c} <= rest
                }
                if condition.arms and others >= set(range(condition.arms)):
                    more.add(rest)
        if more <= known:
            return False
        known |= more
    return frozenset() in known
