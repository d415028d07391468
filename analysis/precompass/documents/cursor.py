"""What is being written at a cursor, in a text that need not be TOML yet.

While somebody types, the line under the cursor is almost always broken, and no parser tells
what it is going to be. So the lines from the last header on are read here token by token, up to
the cursor: which table, which key, inside a string or not.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import parse_toml

_HEADER = re.compile(
    r"^[ \t]*\[{1,2}[ \t]*[A-Za-z0-9_\"'-][^\n\[\],=]*\]{1,2}[ \t\r]*(?:#.*)?$", re.M
)
_NEXT_KEY = re.compile(r"""[ \t]*(?:[A-Za-z0-9_.\- \t]|"[^"\n]*"|'[^'\n]*')+=""")
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+)|(?P<newline>\n)|(?P<comment>\#[^\n]*)"""
    r"""|(?P<long>"{3}(?:\\.|[^\\])*?(?:"{3}|\Z)|'{3}.*?(?:'{3}|\Z))"""
    r"""|(?P<string>"(?:[^"\\\n]|\\[^\n]?)*"?|'[^'\n]*'?)"""
    r"""|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\#"'\[\]{}=,.]+)""",
    re.DOTALL | re.VERBOSE,
)
_ENDS_A_VALUE = re.compile(r"[ \t]*(?:[\r\n#,\]}]|\Z)")
_NEXT_ITEM = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+[\"']")
_WORD = re.compile(r"[A-Za-z0-9_!\-]*")
_MOST = 200_000  # characters that are read before a cursor; the rest is taken for one table

Where = Literal["header", "key", "value"]


class Cursor(msgspec.Struct, frozen=True):
    """What is being written.

    Attributes:
        where: in a header, in a key, or in a value.
        path: the keys that lead there: in a header those before the last dot; in a key those of
            the table and those before the last dot; in a value the key itself included.
        span: the word that is being written, from before the cursor to behind it; of a string,
            what is between its quotes.
        word: the part of it before the cursor.
        quote: the quote before the word, or an empty string.
        is_closed: whether the same quote is behind it.
        in_array: whether the value is an item of an array.
        in_braces: whether a key or value is within an inline table.
        rest: what is on the line behind the word and its closing quote.
        is_before_item: whether another string of the same array follows, without a comma.
    """

    where: Where
    path: tuple[str, ...]
    span: Span
    word: str
    quote: str
    is_closed: bool
    in_array: bool
    in_braces: bool
    rest: str
    is_before_item: bool = False

    @property
    def ends_its_line(self) -> bool:
        """Whether nothing but a comment is behind the word."""
        return self.rest.strip().startswith("#") or not self.rest.strip()


class _State(msgspec.Struct):
    """What is open, while the tokens before the cursor are read."""

    where: Where = "key"
    keys: list[str] = msgspec.field(default_factory=list)
    frames: list[tuple[str, list[str], Where]] = msgspec.field(default_factory=list)
    pending: str | None = None  # a key that is read, while no dot or ``=`` has come
    is_full: bool = False  # a value, or a header, is read: what comes next is a comma or a line

    def reset(self) -> None:
        self.where, self.pending, self.is_full = "key", None, False
        self.keys.clear()
        self.frames.clear()


def cursor_at(text: str, offset: int) -> Cursor | None:
    """Return what is being written at *offset*; None in comments and texts of several lines."""
    first = max(0, offset - _MOST)
    line_start = text.rfind("\n", 0, offset) + 1
    table: tuple[str, ...] = ()
    start = first
    for match in _HEADER.finditer(text, first, line_start):
        start, table = match.end(), _keys_of(match.group())
    state = _State()
    token: re.Match[str] | None = None
    position = start
    while position < offset:
        token = _TOKEN.match(text, position)
        if token is None or token.end() > offset:
            break
        if token.end() == offset and token.lastgroup in ("bare", "string", "comment", "long"):
            break
        _read(state, token, text)
        position, token = token.end(), None
    return _cursor(text, offset, table, state, token)


