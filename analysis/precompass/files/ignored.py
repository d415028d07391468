"""Which files git ignores: what ``.gitignore`` and its like say, read within bounds.

Source: gitignore(5). Patterns are pathspec's, matched by RE2: Python's own expressions, and with
them other readers of ignore files, take exponential time for a line such as ``*a*a*a*a*b``, and
the lines are those of whoever wrote the repository. RE2 takes bounded memory for one set of
expressions, so many or long patterns are several sets.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import re2
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from precompass.files import disk

MAX_BYTES = 2**18
"""Bytes of one file of patterns that are read."""
_MAX_PATH = 4_096  # characters; Linux allows as many bytes
_MAX_PATTERN = _MAX_PATH
MAX_PATTERNS = 2_000
"""Patterns of one file that count; the largest of well-known projects has some 400."""
_MAX_CHARACTERS = 2**16
"""Of all patterns of one file: the slowest take a second for 16,000."""
_UNUSABLE = (ValueError, re.error, re2.error, RecursionError)


class Patterns:
    """Patterns as git applies them: the last one that matches a path decides."""

    def __init__(self, sets: Iterable[GitIgnoreSpec]) -> None:
        self._sets = tuple(sets)

    def __bool__(self) -> bool:
        return bool(self._sets)

    def ignores(self, name: str) -> bool | None:
        """Tell what the patterns say of a path; None where they say nothing.

        Args:
            name: the path, with ``/`` between its parts, and behind those of a folder.
        """
        found = (one.check_file(name).include for one in reversed(self._sets))
        return next((one for one in found if one is not None), None)


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
        self._of_folders: dict[tuple[str, ...], Patterns] = {}

    def is_ignored(self, name: str) -> bool:
        """Tell whether git ignores a file; a file in a folder that is ignored always is.

        Args:
            name: the path from the root, with ``/`` between its parts.
        """
        if len(name) > _MAX_PATH:
            return False  # nothing can have such a name, and each of its parts would be looked at
        parts = tuple(name.split("/"))
        found = ((depth, self._patterns_in(parts[:depth])) for depth in range(len(parts)))
        by_depth = [(depth, patterns) for depth, patterns in found if patterns]
        return any(self._excludes(parts, length, by_depth) for length in range(1, len(parts) + 1))

    def _excludes(
        self, parts: tuple[str, ...], length: int, by_depth: Sequence[tuple[int, Patterns]]
    ) -> bool:
        """Tell what the nearest file of patterns says that says something of a part of a path."""
        ending = "/" if length < len(parts) else ""
        for depth, patterns in reversed(by_depth):
            if depth < length:
                found = patterns.ignores("/".join(parts[depth:length]) + ending)
                if found is not None:
                    return found
        name = "/".join(parts[:length]) + ending
        found_everywhere = (patterns.ignores(name) for patterns in self._everywhere)
        return next((found for found in found_everywhere if found is not None), False)

    def _patterns_in(self, folder: tuple[str, ...]) -> Patterns:
        if folder not in self._of_folders:
            file = self._root.joinpath(*folder, ".gitignore")
            self._of_folders[folder] = read_patterns(file)
        return self._of_folders[folder]


def read_patterns(file: Path) -> Patterns:
    """Return the patterns of a file; none where it cannot be read."""
    try:
        data = disk.read_file(file, MAX_BYTES)
    except OSError:
        data = b""
    return patterns_of(data.decode("utf-8", "replace").splitlines())


def patterns_of(lines: Iterable[str]) -> Patterns:
    """Return the patterns of some lines; a line that git or RE2 cannot use has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python's own expressions, which match nothing here
        usable = [pattern for line in _bounded(lines) for pattern in _usable(line)]
        return Patterns(_sets(usable))


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    left = _MAX_CHARACTERS
    for line in islice((one for one in lines if len(one) <= _MAX_PATTERN), MAX_PATTERNS):
        left -= len(line)
        if left < 0:
            return
        yield line


def _usable(line: str) -> Sequence[GitIgnoreSpecPattern]:
    try:
        found = GitIgnoreSpec.from_lines([line], backend="re2").patterns
    except _UNUSABLE:
        return ()
    return [pattern for pattern in found if pattern.include is not None]


def _sets(patterns: Sequence[GitIgnoreSpecPattern]) -> Iterator[GitIgnoreSpec]:
    """Yield patterns, in their order, in as few sets as RE2 has memory for."""
    if not patterns:
        return
    try:
        yield GitIgnoreSpec(patterns, backend="re2")
    except _UNUSABLE:
        middle = len(patterns) // 2
        if middle:
            yield from _sets(patterns[:middle])
            yield from _sets(patterns[middle:])
