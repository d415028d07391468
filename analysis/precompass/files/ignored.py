"""Which files git ignores: what ``.gitignore`` and its like say, read within bounds.

Source: gitignore(5). Patterns are pathspec's, matched by RE2: Python's own expressions, and with
them other readers of ignore files, take exponential time for a line such as ``*a*a*a*a*b``, and
the lines are those of whoever wrote the repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pathspec import GitIgnoreSpec

from precompass.files import disk

MAX_BYTES = 2**18
"""Bytes of one file of patterns that are read."""
_MAX_PATTERN = 4_096  # characters, as of a path
MAX_PATTERNS = 2_000
"""Patterns of one file that count; the largest of well-known projects has some 400."""


class IgnoredFiles:
    """What git ignores below the root of a repository.

    Args:
        root: the folder that ``.git`` is in.
        excludes: the file that git's setting ``core.excludesFile`` names, if it names one.
    """

    def __init__(self, root: Path, excludes: Path | None = None) -> None:
        self._root = root
        everywhere = (root / ".git" / "info" / "exclude", excludes)
        self._everywhere = [read_patterns(file) for file in everywhere if file is not None]
        self._of_folders: dict[tuple[str, ...], GitIgnoreSpec] = {}

    def is_ignored(self, name: str) -> bool:
        """Tell whether git ignores a file; a file in a folder that is ignored always is.

        Args:
            name: the path from the root, with ``/`` between its parts.
        """
        parts = tuple(name.split("/"))
        return any(self._excludes(parts[:length], parts) for length in range(1, len(parts) + 1))

    def _excludes(self, part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
        """Tell what the nearest file of patterns says that says something of a path."""
        ending = "/" if len(part) < len(whole) else ""
        for depth in range(len(part) - 1, -1, -1):
            found = self._patterns_in(part[:depth]).check_file("/".join(part[depth:]) + ending)
            if found.include is not None:
                return found.include
        name = "/".join(part) + ending
        found_everywhere = (patterns.check_file(name).include for patterns in self._everywhere)
        return next((found for found in found_everywhere if found is not None), False)

    def _patterns_in(self, folder: tuple[str, ...]) -> GitIgnoreSpec:
        if folder not in self._of_folders:
            file = self._root.joinpath(*folder, ".gitignore")
            self._of_folders[folder] = read_patterns(file)
        return self._of_folders[folder]


def read_patterns(file: Path) -> GitIgnoreSpec:
    """Return the patterns of a file; none where it cannot be read."""
    try:
        data = disk.read_file(file, MAX_BYTES)
    except OSError:
        data = b""
    return patterns_of(data.decode("utf-8", "replace").splitlines())


def patterns_of(lines: list[str]) -> GitIgnoreSpec:
    """Return the patterns of some lines; a line that git cannot use has none."""
    return GitIgnoreSpec.from_lines(_usable(lines), backend="re2")


def _usable(lines: list[str]) -> Iterator[str]:
    for line in islice((one for one in lines if len(one) <= _MAX_PATTERN), MAX_PATTERNS):
        try:
            GitIgnoreSpec.from_lines([line], backend="re2")
        except (ValueError, re.error, RecursionError):
            continue
        yield line
