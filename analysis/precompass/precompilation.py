"""What is compiled again above units that have to be.

Two ways, by version (Pkg's ``API.precompile`` up to Julia 1.10, ``base/precompilation.jl``
later):

* Up to 1.9.3, and in the development versions of 1.10, ``Pkg.precompile()`` compiles whatever
  depends, in the manifest, on something that it has just compiled, and looks at no cache for it.
* Later (Pkg pull request 3696) it compiles what has no cache that fits, as loading does. Which
  modules a cache was built on only its header tells; without it, those are taken that loading
  would bring in: the dependencies, and each extension whose parent and triggers are among them.

Not followed here: packages that ``Pkg.precompile()`` does not visit because the project does
not depend on them, and those that some versions skip because of the circles that their own
bookkeeping of extensions makes. Loading compiles both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import networkx as nx

from precompass.graph import DependencyGraph, UnitId, UnitSet, package_id, transitive_masks
from precompass.julia.behaviour import PrecompileScope


def precompiled_again(graph: DependencyGraph, direct: Iterable[UnitId]) -> UnitSet:
    """Return what ``Pkg.precompile()`` compiles when some units have to be compiled again.

    Args:
        graph: of the environment.
        direct: the units that have to be compiled whatever else happens.
    """
    return own_extensions_left_out(loaded_again(graph, direct))


def own_extensions_left_out(units: UnitSet) -> UnitSet:
    """Return *units* without the active project's own extensions, where Pkg leaves them out."""
    graph = units.graph
    if graph.julia.precompiles_own_extensions:
        return units
    return units - {unit.id for unit in graph.extensions_of(graph.projects[0].uuid)}


def loaded_again(graph: DependencyGraph, direct: Iterable[UnitId]) -> UnitSet:
    """Return the same with the active project's own extensions, which loading compiles too."""
    above = _above(graph)
    bits = 0
    for unit in direct:
        bits |= above[unit]
    return UnitSet(graph, bits)


@lru_cache(maxsize=64)
def _above(graph: DependencyGraph) -> Mapping[UnitId, int]:
    """Return, for each unit, the bits of what is compiled again with it, itself included."""
    return transitive_masks(recompilation_network(graph), graph.bits)


def recompilation_network(graph: DependencyGraph) -> nx.DiGraph[UnitId]:
    """Return the units with an edge from each to those that it is compiled again with.

    That is what it depends on, and the extensions that it waits for, or loads.
    """
    extensions = [unit for unit in graph.order if unit.is_extension]
    if not extensions:
        return graph.network
    network = graph.network.copy()
    if graph.julia.precompile_scope is PrecompileScope.MANIFEST:
        if graph.julia.waits_for_extensions:
            _depend_on_extensions_of_dependencies(graph, network)
        return network
    for extension in extensions:
        triggers = [package_id(uuid) for uuid in (extension.uuid, *extension.triggers)]
        bits = ~graph.extensions
        for trigger in triggers:
            bits &= graph.dependents([trigger]).bits & ~graph.bits[trigger]
        # Whether an extension loads another one while it compiles differs by version.
        network.add_edges_from((unit, extension.id) for unit in UnitSet(graph, bits))
    return network


def _depend_on_extensions_of_dependencies(
    graph: DependencyGraph, network: nx.DiGraph[UnitId]
) -> None:
    """Let every package wait for the extensions of what it depends on (Pkg of Julia 1.9.1)."""
    active = graph.projects[0].id
    for extension in graph.units.values():
        if extension.is_extension:
            parent = package_id(extension.uuid)
            for unit in list(graph.network.pred[parent]):
                if not graph.units[unit].is_extension and unit != active:
                    network.add_edge(unit, extension.id)
