"""Conflicts that a merge left in a text, between the marks that git and others write."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from precompass.documents.text import Span

_MARK = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?:[ \t](.*))?\r?$", re.MULTILINE)


class Conflict(msgspec.Struct, frozen=True):
    """A conflict.

    Attributes:
        span: all of it, both marks included.
        mark: the first line, which begins with ``<<<<<<<``.
        ours, theirs: the names that the marks give the two sides; they may be empty.
    """

    span: Span
    mark: Span
    ours: str
    theirs: str


@lru_cache(maxsize=4)
def conflicts_in(text: str) -> tuple[Conflict, ...]:
    """Return the conflicts of a text; what has not all of its marks is none."""
    return tuple(_conflicts(text)) if "<<<<<<<" in text else ()


@lru_cache(maxsize=4)
def stray_marks(text: str) -> tuple[Span, ...]:
    """Return the marks that belong to no whole conflict: the rest of one that was half resolved."""
    marks = (Span(one.start(), one.end()) for one in _MARK.finditer(text))
    conflicts = conflicts_in(text)
    return tuple(mark for mark in marks if not is_inside(conflicts, mark.start))


def is_inside(conflicts: Sequence[Conflict], offset: int) -> bool:
    """Tell whether a place is in one of the conflicts of a text, which are in its order."""
    before = bisect_right(conflicts, offset, key=lambda conflict: conflict.span.start)
    return before > 0 and offset in conflicts[before - 1].span


def _conflicts(text: str) -> Iterator[Conflict]:
    opened: re.Match[str] | None = None
    is_divided = False
    for mark in _MARK.finditer(text):
        sign = mark[1][0]
        if sign == "<":
            opened, is_divided = mark, False
        elif sign == "=":
            is_divided = opened is not None
        elif sign == ">" and opened is not None and is_divided:
            name, other = (opened[2] or "").strip(), (mark[2] or "").strip()
            line = Span(opened.start(), opened.start() + len(opened[0].rstrip("\r")))
            yield Conflict(Span(opened.start(), mark.end()), line, name, other)
            opened, is_divided = None, False
