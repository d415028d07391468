"""Our small directed graphs say what networkx says."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from precompass.network import Network

nodes = st.integers(0, 9)
edges = st.lists(st.tuples(nodes, nodes), max_size=30)


@given(edges)
def test_components_are_those_of_networkx_and_come_before_what_leads_to_them(
    given_edges: list[tuple[int, int]],
) -> None:
    found = list(Network(range(10), given_edges).components())
    peer: nx.DiGraph[int] = nx.DiGraph(given_edges)
    peer.add_nodes_from(range(10))
    assert set(map(frozenset, found)) == set(map(frozenset, nx.strongly_connected_components(peer)))
    place = {node: number for number, component in enumerate(found) for node in component}
    assert all(place[target] <= place[source] for source, target in given_edges)


@given(edges, nodes, nodes)
def test_what_can_be_reached_and_how(
    given_edges: list[tuple[int, int]], source: int, target: int
) -> None:
    network = Network(range(10), given_edges)
    peer: nx.DiGraph[int] = nx.DiGraph(given_edges)
    peer.add_nodes_from(range(10))
    assert network.descendants(source) == nx.descendants(peer, source)
    path = network.shortest_path(source, target)
    if nx.has_path(peer, source, target):
        assert len(path) == len(nx.shortest_path(peer, source, target))
        assert (path[0], path[-1]) == (source, target)
        assert all(network.has_edge(*step) for step in pairwise(path))
    else:
        assert path == ()


@given(edges, edges, edges)
def test_a_changed_graph_is_another_one(
    given_edges: list[tuple[int, int]],
    added: list[tuple[int, int]],
    removed: list[tuple[int, int]],
) -> None:
    network = Network(range(10), given_edges)
    changed = network.changed(added, removed)
    assert set(changed.edges) == (set(given_edges) - set(removed)) | set(added)
    assert set(network.edges) == set(given_edges)
    assert all(source in changed.pred[target] for source, target in changed.edges)


def test_a_node_that_is_not_there_is_not_reached() -> None:
    network = Network([1], [])
    assert network.shortest_path(1, 2) == network.shortest_path(2, 1) == ()
    assert not network.has_edge(2, 1)


def test_long_chains_need_no_recursion() -> None:
    chain = Network((), ((number, number + 1) for number in range(20_000)))
    assert next(chain.components()) == (20_000,)
    assert len(chain.shortest_path(0, 20_000)) == 20_001
