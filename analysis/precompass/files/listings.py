"""What is in folders, remembered for as long as nothing comes, goes or gets another name in them.

A folder has a time that says when that was last so. The time is coarse, up to two seconds on some
file systems: of a folder that has just changed, nothing is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import msgspec

from precompass.files import disk
from precompass.memo import Memo

MOST_FOLDERS = 200
"""Folders that are listed in one; a repository of many packages has about a hundred."""

MOST_NAMES = 200
"""Names in a folder that are listed to look for some; beyond, each is looked for by itself."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a folder has another time if something changes in it."""

_ROOM = 2_500_000  # a thousand folders

_State: TypeAlias = tuple[int, int, int, int]


class Listing(msgspec.Struct, frozen=True):
    """What was in a folder.

    Attributes:
        state: of the folder, which tells one content from another.
        toml_names: see :func:`toml_names`.
    """

    state: _State
    toml_names: frozenset[str] | None


class Listings:
    """Lists folders, and remembers what was in them.

    Args:
        clock: tells the time, in nanoseconds since 1970.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._names: Memo[Path, Listing] = Memo(_ROOM)
        self._folders: Memo[Path, tuple[_State, tuple[Path, ...]]] = Memo(_ROOM)

    def listing(self, folder: Path) -> Listing | None:
        """Return what is in a folder; None if there is none, or it has just changed."""
        state = self._state(folder)
        if state is None:
            return None
        kept = self._names.get(folder)
        if kept is None or kept.state != state:
            kept = Listing(state, toml_names(folder))
            self._names.put(folder, kept, sum(map(len, kept.toml_names or ())))
        return kept

    def folders_in(self, folder: Path) -> tuple[Path, ...]:
        """Return the folders right in a folder, as :func:`folders_in` does."""
        state = self._state(folder)
        kept = self._folders.get(folder) if state is not None else None
        if kept is not None and kept[0] == state:
            return kept[1]
        try:
            found = folders_in(folder)
        except OSError:
            return ()
        if state is not None:
            self._folders.put(folder, (state, found), sum(len(str(path)) for path in found))
        return found

    def _state(self, folder: Path) -> _State | None:
        """Return what tells whether anything has changed in a folder; None if nothing does."""
        found = disk.status(folder)
        if found is None or self._clock() - max(found.st_mtime_ns, found.st_ctime_ns) < SETTLED:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def toml_names(folder: Path) -> frozenset[str] | None:
    """Return the names in a folder that end in ``.toml``, in lower case.

    None if they are not known: the folder cannot be listed, or has more than :data:`MOST_NAMES`.
    """
    try:
        found = disk.list_names(folder, MOST_NAMES + 1)
    except OSError:
        return None
    if len(found) > MOST_NAMES:
        return None
    return frozenset(name.lower() for name in found if name.lower().endswith(".toml"))


def folders_in(folder: Path) -> tuple[Path, ...]:
    """Return the folders right in a folder, by name, at most :data:`MOST_FOLDERS`.

    Hidden ones are left out, and those that a symlink leads to.

    Raises:
        OSError: if the folder cannot be listed now.
    """
    found = (
        folder / entry.name
        for entry in disk.list_folder(folder)
        if not entry.name.startswith(".") and entry.is_folder and not entry.is_link
    )
    return tuple(islice(found, MOST_FOLDERS))
