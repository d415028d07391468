"""The names in the code that a package's macros make.

A name in ``esc(…)`` means what it means where the macro is used: a macro may so call a function
that the package has that uses it (Julia manual, "Metaprogramming", "Hygiene").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from precompass.source.package_code import TRANSPARENT_MACROS
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.syntax import Code, MacroCall, Name, Quote, parse_julia

_LIMITS = Limits(files=1_000, total_bytes=16_000_000)
_USE = re.compile(rb"@(?:\w+\.)*([\w\x80-\xff]+!?)")
_DEFINITION = re.compile(rb"\bmacro\s+([\w\x80-\xff]+!?)")


def macros_used(folder: Path, entry: Path) -> frozenset[bytes]:
    """Return the macros of other packages, without ``@``, that a package's source may use.

    Only its text is looked at: what a comment mentions counts as used.
    """
    texts = _texts(folder, entry).values()
    own = {name for data in texts for name in _DEFINITION.findall(data)}
    own.update(name.removeprefix("@").encode() for name in TRANSPARENT_MACROS)
    return frozenset(name for data in texts for name in _USE.findall(data)) - own


def names_in_macros(
    folder: Path, entry: Path, wanted: frozenset[str], macros: frozenset[bytes]
) -> frozenset[str]:
    """Return which of some names a package quotes, if it defines a macro that matters.

    Args:
        folder: of the package.
        entry: the file with its module; what is beside and below it is its source.
        wanted: the names; those of macros without their ``@``.
        macros: the names of the macros that matter, as :func:`macros_used` returns them.
    """
    texts = _texts(folder, entry)
    defined = (name for data in texts.values() for name in _DEFINITION.findall(data))
    if macros.isdisjoint(defined) or not any(b"esc" in data for data in texts.values()):
        return frozenset()
    words = [name.encode() for name in wanted]
    return frozenset(
        name
        for path, data in texts.items()
        if any(word in data for word in words)
        for statement in parse_julia(path, data).statements
        for quoted in statement.search(Quote)
        for name in _names(quoted)
        if name in wanted
    )


def _texts(folder: Path, entry: Path) -> dict[Path, bytes]:
    files = PackageFiles(folder, _LIMITS)
    below = files.julia_files(entry.parent) if entry.parent != folder else [entry]
    return {path: data for path in below if (data := files.read(path)) is not None}


def _names(quoted: Quote) -> Iterator[str]:
    if quoted.symbol is not None:
        yield quoted.symbol.removeprefix("@")
    code: Code
    for code in quoted.search(Name):
        yield code.names[0]
    for code in quoted.search(MacroCall):
        if code.names is not None:
            yield code.names[0].removeprefix("@")
