"""How far the tables and keys of a text reach: what outlines, folds and selections share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Header, Node, Table, TomlDocument
from precompass.memo import kept_with


class Extents:
    """The extents of one document. Made by :func:`extents_of`."""

    def __init__(self, document: TomlDocument) -> None:
        self._by_start = _extents(document)

    def of(self, entry: Entry) -> Span:
        """Return the span of a key with everything below it."""
        if entry.statement is not None and not isinstance(entry.node, Table):
            return entry.statement
        return self._hull(entry.key.span, entry.node)

    def of_header(self, header: Header) -> Span:
        """Return the span of a header, its lines, and the tables below it that follow it."""
        return self._by_start[header.span.start]

    @property
    def headers(self) -> Mapping[int, Span]:
        """The extents of all headers, by where they begin."""
        return self._by_start

    def _hull(self, span: Span, node: Node) -> Span:
        """Return the smallest span around a key, and a table with all that is in it."""
        start, end = span.start, span.end
        pending = [node]
        while pending:
            one = pending.pop()
            found = one.span
            if isinstance(one, Table):
                found = self.of_header(one.header) if one.header is not None else one.span
                pending += [entry.node for entry in one.entries.values()]
            elif isinstance(one, Array) and one.of_headers:
                pending += one.items
            start, end = min(start, found.start), max(end, found.end)
        return Span(start, end)


@kept_with
def extents_of(document: TomlDocument) -> Extents:
    """Return the extents of a document; those of the same document are computed once."""
    return Extents(document)


def headers(table: Table) -> Iterator[Header]:
    """Yield every header of a document, or below a table, in no certain order."""
    pending: list[Node] = [table]
    while pending:
        node = pending.pop()
        if isinstance(node, Array):
            pending += node.items if node.of_headers else ()
        elif isinstance(node, Table) and node.form != "inline":
            if node.header is not None:
                yield node.header
            pending += node.below


def _extents(document: TomlDocument) -> dict[int, Span]:
    found: dict[int, Span] = {}
    above: list[tuple[tuple[str, ...], Header]] = []
    for header in sorted(headers(document.root), key=lambda one: one.span):
        keys = tuple(key.name for key in header.keys)
        while above and not _is_below(keys, above[-1][0]):
            above.pop()
        above.append((keys, header))
        end = _without_trailing(document.text, header)
        for _, open_header in above:
            found[open_header.span.start] = Span(open_header.span.start, end)
    return found


def _is_below(keys: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return len(keys) > len(others) and keys[: len(others)] == others


def _without_trailing(text: str, header: Header) -> int:
    """Return the end of a header's lines, without empty lines and comments behind them."""
    first, end = header.span.end, header.block.end
    while end > first:
        start = max(first, text.rfind("\n", first, end) + 1)
        line = text[start:end].strip()
        if line and not line.startswith("#"):
            break
        end = max(first, start - 1)
    return first + len(text[first:end].rstrip())
