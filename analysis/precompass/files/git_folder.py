"""What a git repository that is a stranger's may not hold: ways to places elsewhere.

Git refuses to read a repository that belongs to another user (``safe.directory``). Precompass reads
one if none of its files leads out of it, as a plain clone has it (gitrepository-layout(5)).
"""

from __future__ import annotations

import stat
from pathlib import Path

from precompass.files import disk

_MOST_ENTRIES = 200_000
"""Files and folders that are looked at; git packs loose objects from some 7,000 on."""
_MOST_BYTES = 2**20
_ELSEWHERE = ("commondir", "objects/info/alternates", "objects/info/http-alternates")
_FILES = ("HEAD", "config", "config.worktree", "packed-refs", "shallow")
_FOLDERS = ("objects", "refs", "reftable")


def names_places_elsewhere(git: Path) -> bool:
    """Tell whether a ``.git`` could lead to files outside of it, or to what is no file.

    That is a file in its place (of a worktree or a submodule), objects of another repository,
    settings that include others, links, pipes and devices.
    """
    if not _is_plain_folder(git) or any(disk.is_there(git / name) for name in _ELSEWHERE):
        return True
    if not all(map(_is_plain_file_or_nothing, (git / name for name in _FILES))):
        return True
    return _includes_others(git / "config") or _holds_odd_entries(git)


def _is_plain_folder(path: Path) -> bool:
    status = disk.link_status(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def _is_plain_file_or_nothing(path: Path) -> bool:
    status = disk.link_status(path)
    return status is None or stat.S_ISREG(status.st_mode)


def _includes_others(config: Path) -> bool:
    try:
        data = disk.read_file(config, _MOST_BYTES)
    except OSError:
        return disk.is_there(config)
    return b"[include" in data.lower().replace(b" ", b"") or len(data) == _MOST_BYTES


def _holds_odd_entries(git: Path) -> bool:
    pending = [git / name for name in _FOLDERS if disk.link_status(git / name) is not None]
    left = _MOST_ENTRIES
    while pending:
        folder = pending.pop()
        if not _is_plain_folder(folder):
            return True
        found = disk.entries(folder, left + 1)
        left -= len(found)
        if left < 0:
            return True
        for entry in found:
            if entry.is_folder and not entry.is_link:
                pending.append(Path(entry.path))
            elif not _is_plain_file_or_nothing(Path(entry.path)):
                return True
    return False
