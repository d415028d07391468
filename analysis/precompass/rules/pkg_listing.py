"""Which packages Pkg takes for listed when it reads a project file."""

from __future__ import annotations

from collections.abc import Sequence

from precompass.file_context import FileContext
from precompass.julia.behaviour import Julia


def sections_read(julia: Julia) -> tuple[str, ...]:
    """Return the sections that Pkg reads; ``[weakdeps]`` is one of them since Julia 1.9."""
    return ("deps", "weakdeps", "extras") if julia.has_extensions else ("deps", "extras")


def names_in(context: FileContext, sections: Sequence[str]) -> frozenset[str]:
    """Return the names in some sections, also those whose UUID is not valid."""
    tables = [context.document.root.table(section) for section in sections]
    return frozenset(name for table in tables if table is not None for name in table.entries)


def any_of(sections: Sequence[str]) -> str:
    """Say the sections of a choice: ``[deps], [weakdeps] or [extras]``."""
    *others, last = (f"[{section}]" for section in sections)
    return f"{', '.join(others)} or {last}" if others else last
