"""What is recompiled above units that have to be.

Two ways, by version (Pkg's ``API.precompile`` up to Julia 1.10, ``base/precompilation.jl``
later):

* Up to 1.9.3, and in the development versions of 1.10, ``Pkg.precompile()`` compiles whatever
  depends, in the manifest, on something that it has just compiled, and looks at no cache for it.
* Later (Pkg pull request 3696) it compiles what has no cache that fits, as loading does. Which
  modules a cache was built on only its header tells; without it, those are taken that loading
  would bring in: the dependencies, and each extension whose parent and triggers are among them.

Either way it keeps, from Julia 1.12 on, to what the active project depends on, which is not all
of the manifest where projects share one.

Up to 1.9.3, too, it skips what is on or above circles that its own bookkeeping of extensions
makes; loading compiles that. Not followed here: that 1.9.4 to 1.10.7 do so as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from precompass.julia.behaviour import PrecompileScope
from precompass.julia.dictionaries import manifest_order
from precompass.julia.uuids import UUID
from precompass.memo import kept_with
from precompass.network import Network
from precompass.recompilation.graph import (
    DependencyGraph,
    Unit,
    UnitId,
    UnitSet,
    package_id,
    transitive_masks,
)

Edge: TypeAlias = tuple[UnitId, UnitId]
"""From a unit to one that it depends on."""

_NO_EDGES: frozenset[Edge] = frozenset()


def precompiled_again(
    graph: DependencyGraph, direct: Iterable[UnitId], unloaded: frozenset[Edge] = _NO_EDGES
) -> UnitSet:
    """Return what ``Pkg.precompile()`` compiles when some units have to be recompiled.

    Args:
        graph: of the environment.
        direct: the units that have to be compiled whatever else happens.
        unloaded: dependencies that are known not to be loaded, which some versions look at.
    """
    again = own_extensions_left_out(loaded_again(graph, direct, unloaded))
    if not _waits_for_extensions(graph):
        return again
    return UnitSet(graph, again.bits & ~_above_circles(graph))


def visited(graph: DependencyGraph) -> UnitSet:
    """Return the units that Julia looks at when the active project is precompiled, or loaded.

    A project without dependencies represents its workspace: by itself it compiles nothing. One
    that is a package compiles itself (``ExplicitEnv`` in ``base/precompilation.jl``).
    """
    return UnitSet(graph, _visited(graph))


@kept_with
def _visited(graph: DependencyGraph) -> int:
    active = graph.projects[0].id
    is_root = graph.units[active].is_package or graph.network.succ[active]
    if not graph.julia.visits_dependencies_only or not is_root:
        return graph.subset(graph.units).bits
    found = {active, *graph.dependencies(active)}
    found.update(
        unit.id
        for unit in graph.order
        if unit.is_extension and found.issuperset(graph.network.succ[unit.id])
    )
    return graph.subset(found).bits


def own_extensions_left_out(units: UnitSet) -> UnitSet:
    """Return *units* without the active project's own extensions, where Pkg leaves them out."""
    graph = units.graph
    if graph.julia.precompiles_own_extensions:
        return units
    return units - {unit.id for unit in graph.extensions_of(graph.projects[0].uuid)}


def loaded_again(
    graph: DependencyGraph, direct: Iterable[UnitId], unloaded: frozenset[Edge] = _NO_EDGES
) -> UnitSet:
    """Return the same with the active project's own extensions, which loading compiles too."""
    is_followed = graph.julia.precompile_scope is PrecompileScope.CACHES
    above = _above(graph, unloaded if is_followed else _NO_EDGES)
    bits = 0
    for unit in direct:
        bits |= above[unit]
    return UnitSet(graph, bits)


@kept_with
def _above(graph: DependencyGraph, unloaded: frozenset[Edge]) -> Mapping[UnitId, int]:
    """Return, for each unit, the bits of what is recompiled with it, itself included."""
    return transitive_masks(recompilation_network(graph, unloaded), graph.bits)


def recompilation_network(
    graph: DependencyGraph, unloaded: frozenset[Edge] = _NO_EDGES
) -> Network[UnitId]:
    """Return the units with an edge from each to those that it is recompiled with.

    That is what it depends on, and the extensions that it waits for, or loads. Dependencies that
    are not loaded do not count, and load no extension either.
    """
    network = graph.network.changed(removed=unloaded) if unloaded else graph.network
    if not graph.extensions:
        return network
    added = list(loaded_extensions(graph, network))
    if _waits_for_extensions(graph):
        added += _waited_for(graph)
    return network.changed(added)


