"""The dependency graph of one environment.

Its nodes are the things that Julia compiles by themselves, here called *units*: packages,
extensions, the project, the members of its workspace. An edge leads from a unit to one that
it depends on. An extension depends on its parent and on its triggers, and is in the graph if
the manifest has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Literal, NewType, TypeAlias
from uuid import NAMESPACE_URL

import msgspec

from precompass.julia.behaviour import Julia
from precompass.julia.digests import uuid_of
from precompass.julia.environment import Environment
from precompass.julia.hashing import extension_uuid
from precompass.julia.manifest import Manifest, PackageEntry
from precompass.julia.project import ProjectShape
from precompass.julia.uuids import UUID
from precompass.memo import Memo, memoised
from precompass.network import Network

ENTRY = 200
"""Characters of text that take as much memory as a unit: an entry of a manifest, more or less."""

UnitId = NewType("UnitId", str)
"""A unit's identity: the UUID of a package; of an extension, its parent's and its name."""

Kind: TypeAlias = Literal["package", "stdlib", "project", "extension"]


class Unit(msgspec.Struct, frozen=True):
    """Something that Julia compiles by itself.

    Attributes:
        uuid: of the package; of an extension, its parent's.
        name: of the package, or of the extension.
        parent: name of the parent, of an extension.
        kind: ``project`` is a project file that is no package: it is in the graph because
            its dependencies depend on it, but Julia does not compile it.
        triggers: of an extension, the UUIDs of the packages that load it.
    """

    id: UnitId
    uuid: UUID
    name: str
    kind: Kind
    parent: str | None = None
    triggers: tuple[UUID, ...] = ()

    @property
    def label(self) -> str:
        """How it is written: ``CSV``, ``StaticArrays/StaticArraysStatisticsExt``."""
        return f"{self.parent}/{self.name}" if self.parent is not None else self.name

    @property
    def is_package(self) -> bool:
        """Whether it is a package that a count counts: standard libraries are not."""
        return self.kind == "package"

    @property
    def is_extension(self) -> bool:
        """Whether it is an extension."""
        return self.kind == "extension"


@lru_cache(maxsize=1 << 13)  # each package is named by all that depend on it
def package_id(uuid: UUID) -> UnitId:
    """Return the identity of a package's unit."""
    return UnitId(str(uuid))


def extension_id(parent: UUID, name: str) -> UnitId:
    """Return the identity of an extension's unit."""
    return UnitId(f"{parent}/{name}")


class UnitNetwork:
    """Units and what depends on what, with one bit for each unit: all of a graph but its order.

    Args:
        units: by identity, in the order of their bits.
        network: with an edge from each unit to those that it depends on.
        projects: the projects among them.
        julia: the version whose rules made them.
        texts: the characters of the manifest from which they were made.
    """

    def __init__(
        self,
        units: Mapping[UnitId, Unit],
        network: Network[UnitId],
        projects: Mapping[ProjectShape, UnitId],
        julia: Julia,
        texts: int,
    ) -> None:
        self.size = max(texts, len(units) * ENTRY)
        self.units = units
        self.network = network
        self.projects = projects
        self.julia = julia

    @cached_property
    def has_twins(self) -> bool:
        """Whether two projects have one identity, so that their order decides which of them is."""
        return len(set(self.projects.values())) < len(self.projects)

    def project(self, shape: ProjectShape) -> Unit:
        """Return the unit of a project."""
        return self.units[self.projects[shape]]

    @cached_property
    def order(self) -> tuple[Unit, ...]:
        """The units, in the order of their bits."""
        return tuple(self.units.values())

    @cached_property
    def bits(self) -> Mapping[UnitId, int]:
        """For each unit a number with one bit set, so that sets of units are numbers."""
        return {unit.id: 1 << position for position, unit in enumerate(self.order)}

    @cached_property
    def by_package(self) -> Mapping[UUID, Sequence[Unit]]:
        """The units of each package: itself, and its extensions."""
        found: dict[UUID, list[Unit]] = {}
        for unit in self.order:
            found.setdefault(unit.uuid, []).append(unit)
        return found

    @cached_property
    def packages(self) -> int:
        """The bits of all packages."""
        return sum(self.bits[unit.id] for unit in self.order if unit.is_package)

    @cached_property
    def extensions(self) -> int:
        """The bits of all extensions."""
        return sum(self.bits[unit.id] for unit in self.order if unit.is_extension)

    @cached_property
    def above(self) -> Mapping[UnitId, int]:
        """For each unit the bits of all that depends on it, and its own."""
        return transitive_masks(self.network, self.bits)

    @cached_property
    def extension_uuids(self) -> Mapping[UnitId, UUID]:
        """The UUIDs under which Julia compiles the extensions."""
        return {
            unit.id: extension_uuid(unit.uuid, unit.name, self.julia.minor)
            for unit in self.order
            if unit.is_extension
        }

    @cached_property
    def extensions_by_uuid(self) -> Mapping[UUID, Unit]:
        """The extensions by these UUIDs."""
        return {uuid: self.units[unit] for unit, uuid in self.extension_uuids.items()}


