"""The graph of all registered packages: who depends on whom, by each one's newest version.

The newest version is the newest that is not yanked. Dependencies are those that the registry
lists for it; other versions, and what a resolver would choose together, play no part.
"""

from __future__ import annotations

import enum
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import islice

import msgspec

from precompass.julia.uuids import UUID
from precompass.registry.index import NewestDependencies, Registry

_KEPT_COUNTS = 1 << 12


class WeakDependencies(enum.Enum):
    """How weak dependencies count.

    Versions registered for Julia before 1.9 as well list a weak dependency in ``Deps.toml`` too,
    since those Juliae load it always; so there are three answers.
    """

    AS_LISTED = "as listed"
    """A dependency is what ``Deps.toml`` lists: what some supported Julia always loads."""
    EXCLUDED = "excluded"
    """What ``Deps.toml`` lists and ``WeakDeps.toml`` does not: what Julia 1.9 always loads."""
    INCLUDED = "included"
    """What either file lists: what Julia loads when all extensions are active."""


class DependentCounts(msgspec.Struct, frozen=True):
    """How many packages depend on one, directly and at all, itself not counted.

    A JLL is a package whose name ends in ``_jll``: a wrapped binary, made by machine.
    """

    name: str
    uuid: UUID
    direct: int
    dependents: int
    dependents_non_jll: int


