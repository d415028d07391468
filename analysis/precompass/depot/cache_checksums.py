"""The checksums at the end of a compile cache, and of the native code beside it.

A cache ends with the CRC-32C of its native library (Julia 1.9 on; 0 if it has none) and that of
everything before it. Sources: ``isvalid_file_crc`` and ``isvalid_pkgimage_crc`` in
``base/loading.jl``, Julia 1.6 to 1.14-dev. A copy of a cache that ends exactly behind its
header, or behind its source text, has no checksums, and none is checked.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Literal, TypeAlias

import msgspec

from precompass.depot.cache_header import CacheHeader
from precompass.depot.caches import CacheFile
from precompass.depot.reading_budget import ReadingBudget, beyond_budget
from precompass.files import disk
from precompass.julia.crc32c import MOST_BYTES, crc32c
from precompass.julia.hashing import CannotTell

NATIVE_ENDINGS = (".so", ".dylib", ".dll")
"""How the name of a native library ends, by system."""

Damage: TypeAlias = Literal["cache", "native code"]

_MAX_FOLDERS = 10_000  # that hold the caches of one version of Julia
_MAX_FILES = 100  # looked at in one of them; Julia keeps at most ten caches there
_CHUNK = 2**20  # bytes read at a time
_CRC = Struct("<I")


class NativeLibrary(msgspec.Struct, frozen=True):
    """The native code beside a cache, in a certain state of the file."""

    path: str
    size: int
    mtime_ns: int


def native_library(cache: CacheFile) -> NativeLibrary | None:
    """Return the native library beside a cache file; None if there is none.

    It has the cache's name with another ending (``ocachefile_from_cachefile``).
    """
    stem = cache.path.removesuffix(".ji")
    for ending in NATIVE_ENDINGS:
        status = disk.status(stem + ending)
        if status is not None and stat.S_ISREG(status.st_mode):
            return NativeLibrary(stem + ending, status.st_size, status.st_mtime_ns)
    return None


def has_native_libraries(depots: Sequence[str], minor: tuple[int, int]) -> bool:
    """Tell whether any cache of a version of Julia has a native library beside it.

    Depots in which none has were copied without them; Julia's own always has some.
    """
    for depot in depots:
        folder = f"{depot}/compiled/v{minor[0]}.{minor[1]}"
        for package in disk.names(folder, _MAX_FOLDERS):
            files = disk.names(f"{folder}/{package}", _MAX_FILES)
            if any(name.endswith(NATIVE_ENDINGS) for name in files):
                return True
    return False


def damage(
    cache: CacheFile, header: CacheHeader, library: NativeLibrary | None, budget: ReadingBudget
) -> Damage | CannotTell | None:
    """Return which of a cache's files is damaged, if one is, in the order of Julia's checks.

    Both files are read as a whole, once for each state of them, if they are not too large for it.

    Args:
        cache: the cache file.
        header: its header.
        library: the native library beside it, if it has one and is to be read.
        budget: of the files that are read.
    """
    if cache.size > MOST_BYTES:
        return CannotTell(f"{cache.path} is too large to be checked for damage")
    if not budget.allows(cache.path, cache.size):
        return CannotTell(beyond_budget(cache.path, "checked for damage"))
    end = _end_of(cache)
    if end is None or end.computed != end.recorded:
        return None if _has_no_checksums(cache, header) else "cache"
    if library is None or not header.clone_targets_length:
        return None
    if library.size > MOST_BYTES:
        return CannotTell(f"{library.path} is too large to be checked for damage")
    if not budget.allows(library.path, library.size):
        return CannotTell(beyond_budget(library.path, "checked for damage"))
    is_intact = _crc32c(library.path, library.size, library.mtime_ns) == end.native
    return None if is_intact else "native code"


class _End(msgspec.Struct, frozen=True):
    computed: int
    recorded: int
    native: int


@lru_cache(maxsize=8192)
def _end_of(cache: CacheFile) -> _End | None:
    """Return the checksums at the end of a cache, and the one that it has; None if too short."""
    try:
        with disk.open_file(cache.path) as file:
            length = cache.size - _CRC.size
            if length < _CRC.size:
                return None
            crc, rest, last = 0, length, b""
            while rest:
                chunk = file.read(min(_CHUNK, rest))
                if not chunk:
                    return None
                crc = crc32c(chunk, crc)
                last = (last + chunk)[-_CRC.size :]
                rest -= len(chunk)
            recorded = file.read(_CRC.size)
    except OSError:
        return None
    if len(recorded) != _CRC.size:
        return None
    return _End(crc, _CRC.unpack(recorded)[0], _CRC.unpack(last)[0])


def _has_no_checksums(cache: CacheFile, header: CacheHeader) -> bool:
    """Tell whether a cache ends exactly behind its header, or behind its source text.

    Julia writes the checksums after these; a file that broke off would hardly end there.
    """
    if cache.size == header.length:
        return True
    try:
        with disk.open_file(cache.path) as file:
            position = header.source_text_position
            while 0 <= position <= cache.size - 4:
                file.seek(position)
                length = int.from_bytes(file.read(4), "little")
                position += 4
                if length == 0:
                    return position == cache.size
                file.seek(position + length)
                position += length + 8 + int.from_bytes(file.read(8), "little")
    except (OSError, OverflowError, ValueError):
        return False
    return False


@lru_cache(maxsize=8192)
def _crc32c(path: str, _size: int, _mtime_ns: int) -> int | None:
    crc = 0
    try:
        with disk.open_file(path) as file:
            while chunk := file.read(_CHUNK):
                crc = crc32c(chunk, crc)
    except OSError:
        return None
    return crc
