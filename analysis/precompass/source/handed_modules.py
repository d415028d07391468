"""The functions that a package's code hands one of its own modules to, by the text of its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeAlias

_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*!?"
_MODULE = re.compile(rb"module[ \t]+([A-Za-z_\x80-\xff][\w\x80-\xff]*)")
_NAMED_MODULE = re.compile(rb"([A-Za-z_]\w*)[ \t]*=[ \t]*\(?@__MODULE__")
_CALLED = re.compile(rb"(" + _NAME + rb")\.?\Z")
_PIPED = re.compile(rb"[ \t)]*\.?\|>[ \t]*(?:[\w\x80-\xff]+\.)*(" + _NAME + rb")")
_BEHIND = rb"(?=[ \t]*(?:[,);|]|\r?\n))"
_IS_BEHIND = re.compile(_BEHIND)
_ARGUMENT = re.compile(
    rb"(?<![\w\x80-\xff])@?[A-Za-z_\x80-\xff][\w\x80-\xff]*(?![\w\x80-\xff])" + _BEHIND
)
"""A whole name among arguments: no part of one is tried."""
_PARENTHESIS = re.compile(rb"[()]")
_MOST_SEARCHED = 20  # modules that are searched for one by one: faster, while they are few
_BEFORE = 300  # bytes before the mention of a module in which the call is looked for
_Search: TypeAlias = Callable[[bytes], Iterable[tuple[int, int]]]


def handed_modules(texts: Iterable[bytes]) -> frozenset[str]:
    """Return the functions that calls hand a module to: ``f(@__MODULE__)``, ``f(Foo)``.

    Args:
        texts: the files of a package. What a comment says counts as code.
    """
    files = tuple(texts)
    modules = {b"@__MODULE__"}
    for data in files:
        modules.update(_MODULE.findall(data))
        if b"@__MODULE__" in data:
            modules.update(_NAMED_MODULE.findall(data))
    find = _few(modules) if len(modules) <= _MOST_SEARCHED else _many(modules)
    return frozenset(
        name.decode("utf-8", "replace")
        for data in files
        for start, end in find(data)
        if not _is_no_argument(data, start)
        for name in _calls_around(data, start, end)
    )


def _few(modules: Collection[bytes]) -> _Search:
    """Return what finds modules among arguments, by a search for each name."""
    return lambda data: (
        (start, start + len(module))
        for module in modules
        for start in _places(data, module)
        if _IS_BEHIND.match(data, start + len(module))
    )


def _places(data: bytes, word: bytes) -> Iterator[int]:
    """Yield where a word begins, as a part of others too."""
    start = data.find(word)
    while start >= 0:
        yield start
        start = data.find(word, start + len(word))


def _many(modules: Collection[bytes]) -> _Search:
    """Return the same by looking at each name once."""
    return lambda data: (one.span() for one in _ARGUMENT.finditer(data) if one[0] in modules)


def _is_no_argument(data: bytes, start: int) -> bool:
    """Tell whether a name is a part of another one, or that of a module that begins there."""
    before = data[start - 1 : start]
    if data.endswith(b"module ", 0, start):
        return True
    return before.isalnum() or before >= b"\x80" or before in {b"_", b".", b"@"}


def _calls_around(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the names of the calls that have a place of a text among their arguments."""
    piped = _PIPED.match(data, end)
    if piped is not None:
        yield piped[1]
    depth = 0
    first = max(0, start - _BEFORE)
    for place in reversed([one.start() for one in _PARENTHESIS.finditer(data, first, start)]):
        if data[place] == 0x29:  # )
            depth += 1
        elif depth:
            depth -= 1
        else:
            called = _CALLED.search(data, max(first, place - 80), place)
            if called is not None:
                yield called[1]
