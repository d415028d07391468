"""The functions and macros of other packages that a package offers as its own.

With ``@reexport using X`` (Reexport.jl), ``using X: @m`` and ``export @m``, or a loop over
``names(X)``, a package hands on what X defines; and what it merely imports can be called through
it (``Y.@m``, Julia manual, "Modules"). Who calls it need not list X, nor know of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from precompass.source.modules import (
    JuliaModule,
    Member,
    candidates,
    exports,
    resolve,
)
from precompass.source.preference_reads import PassedOn
from precompass.source.syntax import name_of

_LIST = rb"([\w!.\x80-\xff]+(?:[ \t]*,\s*[\w!.\x80-\xff]+)*)[ \t]*(?=[;#\r\n)]|\Z|\bend\b)"
_USING = re.compile(rb"\busing[ \t]+" + _LIST)
_ANY_IMPORT = re.compile(
    rb"\b(?:using|import)[ \t]+([\w!.\x80-\xff]+(?:[ \t]*,\s*[\w!.\x80-\xff]+)*)"
)
_NAMES_OF = re.compile(rb"\bnames\([ \t]*([\w.\x80-\xff]+)")


def passed_on_whole(texts: Iterable[bytes]) -> Iterator[PassedOn]:
    """Yield the packages of which all exports are offered, by the text of a package's files.

    Args:
        texts: the files. What a comment says counts as code.
    """
    for data in texts:
        if b"eexport" in data:
            for found in _ANY_IMPORT.finditer(data):
                yield from (PassedOn(None, name, (), exported=True) for name in _packages(found[1]))
        if b"names(" in data and b"export" in data:
            for found in _NAMES_OF.finditer(data):
                yield from (PassedOn(None, name, (), exported=True) for name in _packages(found[1]))
        for found in _USING.finditer(data):
            yield from (PassedOn(None, name, (), exported=False) for name in _packages(found[1]))


def passed_on_names(root: JuliaModule, names: Iterable[str]) -> Iterator[PassedOn]:
    """Yield what a package's module offers of other packages under a name of its own.

    Args:
        root: the package's module.
        names: the names of functions and macros of other packages that matter. Another name for
            one of them counts, too.
    """
    wanted = frozenset(names)
    aliases = (
        name
        for name, values in root.values.items()
        if any(name_of(value.code) is not None for value in values)
    )
    for name in dict.fromkeys((*sorted(wanted), *root.imports, *aliases)):
        meaning = resolve(root, (name,))
        if isinstance(meaning, Member):
            if meaning.path and meaning.path[-1] in wanted:
                exported = exports(root, name)
                yield PassedOn(name, meaning.package, meaning.path, exported=exported)
        elif meaning is None and name in wanted:
            for package in candidates(root):
                yield PassedOn(name, package, (name,), exported=exports(root, name))


def _packages(text: bytes) -> Iterator[str]:
    """Yield the names of packages in the text of an import; what begins with a dot is none."""
    for part in text.split(b","):
        name = part.strip().split(b".")[0]
        if name:
            yield name.decode("utf-8", "replace")
