"""Which of Julia's files are in the folders that an editor has open, however large these are.

An editor can have a home folder open, or the root of a file system. Nobody waits for a walk
through a whole disk, and what it found would hardly be one project.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from enum import Enum
from itertools import islice
from pathlib import Path

import msgspec

from precompass.files.folders import files_below
from precompass.user_cache import home_folder

MOST_FOLDERS = 20_000
"""That are looked into; Julia's own checkout has under 2,000."""
MOST_FILES = 20_000
"""Of Julia's that are taken."""
MOST_SECONDS = 10.0
"""For all folders: a disk may be at the other end of a network."""
DEEPEST_IN_WIDE = 2
"""How far below a folder that holds more than projects it is looked."""
_OF_THE_SYSTEM = frozenset(map(Path, ("/dev", "/proc", "/run", "/sys")))
"""Folders that hold the system's state, and no projects; Windows has none."""


class Wide(Enum):
    """Why a folder holds more than somebody's project."""

    ROOT = "the root of a file system"
    HOME = "the home folder"
    ABOVE_HOME = "above the home folder"


class WorkspaceFiles(msgspec.Struct, frozen=True):
    """What was found, and what was not looked for.

    Attributes:
        files: the files, those farthest up first.
        wide: the folders that were looked into only a little, and why.
        stopped_at: the folder at which looking ended; None where it looked everywhere.
    """

    files: tuple[Path, ...]
    wide: tuple[tuple[Path, Wide], ...] = ()
    stopped_at: Path | None = None


def wide(folder: Path, home: Path) -> Wide | None:
    """Tell why a folder holds more than somebody's project; None where it does not."""
    if folder.parent == folder:
        return Wide.ROOT
    if folder == home:
        return Wide.HOME
    return Wide.ABOVE_HOME if folder in home.parents else None


def workspace_files(
    folders: Iterable[Path],
    *,
    most: int = MOST_FOLDERS,
    clock: Callable[[], float] = time.monotonic,
) -> WorkspaceFiles:
    """Return Julia's files in workspace folders.

    Args:
        folders: the folders.
        most: how many folders are looked into.
        clock: what tells the time, in seconds.
    """
    home = home_folder()
    kinds = [(folder, wide(folder, home)) for folder in folders]
    walk = _Walk(frozenset(folder for folder, _ in kinds), most, clock)
    found: dict[Path, None] = {}
    for is_wide, deepest in ((False, None), (True, DEEPEST_IN_WIDE)):
        chosen = [folder for folder, kind in kinds if (kind is not None) == is_wide]
        files = files_below(chosen, deepest=deepest, may_look=walk.may_look)
        found.update(dict.fromkeys(islice(files, MOST_FILES - len(found))))
        if len(found) >= MOST_FILES and walk.stopped_at is None:
            walk.stopped_at = walk.at
    reasons = tuple((folder, kind) for folder, kind in kinds if kind is not None)
    return WorkspaceFiles(tuple(found), reasons, walk.stopped_at)


class _Walk:
    """How far looking into folders has come.

    Args:
        first: the folders with which it begins; each is looked into, wherever it is.
        most: how many folders are looked into.
        clock: what tells the time.
    """

    def __init__(self, first: frozenset[Path], most: int, clock: Callable[[], float]) -> None:
        self.at: Path | None = None
        self._first = first
        self.stopped_at: Path | None = None
        self._left = most
        self._clock = clock
        self._end = clock() + MOST_SECONDS

    def may_look(self, folder: Path) -> bool:
        """Tell whether to look into one more folder."""
        if folder in _OF_THE_SYSTEM and folder not in self._first:
            return False
        self.at = folder
        self._left -= 1
        if self._left < 0 or self._clock() > self._end:
            self.stopped_at = self.stopped_at or folder
            return False
        return True
