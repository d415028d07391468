"""Which files are left out, and what counts for some folders alone, by patterns of ``.gitignore``.

Left out by default are copies and products: what Documenter copies into ``docs/src/assets`` and
builds in ``docs/build``, and ``node_modules``. A pattern that begins with ``!`` takes files in
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from precompass.findings import Severity
from precompass.settings.settings import Settings

if TYPE_CHECKING:
    from precompass.files.ignored import Patterns

_LEFT_OUT: tuple[tuple[str, ...], ...] = (
    ("docs", "src", "assets"),
    ("docs", "build"),
    ("node_modules",),
)


def is_left_out(settings: Settings, path: Path) -> bool:
    """Tell whether a file is not checked."""
    patterns = settings.exclude or ()
    if patterns:
        found = _patterns(tuple(patterns)).ignores_below(_name(path, settings.patterns_from))
        if found is not None:
            return found
    return any(_has(path.parent.parts, folders) for folders in _LEFT_OUT)


def severities_for(settings: Settings, path: Path) -> Mapping[str, Severity | None]:
    """Return the severities that count for a file: those of the paths override the others."""
    if not settings.paths:
        return settings.severities
    found = dict(settings.severities)
    name = _name(path, settings.patterns_from)
    for pattern, severities in settings.paths.items():
        if _patterns((pattern,)).ignores_below(name):
            found |= severities
    return found


def _has(parts: Sequence[str], folders: tuple[str, ...]) -> bool:
    length = len(folders)
    return any(
        tuple(parts[start : start + length]) == folders for start in range(len(parts) - length + 1)
    )


def _name(path: Path, folder: Path | None) -> str:
    """Return a path as patterns see it: from the folder that they start from."""
    if folder is not None and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.relative_to(path.anchor).as_posix()


@lru_cache(maxsize=64)
def _patterns(patterns: tuple[str, ...]) -> Patterns:
    from precompass.files.ignored import as_bytes, patterns_of  # most users have no patterns

    return patterns_of(map(as_bytes, patterns))
