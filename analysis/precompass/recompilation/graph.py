"""The dependency graph of one environment.

Its nodes are the things that Julia compiles by themselves, here called *units*: packages,
extensions, the project, the members of its workspace. An edge leads from a unit to one that
it depends on. An extension depends on its parent and on its triggers, and is in the graph if
the manifest has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NewType, TypeAlias
from uuid import NAMESPACE_URL, uuid5

import msgspec

from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment
from precompass.julia.hashing import extension_uuid
from precompass.julia.manifest import Manifest
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.memo import memoised
from precompass.network import Network

ENTRY = 200
"""Characters that an entry of a manifest has, more or less; a graph holds its manifest."""

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


def package_id(uuid: UUID) -> UnitId:
    """Return the identity of a package's unit."""
    return UnitId(str(uuid))


def extension_id(parent: UUID, name: str) -> UnitId:
    """Return the identity of an extension's unit."""
    return UnitId(f"{parent}/{name}")


class DependencyGraph:
    """The dependency graph of an environment. Made by :func:`dependency_graph`.

    Attributes:
        units: by identity.
        projects: the units of the active project and of the members of its workspace.
        julia: the version whose rules made the graph.
    """

    def __init__(
        self,
        units: Mapping[UnitId, Unit],
        edges: Iterable[tuple[UnitId, UnitId]],
        projects: Iterable[UnitId],
        julia: Julia,
    ) -> None:
        self.units = units
        self.julia = julia
        self.projects = tuple(units[project] for project in projects)
        self.network = Network(units, edges)

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
        return self.package(uuid) or self._extensions_by_uuid.get(uuid)

    def compiled_uuid(self, unit: Unit) -> UUID:
        """Return the UUID under which Julia compiles a unit; extensions have one of their own."""
        if unit.is_extension:
            return self._extension_uuids[unit.id]
        return unit.uuid

    def dependencies(self, unit: UnitId) -> frozenset[UnitId]:
        """Return what a unit depends on, directly or not, itself not included."""
        return self.network.descendants(unit)

    def dependents(self, units: Iterable[UnitId]) -> UnitSet:
        """Return everything that depends on any of these units, themselves included."""
        mask = 0
        for unit in units:
            mask |= self._above[unit]
        return UnitSet(self, mask)

    def direct_dependents(self, uuid: UUID) -> frozenset[UnitId]:
        """Return the units that list a package among their dependencies; none if it is not here."""
        identity = package_id(uuid)
        return frozenset(self.network.pred[identity]) if identity in self.units else frozenset()

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

    @cached_property
    def _extension_uuids(self) -> Mapping[UnitId, UUID]:
        return {
            unit.id: extension_uuid(unit.uuid, unit.name, self.julia.minor)
            for unit in self.units.values()
            if unit.is_extension
        }

    @cached_property
    def _extensions_by_uuid(self) -> Mapping[UUID, Unit]:
        return {uuid: self.units[unit] for unit, uuid in self._extension_uuids.items()}

    def subset(self, units: Iterable[UnitId]) -> UnitSet:
        """Return the given units that are in this graph, as a set."""
        if isinstance(units, UnitSet) and units.graph is self:
            return units
        return UnitSet(self, sum(self.bits.get(unit, 0) for unit in set(units)))

    @cached_property
    def order(self) -> tuple[Unit, ...]:
        """The units, in the order of their bits."""
        return tuple(self.units.values())

    @cached_property
    def bits(self) -> Mapping[UnitId, int]:
        """For each unit a number with one bit set, so that sets of units are numbers."""
        return {unit.id: 1 << position for position, unit in enumerate(self.order)}

    @cached_property
    def packages(self) -> int:
        """The bits of all packages."""
        return sum(self.bits[unit.id] for unit in self.order if unit.is_package)

    @cached_property
    def extensions(self) -> int:
        """The bits of all extensions."""
        return sum(self.bits[unit.id] for unit in self.order if unit.is_extension)

    @cached_property
    def _above(self) -> Mapping[UnitId, int]:
        return transitive_masks(self.network, self.bits)