def loaded_extensions(
    graph: DependencyGraph, network: Network[UnitId] | None = None
) -> Iterator[Edge]:
    """Yield each unit with each extension that is loaded while it compiles.

    Args:
        graph: of the environment.
        network: what each unit loads; by default all that it depends on.
    """
    extensions = [unit for unit in graph.order if unit.is_extension]
    needing = _extensions_needing(graph, extensions)
    above = graph.shared.above
    if network is not None and network is not graph.network:
        above = transitive_masks(network, graph.bits)
    for extension in extensions:
        for unit in _loading(graph, extension, needing, above):
            yield unit, extension.id


def _waits_for_extensions(graph: DependencyGraph) -> bool:
    is_old = graph.julia.precompile_scope is PrecompileScope.MANIFEST
    return is_old and graph.julia.waits_for_extensions


def _extensions_needing(graph: DependencyGraph, extensions: Iterable[Unit]) -> Mapping[UnitId, int]:
    """Return, for each parent and trigger, the bits of the extensions that it is one of."""
    needing: dict[UnitId, int] = {}
    for extension in extensions:
        for unit in _parent_and_triggers(extension):
            needing[unit] = needing.get(unit, 0) | graph.bits[extension.id]
    return needing


def _loading(
    graph: DependencyGraph,
    extension: Unit,
    needing: Mapping[UnitId, int],
    dependents: Mapping[UnitId, int],
) -> UnitSet:
    """Return what loads an extension while it compiles: what depends on parent and triggers.

    Other extensions do so too; from Julia 1.11 on only if they have all of its triggers
    themselves, and others (``base/loading.jl``, ``run_extension_callbacks``).
    """
    own = _parent_and_triggers(extension)
    bits = ~graph.bits[extension.id]
    for trigger in own:
        bits &= dependents[trigger] & ~graph.bits[trigger]
    others = bits & ~graph.extensions
    above = bits & graph.extensions
    if graph.julia.extensions_load_fewer:
        for trigger in own:
            above &= needing[trigger]
        loading = (one for one in UnitSet(graph, above).units if _parent_and_triggers(one) != own)
    else:
        needed = graph.dependencies(extension.id)
        found = UnitSet(graph, above).units
        loading = (one for one in found if not needed >= _parent_and_triggers(one))
    return UnitSet(graph, others) | graph.subset(one.id for one in loading)


def _parent_and_triggers(extension: Unit) -> frozenset[UnitId]:
    return frozenset(package_id(uuid) for uuid in (extension.uuid, *extension.triggers))


def _waited_for(graph: DependencyGraph) -> Iterator[Edge]:
    """Yield the extensions that packages wait for in place of their parents (Pkg of 1.9.1).

    Pkg goes through the manifest once. When it comes to a package with extensions, those of its
    dependents wait for them that it came to before.
    """
    position = {package_id(uuid): at for at, uuid in enumerate(_in_pkg_order(graph))}
    for extension in graph.order:
        parent = package_id(extension.uuid)
        if not extension.is_extension or parent not in position:
            continue
        for unit in graph.network.pred[parent]:
            if position.get(unit, len(position)) < position[parent]:
                yield unit, extension.id


def _in_pkg_order(graph: DependencyGraph) -> tuple[UUID, ...]:
    by_name: dict[str, list[UUID]] = {}
    for unit in graph.order:
        if not unit.is_extension and unit not in graph.projects:
            by_name.setdefault(unit.name, []).append(unit.uuid)
    return manifest_order(by_name)


@kept_with
def _above_circles(graph: DependencyGraph) -> int:
    """Return the bits of what Pkg skips: units in a cycle of waiting units, and their dependents.

    A trigger that depends on the parent of its extension makes such a circle by waiting.
    """
    waits = list(_waited_for(graph))
    replaced = ((unit, package_id(graph.units[one].uuid)) for unit, one in waits)
    network = graph.network.changed(waits, replaced)
    on_circles = [
        unit
        for component in network.components()
        for unit in component
        if len(component) > 1 or network.has_edge(unit, unit)
    ]
    above = transitive_masks(network, graph.bits)
    bits = 0
    for unit in on_circles:
        bits |= above[unit]
    return bits
