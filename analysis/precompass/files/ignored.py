"""Which files git ignores: what ``.gitignore`` and its like say, read within bounds.

Source: gitignore(5). Patterns are matched by RE2: Python's own expressions, and with them other
readers of ignore files, take exponential time for a line such as ``*a*a*a*a*b``, and the lines are
those of whoever wrote the repository. RE2 takes bounded memory for one set of
expressions, so many or long patterns are several sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import re2

from precompass.files import disk
from precompass.files.git_patterns import GitPattern, git_pattern

MAX_BYTES = 2**18
"""Bytes of one file of patterns that are read."""
_MAX_PATH = 4_096  # characters; Linux allows as many bytes
_MAX_PATTERN = _MAX_PATH
MAX_PATTERNS = 2_000
"""Patterns of one file that count; the largest of well-known projects has some 400."""
_MAX_CHARACTERS = 2**16
"""Of all patterns of one file: the slowest take a second for 16,000."""
_MARK = b"\xef\xbb\xbf"


def as_bytes(name: str) -> bytes:
    """Return the bytes of a name, or of a pattern: UTF-8, and what was no UTF-8 as it was."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, which no file's name has
        return name.encode("utf-8", "surrogatepass")


class Patterns:
    """Patterns as git applies them: the last one that matches a path decides."""

    def __init__(self, sets: Iterable[_Set]) -> None:
        self._sets = tuple(sets)
        self._ignores = [ignores for one in self._sets for ignores in one.all_ignores]

    def __bool__(self) -> bool:
        return bool(self._sets)

    def ignores_below(self, name: str) -> bool | None:
        """Tell what the patterns say of a file or, where nothing, of the folders that it is in.

        The nearest folder counts: so a pattern can take in a file of a folder that is left out,
        which git would not look into.
        """
        found = self.ignores(name)
        while found is None and "/" in name.rstrip("/"):
            name = name.rstrip("/").rpartition("/")[0] + "/"
            found = self.ignores(name)
        return found

    def _matching(self, name: str) -> Iterator[int]:
        """Yield the numbers of the patterns that match a path."""
        data, first = as_bytes(name), 0
        for one in self._sets:
            yield from (first + number for number in one.matching(data))
            first += len(one.all_ignores)

    def ignores(self, name: str) -> bool | None:
        """Tell what the patterns say of a path; None where they say nothing.

        Args:
            name: the path, with ``/`` between its parts, and behind those of a folder.
        """
        return next((self._ignores[one] for one in sorted(self._matching(name))[::-1]), None)


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
    lines = data.removeprefix(_MARK).split(b"\n")
    return patterns_of(line.removesuffix(b"\r") for line in lines)


def patterns_of(lines: Iterable[bytes]) -> Patterns:
    """Return the patterns of some lines; a line that git or RE2 cannot use has none."""
    return Patterns(_sets([one for line in _bounded(lines) if (one := git_pattern(line))]))


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    left = _MAX_CHARACTERS
    for line in islice((one for one in lines if len(one) <= _MAX_PATTERN), MAX_PATTERNS):
        left -= len(line)
        if left < 0:
            return
        yield line


def _sets(patterns: Sequence[GitPattern]) -> Iterator[_Set]:
    """Yield patterns, in their order, in as few sets as RE2 has memory for."""
    if not patterns:
        return
    try:
        yield _Set(patterns)
    except re2.error:
        middle = len(patterns) // 2
        if middle:
            yield from _sets(patterns[:middle])
            yield from _sets(patterns[middle:])


class _Set:
    """Patterns that are matched at once.

    Attributes:
        all_ignores: whether what each matches is ignored.

    Args:
        patterns: in their order.

    Raises:
        re2.error: if RE2 has too little memory for them.
    """

    def __init__(self, patterns: Sequence[GitPattern]) -> None:
        self.all_ignores = [pattern.ignores for pattern in patterns]
        self._set = re2.Set.FullMatchSet(_OPTIONS)
        for pattern in patterns:
            self._set.Add(pattern.expression)
        self._set.Compile()

    def matching(self, name: bytes) -> Sequence[int]:
        """Return the numbers of the patterns that match a path."""
        return self._set.Match(name) or ()


def _options() -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # a byte is a character
    options.dot_nl = True
    options.log_errors = False
    return options


_OPTIONS = _options()
