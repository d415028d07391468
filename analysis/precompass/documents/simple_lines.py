"""TOML in the forms in which Pkg writes it, and most people: read without a tree of its syntax.

That is a header, or a key and a value, right at the start of a line, with bare keys, values of one
line, and ASCII only. A tree of the same lines takes five times as long, and far more memory than
all that is read from it. What has any other form is left to the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

Range: TypeAlias = tuple[int, int]
"""Where something begins and ends, in bytes."""

_BARE = rb"[A-Za-z_][A-Za-z0-9_-]*"
_TEXT = rb'"[ !#-\[\]-~]*"'
_VALUE = rb"%s|\[(?:%s(?:, ?%s)*(?:, ?)?)?\]|true|false|0|[1-9][0-9]{0,14}" % (_TEXT, _TEXT, _TEXT)
_END = rb"[ \t]*(?:\r?\n|\Z)"
_COMMENT = rb"#[\t -~]*"
_PAIR = rb"(?P<key>%s) *= *(?P<value>%s)%s" % (_BARE, _VALUE, _END)
_HEADER = rb"(?P<open>\[\[?)(?P<keys>%s(?:\.%s){0,9})(?P<close>\]\]?)%s" % (_BARE, _BARE, _END)
_ANY_PAIR = rb"%s *= *(?:%s)%s" % (_BARE, _VALUE, _END)
_LINES = re.compile(rb"(?:%s|(?:%s)?%s)*+" % (_ANY_PAIR, _COMMENT, _END))
_PAIR_LINE = re.compile(_PAIR)
_HEADER_LINE = re.compile(_HEADER)
_PAIRS = re.compile(rb"^%s" % _PAIR, re.MULTILINE)
_COMMENTS = re.compile(rb"^%s(?=\r?\n|\Z)" % _COMMENT, re.MULTILINE)
_PARTS = re.compile(_BARE)
_ITEMS = re.compile(_TEXT)


class Header(NamedTuple):
    """A header: where its keys are, where it ends, where its line does, and its brackets."""

    keys: tuple[Range, ...]
    end: int
    line_end: int
    is_array: bool


class Block(NamedTuple):
    """Lines up to the next header, or to the end, in simple forms only.

    Attributes:
        header: their header; None in front of the first one.
        start: where the header begins, or the lines do.
        end: where the lines end.
    """

    header: Header | None
    start: int
    end: int

    @property
    def body(self) -> int:
        """Where the lines below the header begin."""
        return self.header.line_end if self.header is not None else self.start


class Pair(NamedTuple):
    """Where a key and its value are."""

    key: Range
    value: Range


def blocks(data: bytes) -> tuple[Block, ...] | None:
    """Return the blocks that a text is made of; None if some line has another form.

    A comment, or blanks, without the end of a line are no part of the block that they end.
    """
    last = data[data.rfind(b"\n") + 1 :].strip()
    if not data.endswith(b"\n") and (not last or last.startswith(b"#")):
        return None
    found = []
    place = 0
    while place < len(data):
        block = block_at(data, place)
        if block is None:
            return None
        found.append(block)
        place = block.end
    return tuple(found)


def block_at(data: bytes, start: int) -> Block | None:
    """Return the block that begins at a place; None if some line in it has another form."""
    header = _header_at(data, start)
    if header is None and start < len(data) and data.startswith(b"[", start):
        return None
    lines = _LINES.match(data, start if header is None else header.line_end)
    assert lines is not None  # noqa: S101 - no line at all is a match
    end = lines.end()
    return Block(header, start, end) if end == len(data) or data.startswith(b"[", end) else None


def pair_at(data: bytes, start: int) -> Pair | None:
    """Return the key and value in the line that begins at a place; None if it has another form."""
    found = _PAIR_LINE.match(data, start)
    return None if found is None else _pair(found)


def pairs(data: bytes, block: Block) -> Iterator[Pair]:
    """Yield the keys and values of a block."""
    return map(_pair, _PAIRS.finditer(data, block.body, block.end))


def repeats_a_key(data: bytes, block: Block) -> bool:
    """Tell whether two lines of a block have the same key."""
    keys = [data[slice(*pair.key)] for pair in pairs(data, block)]
    return len(set(keys)) < len(keys)


def comments(data: bytes, block: Block) -> Iterator[Range]:
    """Yield where the comments of a block are."""
    return (found.span() for found in _COMMENTS.finditer(data, block.start, block.end))


def items(data: bytes, pair: Pair) -> Iterator[Range]:
    """Yield where the texts in an array are, with their quotes."""
    return (found.span() for found in _ITEMS.finditer(data, *pair.value))


def _header_at(data: bytes, start: int) -> Header | None:
    found = _HEADER_LINE.match(data, start)
    if found is None or len(found["open"]) != len(found["close"]):
        return None
    keys = tuple(part.span() for part in _PARTS.finditer(data, *found.span("keys")))
    return Header(keys, found.end("close"), found.end(), found["open"] == b"[[")


def _pair(found: re.Match[bytes]) -> Pair:
    return Pair(found.span("key"), found.span("value"))
