"""The packages that ``config/startup.jl`` loads, read without running it.

What counts is what is imported at top level, in ``try``, ``if`` or ``@async``, and in a function
handed to ``atreplinit``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from precompass.files import disk
from precompass.source.syntax import (
    Call,
    Code,
    Function,
    FunctionKind,
    ImportStatement,
    Module,
    Quote,
    parse_julia,
)

_MOST_BYTES = 2**20
_CALLS = {"atreplinit", "schedule", "Task", "pushfirst!", "push!"}
"""Functions that are handed a function which runs when the session starts."""
_DEEPEST = 40  # levels of nesting


class StartupImport(msgspec.Struct, frozen=True):
    """A package that the file loads, and the line, from 0."""

    name: str
    line: int


def startup_imports(path: Path) -> tuple[StartupImport, ...]:
    """Return the packages that a startup file loads, in the order of its text."""
    try:
        data = disk.read_file(path, _MOST_BYTES)
    except OSError:
        return ()
    found: dict[str, StartupImport] = {}
    for statement in parse_julia(path, data).statements:
        for imported in _imports(statement, 0):
            for item in imported.items:
                if item.path.dots == 0 and item.path.names:
                    name = item.path.names[0]
                    found.setdefault(name, StartupImport(name, imported.line))
    return tuple(found.values())


def _imports(code: Code, depth: int) -> Iterator[ImportStatement]:
    if isinstance(code, ImportStatement):
        yield code
        return
    if depth > _DEEPEST or isinstance(code, Quote | Module):
        return
    if isinstance(code, Function) and code.kind not in (FunctionKind.ARROW, FunctionKind.DO):
        return
    if isinstance(code, Call) and not _runs_its_functions(code):
        return
    below = code.statements if isinstance(code, Function) else code.children
    for child in below:
        yield from _imports(child, depth + 1)


def _runs_its_functions(call: Call) -> bool:
    names = call.names
    return names is not None and names[-1] in _CALLS
