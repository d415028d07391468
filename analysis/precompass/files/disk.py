"""The gate to the disk: what is at a path, and what a regular file or a folder holds.

Every look at a path goes through these functions. A place that may not be entered, or that has
a name which the system refuses, is not there: Julia's ``isfile`` and ``isdir`` are false for it,
too (``base/stat.jl``). The log of this module names such places. Only regular files are opened,
without waiting for a pipe, and never more of one is read than the caller asks for.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import stat
import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeAlias

from precompass.files.reach import Reach

AnyPath: TypeAlias = str | os.PathLike[str]

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CHUNK = 2**20  # bytes read at a time

logger = logging.getLogger(__name__)


_reach = Reach()


class OutOfReachError(OSError):
    """A path leads to a place that the user did not ask for, from a folder that is a stranger's."""

    def __init__(self, path: AnyPath) -> None:
        super().__init__(errno.EACCES, "it is out of the trusted places", os.fspath(path))


class NotRegularError(OSError):
    """What is at a path is a folder, a pipe, a socket or a device: nothing to be read."""

    def __init__(self, path: AnyPath) -> None:
        super().__init__(errno.EINVAL, "it is not a regular file", os.fspath(path))


class Entry(NamedTuple):
    """One name in a folder.

    Attributes:
        name: its name.
        path: the folder's path with it.
        is_folder: whether it is a folder, or a link that leads to one.
        is_link: whether it is a symbolic link.
    """

    name: str
    path: str
    is_folder: bool
    is_link: bool


def confine(reach: Reach) -> None:
    """Choose what this process may look at from now on."""
    global _reach
    _reach = reach
    _read_link.cache_clear()


def is_confined() -> bool:
    """Tell whether only some places may be looked at: the folder is a stranger's."""
    return not _reach.is_trusted


def is_allowed(path: AnyPath, *, follow_last: bool = True) -> bool:
    """Tell whether a path may be looked at: what is out of reach is said to be nowhere.

    Links on the way are followed one by one, and none of them out of reach; a link at the path
    itself unless *follow_last* is false.
    """
    if _reach.follows_every_link:
        return True
    return _reach.allows(path) and _reach.leads_within(path, _read_link, follow_last=follow_last)


@lru_cache(maxsize=10_000)
def _read_link(path: str) -> str | None:
    """Return what the link at a path names; None where no link is, or it cannot be read."""
    try:
        return os.readlink(path)  # noqa: PTH115 - a text, as the system has it
    except (OSError, ValueError):
        return None


def status(path: AnyPath) -> os.stat_result | None:
    """Return the status of what a path leads to; None where that is nothing or closed to us."""
    try:
        return examine(path)
    except OSError:
        return None


def examine(path: AnyPath) -> os.stat_result | None:
    """Return the status of what a path leads to; None where nothing is, or nobody may look.

    Raises:
        OutOfReachError: if a link on the way leads to where nobody may look.
        OSError: if something may be there that is closed to us, or no file can have the name;
            :func:`status` then returns None.
    """
    if not _reach.follows_every_link:
        if not _reach.allows(path):
            return None
        if not is_allowed(path):
            error = OutOfReachError(path)
            _tell(path, error)
            raise error
    try:
        return os.stat(path)  # noqa: PTH116 - no Path objects for thousands of files
    except ValueError as error:
        _tell(path, error)
        raise OSError(errno.EINVAL, str(error), os.fspath(path)) from error
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        _tell(path, error)
        raise


def reason(error: OSError) -> str:
    """Return why something cannot be read, in the system's words."""
    return error.strerror or str(error)


def link_status(path: AnyPath) -> os.stat_result | None:
    """Return the status of what is at a path itself, be it a link; None where nothing is."""
    if not is_allowed(path, follow_last=False):
        return None
    try:
        return os.lstat(path)
    except (OSError, ValueError) as error:
        _tell(path, error)
        return None


def is_file(path: AnyPath) -> bool:
    """Tell whether a path leads to a regular file."""
    found = status(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: AnyPath) -> bool:
    """Tell whether a path leads to a folder."""
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def is_there(path: AnyPath) -> bool:
    """Tell whether a path leads to anything at all, pipes and devices included."""
    return status(path) is not None


def is_same(one: AnyPath, other: AnyPath) -> bool:
    """Tell whether two paths lead to one and the same file or folder."""
    left, right = status(one), status(other)
    return left is not None and right is not None and os.path.samestat(left, right)


def real_path(path: AnyPath) -> str:
    """Return a path without symbolic links, as far as they can be followed."""
    if not is_allowed(path):
        return os.fspath(path)
    try:
        return os.path.realpath(path)
    except (OSError, ValueError) as error:
        _tell(path, error)
        return os.fspath(path)


