"""Julia source as a syntax tree with positions.

The one place that knows tree-sitter. A tree always comes back, however broken the text is;
and the time that it takes is bounded, because the parser may read the text again and again
only so many times (some texts, ``#=`` repeated for instance, cost it quadratic time).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_julia
from tree_sitter import Language, Node, Parser, Point

from precompass.documents.text import Position, PositionEncoding

_LANGUAGE = Language(tree_sitter_julia.language())
_BOM = b"\xef\xbb\xbf"
_CHUNK = 4096  # bytes handed to the parser at a time
_REREADS = 1_000  # times that the parser may read each byte, on average; real files need 300
MAX_REREAD = 200_000_000  # bytes that it may read in one file in all; two seconds or so

COMMENTS = frozenset({"line_comment", "block_comment"})
FUNCTION_NODES = frozenset({"function_definition", "macro_definition", "arrow_function_expression"})

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b"}
_ESCAPES |= {"f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place in a source file: the line from 0, the character in UTF-16 units from 0."""

    file: Path
    line: int
    character: int


@dataclass(frozen=True)
class JuliaSource:
    """One file of Julia code and its tree.

    Attributes:
        path: where it is.
        data: its bytes, without a byte-order mark.
        root: the tree's root, of type ``source_file``.
        complete: False where the parser was stopped before it had seen all of the text.
        bytes_read: how much the parser has read, the same text again and again included.
    """

    path: Path
    data: bytes
    root: Node
    complete: bool
    bytes_read: int

    def bytes_of(self, node: Node) -> bytes:
        """Return the source of a node."""
        return self.data[node.start_byte : node.end_byte]

    def text(self, node: Node) -> str:
        """Return the source of a node; what is not UTF-8 reads as U+FFFD."""
        return self.bytes_of(node).decode("utf-8", "replace")

    def excerpt(self, node: Node, length: int = 80) -> str:
        """Return the source of a node on one line, cut to *length* characters."""
        text = " ".join(self.bytes_of(node)[: 4 * length].decode("utf-8", "replace").split())
        return text if len(text) <= length else text[: length - 1] + "…"

    def site(self, node: Node) -> Site:
        """Return where a node begins."""
        row, column = node.start_point
        start = node.start_byte - column
        before = self.data[start : node.start_byte].decode("utf-8", "replace")
        position = Position(row, PositionEncoding.UTF16.width(before))
        return Site(self.path, position.line, position.character)


def parse_julia(path: Path, data: bytes, max_reread: int = MAX_REREAD) -> JuliaSource:
    """Return the tree of a file's bytes; the parser may read *max_reread* bytes in all."""
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
    allowance = max(min(_REREADS * len(data), max_reread), len(data)) + _CHUNK
    given = 0

    def read(offset: int, _point: Point) -> bytes:
        nonlocal given
        if given > allowance:
            return b""
        chunk = data[offset : offset + _CHUNK]
        given += len(chunk)
        return chunk

    root = Parser(_LANGUAGE).parse(read).root_node
    return JuliaSource(path, data, root, given <= allowance, given)


def parts(node: Node) -> list[Node]:
    """Return the named children of a node that are code, not comments."""
    return [child for child in node.named_children if child.type not in COMMENTS]


def descendants(node: Node, *, skip: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Yield a node and all below it; below nodes of a type in *skip*, nothing."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if current.type not in skip:
            pending.extend(reversed(current.named_children))


def dotted_name(source: JuliaSource, node: Node) -> tuple[str, ...] | None:
    """Return ``("A", "b")`` for ``A.b``, ``("@m",)`` for ``@m``; None for anything else."""
    names: list[str] = []
    while True:
        if node.type in {"identifier", "operator"}:
            return (source.text(node), *reversed(names))
        if node.type == "macro_identifier":
            return (source.text(node).replace(" ", ""), *reversed(names))
        if node.type in {"field_expression", "scoped_identifier"}:
            children = parts(node)
            if len(children) != 2:
                return None
            last = children[1]
            if last.type == "quote_expression" and parts(last):
                last = parts(last)[0]
            names.append(source.text(last))
            node = children[0]
            continue
        if node.type in {"import_path", "parametrized_type_expression"} and parts(node):
            node = parts(node)[0]
            continue
        return None


def macro_call(source: JuliaSource, node: Node) -> tuple[tuple[str, ...] | None, list[Node]]:
    """Return the name, with its ``@`` last, and the arguments of a macro call."""
    names: list[str] = []
    arguments: list[Node] = []
    for child in parts(node):
        if child.type in {"argument_list", "macro_argument_list"}:
            arguments += parts(child)
        elif child.type == "do_clause":
            arguments.append(child)
        else:
            names += dotted_name(source, child) or ("",)
    return (tuple(names) if names and all(names) else None), arguments


def string_pieces(source: JuliaSource, node: Node) -> list[str | Node] | None:
    """Return the text of a string literal in pieces, with the code that is interpolated.

    None for a string with a prefix other than ``raw``: what that says is a macro's business.
    """
    if node.type == "prefixed_string_literal":
        prefix = node.child_by_field_name("prefix")
        if prefix is None or source.text(prefix) != "raw":
            return None
    pieces: list[str | Node] = []
    for child in parts(node):
        if child.type == "content":
            pieces.append(source.text(child))
        elif child.type == "escape_sequence":
            pieces.append(_unescape(source.text(child)))
        elif child.type == "string_interpolation":
            inner = parts(child)
            if len(inner) != 1:
                return None
            pieces.append(inner[0])
    return pieces


def _unescape(text: str) -> str:
    body = text[1:]
    if re.fullmatch(r"[xuU][0-9a-fA-F]{1,8}", body):
        number = int(body[1:], 16)
        return chr(number) if number < 0x110000 else text
    return _ESCAPES.get(body, body)
