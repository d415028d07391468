"""The colours of a file: what each key, name and value is, as far as only Julia's rules tell.

A client without any support for TOML shows the file readably with these alone. What Julia
ignores, a table of preferences or a whole file, looks like a comment, which every client fades.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import msgspec

from precompass.answers.extents import extents_of, headers
from precompass.answers.mentions import mentions_of
from precompass.documents.text import Span
from precompass.documents.toml import Array, Comment, Entry, Header, Node, Scalar, Table
from precompass.file_context import EnvironmentContext, FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.julia.project import LISTING_SECTIONS
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.session import Session

_MOST = 50_000  # tokens; the largest manifests known have under 20,000


class TokenType(Enum):
    """What a token is, in the words of the LSP (3.17, ``SemanticTokenTypes``)."""

    PACKAGE = "namespace"
    EXTENSION = "class"
    SECTION = "keyword"
    KEY = "property"
    PREFERENCE = "variable"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "enumMember"
    COMMENT = "comment"


class TokenModifier(Enum):
    """What else there is to say about it (LSP 3.17, ``SemanticTokenModifiers``, and our own)."""

    STANDARD_LIBRARY = "defaultLibrary"
    DEPRECATED = "deprecated"
    IGNORED = "ignored"


class Token(msgspec.Struct, frozen=True):
    """A stretch of one line.

    Attributes:
        span: where; never empty, and never with the end of a line in it.
        type: what it is.
        modifiers: what else there is to say.
    """

    span: Span
    type: TokenType
    modifiers: frozenset[TokenModifier] = frozenset()


_NONE: frozenset[TokenModifier] = frozenset()
_IGNORED = frozenset({TokenModifier.IGNORED})


def semantic_tokens(session: Session, path: Path, within: Span | None = None) -> tuple[Token, ...]:
    """Return the tokens of a file in the order of its text. No two overlap.

    Args:
        session: the user's files.
        path: the file.
        within: only those that touch this part of it.
    """
    context = context_of(session, path)
    if context is None:
        return ()
    kinds = dict(_keys_and_values(context, within))
    kinds.update(_packages(context, within))
    kinds.update((comment.span, (TokenType.COMMENT, _NONE)) for comment in _comments(context))
    ignored = tuple(_ignored(context))
    tokens: list[Token] = []
    end = 0
    # Where a shorter one begins at the same place, as a key in a broken text can, the longer goes.
    for span in sorted(kinds, key=lambda span: (span.start, -span.end)):
        if span.start < end or (within is not None and not _touch(span, within)):
            continue
        kind, modifiers = kinds[span]
        if any(part.start <= span.start < part.end for part in ignored):
            kind, modifiers = TokenType.COMMENT, _IGNORED
        tokens += (Token(part, kind, modifiers) for part in _lines(context.text, span))
        end = span.end
        if len(tokens) >= _MOST:
            break
    return tuple(tokens)


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _lines(text: str, span: Span) -> Iterator[Span]:
    """Yield the parts of a span on its lines; most strings have one line."""
    start = span.start
    for line in text[span.start : span.end].splitlines(keepends=True):
        length = len(line.rstrip("\r\n"))
        if length:
            yield Span(start, start + length)
        start += len(line)


_Kind: TypeAlias = tuple[TokenType, frozenset[TokenModifier]]


def _keys_and_values(context: FileContext, within: Span | None) -> Iterator[tuple[Span, _Kind]]:
    pending: list[tuple[Table, tuple[str, ...]]] = [(context.document.root, ())]
    while pending:
        table, path = pending.pop()
        if table.header is not None and not _is_within(context, table.header, within):
            continue
        if table.header is not None:
            for number, key in enumerate(table.header.keys):
                yield key.span, _kind_of_header(context, table.header.keys[0].name, number)
        for name, entry in table.entries.items():
            here = (*path, name)
            yield from _keys(context, entry, here)
            for node in _nodes(entry.node):
                if isinstance(node, Table):
                    pending.append((node, here))
                else:
                    yield node.span, (_kind_of_value(node), _NONE)


def _keys(
    context: FileContext, entry: Entry, path: tuple[str, ...]
) -> Iterator[tuple[Span, _Kind]]:
    kind = _kind_of_key(context, path)
    for depth, key in enumerate(entry.path[:-1]):
        above = path[: len(path) - len(entry.path) + depth + 1]
        yield key.span, _kind_of_key(context, above)
    yield entry.key.span, kind


def _is_within(context: FileContext, header: Header, within: Span | None) -> bool:
    """Tell whether a header, or a line below it, is in the part that is asked for."""
    return within is None or _touch(extents_of(context.document).of_header(header), within)


def _nodes(node: Node) -> Iterator[Scalar | Table]:
    """Yield a value, the values in an array, or a table."""
    pending: list[Node] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, Array):
            pending += one.items
        else:
            yield one


def _kind_of_header(context: FileContext, first: str, number: int) -> _Kind:
    if number == 0:
        is_own_table = context.kind is FileKind.PREFERENCES
        return (TokenType.PACKAGE if is_own_table else TokenType.SECTION), _NONE
    if first == "extensions":
        return TokenType.EXTENSION, _NONE
    names_package = number == 1 and first in (*LISTING_SECTIONS, "preferences", "sources")
    return (TokenType.PACKAGE if names_package else TokenType.SECTION), _NONE


def _kind_of_key(context: FileContext, path: tuple[str, ...]) -> _Kind:
    """Return what a key is: by its place, where it names no package that is known."""
    if context.kind is FileKind.PREFERENCES:
        return (TokenType.PACKAGE if len(path) == 1 else TokenType.PREFERENCE), _NONE
    first = path[0]
    if context.kind is FileKind.PROJECT:
        if first == "preferences" and len(path) > 1:
            return (TokenType.PACKAGE if len(path) == 2 else TokenType.PREFERENCE), _NONE
        if first == "extensions" and len(path) == 2:
            return TokenType.EXTENSION, _NONE
        if path == ("compat", "julia"):
            return TokenType.KEY, _NONE
        if first in (*LISTING_SECTIONS, "compat", "sources") and len(path) == 2:
            return TokenType.PACKAGE, _NONE
    if context.kind is FileKind.MANIFEST and "extensions" in path[2:-1]:
        return TokenType.EXTENSION, _NONE
    return TokenType.KEY, _NONE


def _kind_of_value(value: Scalar) -> TokenType:
    if isinstance(value.value, bool):
        return TokenType.BOOLEAN
    return TokenType.STRING if isinstance(value.value, str) else TokenType.NUMBER


# Packages


def _packages(context: FileContext, within: Span | None) -> Iterator[tuple[Span, _Kind]]:
    for one in mentions_of(context):
        if within is not None and not _touch(one.span, within):
            continue
        if one.uuid is None and one.section in ("compat", "preferences"):
            continue  # its place tells all that is known
        yield one.span, (TokenType.PACKAGE, _modifiers(context, one.name, one.uuid))


def _modifiers(context: FileContext, name: str, uuid: UUID | None) -> frozenset[TokenModifier]:
    if uuid in STDLIBS:
        return frozenset({TokenModifier.STANDARD_LIBRARY})
    registries = context.session.registries
    if (
        registries is not None
        and uuid is not None
        and context.kind is FileKind.PROJECT
        and isinstance(context, EnvironmentContext)
        and any(summary.deprecated for summary in registries.summaries(uuid))
        and context.is_from_registry(name, uuid)
    ):
        return frozenset({TokenModifier.DEPRECATED})
    return _NONE


# What is faded


def _comments(context: FileContext) -> Iterator[Comment]:
    return islice(context.document.comments, _MOST)


def _ignored(context: FileContext) -> Iterator[Span]:
    """Yield the parts that Julia ignores: tables of preferences, or a preferences file."""
    if context.is_hidden:
        yield Span(0, len(context.text))
        return
    project = context.project
    if project is not None and not project.is_readable:
        return  # what the damaged lines list is not known
    for table in context.tables:
        if table.uuid is None and table.table is not None and not context.counts_in_tests(table):
            yield from _parts(context, table.entry, table.table)


def _parts(context: FileContext, entry: Entry, table: Table) -> Iterator[Span]:
    """Yield where a table is written: its headers with their lines, its statements."""
    extents = extents_of(context.document)
    yield from (extents.of_header(header) for header in headers(table))
    pending = [entry]
    while pending:
        one = pending.pop()
        if one.statement is not None:
            yield Span(
                one.path[0].span.start if one.path else one.key.span.start, one.node.span.end
            )
        if isinstance(one.node, Table) and one.node.form != "inline":
            pending += one.node.entries.values()