class DependencyGraph:
    """The dependency graph of an environment. Made by :func:`dependency_graph`.

    Args:
        shared: its units, which graphs with the same units in another order share.
        shapes: of the projects, in the order of the workspace.
        active: the project whose units come first, and then those of the other projects; None
            if they are in order already.

    Attributes:
        units: by identity, in the order of this graph.
        julia: the version whose rules made the graph.
        size: how much is kept for as long as somebody holds the graph, in characters of text. A
            large manifest that cannot be read has few units, and a whole text.
    """

    def __init__(
        self,
        shared: UnitNetwork,
        shapes: Sequence[ProjectShape],
        active: ProjectShape | None = None,
    ) -> None:
        self.shared = shared
        self._shapes = shapes
        self._active = active
        self.units = (
            shared.units if active is None else _Reordered(shared, _leading(active, shapes))
        )
        self.julia = shared.julia
        self.network = shared.network
        self.size = shared.size

    @cached_property
    def projects(self) -> tuple[Unit, ...]:
        """The units of the active project and of the other projects of its workspace."""
        active = self._active
        shapes = self._shapes if active is None else _leading(active, self._shapes)
        return tuple(self.shared.project(shape) for shape in shapes)

    @cached_property
    def package_count(self) -> int:
        """How many packages there are, without standard libraries: what a count is "of"."""
        return self.packages.bit_count()

    def package(self, uuid: UUID) -> Unit | None:
        """Return the unit of a package, or None if it is not in this environment."""
        return self.units.get(package_id(uuid))

    def unit_of(self, uuid: UUID) -> Unit | None:
        """Return the package, or the extension, whose own UUID this is.

        A project that lists the UUID of an extension gives it its own preferences.
        """
        return self.package(uuid) or self.shared.extensions_by_uuid.get(uuid)

    def compiled_uuid(self, unit: Unit) -> UUID:
        """Return the UUID under which Julia compiles a unit; extensions have one of their own."""
        if unit.is_extension:
            return self.shared.extension_uuids[unit.id]
        return unit.uuid

    def dependencies(self, unit: UnitId) -> frozenset[UnitId]:
        """Return what a unit depends on, directly or not, itself not included."""
        return self.network.descendants(unit)

    def dependents(self, units: Iterable[UnitId]) -> UnitSet:
        """Return everything that depends on any of these units, themselves included."""
        above, mask = self.shared.above, 0
        for unit in units:
            mask |= above[unit]
        return UnitSet(self, mask)

    def direct_dependents(self, uuid: UUID) -> AbstractSet[UnitId]:
        """Return the units that list a package among their dependencies; none if it is not here."""
        identity = package_id(uuid)
        return self.network.pred[identity].keys() if identity in self.units else frozenset()

    def extensions_of(self, parent: UUID) -> tuple[Unit, ...]:
        """Return the extensions of a package that are in the graph."""
        return tuple(
            unit for unit in self.units.values() if unit.is_extension and unit.uuid == parent
        )

    def chain(self, unit: UnitId) -> tuple[Unit, ...]:
        """Return a shortest chain of dependencies from a project to a unit; empty if none."""
        for project in self.projects:
            path = self.network.shortest_path(project.id, unit)
            if path:
                return tuple(self.units[node] for node in path)
        return ()

    def subset(self, units: Iterable[UnitId]) -> UnitSet:
        """Return the given units that are in this graph, as a set."""
        if isinstance(units, UnitSet) and units.graph is self:
            return units
        return UnitSet(self, sum(self.bits.get(unit, 0) for unit in set(units)))

    def units_in(self, bits: int) -> tuple[Unit, ...]:
        """Return the units whose bits are set, in the order of this graph."""
        order, rest, found = self.shared.order, bits, []
        while rest:
            lowest = rest & -rest
            found.append(order[lowest.bit_length() - 1])
            rest ^= lowest
        if self.units is not self.shared.units:
            found.sort(key=lambda unit: self._place[unit.id])
        return tuple(found)

    @cached_property
    def _place(self) -> Mapping[UnitId, int]:
        return {unit: place for place, unit in enumerate(self.units)}

    @cached_property
    def order(self) -> tuple[Unit, ...]:
        """The units, in the order of this graph."""
        return tuple(self.units.values())

    @property
    def bits(self) -> Mapping[UnitId, int]:
        """For each unit a number with one bit set, so that sets of units are numbers."""
        return self.shared.bits

    @property
    def packages(self) -> int:
        """The bits of all packages."""
        return self.shared.packages

    @property
    def extensions(self) -> int:
        """The bits of all extensions."""
        return self.shared.extensions


