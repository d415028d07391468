"""Whose a file or a folder is: the user's own, the system's, or a stranger's."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from precompass.files import disk

_ANYBODY = stat.S_IWOTH | stat.S_ISVTX


def is_own(path: Path) -> bool:
    """Tell whether something belongs to the user, or to the system; on Windows always.

    A folder in which anybody may make files, as ``/tmp``, belongs to nobody.
    """
    status = disk.status(path)
    if sys.platform == "win32" or status is None:
        return True
    user = os.geteuid()
    own = {0, user}
    if user == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        own.add(int(os.environ["SUDO_UID"]))
    is_anybodys = stat.S_ISDIR(status.st_mode) and (
        status.st_mode & _ANYBODY == _ANYBODY
        or (bool(status.st_mode & stat.S_IWOTH) and status.st_uid != user)
    )
    return status.st_uid in own and not is_anybodys


def is_of_one_owner(one: Path, other: Path) -> bool:
    """Tell whether two files or folders belong to the same user; on Windows always."""
    left, right = disk.link_status(one), disk.status(other)
    return left is not None and right is not None and left.st_uid == right.st_uid


def is_kept_safely(folder: Path) -> bool:
    """Tell whether nobody but the user, and the system, can have put what is in a folder of ours.

    What anybody may write there could be an answer that somebody else chose. A folder that is not
    there yet is as its parent is. The user's group may write: many systems give each user a group.
    """
    return all(is_own(place) and not _is_for_everybody(place) for place in (folder, folder.parent))


def _is_for_everybody(folder: Path) -> bool:
    status = disk.status(folder)
    return sys.platform != "win32" and status is not None and bool(status.st_mode & stat.S_IWOTH)
