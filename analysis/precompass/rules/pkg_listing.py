"""Which packages Pkg takes for listed when it reads a project file."""

from __future__ import annotations

from collections.abc import Sequence

from precompass.file_context import FileContext
from precompass.julia.behaviour import Julia
from precompass.julia.julia_range import minors_allowed
from precompass.julia.project import LISTING_SECTIONS, ProjectFile
from precompass.julia.versions import VersionNumber


def sections_read(julia: Julia) -> tuple[str, ...]:
    """Return the sections that Pkg reads; ``[weakdeps]`` is one of them since Julia 1.9."""
    return LISTING_SECTIONS if julia.has_extensions else ("deps", "extras")


def names_in(context: FileContext, sections: Sequence[str]) -> frozenset[str]:
    """Return the names in some sections, also those whose UUID is not valid."""
    tables = [context.document.root.table(section) for section in sections]
    return frozenset(name for table in tables if table is not None for name in table.entries)


def any_of(sections: Sequence[str]) -> str:
    """Say the sections of a choice: ``[deps], [weakdeps] or [extras]``."""
    *others, last = (f"[{section}]" for section in sections)
    return f"{', '.join(others)} or {last}" if others else last


def before_weakdeps(project: ProjectFile, julia: Julia) -> str:
    """Name the Julias before 1.9 that a project allows: ``1.6 to 1.8``; empty if it allows none.

    Their Pkg ignores ``[weakdeps]``. Where Julia itself is as old, nothing is named: then all that
    is said of the file holds for it anyway.
    """
    minors = minors_allowed(project) if julia.has_extensions else ()
    old = [minor for minor in minors if not Julia(VersionNumber((1, minor, 0))).has_extensions]
    if not old:
        return ""
    return f"1.{old[0]}" if len(old) == 1 else f"1.{old[0]} to 1.{old[-1]}"


def only_weak(project: ProjectFile, names: Sequence[str]) -> list[str]:
    """Return the names that only ``[weakdeps]`` lists."""
    weak = project.weakdeps
    return [one for one in names if one in weak and one not in {**project.deps, **project.extras}]
