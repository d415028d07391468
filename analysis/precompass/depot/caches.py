"""The compile caches of a package, in the order in which Julia tries them.

Source: ``base/loading.jl``, ``find_all_in_cache_path`` (Julia 1.6 to 1.14-dev). The second half
of a file name is not looked at, as Julia does not: a cache that was written for another
project, or with other preferences, is used if it fits.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import msgspec

from precompass.depot.cache_header import CacheHeader, UnreadableCache, read_cache_header
from precompass.files import disk
from precompass.julia.slugs import cache_directory, cache_entry

_MAX_ENTRIES = 10_000  # of one folder; Julia keeps at most ten caches there, and files beside them
_MAX_VERSIONS = 100  # of Julia, in one depot
_VERSION_FOLDER = re.compile(r"v([0-9]{1,3})\.([0-9]{1,3})", re.ASCII)
_PKGIMAGES = 1  # the bit in the flags of a cache made with package images on


class CacheFile(msgspec.Struct, frozen=True):
    """A cache file in a certain state; another state of the file is another value."""

    path: str
    size: int
    mtime_ns: int


def with_caches(depots: Sequence[str], minor: tuple[int, int]) -> tuple[str, ...]:
    """Return the depots that have a folder for the caches of a minor version of Julia."""
    folder = cache_directory("", None, minor)
    return tuple(one for one in depots if disk.is_folder(f"{one}/{folder}"))


def find_cache_files(
    name: str,
    uuid: UUID | None,
    depots: Sequence[str],
    minor: tuple[int, int],
    *,
    native_code: bool = True,
) -> tuple[CacheFile, ...]:
    """Return the caches of a package or extension in all depots, the one tried first at the front.

    That is the one modified last; from Julia 1.11 on, a session with native code tries those
    made with it before those made without.

    Args:
        name: of the package or extension.
        uuid: its UUID, or None for a package without one.
        depots: paths of the depots, in order.
        minor: major and minor version of Julia.
        native_code: whether the session uses native code, as it does by default.
    """
    if any(character in name for character in "/\\\0"):
        return ()
    folder, entry = cache_directory(name, uuid, minor), cache_entry(name, uuid)
    found: dict[str, CacheFile] = {}
    for depot in depots:
        directory = f"{depot}/{folder}"
        for file_name in _file_names(directory):
            if _is_cache_name(file_name, entry, uuid):
                file = cache_file(f"{directory}/{file_name}")
                if file is not None:
                    found.setdefault(file.path, file)
    files = sorted(found.values(), key=lambda file: file.mtime_ns, reverse=True)
    if native_code and minor >= (1, 11) and len(files) > 1:
        files.sort(key=_made_with_package_images, reverse=True)
    return tuple(files)


def versions_with_caches(
    names: Sequence[str], depots: Sequence[str]
) -> tuple[tuple[int, int], ...]:
    """Return the minor versions of Julia for which some depot has caches of some packages.

    Args:
        names: of the packages.
        depots: paths of the depots.
    """
    found: set[tuple[int, int]] = set()
    for depot in depots:
        for folder in disk.names(f"{depot}/compiled", _MAX_VERSIONS):
            version = _VERSION_FOLDER.fullmatch(folder)
            if version is not None and any(
                disk.is_folder(f"{depot}/compiled/{folder}/{name}") for name in names
            ):
                found.add((int(version[1]), int(version[2])))
    return tuple(sorted(found))


def has_empty_folder(
    name: str, uuid: UUID | None, depots: Sequence[str], minor: tuple[int, int]
) -> bool:
    """Tell whether a package's folder for caches is there without a cache in it.

    Julia makes the folder when it compiles the package: its caches were deleted since, or it
    did not get as far as to write one. The arguments are those of :func:`find_cache_files`.
    """
    if uuid is None or any(character in name for character in "/\\\0"):
        return False
    folders = [f"{depot}/{cache_directory(name, uuid, minor)}" for depot in depots]
    there = [folder for folder in folders if disk.is_folder(folder)]
    return bool(there) and not any(
        one.endswith(".ji") for folder in there for one in _file_names(folder)
    )


@lru_cache(maxsize=16_384)  # 1,600 packages with the ten caches that Julia keeps of each
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


def cache_file(path: str) -> CacheFile | None:
    """Return a file in its present state; None if it is no regular file."""
    status = disk.status(path)
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    return CacheFile(path, status.st_size, status.st_mtime_ns)


def _made_with_package_images(file: CacheFile) -> bool:
    header = cache_header(file)
    return isinstance(header, CacheHeader) and bool((header.flags or 0) & _PKGIMAGES)
