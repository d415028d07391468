"""Generated TOML documents, with the layout that people's editors leave behind.

They are made of statements that TOML's grammar allows, so each is valid by itself; whether
the whole is valid depends on what is defined twice, which is left to chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

KEYS = ("a", "b", "c-1", "CSV", '"a b"', '"é"', "'😀'", '"\\u0062"', "0x1", "true")

SCALARS = (
    "true",
    "false",
    "0",
    "-17",
    "+1_000",
    "0xff",
    "0o17",
    "0b1",
    "9223372036854775807",
    "170141183460469231731687303715884105728",
    "1.0",
    "-0.0",
    "6.02e23",
    "1e1",
    "inf",
    "-nan",
    '""',
    '"text"',
    "'C:\\new'",
    '"é😀 \\t \\"q\\" \\u00e9 # no comment"',
    "'''one\nb = 1\n[c]\n'''",
    '"""\nb = 1\n# no comment\n[c]\\\n   "" x"""',
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "1979-05-27 00:32:00.999-07:00",
    "07:32:00",
)

COMMENTS = ("# note", "#", "# b = 1", "# [c] é😀", '#"')

spaces = st.sampled_from(("", " ", "  ", "\t"))
keys = st.sampled_from(KEYS)
comments = st.sampled_from(COMMENTS)
tails = st.one_of(
    st.just(""), st.builds("{}{}".format, spaces, comments), st.sampled_from((" ", "\t"))
)
"""What may stand behind a statement on its line."""


@st.composite
def key_paths(draw: st.DrawFn, parts: int = 3) -> str:
    """A key, dotted or not."""
    names = draw(st.lists(keys, min_size=1, max_size=parts))
    return draw(st.sampled_from((".", " . ", " ."))).join(names)


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """An array on one line or on several, with comments and a last comma or without."""
    on_several_lines = draw(st.booleans())
    items = draw(st.lists(inner, max_size=3))
    if on_several_lines:
        lines = [f"{draw(spaces)}{item},{draw(tails)}\n" for item in items]
        if draw(st.booleans()) and lines:
            lines[-1] = lines[-1].replace(items[-1] + ",", items[-1], 1)
        return "[" + draw(tails) + "\n" + "".join(lines) + "]"
    return "[" + draw(spaces) + ", ".join(items) + draw(spaces) + "]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """An inline table, which stands on one line."""
    pairs = draw(st.lists(st.builds("{} = {}".format, key_paths(2), inner), max_size=3))
    space = draw(spaces)
    return "{" + space + ", ".join(pairs) + space + "}"


values: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.one_of(arrays(inner), inline_tables(inner)),
    max_leaves=5,
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A statement with the end of its line: a pair, a header, a comment, nothing."""
    kind = draw(st.sampled_from(("pair", "pair", "pair", "header", "header", "comment", "blank")))
    indent = draw(spaces)
    if kind == "pair":
        line = f"{draw(key_paths(2))}{draw(spaces)}={draw(spaces)}{draw(values)}"
    elif kind == "header":
        brackets = draw(st.sampled_from((("[", "]"), ("[ ", " ]"), ("[[", "]]"))))
        line = draw(key_paths(3)).join(brackets)
    else:
        line = draw(comments) if kind == "comment" else ""
        return f"{indent}{line}\n"
    return f"{indent}{line}{draw(tails)}\n"


newlines = st.sampled_from(("\n", "\n", "\n", "\r\n"))

statement_lists: st.SearchStrategy[list[str]] = st.lists(statements(), max_size=8)


def written(parts: Sequence[str], newline: str, *, ends: bool = True) -> str:
    """Put statements together, with one kind of line ending."""
    text = "".join(parts)
    if not ends:
        text = text.removesuffix("\n")
    return text.replace("\n", newline)


documents: st.SearchStrategy[str] = st.builds(
    lambda parts, newline, ends: written(parts, newline, ends=ends),
    statement_lists,
    newlines,
    st.booleans(),
)


def comparable(value: object) -> object:
    """Return a value in a form whose ``==`` tells kinds of numbers apart, and knows NaN."""
    if isinstance(value, Mapping):
        return {key: comparable(below) for key, below in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [comparable(item) for item in value]
    if isinstance(value, bool):
        return value, "boolean"
    if isinstance(value, int):
        return int(value), "integer"
    if isinstance(value, float):
        return ("nan" if math.isnan(value) else str(value)), "float"
    return value, type(value).__name__
