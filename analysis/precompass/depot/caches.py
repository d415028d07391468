"""The compile caches of a package, in the order in which Julia tries them.

Source: ``base/loading.jl``, ``find_all_in_cache_path`` (Julia 1.6 to 1.14-dev). The second half
of a file name is not looked at, as Julia does not: a cache that was written for another
project, or with other preferences, is used if it fits.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from precompass.depot.cache_header import CacheHeader, UnreadableCache, read_cache_header
from precompass.files import disk
from precompass.julia.slugs import cache_directory, cache_entry

_MAX_ENTRIES = 10_000  # of one folder; Julia keeps at most ten caches there, and files beside them
_PKGIMAGES = 1  # the bit in the flags of a cache made with package images on


@dataclass(frozen=True, slots=True)
class CacheFile:
    """A cache file in a certain state; another state of the file is another value."""

    path: str
    size: int
    mtime_ns: int


def find_cache_files(
    name: str, uuid: UUID | None, depots: Sequence[str], minor: tuple[int, int]
) -> tuple[CacheFile, ...]:
    """Return the caches of a package or extension in all depots, the one tried first at the front.

    That is the one modified last; from Julia 1.11 on, those made with package images come
    before those made without.

    Args:
        name: of the package or extension.
        uuid: its UUID, or None for a package without one.
        depots: paths of the depots, in order.
        minor: major and minor version of Julia.
    """
    if any(character in name for character in "/\\\0"):
        return ()
    folder, entry = cache_directory(name, uuid, minor), cache_entry(name, uuid)
    found: dict[str, CacheFile] = {}
    for depot in depots:
        directory = f"{depot}/{folder}"
        for file_name in _file_names(directory):
            if _is_cache_name(file_name, entry, uuid):
                file = _cache_file(f"{directory}/{file_name}")
                if file is not None:
                    found.setdefault(file.path, file)
    files = sorted(found.values(), key=lambda file: file.mtime_ns, reverse=True)
    if minor >= (1, 11) and len(files) > 1:
        files.sort(key=_made_with_package_images, reverse=True)
    return tuple(files)


@lru_cache(maxsize=4096)
def cache_header(file: CacheFile) -> CacheHeader | UnreadableCache:
    """Return the header of a cache file; read once for each state of the file."""
    return read_cache_header(file.path)


def _file_names(directory: str) -> Sequence[str]:
    """Return the names of what is in a folder; none if it is no folder."""
    return disk.names(directory, _MAX_ENTRIES)


def _is_cache_name(file_name: str, entry: str, uuid: UUID | None) -> bool:
    if uuid is None:
        return file_name == f"{entry}.ji"
    return file_name.startswith(f"{entry}_") and file_name.endswith(".ji")


def _cache_file(path: str) -> CacheFile | None:
    status = disk.status(path)
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    return CacheFile(path, status.st_size, status.st_mtime_ns)


def _made_with_package_images(file: CacheFile) -> bool:
    header = cache_header(file)
    return isinstance(header, CacheHeader) and bool((header.flags or 0) & _PKGIMAGES)
