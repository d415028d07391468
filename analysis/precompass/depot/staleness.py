"""Whether a cache fits the source files and the preferences that it was made with.

Source: ``base/loading.jl``, ``stale_cachefile`` (Julia 1.6 to 1.14-dev).
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from precompass.depot.cache_header import CacheHeader
from precompass.depot.cache_records import CacheRecords, SourceRecord
from precompass.depot.preference_record import Blob, KeyList
from precompass.depot.reading_budget import ReadingBudget, beyond_budget
from precompass.depot.sources import depot_of, in_depot, moved_stdlib
from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.crc32c import MOST_BYTES, crc32c
from precompass.julia.equality import identical, is_zero_like
from precompass.julia.hashing import CannotTell, preference_hash

_FIRST_THAT_FORGETS_ZEROS = (1, 13)
_CHUNK = 2**20  # bytes read at a time


SourceDifference: TypeAlias = Literal["depot", "missing", "time", "size", "content"]
"""How a source file differs from its record: no depot has it, it is gone, or it has changed."""


class SourceChange(msgspec.Struct, frozen=True):
    """The first source file, in the order of the records, because of which a cache is stale.

    Attributes:
        path: the file or folder, where it is or was; as recorded if no depot has it.
        difference: the check that fails.
    """

    path: str
    difference: SourceDifference


def first_changed_source(
    header: CacheHeader,
    records: CacheRecords,
    depots: Sequence[str],
    stdlib: Path | None,
    budget: ReadingBudget,
) -> SourceChange | CannotTell | None:
    """Return the first source file that is not as it was; None if all are (1.6 to 1.14-dev).

    Where none has changed but one is not read, as there is too much of it, that cannot be told.

    From Julia 1.11 on all files that a package includes must be in one depot, that of its entry
    file; each file of ``include_dependency`` may be in any (``parse_cache_header``).

    Args:
        header: the cache.
        records: its dependency records.
        depots: paths of the depots, in order.
        stdlib: the folder of the standard library, if known.
        budget: of the files that are read.
    """
    minor = header.julia.version.minor
    home = depot_of(records.sources[0].path, depots) if records.sources else None
    unread: CannotTell | None = None
    for position, record in enumerate(records.sources):
        recorded = record.path
        if in_depot(recorded) is not None:
            is_included = position == 0 or record.module is not None
            depot = home if is_included else depot_of(recorded, depots)
            if depot is None:
                return SourceChange(recorded, "depot")
            recorded = f"{depot}{in_depot(recorded)}"
        status = disk.status(recorded)
        if status is None:
            if moved_stdlib(recorded, stdlib) is None:
                return SourceChange(recorded, "missing")
            continue
        difference = _difference(record, recorded, status, minor, budget)
        if isinstance(difference, CannotTell):
            unread = unread or difference
        elif difference is not None:
            return SourceChange(str(Path(recorded)), difference)
    return unread


def preferences_fit(
    header: CacheHeader, preferences_of: Callable[[UUID], TomlTable]
) -> bool | CannotTell:
    """Tell whether the preferences are as the package found them when it was compiled.

    Args:
        header: the cache.
        preferences_of: the merged preferences of a package, by UUID.
    """
    record = header.preferences
    if isinstance(record, Blob):
        return next(blob_differences(record, preferences_of), None) is None
    uuid = header.package.uuid
    if uuid is None or (not record.keys and record.hash == 0):
        return True
    current = preference_hash(preferences_of(uuid), record.keys, header.julia.version.minor)
    if current != 0 and header.julia.pointer_size != 8:
        return CannotTell("the hashes of 32-bit machines could not be checked")
    if isinstance(current, CannotTell):
        was_set = _was_set(preferences_of(uuid), record, header.julia.version.minor)
        return current if was_set is None else was_set
    return current == record.hash


def _was_set(table: TomlTable, record: KeyList, minor: tuple[int, int]) -> bool | None:
    """Tell whether values whose hash cannot be computed were set when a cache was made.

    None if that cannot be told either: they were, or had other values.
    """
    values = {key: table[key] for key in record.keys if key in table}
    if minor >= _FIRST_THAT_FORGETS_ZEROS:
        return None if record.hash else all(map(is_zero_like, values.values()))
    hashed = {
        key: value
        for key, value in values.items()
        if not isinstance(preference_hash({key: value}, (key,), minor), CannotTell)
    }
    return False if preference_hash(hashed, record.keys, minor) == record.hash else None


def blob_differences(
    record: Blob, preferences_of: Callable[[UUID], TomlTable]
) -> Iterator[tuple[UUID, str]]:
    """Yield the preferences, by package and key, that are not as a blob has them."""
    for uuid, table in record.set.items():
        current = preferences_of(uuid)
        for key, value in table.items():
            if key not in current or not identical(current[key], value):
                yield uuid, key
    for uuid, keys in record.unset.items():
        current = preferences_of(uuid)
        for key in keys:
            if key in current:
                yield uuid, key


def _difference(
    record: SourceRecord,
    path: str,
    status: os.stat_result,
    minor: tuple[int, int],
    budget: ReadingBudget,
) -> SourceDifference | CannotTell | None:
    """Return how a file that is there differs from its record, in the order of Julia's checks."""
    if record.size is None or record.mtime >= 0:
        seconds, nanoseconds = divmod(status.st_mtime_ns, 10**9)
        mtime = seconds + nanoseconds * 1e-9
        return None if _same_mtime(mtime, record.mtime, minor) else "time"
    if status.st_size != record.size:
        return "size"
    if stat.S_ISREG(status.st_mode):
        if status.st_size > MOST_BYTES:
            return CannotTell(f"{path} is too large to be compared")
        if not budget.allows(path, status.st_size):
            return CannotTell(beyond_budget(path, "compared"))
    state = (status.st_mode, status.st_size, status.st_mtime_ns)
    return None if _crc32c(path, *state) == record.crc32c else "content"


def _same_mtime(mtime: float, recorded: float, minor: tuple[int, int]) -> bool:
    """Compare times as ``stale_cachefile`` does, which allows for tools that round them."""
    if not math.isfinite(recorded):
        return False
    allowed = [recorded, math.floor(recorded), math.trunc(recorded * 1e6) / 1e6]
    if minor >= (1, 8):
        allowed.append(1.0)  # of Nix
    if minor >= (1, 9):
        allowed.append(math.ceil(recorded))
    return mtime in allowed or (minor >= (1, 9) and 0 < recorded - mtime < 1e-6)


@lru_cache(maxsize=20_000)
def _crc32c(path: str, mode: int, size: int, _mtime_ns: int) -> int | None:
    """Return the CRC-32C of a file's content, or of the sorted names in a folder.

    It is computed once for each state of a file: many caches name the same ones. None for what
    is neither, and for what cannot be read or holds more bytes than it stated.
    """
    crc = 0
    if stat.S_ISDIR(mode):
        for name in sorted(map(os.fsencode, disk.names(path))):
            crc = crc32c(name, crc)
        return crc
    try:
        with disk.open_file(path) as file:
            left = size
            while left >= 0 and (chunk := file.read(min(_CHUNK, left + 1))):
                crc = crc32c(chunk, crc)
                left -= len(chunk)
    except OSError:
        return None
    return crc if left >= 0 else None
