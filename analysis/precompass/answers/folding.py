"""What an editor can fold away: tables, packages, long values, comments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from precompass.answers.extents import extents_of
from precompass.documents.text import Span
from precompass.documents.toml import Array, Node, Table, TomlDocument
from precompass.file_context import context_of
from precompass.session import Session

_MOST = 20_000  # ranges


class FoldingRange(msgspec.Struct, frozen=True):
    """Lines that can be folded into the first of them.

    Attributes:
        first, last: the lines, from 0.
        is_comment: whether they are all comments.
    """

    first: int
    last: int
    is_comment: bool = False


def folding_ranges(session: Session, path: Path) -> tuple[FoldingRange, ...]:
    """Return the ranges of more than one line, in the order of the text.

    A table is folded with the tables below it that follow it: a package of a manifest is one
    range with its weak dependencies and extensions.
    """
    context = context_of(session, path)
    if context is None:
        return ()
    document = context.document
    lines = document.lines
    found = [
        FoldingRange(lines.line_of(span.start), lines.line_of(span.end))
        for span in (*extents_of(document).headers.values(), *_values(document.root))
    ]
    found += _comments(document)
    longer = {one for one in found if one.last > one.first}
    ordered = sorted(longer, key=lambda one: (one.first, -one.last, one.is_comment))
    return tuple(islice(ordered, _MOST))


def _values(root: Table) -> Iterator[Span]:
    """Yield the values that are written out."""
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Table):
            pending += [entry.node for entry in node.entries.values()]
        elif isinstance(node, Array):
            pending += node.items
            if not node.of_headers:
                yield node.span
        else:
            yield node.span


def _comments(document: TomlDocument) -> Iterator[FoldingRange]:
    """Yield the runs of lines that hold nothing but a comment."""
    lines, first, last = document.lines, -1, -2
    for comment in document.comments:
        line = lines.line_of(comment.span.start)
        if document.text[lines.starts[line] : comment.span.start].strip():
            continue
        if line != last + 1:
            yield FoldingRange(first, last, is_comment=True)
            first = line
        last = line
    yield FoldingRange(first, last, is_comment=True)
