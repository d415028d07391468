"""Text with positions.

One unit is used everywhere inside Precompass: the *code point offset*, an index into a
Python ``str``. Lines and characters in an encoding of the Language Server Protocol (3.17,
"Position Encodings") are computed from it by :class:`LineIndex`, at the borders only.
"""

from __future__ import annotations

import bisect
import re
from enum import Enum
from functools import cached_property

import msgspec

_LINE_END = re.compile(r"\r\n|\n|\r")
_BOM = "\ufeff"
_UUID = re.compile(r"""uuid["']?\s*=\s*["']([0-9a-f-]{36})["']""")


class PositionEncoding(Enum):
    """How a position counts characters within a line (LSP 3.17, ``PositionEncodingKind``)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """Return the number of units that *text* has in this encoding."""
        if self is PositionEncoding.UTF32 or text.isascii():
            return len(text)
        if self is PositionEncoding.UTF16:
            return len(text) + sum(1 for character in text if character > "\uffff")
        return len(text.encode("utf-8", "surrogatepass"))


class Span(msgspec.Struct, frozen=True, order=True, gc=False):
    """A half-open range ``[start, end)`` of code point offsets."""

    start: int
    end: int

    def __contains__(self, offset: int) -> bool:
        """Tell whether a cursor at *offset* touches the span (its end included)."""
        return self.start <= offset <= self.end


class Position(msgspec.Struct, frozen=True):
    """A line and a character within it, both from 0, in some position encoding."""

    line: int
    character: int


class TextEdit(msgspec.Struct, frozen=True):
    """Replace the text of *span* by *new_text*."""

    span: Span
    new_text: str


class LineIndex:
    r"""The lines of a text: conversion between offsets and positions.

    A line ends with ``\n``, ``\r\n`` or ``\r``, as in the LSP.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def line_of(self, offset: int) -> int:
        """Return the number, from 0, of the line that holds *offset*."""
        return bisect.bisect_right(self.starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """Return the span of a line without its line ending."""
        start = self.starts[line]
        stop = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return Span(start, start + len(self.text[start:stop].rstrip("\r\n")))

    def position(self, offset: int, encoding: PositionEncoding) -> Position:
        """Return the position of an offset; offsets outside the text are clamped."""
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        return Position(line, encoding.width(self.text[self.starts[line] : offset]))

    def offset(self, position: Position, encoding: PositionEncoding) -> int:
        """Return the offset of a position; positions outside the text are clamped.

        A character number inside a code point (half a surrogate pair) means its start.
        """
        if position.line < 0:
            return 0
        if position.line >= len(self.starts):
            return len(self.text)
        span = self.line_span(position.line)
        content = self.text[span.start : span.end]
        if encoding is PositionEncoding.UTF32 or content.isascii():
            return span.start + max(0, min(position.character, len(content)))
        units = 0
        for index, character in enumerate(content):
            units += encoding.width(character)
            if units > position.character:
                return span.start + index
        return span.end


class SourceText(msgspec.Struct, frozen=True, dict=True):
    """The text of a file, and what had to be set aside to read it.

    Attributes:
        text: the text, without a byte-order mark.
        has_bom: whether a byte-order mark was there; a writer puts it back.
        invalid_utf8_at: offset in *text* of the first byte that is not UTF-8, or None.
            Such bytes read as U+FFFD, and nothing is ever written to such a file.
    """

    text: str
    has_bom: bool = False
    invalid_utf8_at: int | None = None

    @cached_property
    def lines(self) -> LineIndex:
        """The line index of the text."""
        return LineIndex(self.text)

    @cached_property
    def uuids(self) -> frozenset[str]:
        """The values in lower case of all keys ``uuid``, found without reading the text as TOML."""
        return frozenset(_UUID.findall(self.text.lower()))


def decode(data: bytes) -> SourceText:
    """Read the bytes of a TOML file, which is UTF-8 by definition (TOML 1.0, "Spec").

    Julia's own parser skips a byte-order mark (``base/toml_parser.jl``).
    """
    invalid_at = None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        invalid_at = len(data[: error.start].decode("utf-8"))
        text = data.decode("utf-8", "replace")
    has_bom = text.startswith(_BOM)
    if has_bom:
        text = text[1:]
        if invalid_at is not None:
            invalid_at -= 1
    return SourceText(text, has_bom, invalid_at)


def encode(text: str, *, has_bom: bool) -> bytes:
    """Return the bytes of a file with this text, with its byte-order mark if it had one."""
    return ((_BOM if has_bom else "") + text).encode("utf-8")


def apply_edits(text: str, edits: tuple[TextEdit, ...]) -> str:
    """Apply edits that do not overlap; their spans all refer to *text* as it is given.

    Raises:
        ValueError: if two spans overlap.
    """
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < position:
            raise ValueError("edits overlap")
        pieces += (text[position : edit.span.start], edit.new_text)
        position = edit.span.end
    return "".join([*pieces, text[position:]])