class Ecosystem:
    """The packages of some registries and the dependencies between their newest versions.

    ``packages`` is the number of registered packages, ``non_jll`` that of those which are not
    JLLs. What is asked about may also be a package that is only depended on, such as a standard
    library.
    """

    def __init__(self, packages: Iterable[NewestDependencies]) -> None:
        nodes = list(packages)
        self._number = {package.uuid: number for number, package in enumerate(nodes)}
        self._uuids = [package.uuid for package in nodes]
        self._names = [package.name for package in nodes]
        self._registered = [package.registered for package in nodes]
        self._is_jll = [name.endswith("_jll") for name in self._names]
        self._deps = [
            [(self._number[uuid], in_deps, in_weak) for uuid, in_deps, in_weak in package.deps]
            for package in nodes
        ]
        self._dependents_by = lru_cache(maxsize=None)(self._dependents_of_each)
        self._counts = lru_cache(maxsize=_KEPT_COUNTS)(self._count)
        self.packages = sum(self._registered)
        self.non_jll = sum(
            registered and not jll
            for registered, jll in zip(self._registered, self._is_jll, strict=True)
        )

    def __contains__(self, uuid: UUID) -> bool:
        """Tell whether the package is registered or depended on."""
        return uuid in self._number

    def name(self, uuid: UUID) -> str | None:
        """Return a package's name; None if no registry knows the package."""
        number = self._number.get(uuid)
        return None if number is None else self._names[number]

    def most_used(self, prefix: str, limit: int) -> tuple[UUID, ...]:
        """Return registered packages whose name starts so, in any case; at most ``limit``.

        Those with the most direct dependents come first, then by name.
        """
        folded = prefix.casefold()
        numbers = (
            number for number in self._by_use if self._names[number].casefold().startswith(folded)
        )
        return tuple(self._uuids[number] for number in islice(numbers, limit))

    def uses(self, uuid: UUID) -> int:
        """Return how many packages depend on ``uuid`` directly; 0 for one that is not known."""
        number = self._number.get(uuid)
        if number is None:
            return 0
        return len(self._dependents_by(WeakDependencies.AS_LISTED)[number])

    @cached_property
    def _by_use(self) -> array[int]:
        dependents = self._dependents_by(WeakDependencies.AS_LISTED)
        numbers = [number for number, registered in enumerate(self._registered) if registered]
        numbers.sort(key=lambda number: (-len(dependents[number]), self._names[number]))
        return array("I", numbers)

    def direct_dependents(
        self, uuid: UUID, weak: WeakDependencies = WeakDependencies.AS_LISTED
    ) -> frozenset[UUID]:
        """Return the packages whose newest version itself depends on ``uuid``."""
        number = self._number.get(uuid)
        if number is None:
            return frozenset()
        return frozenset(self._uuids[n] for n in self._dependents_by(weak)[number] if n != number)

    def dependents(
        self, uuid: UUID, weak: WeakDependencies = WeakDependencies.AS_LISTED
    ) -> frozenset[UUID]:
        """Return the packages that depend on ``uuid`` directly or through others."""
        return frozenset(self._uuids[number] for number in self._reached(uuid, weak))

    def counts(
        self, uuid: UUID, weak: WeakDependencies = WeakDependencies.AS_LISTED
    ) -> DependentCounts | None:
        """Count the dependents of ``uuid``; None if no registry knows the package."""
        return self._counts(uuid, weak)

    def ranking(
        self, weak: WeakDependencies = WeakDependencies.AS_LISTED
    ) -> tuple[DependentCounts, ...]:
        """Count the dependents of every registered package: most dependents first, then by name.

        Each package's set of dependents is one integer with a bit for each of them. Packages
        that depend on each other in a circle are treated as one (the graph's condensation), and
        whoever has fewer dependents comes first, so that each set is the union of finished ones.
        """
        import networkx as nx  # takes longer to load than most answers: not before it is needed

        dependents = self._dependents_by(weak)
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(self._uuids)))
        graph.add_edges_from((d, number) for number, by in enumerate(dependents) for d in by)
        condensed = nx.condensation(graph)
        non_jll = sum(1 << number for number, jll in enumerate(self._is_jll) if not jll)
        reached: dict[int, int] = {}  # by component: its members and all that depend on them
        counts = []
        for component in nx.topological_sort(condensed):
            bits = 0
            for dependent in condensed.predecessors(component):
                bits |= reached[dependent]
            members = condensed.nodes[component]["members"]
            for number in members:
                bits |= 1 << number
            reached[component] = bits
            for number in members:
                if self._registered[number]:
                    others = bits ^ (1 << number)
                    counts.append(
                        DependentCounts(
                            self._names[number],
                            self._uuids[number],
                            len(set(dependents[number]) - {number}),
                            others.bit_count(),
                            (others & non_jll).bit_count(),
                        )
                    )
        return tuple(sorted(counts, key=lambda c: (-c.dependents, c.name, c.uuid)))

    def _count(self, uuid: UUID, weak: WeakDependencies) -> DependentCounts | None:
        number = self._number.get(uuid)
        if number is None:
            return None
        reached = self._reached(uuid, weak)
        return DependentCounts(
            self._names[number],
            uuid,
            len(self.direct_dependents(uuid, weak)),
            len(reached),
            sum(not self._is_jll[n] for n in reached),
        )

    def _reached(self, uuid: UUID, weak: WeakDependencies) -> set[int]:
        start = self._number.get(uuid)
        if start is None:
            return set()
        dependents = self._dependents_by(weak)
        reached = {start}
        newest = reached
        while newest:
            newest = set().union(*(dependents[number] for number in newest)) - reached
            reached = reached | newest
        return reached - {start}

    def _dependents_of_each(self, weak: WeakDependencies) -> Sequence[Sequence[int]]:
        """Return, for each package, the numbers of those that directly depend on it."""
        dependents: list[list[int]] = [[] for _ in self._uuids]
        for number, deps in enumerate(self._deps):
            for dependency, in_deps, in_weakdeps in deps:
                if weak is WeakDependencies.AS_LISTED:
                    counted = in_deps
                elif weak is WeakDependencies.EXCLUDED:
                    counted = in_deps and not in_weakdeps
                else:
                    counted = True
                if counted:
                    dependents[dependency].append(number)
        return dependents


def read_ecosystem(registries: Sequence[Registry]) -> Ecosystem:
    """Return the graph of all packages of ``registries``.

    A package that several of them list counts once, with the newest of its versions; where that
    is the same, the first registry's dependencies hold.
    """
    packages: dict[UUID, NewestDependencies] = {}
    for registry in registries:
        for package in registry.newest_dependencies():
            known = packages.get(package.uuid)
            if known is None or _is_better(package, known):
                packages[package.uuid] = package
    return Ecosystem(packages.values())


def _is_better(package: NewestDependencies, known: NewestDependencies) -> bool:
    """Tell whether to take ``package`` instead of ``known``, from an earlier registry."""
    if package.newest is None or known.newest is None:
        return (package.registered, package.newest is not None) > (
            known.registered,
            known.newest is not None,
        )
    return package.newest > known.newest