def _cursor(
    text: str, offset: int, table: tuple[str, ...], state: _State, token: re.Match[str] | None
) -> Cursor | None:
    kind = token.lastgroup if token is not None else None
    quote, start = "", offset
    if token is not None and kind in ("comment", "long"):
        return None
    if state.is_full or state.pending is not None:
        return None  # behind a value or a key: what comes next is no word
    if token is not None and kind == "string":
        is_whole = len(token.group()) > 1 and token.group().endswith(token.group()[0])
        if is_whole and token.end() == offset:
            return None  # behind a string: what comes next is no word
        quote, start = token.group()[0], token.start() + 1
    elif token is not None and kind == "bare":
        start = token.start()
    end_of_line = _end_of_line(text, offset)
    end = offset + len(_WORD.match(text, offset, end_of_line).group())  # type: ignore[union-attr]
    if quote and token is not None and token.end() > offset and token.group().endswith(quote):
        closing = token.end() - 1
        # A quote behind a comma or a bracket begins another string, unless the value ends there.
        separates = re.search(r"[,\]}=#]", text[offset:closing])
        if not separates or _ENDS_A_VALUE.match(text, closing + 1):
            end = closing
    is_closed = bool(quote) and text[end : end + 1] == quote
    in_array = bool(state.frames) and state.frames[-1][0] == "["
    path = tuple(state.keys) if state.where == "header" else (*table, *_path(state))
    return Cursor(
        where=state.where,
        path=path,
        span=Span(start, end),
        word=text[start:offset],
        quote=quote,
        is_closed=is_closed,
        in_array=in_array,
        in_braces=any(frame[0] == "{" for frame in state.frames),
        rest=text[end + is_closed : end_of_line],
        is_before_item=in_array and _NEXT_ITEM.match(text, end + is_closed) is not None,
    )


def _path(state: _State) -> list[str]:
    outer = [key for _, keys, _ in state.frames for key in keys]
    return outer + state.keys


def _read(state: _State, token: re.Match[str], text: str) -> None:
    kind, written = token.lastgroup, token.group()
    if kind == "newline":
        is_array = bool(state.frames) and all(frame[0] == "[" for frame in state.frames)
        if not is_array or _NEXT_KEY.match(text, token.end()):
            state.reset()
    elif kind in ("bare", "string", "long"):
        if state.where == "value":
            state.is_full = True
        elif kind != "long":
            state.pending = written.strip("\"'") if kind == "string" else written
    elif kind == "mark":
        _read_mark(state, written)


def _read_mark(state: _State, mark: str) -> None:
    if mark in ".=" and state.where != "value" and state.pending is not None:
        state.keys.append(state.pending)
        state.pending = None
        if mark == "=" and state.where == "key":
            state.where = "value"
    elif mark == "]" and state.where == "header":
        state.is_full = True
    elif mark == "[" and state.where == "key" and not state.keys and not state.frames:
        state.where = "header"
    elif mark in "[{" and state.where == "value":
        state.frames.append((mark, list(state.keys), "value"))
        state.keys.clear()
        state.where = "value" if mark == "[" else "key"
        state.pending = None
    elif mark in "]}" and state.frames:
        _, keys, state.where = state.frames.pop()
        state.keys[:] = keys
        state.pending, state.is_full = None, True
    elif mark == ",":
        state.is_full = False
        if state.frames and state.frames[-1][0] == "{":
            state.keys.clear()
            state.where, state.pending = "key", None


def _keys_of(header: str) -> tuple[str, ...]:
    """Return the keys of a header's line, whichever brackets are missing."""
    inner = header.strip().strip("[").partition("]")[0]
    names: list[str] = []
    table = parse_toml(f"{inner} = 0\n").root
    while len(table.entries) == 1:
        (name,) = table.entries
        names.append(name)
        below = table.table(name)
        if below is None:
            break
        table = below
    return tuple(names)


def _end_of_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" and end > offset else end
