"""Directed graphs, held against networkx."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from precompass.network import Network

nodes = st.integers(0, 9)
edges = st.lists(st.tuples(nodes, nodes), max_size=30)


def by_networkx(number: int, pairs: list[tuple[int, int]]) -> nx.DiGraph[int]:
    network: nx.DiGraph[int] = nx.DiGraph(pairs)
    network.add_nodes_from(range(number))
    return network


@given(edges)
def test_nodes_and_edges_are_those_that_were_added(pairs: list[tuple[int, int]]) -> None:
    network, other = Network(range(3), pairs), by_networkx(3, pairs)
    assert {node: set(ends) for node, ends in network.succ.items()} == {
        node: set(ends) for node, ends in other.succ.items()
    }
    assert {node: set(starts) for node, starts in network.pred.items()} == {
        node: set(starts) for node, starts in other.pred.items()
    }
    assert sorted(network.edges) == sorted(other.edges)
    assert all(network.has_edge(a, b) == other.has_edge(a, b) for a in range(11) for b in range(11))


@given(edges)
def test_what_can_be_reached_and_by_which_way(pairs: list[tuple[int, int]]) -> None:
    network, other = Network(range(10), pairs), by_networkx(10, pairs)
    for start in range(10):
        assert network.descendants(start) == nx.descendants(other, start)
        lengths = nx.single_source_shortest_path_length(other, start)
        for end in range(10):
            path = network.shortest_path(start, end)
            assert len(path) == lengths.get(end, -1) + 1
            assert all(other.has_edge(a, b) for a, b in pairwise(path))
            assert path == () or (path[0], path[-1]) == (start, end)


def test_there_is_no_way_to_what_is_not_there() -> None:
    assert Network([1]).shortest_path(1, 2) == ()
    assert Network([1]).shortest_path(2, 1) == ()


@given(edges)
def test_components_come_before_those_that_lead_to_them(pairs: list[tuple[int, int]]) -> None:
    network, other = Network(range(10), pairs), by_networkx(10, pairs)
    components = network.components()
    assert set(map(frozenset, components)) == set(
        map(frozenset, nx.strongly_connected_components(other))
    )
    position = {node: place for place, found in enumerate(components) for node in found}
    assert all(position[end] <= position[start] for start, end in pairs)


def test_a_long_chain_needs_no_recursion() -> None:
    network = Network(edges=((number, number + 1) for number in range(20_000)))
    assert network.components()[0] == [20_000]
    assert len(network.shortest_path(0, 20_000)) == 20_001


@given(edges)
def test_a_copy_can_change_alone(pairs: list[tuple[int, int]]) -> None:
    network = Network(range(3), pairs)
    before = sorted(network.edges)
    copy = network.copy()
    copy.add_edges([(11, 12)])
    assert sorted(network.edges) == before
    assert sorted(copy.edges) == [*before, (11, 12)]
