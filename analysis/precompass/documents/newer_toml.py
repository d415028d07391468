r"""What TOML 1.1 allows and TOML 1.0 does not, and the same text as TOML 1.0 would have it.

These are: newlines, comments and a trailing comma in inline tables; the escapes ``\e`` and
``\xHH``; times without seconds. The grammar that tables are read with is that of TOML 1.0, so
such places are covered by text of the same length. So is a backslash in front of several blank
characters at the end of a line, which TOML 1.0 allows and the grammar does not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_TOKEN = (  # compiled when it is first needed, which is seldom
    rb'''(?P<string>"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|"(?:[^"\\\n]|\\.)*")|'''
    rb"""(?P<literal>'''.*?(?:'{3,5}|\Z)|'[^'\n]*')|"""
    rb"""(?P<comment>\#[^\n]*)|(?P<newline>\r?\n)|(?P<bracket>[\[\]{}])|"""
    rb"""(?P<comma>,(?=(?:[ \t\r\n]|\#[^\n]*)*\}))|"""
    rb"""(?P<time>(?<![\w:.+-])(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d(?![:\d])"""
    rb"""(?:[Zz]|[+-]\d\d:\d\d)?)"""
)
_ESCAPE = rb"\\(?P<name>x[0-9A-Fa-f]{2}|e|[ \t]*\r?\n\s*|.)"


class NewerPlace(msgspec.Struct, frozen=True):
    """A place that only TOML 1.1 allows: offsets in bytes, and what is there."""

    start: int
    end: int
    what: str


def as_older(data: bytes) -> tuple[bytes, Sequence[NewerPlace]]:
    """Return a text as TOML 1.0 of the same length, and the places that are covered.

    The result has the syntax only; values are to be read from the text itself.
    """
    parts: list[bytes] = []
    places: list[NewerPlace] = []
    open_brackets: list[bytes] = []
    position = 0
    for token in re.finditer(_TOKEN, data, re.DOTALL):
        text, kind = token.group(), token.lastgroup
        in_table = bool(open_brackets) and open_brackets[-1] == b"{"
        cover: bytes | None = None
        what = ""
        if kind == "string":
            cover, what = _without_new_escapes(text)
        elif kind == "time":
            cover, what = b"1" * len(text), "a time without seconds"
        elif kind == "bracket":
            if text in b"[{":
                open_brackets.append(text)
            elif open_brackets:
                open_brackets.pop()
        elif in_table and kind == "comma":
            cover, what = b" ", "a comma behind the last key of an inline table"
        elif in_table and kind == "comment":
            cover, what = b" " * len(text), "a comment in an inline table"
        elif in_table and kind == "newline":
            cover, what = b" " * len(text), "an inline table of several lines"
        if what:
            places.append(NewerPlace(token.start(), token.end(), what))
        if cover is not None and cover != text:
            parts += (data[position : token.start()], cover)
            position = token.end()
    parts.append(data[position:])
    return b"".join(parts), places


def _without_new_escapes(text: bytes) -> tuple[bytes, str]:
    found = ""

    def replaced(escape: re.Match[bytes]) -> bytes:
        nonlocal found
        name = escape["name"]
        if name == b"e":
            found = "the escape \\e"
            return b"\\t"
        if name.startswith(b"x") and len(name) == 3:
            found = "an escape \\xHH"
            return b"xxxx"
        if name.strip() == b"":
            return b" " + name
        return escape.group()

    return re.sub(_ESCAPE, replaced, text, flags=re.DOTALL), found
