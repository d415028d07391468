"""What a growing selection takes in: a word, its value, its line, its table, the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.answers.extents import extents_of
from precompass.documents.text import Span
from precompass.documents.toml import Array, Node, Scalar, Table
from precompass.file_context import context_of
from precompass.session import Session


def selection_range(session: Session, path: Path, offset: int) -> tuple[Span, ...]:
    """Return the ranges around a place, the smallest first; each is within the next."""
    context = context_of(session, path)
    if context is None:
        return ()
    document = context.document
    spans = {Span(0, len(document.text))}
    spans |= {span for span in extents_of(document).headers.values() if offset in span}
    spans |= {span for span in _spans(document.root, document.text, offset) if offset in span}
    nested: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.end - one.start, one.start)):
        if not nested or (span.start <= nested[-1].start and nested[-1].end <= span.end):
            nested.append(span)
    return tuple(nested)


def _spans(root: Table, text: str, offset: int) -> Iterator[Span]:
    """Yield the spans of keys, values and lines, but of tables whose lines are elsewhere."""
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Table):
            if node.header is not None:
                yield node.header.span
            elif node.form == "inline":
                yield node.span
            is_elsewhere = node.header is not None and offset not in node.header.block
            for entry in node.entries.values():
                if is_elsewhere and isinstance(entry.node, Scalar):
                    continue
                yield entry.key.span
                if entry.statement is not None:
                    yield entry.statement
                pending.append(entry.node)
        elif isinstance(node, Array):
            if not node.of_headers:
                yield node.span
            pending += node.items
        else:
            yield node.span
            yield from _inside(node, text)


def _inside(scalar: Scalar, text: str) -> Iterator[Span]:
    """Yield what is between the quotes of a string."""
    span = scalar.span
    width = 3 if text.startswith(('"""', "'''"), span.start) else 1
    if isinstance(scalar.value, str) and span.end - span.start >= 2 * width:
        yield Span(span.start + width, span.end - width)