def _leading(active: ProjectShape, shapes: Sequence[ProjectShape]) -> tuple[ProjectShape, ...]:
    return (active, *(shape for shape in shapes if shape != active))


class _Reordered(Mapping[UnitId, Unit]):
    """Units in another order, which is found out when it is asked for.

    Every project of a workspace has another order, and most answers need none.

    Args:
        shared: the units, in any order.
        leading: the projects whose units come first.
    """

    def __init__(self, shared: UnitNetwork, leading: Sequence[ProjectShape]) -> None:
        self._shared = shared
        self._units = shared.units
        self._leading = leading

    @cached_property
    def _ordered(self) -> Mapping[UnitId, Unit]:
        shared = self._shared
        ahead = (
            unit
            for shape in self._leading
            for unit in shared.by_package[shared.project(shape).uuid]
        )
        return {unit.id: unit for unit in (*ahead, *shared.order)}

    def __getitem__(self, unit: UnitId) -> Unit:
        return self._units[unit]

    def __contains__(self, unit: object) -> bool:
        return unit in self._units

    def __iter__(self) -> Iterator[UnitId]:
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._units)


class UnitSet(AbstractSet[UnitId]):
    """A set of units of one graph, held as the bits of a number."""

    __slots__ = ("bits", "graph")

    def __init__(self, graph: DependencyGraph, bits: int) -> None:
        self.graph = graph
        self.bits = bits

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units, in the order of the graph."""
        return self.graph.units_in(self.bits)

    def __contains__(self, unit: object) -> bool:
        return bool(self.bits & self.graph.bits.get(UnitId(str(unit)), 0))

    def __iter__(self) -> Iterator[UnitId]:
        return (unit.id for unit in self.units)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __hash__(self) -> int:
        return hash(self.bits)

    def __and__(self, other: AbstractSet[UnitId]) -> UnitSet:
        return UnitSet(self.graph, self.bits & self.graph.subset(other).bits)

    def __or__(self, other: AbstractSet[UnitId]) -> UnitSet:  # type: ignore[override]
        return UnitSet(self.graph, self.bits | self.graph.subset(other).bits)

    def __sub__(self, other: AbstractSet[UnitId]) -> UnitSet:
        return UnitSet(self.graph, self.bits & ~self.graph.subset(other).bits)


def transitive_masks(network: Network[UnitId], bit: Mapping[UnitId, int]) -> dict[UnitId, int]:
    """Return, for each node, the bits of all nodes from which it can be reached, and its own.

    Nodes of a cycle, which no sound manifest has, share one set.
    """
    masks: dict[UnitId, int] = {}
    # A strongly connected component comes before those that lead to it.
    for component in reversed(list(network.components())):
        mask = 0
        for node in component:
            mask |= bit[node]
            for dependent in network.pred[node]:
                mask |= masks.get(dependent, 0)
        for node in component:
            masks[node] = mask
    return masks


def dependency_graph(environment: Environment) -> DependencyGraph:
    """Return the dependency graph of an environment.

    The environments of one workspace share all of it but the order of the units, in which the
    active project comes first.
    """
    workspace, manifest, julia = environment.workspace, environment.loaded, environment.julia
    if workspace is not None and len(workspace.projects) > 1 and manifest is not None:
        shared = _build(workspace.all_shapes, manifest, julia)
        if not shared.has_twins:
            return _graph(shared, workspace.shapes, environment.project.shape)
    shapes = tuple(project.shape for project in environment.projects)
    return _graph(_build(shapes, manifest, julia), shapes, None)


@memoised(size=lambda graph, *_: graph.size)
def _graph(
    shared: UnitNetwork, shapes: tuple[ProjectShape, ...], active: ProjectShape | None
) -> DependencyGraph:
    return DependencyGraph(shared, shapes, active)


@memoised(size=lambda network, *_: network.size)
def _build(
    shapes: tuple[ProjectShape, ...] | frozenset[ProjectShape],
    manifest: Manifest | None,
    julia: Julia,
) -> UnitNetwork:
    if isinstance(shapes, frozenset):
        shapes = tuple(sorted(shapes, key=lambda shape: str(shape.path)))
    projects = {shape: _identity(shape) for shape in shapes}
    own = {shape.own_uuid for shape in shapes if shape.own_uuid is not None}
    packages = manifest.packages if manifest is not None else _NO_ENTRIES
    texts = len(manifest.document.text) if manifest is not None else 0
    draft = _Draft(julia, own | packages.keys())
    if manifest is None:  # all that is known is what the projects themselves name
        draft.name(named for shape in shapes for named in shape.deps)
    for shape in shapes:
        draft.add_project(shape)
    below = _entries(packages, julia)
    if below.mentioned.isdisjoint(own):
        network = below.network.topped(draft.units, draft.edges)
        return UnitNetwork({**draft.units, **below.units}, network, projects, julia, texts)
    for entry in packages.values():
        draft.add_entry(entry)
    return UnitNetwork(draft.units, Network(draft.units, draft.edges), projects, julia, texts)


class _Entries(msgspec.Struct, frozen=True):
    """The part of a graph that the entries of a manifest are.

    Attributes:
        packages: the entries.
        mentioned: the packages that they are, and that they depend on.
    """

    packages: Mapping[UUID, PackageEntry]
    mentioned: frozenset[UUID | None]
    units: Mapping[UnitId, Unit]
    network: Network[UnitId]


_NO_ENTRIES: Mapping[UUID, PackageEntry] = {}
_ENTRIES: Memo[tuple[int, Julia], _Entries] = Memo()


def _entries(packages: Mapping[UUID, PackageEntry], julia: Julia) -> _Entries:
    """Return the part of a graph that some entries are, made once for one and the same ones.

    Manifests with one text have the same ones, as in a repository of many packages.
    """
    key = (id(packages), julia)  # what is kept holds the entries, so nothing else gets their id
    found = _ENTRIES.get(key)
    if found is None:
        draft = _Draft(julia, packages.keys())
        for entry in packages.values():
            draft.add_entry(entry)
        below = (
            uuid
            for entry in packages.values()
            for table in (entry.deps, entry.weakdeps)
            for uuid in table.values()
        )
        mentioned = frozenset((*packages, *below))
        network = Network(draft.units, draft.edges)
        found = _Entries(packages, mentioned, draft.units, network)
        _ENTRIES.put(key, found, len(packages) * ENTRY)
    return found


class _Draft:
    """The units of a graph that is being made, and the edges between them.

    Args:
        julia: the version whose rules make it.
        present: the packages of the environment.
    """

    def __init__(self, julia: Julia, present: AbstractSet[UUID]) -> None:
        self.units: dict[UnitId, Unit] = {}
        self.edges: list[tuple[UnitId, UnitId]] = []
        self._julia = julia
        self._present = set(present)

    def name(self, packages: Iterable[tuple[str, UUID]]) -> None:
        """Add packages of which nothing but the name is known."""
        for name, uuid in packages:
            self._present.add(uuid)
            self._add(Unit(package_id(uuid), uuid, name, "package"), ())

    def add_project(self, shape: ProjectShape) -> None:
        """Add a project, with its extensions."""
        identity = _identity(shape)
        kind: Kind = "package" if shape.own_uuid is not None else "project"
        name = shape.name or shape.path.parent.name
        unit = Unit(identity, UUID(identity), name, kind)
        self._add(unit, (uuid for _, uuid in shape.strong_deps))
        self._add_extensions(unit, shape.extensions, dict(shape.deps), dict(shape.weakdeps))

    def add_entry(self, entry: PackageEntry) -> None:
        """Add the package of an entry, with its extensions, unless it is one of the projects.

        A project's own file says what it depends on.
        """
        identity = package_id(entry.uuid)
        if identity not in self.units:
            kind: Kind = "stdlib" if entry.is_stdlib else "package"
            unit = Unit(identity, entry.uuid, entry.name, kind)
            self._add(unit, entry.deps.values())
            self._add_extensions(unit, entry.extensions.items(), entry.deps, entry.weakdeps)

    def _add(self, unit: Unit, below: Iterable[UUID | None]) -> None:
        self.units[unit.id] = unit
        self.edges += ((unit.id, package_id(one)) for one in below if one in self._present)

    def _add_extensions(
        self,
        parent: Unit,
        extensions: Iterable[tuple[str, tuple[str, ...]]],
        deps: Mapping[str, UUID | None],
        weakdeps: Mapping[str, UUID | None],
    ) -> None:
        """Add the extensions of a package whose triggers are all present."""
        if not extensions or not self._julia.has_extensions:
            return
        named = {**deps, **weakdeps} if self._julia.triggers_from_deps else weakdeps
        for name, triggers in extensions:
            found = tuple(uuid for one in triggers if (uuid := named.get(one)) in self._present)
            if triggers and len(found) == len(triggers):
                identity = extension_id(parent.uuid, name)
                unit = Unit(identity, parent.uuid, name, "extension", parent.name, found)
                self._add(unit, (parent.uuid, *found))


def _identity(project: ProjectShape) -> UnitId:
    """Return the identity of a project's unit; one of our own where it is no package."""
    return package_id(project.own_uuid or uuid_of(NAMESPACE_URL, str(project.path)))
