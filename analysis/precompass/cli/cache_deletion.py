"""Deleting compile caches: these files alone, and no link on the way followed.

A cache is deleted only where Julia would look for it, ``compiled/vX.Y/Name/`` of a depot, and only
if it is still the file that was shown. Where the system can, each folder is opened from the one
above it, so that nobody can put a link in its place in between. A file is first renamed, then
looked at again, and put back if it is another one: what Julia writes meanwhile is not lost.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

import msgspec

from precompass.depot.cache_checksums import NATIVE_ENDINGS
from precompass.depot.caches import CacheFile

_NAME = re.compile(r"[A-Za-z0-9]{5}_[A-Za-z0-9]{5}(?:_[0-9]+)?\.ji", re.ASCII)
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)
_NEEDED = {os.open, os.unlink, os.stat, os.rename, os.link}
_BY_HANDLE = os.supports_dir_fd >= _NEEDED and hasattr(os, "O_NOFOLLOW")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class RefusedError(Exception):
    """Why a file is not deleted: a sentence without its full stop."""


class CachePlace(msgspec.Struct, frozen=True):
    """Where a cache file is.

    Attributes:
        depot: the depot.
        version: the folder of its Julia, ``v1.12``.
        package: the folder of its package.
        name: of the file.
    """

    depot: str
    version: str
    package: str
    name: str


def place_of(cache: CacheFile, depots: tuple[str, ...]) -> CachePlace:
    """Return where a cache is in one of the depots.

    Raises:
        RefusedError: if it is in none of them, or not where Julia keeps the caches of packages.
    """
    for depot in sorted(depots, key=len, reverse=True):
        prefix = f"{depot}/compiled/"
        if not cache.path.startswith(prefix):
            continue
        parts = cache.path[len(prefix) :].split("/")
        if len(parts) != 3 or not _VERSION.fullmatch(parts[0]) or not _NAME.fullmatch(parts[2]):
            continue
        if parts[1] not in ("", ".", "..") and PurePath(parts[1]).name == parts[1]:
            return CachePlace(depot, *parts)
    raise RefusedError(f"{cache.path} is not named like a compile cache in a depot")


def delete_cache(cache: CacheFile, place: CachePlace) -> tuple[str, ...]:
    """Delete a cache file, then its native library; return the paths that are gone.

    Args:
        cache: the file, in the state in which it was looked at.
        place: where it is.

    Raises:
        RefusedError: if a link or another file is there, or it is not in that state any more;
            if only a part could be deleted, with its name.
        OSError: if the system does not let it be deleted.
    """
    with _folder(place) as folder:
        files = {place.name: _check_same(cache, place.name, folder)}
        stem = place.name.removesuffix(".ji")
        for ending in NATIVE_ENDINGS:
            status = _regular(stem + ending, folder)
            if status is not None:
                files[stem + ending] = status
        deleted: list[str] = []
        for name, status in files.items():
            try:
                _delete(name, status, folder)
            except (RefusedError, OSError) as error:
                if not deleted:
                    raise
                why = error.strerror if isinstance(error, OSError) else error
                raise RefusedError(f"{cache.path} is deleted, but {name} is not: {why}") from error
            deleted.append(name)
    parent = cache.path.rpartition("/")[0]
    return tuple(f"{parent}/{name}" for name in deleted)


def _delete(name: str, seen: os.stat_result, folder: _ByHandle | _ByPath) -> None:
    """Delete a file that is still the one that was seen; put back any other."""
    away = f".{name}.{secrets.token_hex(8)}"
    folder.rename(name, away)
    if _identity(folder.status(away)) == _identity(seen):
        try:
            folder.unlink(away)
        except OSError:
            folder.put_back(away, name)
            raise
        return
    try:
        folder.put_back(away, name)
    except OSError as error:
        raise RefusedError(f"{name} has changed; what was there is now called {away}") from error
    raise RefusedError(f"{name} has changed since it was checked")


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mode, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class _ByHandle:
    """A folder that was opened step by step; what is done in it is done by its handle."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def status(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self._handle, follow_symlinks=False)

    def unlink(self, name: str) -> None:
        os.unlink(name, dir_fd=self._handle)

    def rename(self, name: str, new: str) -> None:
        os.rename(name, new, src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def put_back(self, away: str, name: str) -> None:
        """Give a file its name again, unless another one has it by now."""
        os.link(away, name, src_dir_fd=self._handle, dst_dir_fd=self._handle, follow_symlinks=False)
        self.unlink(away)


class _ByPath:
    """A folder on a system without handles; that no link leads to it was looked at before."""

    def __init__(self, path: str) -> None:
        self._path = path

    def status(self, name: str) -> os.stat_result:
        return os.lstat(os.path.join(self._path, name))  # noqa: PTH118

    def unlink(self, name: str) -> None:
        os.unlink(os.path.join(self._path, name))  # noqa: PTH108, PTH118

    def rename(self, name: str, new: str) -> None:
        os.rename(os.path.join(self._path, name), os.path.join(self._path, new))  # noqa: PTH104, PTH118

    def put_back(self, away: str, name: str) -> None:
        os.link(os.path.join(self._path, away), os.path.join(self._path, name))  # noqa: PTH118
        self.unlink(away)


@contextmanager
def _folder(place: CachePlace) -> Iterator[_ByHandle | _ByPath]:
    below = ("compiled", place.version, place.package)
    if not _BY_HANDLE:
        path = place.depot
        for step in ("", *below):
            path = os.path.join(path, step) if step else path  # noqa: PTH118
            _refuse_link(path, os.lstat(path))
        yield _ByPath(path)
        return
    handles: list[int] = []
    try:
        path = place.depot
        for step in ("", *below):
            path = f"{path}/{step}" if step else path
            try:
                if step:
                    handles.append(os.open(step, _FOLDER, dir_fd=handles[-1]))
                else:
                    handles.append(os.open(path, _FOLDER))
            except OSError as error:
                if os.path.islink(path):  # noqa: PTH114
                    raise RefusedError(_link(path)) from error
                raise
        yield _ByHandle(handles[-1])
    finally:
        for handle in reversed(handles):
            os.close(handle)


def _refuse_link(path: str, status: os.stat_result) -> None:
    is_junction = bool(getattr(status, "st_reparse_tag", 0))
    if not stat.S_ISDIR(status.st_mode) or is_junction:
        raise RefusedError(_link(path))


def _link(path: str) -> str:
    return f"{path} is a link, and links are not followed; name the real depot by --depot"


def _check_same(cache: CacheFile, name: str, folder: _ByHandle | _ByPath) -> os.stat_result:
    status = folder.status(name)
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError(f"{cache.path} is not a regular file")
    if (status.st_size, status.st_mtime_ns) != (cache.size, cache.mtime_ns):
        raise RefusedError(f"{cache.path} has changed since it was checked")
    return status


def _regular(name: str, folder: _ByHandle | _ByPath) -> os.stat_result | None:
    try:
        status = folder.status(name)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError(f"{name} beside the cache is not a regular file")
    return status
