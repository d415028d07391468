"""Methods that a package gives to functions of others, for types that its code uses.

Julia itself calls them: ``sort`` calls ``isless``, ``Set`` calls ``hash``, ``collect`` calls
``length``. So where code of the top level gets to a value of a type, any method for the type may
run, though nothing names it. Here the code is followed by the words in it: from the top level to
the functions that it names, and to the types that these name, with all that those are made of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from precompass.source.effects import EffectReader
from precompass.source.modules import BASE, Definition
from precompass.source.syntax import (
    Code,
    ExportStatement,
    Function,
    ImportStatement,
    MacroCall,
    Struct,
)

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*!?")
_TYPE = re.compile(
    rb"^[ \t]*(?:@[\w.]+[ \t]+)*(?:(?:mutable[ \t]+)?struct|(?:abstract|primitive)[ \t]+type)"
    rb"[ \t]+([A-Za-z_\x80-\xff][\w\x80-\xff]*)([^\n]*)",
    re.MULTILINE,
)
_ENDS = re.compile(rb"\bend\b")
_ONLY_DEFINE = (ExportStatement, ImportStatement, Function, Struct)
_SHOW = frozenset({"print", "show", "summary"})
"""Functions that only making a text of a value calls."""
_INTERPOLATION = b"$"
_MAKE_TEXT = frozenset(
    {b"debug", b"display", b"error", b"info", b"join", b"logmsg", b"print", b"println", b"printf"}
    | {b"printstyled", b"repr", b"show", b"sprint", b"sprintf", b"string", b"summary", b"warn"}
    | {b"write", b"Symbol", b"Text", _INTERPOLATION}
)
_LONGEST_TYPE = 2_000
"""Bytes behind the name of a type that are taken for its fields and constructors."""


def methods_of_used_types(
    reader: EffectReader,
    methods: Collection[Definition],
    workloads: Collection[str],
    *,
    uses_others: bool,
) -> set[Definition]:
    """Return which methods belong to types that code of the top level may have values of.

    Args:
        reader: has read the package.
        methods: those in question; a method for no type of the package is among them wherever
            the package that calls it may run.
        workloads: the macros whose code does not count: it runs only where the workload does.
        uses_others: whether code of the top level uses functions or macros of other packages.
    """
    if not methods:
        return set()
    types = _types(reader)
    statements = (
        one.code
        for one in reader.code.statements
        if not isinstance(one.code, _ONLY_DEFINE) and not _is_workload(one.code, workloads)
    )
    words = _words_reached(reader, statements, types)
    found: set[Definition] = set()
    for method in methods:
        if method.name in _SHOW and words.isdisjoint(_MAKE_TEXT):
            continue
        head = _WORD.findall(_head(method.code))
        own = [word for word in head if word in types]
        is_julias = method.package in {None, BASE}
        if any(word in words for word in own) or (not own and (is_julias or uses_others)):
            found.add(method)
    return found


def _types(reader: EffectReader) -> dict[bytes, set[bytes]]:
    """Return the types that the package defines, each with the words in what it is made of."""
    found: dict[bytes, set[bytes]] = {}
    for source in reader.code.sources.values():
        for match in _TYPE.finditer(source.data):
            body = source.data[match.start(2) : match.end(2) + _LONGEST_TYPE]
            end = body.find(b"\nend")
            if _ENDS.search(match[2]) or match[0].lstrip().startswith(b"abstract"):
                end = len(match[2])
            words = _WORD.findall(body if end < 0 else body[:end])
            found.setdefault(match[1], set()).update(words)
    return found


def _words_reached(
    reader: EffectReader, start: Iterable[Code], types: dict[bytes, set[bytes]]
) -> set[bytes]:
    """Return the words of some code, and of the functions and types that it leads to."""
    bodies: dict[bytes, list[Code]] = {}
    for definition in reader.code.definitions:
        name = definition.name.removeprefix("@").encode("utf-8", "replace")
        bodies.setdefault(name, []).extend(definition.body)
    found: set[bytes] = set()
    pending = [word for code in start for word in _words(code)]
    while pending:
        word = pending.pop()
        if word in found:
            continue
        found.add(word)
        pending.extend(types.get(word, ()))
        for code in bodies.pop(word, ()):
            pending.extend(_words(code))
    return found


def _words(code: Code) -> set[bytes]:
    """Return the words of some code, and a sign if it may interpolate."""
    data = code.data
    return {*_WORD.findall(data), *([_INTERPOLATION] if _INTERPOLATION in data else ())}


def _head(code: Code) -> bytes:
    return code.head.data if isinstance(code, Function) else code.data


def _is_workload(code: Code, workloads: Collection[str]) -> bool:
    return isinstance(code, MacroCall) and code.names is not None and code.names[-1] in workloads
