"""Calls of other packages' functions that Julia may infer while a package compiles.

To infer a call of a ``@generated`` function, Julia runs what makes its code
(``get_staged`` in ``src/method.c``), and that may read preferences. A call is inferred where
it runs, where a ``precompile`` asks for it, and where a function is inferred that contains it: so
each mention of a function counts, whether the code around it runs or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from precompass.source.effects import EffectReader, OutsideCall, Part
from precompass.source.modules import BASE, Condition, JuliaModule, Member, candidates, resolve
from precompass.source.name_search import word_of
from precompass.source.syntax import JuliaSource, Site


def inferred_calls(reader: EffectReader) -> Iterator[OutsideCall]:
    """Yield, once for each function of another package, that a call of it may be inferred."""
    functions = [name for name in reader.foreign if not name.startswith("@")]
    if not functions:
        return
    modules = reader.code.modules()
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for site, names in _distinct(reader, functions):
        reader.code.evaluation.steps += len(modules)
        if reader.code.evaluation.exhausted:  # which is reported
            return
        for packages, path, exported in _meant(names, modules):
            if (packages, path) in seen:
                continue
            seen.add((packages, path))
            condition = Condition(site, 0, 0, f"{path[-1]} is inferred", unfollowed=True)
            yield OutsideCall(
                packages, path, Part.INFERRED, None, (), site, (condition,), exported=exported
            )


def _distinct(reader: EffectReader, functions: list[str]) -> Iterator[tuple[Site, tuple[str, ...]]]:
    """Yield the names that lead to one of some functions, each with its first mention."""
    seen: set[tuple[str, ...]] = set()
    for source in reader.code.sources.values():
        for start, names in _mentions(source, functions):
            if names not in seen:
                seen.add(names)
                yield Site(source.path, source.data.count(b"\n", 0, start), 0), names


def _mentions(source: JuliaSource, functions: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield where code names one of some functions, and the names that lead to it."""
    words = [re.escape(word) for word in map(word_of, functions) if word in source.data]
    if not words:
        return
    pattern = re.compile(
        rb"(?<![\w.@\x80-\xff])((?:[A-Za-z_\x80-\xff][\w\x80-\xff]*\.)*(?:"
        + b"|".join(words)
        + rb")!?)(?![\w\x80-\xff])"
    )
    for match in pattern.finditer(source.data):
        if source.text_around(match.start(1), match.start(1) + 1) is None:
            yield match.start(1), tuple(match[1].decode("utf-8", "replace").split("."))


def _meant(
    names: tuple[str, ...], modules: list[JuliaModule]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """Yield the packages, and the path in them, that a name means in some module.

    With each comes whether only what the packages export can be meant.
    """
    for module in modules:
        meaning = resolve(module, names)
        if isinstance(meaning, Member):
            if meaning.package != BASE and meaning.path:
                yield (meaning.package,), meaning.path, False
        elif meaning is None and len(names) == 1:
            packages = candidates(module)
            if packages:
                yield packages, names, True
