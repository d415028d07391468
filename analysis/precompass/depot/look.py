"""One look into the depots, in which each cache is looked at once.

What changed preferences cost, and what the next ``using`` recompiles, are two questions about the
same caches, and a command may ask the second one twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from uuid import UUID

from precompass.depot.cache_checksums import has_native_libraries
from precompass.depot.cache_header import CacheHeader, UnreadableCache
from precompass.depot.cache_records import CacheRecords, RequireRecord, read_cache_records
from precompass.depot.caches import CacheFile, find_cache_files, with_caches
from precompass.depot.reading_budget import ReadingBudget
from precompass.depot.staleness import SourceChange, first_changed_source
from precompass.julia.hashing import CannotTell


class DepotLook:
    """What depots held when it was asked first.

    Args:
        depots: paths of the depots, in order.
        minor: the major and minor version of Julia whose caches count.

    Attributes:
        budget: of the files that are read as a whole.
    """

    def __init__(self, depots: Sequence[str], minor: tuple[int, int]) -> None:
        self.budget = ReadingBudget()
        self._depots = depots
        self._minor = minor
        self._files: dict[tuple[str, UUID | None, bool], tuple[CacheFile, ...]] = {}
        self._requires: dict[CacheFile, tuple[RequireRecord, ...] | UnreadableCache] = {}
        self._changes: dict[tuple[CacheFile, Path | None], SourceChange | CannotTell | None] = {}
        self._last: tuple[CacheFile, CacheRecords | UnreadableCache] | None = None

    @cached_property
    def depots_with_caches(self) -> Sequence[str]:
        """The depots that have a folder for these caches."""
        return with_caches(self._depots, self._minor)

    def cache_files(
        self, name: str, uuid: UUID | None, *, native_code: bool
    ) -> tuple[CacheFile, ...]:
        """Return the caches of a package or extension; see :func:`.find_cache_files`."""
        key = name, uuid, native_code
        found = self._files.get(key)
        if found is None:
            found = find_cache_files(
                name, uuid, self.depots_with_caches, self._minor, native_code=native_code
            )
            self._files[key] = found
        return found

    @cached_property
    def has_native_libraries(self) -> bool:
        """Whether the depots hold native code at all: a copy of a depot may be without."""
        return has_native_libraries(self.depots_with_caches, self._minor)

    def requires(
        self, file: CacheFile, header: CacheHeader
    ) -> tuple[RequireRecord, ...] | UnreadableCache:
        """Return the imports that a cache records, or why its records cannot be read."""
        found = self._requires.get(file)
        if found is None:
            records = self._records(file, header)
            found = records.requires if isinstance(records, CacheRecords) else records
            self._requires[file] = found
        return found

    def changed_source(
        self, file: CacheFile, header: CacheHeader, stdlib: Path | None
    ) -> SourceChange | CannotTell | None:
        """Return the first source file that is not as a cache records it.

        See :func:`.first_changed_source`. None also where the records cannot be read.
        """
        key = file, stdlib
        if key not in self._changes:
            records = self._records(file, header)
            self._changes[key] = (
                first_changed_source(header, records, self._depots, stdlib, self.budget)
                if isinstance(records, CacheRecords)
                else None
            )
            self._last = None  # may be long
        return self._changes[key]

    def _records(self, file: CacheFile, header: CacheHeader) -> CacheRecords | UnreadableCache:
        """Return a cache's records; the last ones are kept until both questions are answered."""
        if self._last is None or self._last[0] != file:
            self._last = file, read_cache_records(file.path, header)
        return self._last[1]
