"""The functions that a package's code hands one of its own modules to, by the text of its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*!?"
_MODULE = re.compile(rb"module[ \t]+([A-Za-z_\x80-\xff][\w\x80-\xff]*)")
_NAMED_MODULE = re.compile(rb"([A-Za-z_]\w*)[ \t]*=[ \t]*\(?@__MODULE__")
_CALLED = re.compile(rb"(" + _NAME + rb")\.?\Z")
_PIPED = re.compile(rb"[ \t)]*\.?\|>[ \t]*(?:[\w\x80-\xff]+\.)*(" + _NAME + rb")")
_BEFORE = 300  # bytes before the mention of a module in which the call is looked for


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
    return frozenset(
        name.decode("utf-8", "replace")
        for data in files
        for module in modules
        for match in _mention(module).finditer(data)
        if not _is_part_of_name(data, match.start())
        for name in _calls_around(data, match.start(), match.end())
    )


def _mention(module: bytes) -> re.Pattern[bytes]:
    """Return what finds a module among arguments; it begins with its name, so as to be fast."""
    return re.compile(re.escape(module) + rb"(?=[ \t]*(?:[,);|]|\r?\n))")


def _is_part_of_name(data: bytes, start: int) -> bool:
    before = data[start - 1 : start]
    return before.isalnum() or before >= b"\x80" or before in {b"_", b".", b"@"}


def _calls_around(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the names of the calls that have a place of a text among their arguments."""
    piped = _PIPED.match(data, end)
    if piped is not None:
        yield piped[1]
    depth = 0
    first = max(0, start - _BEFORE)
    for place in range(start - 1, first - 1, -1):
        match data[place]:
            case 0x29:  # )
                depth += 1
            case 0x28 if depth:  # (
                depth -= 1
            case 0x28:
                called = _CALLED.search(data, max(first, place - 80), place)
                if called is not None:
                    yield called[1]
