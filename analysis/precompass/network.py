"""Directed graphs, as small as the answers need them.

networkx does all of this and much more. Loading it takes a third of the time of a short command,
so it is used where its algorithms are needed: for pictures, and for the whole ecosystem.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Network(Generic[Node]):
    """A directed graph; nodes and edges keep the order in which they were given.

    Args:
        nodes: the nodes; those of edges need not be among them.
        edges: pairs of nodes; an edge that is given twice is one.

    Attributes:
        succ: for each node, the nodes to which its edges lead.
        pred: for each node, the nodes from which edges lead to it.
    """

    __slots__ = ("pred", "succ")

    def __init__(self, nodes: Iterable[Node] = (), edges: Iterable[tuple[Node, Node]] = ()) -> None:
        succ: dict[Node, dict[Node, None]] = {node: {} for node in nodes}
        pred: dict[Node, dict[Node, None]] = {node: {} for node in succ}
        for source, target in edges:
            for node in (source, target):
                if node not in succ:
                    succ[node], pred[node] = {}, {}
            succ[source][target] = None
            pred[target][source] = None
        self.succ: Mapping[Node, Mapping[Node, None]] = succ
        self.pred: Mapping[Node, Mapping[Node, None]] = pred

    def topped(self, nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> Network[Node]:
        """Return the graph with other nodes in front, which shares what stays as it is.

        Args:
            nodes: new nodes.
            edges: pairs of a new node, and another one or one of this graph.

        >>> Network([1], [(1, 2)]).topped([3], [(3, 2)]).pred
        {3: {}, 1: {}, 2: {3: None, 1: None}}
        """
        succ: dict[Node, dict[Node, None]] = {node: {} for node in nodes}
        pred: dict[Node, dict[Node, None]] = {}
        for source, target in edges:
            succ[source][target] = None
            pred.setdefault(target, {})[source] = None
        found: Network[Node] = Network()
        found.succ = {**succ, **self.succ}
        found.pred = {
            **{node: {} for node in succ},
            **self.pred,
            **{node: {**above, **self.pred.get(node, {})} for node, above in pred.items()},
        }
        return found

    @property
    def edges(self) -> Iterator[tuple[Node, Node]]:
        """All edges, source by source."""
        return ((source, target) for source, found in self.succ.items() for target in found)

    def has_edge(self, source: Node, target: Node) -> bool:
        """Tell whether an edge leads from one node to another."""
        return target in self.succ.get(source, ())

    def changed(
        self,
        added: Iterable[tuple[Node, Node]] = (),
        removed: Iterable[tuple[Node, Node]] = (),
    ) -> Network[Node]:
        """Return the graph without some edges, and then with others."""
        without = frozenset(removed)
        edges = [edge for edge in self.edges if edge not in without]
        return Network(self.succ, [*edges, *added])

    def descendants(self, node: Node) -> frozenset[Node]:
        """Return the nodes that can be reached from a node, itself not included.

        >>> sorted(Network([], [(1, 2), (2, 3), (3, 2)]).descendants(2))
        [3]
        """
        seen = {node}
        pending = [node]
        while pending:
            for target in self.succ[pending.pop()]:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return frozenset(seen - {node})

    def shortest_path(self, source: Node, target: Node) -> tuple[Node, ...]:
        """Return a path with the fewest edges from one node to another; empty if there is none.

        >>> Network([], [(1, 2), (2, 4), (1, 3), (3, 4), (4, 5)]).shortest_path(1, 5)
        (1, 2, 4, 5)
        """
        if source not in self.succ or target not in self.succ:
            return ()
        came_from: dict[Node, Node | None] = {source: None}
        pending = deque([source])
        while pending and target not in came_from:
            node = pending.popleft()
            for reached in self.succ[node]:
                if reached not in came_from:
                    came_from[reached] = node
                    pending.append(reached)
        path: list[Node] = []
        at: Node | None = target if target in came_from else None
        while at is not None:
            path.append(at)
            at = came_from[at]
        return tuple(reversed(path))

    def components(self) -> Iterator[tuple[Node, ...]]:
        """Yield the strongly connected components, each before those that lead to it.

        Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972; without
        recursion, since a chain of calls in a source may have thousands of links.

        >>> list(Network([], [(1, 2), (2, 3), (3, 2), (3, 4)]).components())
        [(4,), (3, 2), (1,)]
        """
        number: dict[Node, int] = {}
        lowest: dict[Node, int] = {}
        stack: list[Node] = []
        on_stack: set[Node] = set()
        for root in self.succ:
            if root in number:
                continue
            number[root] = lowest[root] = len(number)
            stack.append(root)
            on_stack.add(root)
            pending = [(root, iter(self.succ[root]))]
            while pending:
                node, targets = pending[-1]
                target = next(
                    (one for one in targets if one not in number or one in on_stack), None
                )
                if target is None:
                    pending.pop()
                    if pending:
                        above = pending[-1][0]
                        lowest[above] = min(lowest[above], lowest[node])
                    if lowest[node] == number[node]:
                        yield _popped(stack, on_stack, node)
                elif target in number:
                    lowest[node] = min(lowest[node], number[target])
                else:
                    number[target] = lowest[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    pending.append((target, iter(self.succ[target])))


def _popped(stack: list[Node], on_stack: set[Node], last: Node) -> tuple[Node, ...]:
    """Take a component from the stack: all down to the node that was found first."""
    component = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        component.append(node)
        if node == last:
            return tuple(component)
