"""Directed graphs: what is reached, by which way, and which nodes lie on a circle.

The first file that is opened cannot be checked without this. networkx has all of it too, but
to import networkx takes twice the time of that check.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Network(Generic[Node]):
    """Nodes, and edges that lead from one to another, at most one in each direction.

    Args:
        nodes: those that have to be there, whether an edge touches them or not.
        edges: from where, and to where.
    """

    def __init__(self, nodes: Iterable[Node] = (), edges: Iterable[tuple[Node, Node]] = ()) -> None:
        # Dictionaries as sets that keep their order.
        self._succ: dict[Node, dict[Node, None]] = {node: {} for node in nodes}
        self._pred: dict[Node, dict[Node, None]] = {node: {} for node in self._succ}
        self.add_edges(edges)

    @property
    def succ(self) -> Mapping[Node, Collection[Node]]:
        """Where the edges from each node lead, in the order in which they were added."""
        return self._succ

    @property
    def pred(self) -> Mapping[Node, Collection[Node]]:
        """Where the edges to each node come from."""
        return self._pred

    @property
    def edges(self) -> Iterator[tuple[Node, Node]]:
        """All edges."""
        return ((start, end) for start, ends in self._succ.items() for end in ends)

    def has_edge(self, start: Node, end: Node) -> bool:
        """Tell whether an edge leads from one node to another."""
        return end in self._succ.get(start, ())

    def add_edges(self, edges: Iterable[tuple[Node, Node]]) -> None:
        """Add edges, with those of their nodes that are not there yet."""
        succ, pred = self._succ, self._pred
        for start, end in edges:
            for node in (start, end):
                if node not in succ:
                    succ[node], pred[node] = {}, {}
            succ[start][end] = None
            pred[end][start] = None

    def copy(self) -> Network[Node]:
        """Return a network with the same nodes and edges."""
        return Network(self._succ, self.edges)

    def descendants(self, node: Node) -> set[Node]:
        """Return all nodes that can be reached from a node, itself not included."""
        found = {node}
        pending = [node]
        while pending:
            new = [after for after in self._succ[pending.pop()] if after not in found]
            found.update(new)
            pending.extend(new)
        return found - {node}

    def shortest_path(self, start: Node, end: Node) -> tuple[Node, ...]:
        """Return the nodes of a shortest way from one node to another; empty if there is none."""
        if start not in self._succ or end not in self._succ:
            return ()
        came_from: dict[Node, Node] = {start: start}
        pending = deque([start])
        while pending and end not in came_from:
            node = pending.popleft()
            for after in self._succ[node]:
                if after not in came_from:
                    came_from[after] = node
                    pending.append(after)
        if end not in came_from:
            return ()
        path = [end]
        while path[-1] != start:
            path.append(came_from[path[-1]])
        return tuple(reversed(path))

    def components(self) -> list[list[Node]]:
        """Return the strongly connected components: what comes to where it began, together.

        Each component stands before all those from which an edge leads to it. This is Tarjan's
        algorithm (SIAM Journal on Computing 1, 1972, 146-160), without recursion.
        """
        found: list[list[Node]] = []
        number: dict[Node, int] = {}
        lowest: dict[Node, int] = {}  # of the nodes on the stack that are reached from a node
        stack: list[Node] = []
        on_stack: set[Node] = set()
        path: list[tuple[Node, Iterator[Node]]] = []

        def enter(node: Node) -> None:
            number[node] = lowest[node] = len(number)
            stack.append(node)
            on_stack.add(node)
            path.append((node, iter(self._succ[node])))

        for root in self._succ:
            if root not in number:
                enter(root)
            while path:
                node, rest = path[-1]
                for after in rest:
                    if after not in number:
                        enter(after)
                        break
                    if after in on_stack:
                        lowest[node] = min(lowest[node], number[after])
                else:
                    path.pop()
                    if path:
                        above = path[-1][0]
                        lowest[above] = min(lowest[above], lowest[node])
                    if lowest[node] == number[node]:
                        component: list[Node] = []
                        while node in on_stack:
                            component.append(stack.pop())
                            on_stack.discard(component[-1])
                        found.append(component)
        return found