def names(folder: AnyPath, most: int | None = None) -> Sequence[str]:
    """Return the names in a folder, at most so many, unsorted; none where it cannot be read."""
    try:
        return list_names(folder, most)
    except OSError:
        return ()


def list_names(folder: AnyPath, most: int | None = None) -> Sequence[str]:
    """Return the names in a folder, at most so many, unsorted.

    Raises:
        OSError: if it cannot be read; :func:`names` then returns none.
    """
    try:
        _refuse_out_of_reach(folder)
        with os.scandir(folder) as found:
            return [entry.name for entry in islice(found, most)]
    except ValueError as error:
        _tell(folder, error)
        raise OSError(errno.EINVAL, str(error), os.fspath(folder)) from error
    except OSError as error:
        _tell(folder, error)
        raise


def entries(folder: AnyPath, most: int | None = None) -> Sequence[Entry]:
    """Return what is in a folder, at most so many, by name; nothing where it cannot be read."""
    try:
        return list_folder(folder, most)
    except OSError:
        return ()


def list_folder(folder: AnyPath, most: int | None = None) -> Sequence[Entry]:
    """Return what is in a folder, at most so many, by name.

    Raises:
        OSError: if it cannot be read; :func:`entries` then returns nothing.
    """
    try:
        _refuse_out_of_reach(folder)
        with os.scandir(folder) as found:
            return sorted(map(_entry, islice(found, most)), key=lambda entry: entry.name)
    except ValueError as error:
        _tell(folder, error)
        raise OSError(errno.EINVAL, str(error), os.fspath(folder)) from error
    except OSError as error:
        _tell(folder, error)
        raise


def open_file(path: AnyPath) -> io.FileIO:
    """Open a regular file to read its bytes, unbuffered.

    Raises:
        NotRegularError: if a folder, a pipe, a socket or a device is there.
        OutOfReachError: if the path, or a link in it, leads to where nobody may look.
        OSError: if the file cannot be opened, also for a name that no file can have.
    """
    _refuse_out_of_reach(path)
    try:
        handle = os.open(path, _OPEN_FLAGS)
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error), os.fspath(path)) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotRegularError(path)
        _refuse_exchanged(path, handle)
        return io.FileIO(handle, "rb", closefd=True)
    except BaseException:
        os.close(handle)
        raise


def read_file(path: AnyPath, most: int) -> bytes:
    """Return the content of a regular file, but no more than *most* bytes of it.

    The size that the system states is not believed: some files of ``/proc`` state none.

    Raises:
        OSError: as :func:`open_file`, or if reading fails.
    """
    with open_file(path) as file:
        parts: list[bytes] = []
        left = most
        while left > 0 and (part := file.read(min(left, _CHUNK))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


def _refuse_out_of_reach(path: AnyPath) -> None:
    """Refuse to open what the user did not ask for, though links may lead there."""
    if not is_allowed(path):
        raise OutOfReachError(path)


def _refuse_exchanged(path: AnyPath, handle: int) -> None:
    """Refuse a file that is out of reach though its path was not, a moment ago.

    Whose folder it is can exchange a file for a link at any time.
    """
    if _reach.follows_every_link:
        return
    place = _place_of(handle)
    if place is not None and not _reach.allows(place):
        raise OutOfReachError(path)


def _place_of(handle: int) -> str | None:
    """Return the path of an open file, without links; None where the system does not say."""
    try:
        if sys.platform == "linux":
            return os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115 - a text
        if sys.platform == "darwin":
            import fcntl  # not on Windows

            return os.fsdecode(fcntl.fcntl(handle, fcntl.F_GETPATH, bytes(1_024)).rstrip(b"\0"))
    except (OSError, ValueError):
        pass
    return None


def _entry(found: os.DirEntry[str]) -> Entry:
    try:
        is_link = found.is_symlink()
        leads_to_folder = found.is_dir() if not is_link else is_folder(found.path)
    except OSError as error:  # a link that leads in circles, or into a closed place
        _tell(found.path, error)
        return Entry(found.name, found.path, is_folder=False, is_link=True)
    return Entry(found.name, found.path, leads_to_folder, is_link)


def _tell(path: AnyPath, error: OSError | ValueError) -> None:
    if not isinstance(error, OSError) or error.errno not in _ABSENT:
        _log(os.fspath(path), getattr(error, "strerror", None) or str(error))


@lru_cache(maxsize=1_000)
def _log(path: str, reason: str) -> None:
    """Log a place once: it is asked for again at every answer."""
    logger.info("%s cannot be entered or read: %s", ascii(path)[1:-1], reason)
