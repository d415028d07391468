"""The dependency records of a compile cache: the source files and imports it rests on.

They are apart from :mod:`precompass.depot.cache_header` because they are needed once, to tell
whether a cache is stale, and are its longest part. Source: ``base/loading.jl``,
``parse_cache_header`` and ``CacheHeaderIncludes`` (Julia 1.6 to 1.14-dev).
"""

from __future__ import annotations

import os
import struct
from struct import Struct
from uuid import UUID

import msgspec

from precompass.depot.cache_header import CacheHeader, CompiledModule, UnreadableCache
from precompass.files import disk

_INT32 = Struct("<i").unpack_from
_MTIME = Struct("<d")
_SIZE_CRC_MTIME = Struct("<QId")


class SourceRecord(msgspec.Struct, frozen=True):
    """A file or folder as it was when the cache was made.

    Attributes:
        path: absolute, or from Julia 1.11 on below some depot: ``@depot/packages/…``.
        mtime: time of modification, seconds since 1970; -1.0 if the content counts instead.
        size: in bytes; None before 1.11.
        crc32c: of the content, of a folder over its sorted names; None before 1.11.
        module: the package whose module included the file; None for the entry file and for
            what ``include_dependency`` named.
        submodule: names below that module, outermost first.
    """

    path: str
    mtime: float
    size: int | None
    crc32c: int | None
    module: CompiledModule | None
    submodule: tuple[str, ...]


class RequireRecord(msgspec.Struct, frozen=True):
    """An import: *module* asked for a package by *name* and got *uuid* (None: no UUID)."""

    module: CompiledModule | None
    name: str
    uuid: UUID | None


class CacheRecords(msgspec.Struct, frozen=True):
    """The dependency records of one cache, in the order of the file; first the entry file."""

    sources: tuple[SourceRecord, ...]
    requires: tuple[RequireRecord, ...]


def read_cache_records(
    path: str | os.PathLike[str], header: CacheHeader
) -> CacheRecords | UnreadableCache:
    """Read the dependency records of the cache file at *path*, whose header is *header*."""
    start, end = header.records
    try:
        with disk.open_file(path) as file:
            file.seek(start)
            data = file.read(end - start)
    except OSError as error:
        return UnreadableCache(f"cannot be read: {error}")
    return _parse(data, header)


def parse_cache_records(data: bytes, header: CacheHeader) -> CacheRecords | UnreadableCache:
    """Read the dependency records from the first bytes of a cache file."""
    start, end = header.records
    return _parse(data[start:end], header)


def _parse(data: bytes, header: CacheHeader) -> CacheRecords | UnreadableCache:
    sources: list[SourceRecord] = []
    requires: list[RequireRecord] = []
    try:
        position = 0
        while True:
            name, position = _read_bytes(data, position)
            if not name:
                return CacheRecords(tuple(sources), tuple(requires))
            size = crc32c = None
            if header.records_have_sizes:
                size, crc32c, mtime = _SIZE_CRC_MTIME.unpack_from(data, position)
                position += _SIZE_CRC_MTIME.size
            else:
                (mtime,) = _MTIME.unpack_from(data, position)
                position += _MTIME.size
            owner = _INT32(data, position)[0]
            position += 4
            module, submodule = None, []
            if owner:
                module = header.modules[owner - 1]
                while True:
                    part, position = _read_bytes(data, position)
                    if not part:
                        break
                    submodule.append(part.decode())
            if name.startswith(b"\0"):
                uuid = int.from_bytes(name[1:17], "little")
                requires.append(
                    RequireRecord(module, name[17:].decode(), UUID(int=uuid) if uuid else None)
                )
            else:
                path = name.decode("utf-8", "surrogateescape")
                sources.append(SourceRecord(path, mtime, size, crc32c, module, tuple(submodule)))
    except (struct.error, IndexError, UnicodeDecodeError):
        return UnreadableCache("has dependencies that do not add up")


def _read_bytes(data: bytes, position: int) -> tuple[bytes, int]:
    """Return the bytes after their length, and the position behind them."""
    length = _INT32(data, position)[0]
    start = position + 4
    if not 0 <= length <= len(data) - start:
        raise struct.error
    return data[start : start + length], start + length