class UnitSet(AbstractSet[UnitId]):
    """A set of units of one graph, held as the bits of a number."""

    __slots__ = ("bits", "graph")

    def __init__(self, graph: DependencyGraph, bits: int) -> None:
        self.graph = graph
        self.bits = bits

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units, in the order of the graph."""
        order, rest, found = self.graph.order, self.bits, []
        while rest:
            lowest = rest & -rest
            found.append(order[lowest.bit_length() - 1])
            rest ^= lowest
        return tuple(found)

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
    """Return the dependency graph of an environment."""
    shapes = tuple(map(_shape_of, environment.projects))
    return _build(shapes, environment.loaded, environment.julia)


@dataclass(frozen=True)
class _Shape:
    """A project file, equal to another one where a graph cannot tell them apart."""

    shape: tuple[object, ...]
    project: ProjectFile = field(compare=False)


def _shape_of(project: ProjectFile) -> _Shape:
    tables = (project.deps, project.weakdeps, project.extensions)
    parts = (project.path, project.name, project.uuid, project.entryfile)
    return _Shape((*parts, *(tuple(table.items()) for table in tables)), project)


@memoised(size=lambda graph: len(graph.units) * ENTRY)
def _build(shapes: tuple[_Shape, ...], manifest: Manifest | None, julia: Julia) -> DependencyGraph:
    projects = [shape.project for shape in shapes]
    units: dict[UnitId, Unit] = {}
    edges: list[tuple[UnitId, UnitId]] = []
    present = {p.uuid: package_id(p.uuid) for p in projects if p.is_package and p.uuid is not None}
    if manifest is not None:
        present |= {uuid: package_id(uuid) for uuid in manifest.packages}
    else:  # all that is known is what the projects themselves name
        for project in projects:
            for name, uuid in project.deps.items():
                identity = present[uuid] = package_id(uuid)
                units[identity] = Unit(identity, uuid, name, "package")

    def add_extensions(
        parent: UUID,
        parent_name: str,
        extensions: Mapping[str, tuple[str, ...]],
        names: Mapping[str, UUID | None],
    ) -> None:
        for name, triggers in extensions.items() if julia.has_extensions else ():
            uuids = [names.get(trigger) for trigger in triggers]
            found = tuple(uuid for uuid in uuids if uuid is not None and uuid in present)
            if not triggers or len(found) != len(triggers):
                continue
            unit = Unit(extension_id(parent, name), parent, name, "extension", parent_name, found)
            units[unit.id] = unit
            edges.extend((unit.id, package_id(uuid)) for uuid in (parent, *found))

    for project in projects:
        uuid = _identity(project)
        name = project.name or project.path.parent.name
        kind: Kind = "package" if project.is_package else "project"
        identity = package_id(uuid)
        units[identity] = Unit(identity, uuid, name, kind)
        edges.extend(
            (identity, present[dependency])
            for dependency in project.strong_deps.values()
            if dependency in present
        )
        triggers: dict[str, UUID | None] = {**project.weakdeps}
        if julia.triggers_from_deps:
            triggers = {**project.deps, **triggers}
        add_extensions(uuid, name, project.extensions, triggers)
    for entry in manifest.packages.values() if manifest else ():
        identity = present[entry.uuid]
        if identity in units:
            continue  # the project itself, or a member: its own file says what it depends on
        kind = "stdlib" if entry.is_stdlib else "package"
        units[identity] = Unit(identity, entry.uuid, entry.name, kind)
        edges.extend(
            (identity, present[uuid])
            for uuid in entry.deps.values()
            if uuid is not None and uuid in present
        )
        triggers = {**entry.weakdeps}
        if julia.triggers_from_deps:
            triggers = {**entry.deps, **triggers}
        add_extensions(entry.uuid, entry.name, entry.extensions, triggers)
    return DependencyGraph(
        units, edges, [package_id(_identity(project)) for project in projects], julia
    )


def _identity(project: ProjectFile) -> UUID:
    """Return a project's UUID; one of our own for a project that is no package."""
    if project.name is not None and project.uuid is not None:
        return project.uuid
    return uuid5(NAMESPACE_URL, str(project.path))
