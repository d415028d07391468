"""One registry, answered from an SQLite index of our own.

The index holds, for each package, its name, UUID, newest version and what that depends on, ready
to use, and the registry's files about it, compressed, to be parsed when somebody asks for that
package. It is built once for each state of a registry and kept in the user's cache folder; where
that cannot be written to, it is held in memory.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
import struct
import threading
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from precompass.files.owner import is_kept_safely
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.registry.archive import ArchiveRefusedError, Progress
from precompass.registry.cache import open_index, store_index
from precompass.registry.packages import (
    PACKAGE_FILES,
    PackageFiles,
    RegisteredPackage,
    read_newest_version,
    read_package,
)
from precompass.registry.reading import RegistryContent, RegistryEntry, read_registry
from precompass.registry.sources import RegistryProblem, RegistrySource, registry_source

MAX_PROBLEMS = 100  # told of one registry; the rest is counted
_ATTEMPTS = 3  # to read a registry that changes meanwhile
_SHARE_OF_READING = 0.3  # of the time that a packed registry takes

_SCHEMA = """
CREATE TABLE registry (
    name TEXT, uuid BLOB, repository TEXT, description TEXT, date TEXT, problems TEXT
);
CREATE TABLE package (
    id INTEGER PRIMARY KEY,  -- the registered packages by name, then those only depended on
    registered INTEGER,
    uuid BLOB UNIQUE,
    name TEXT COLLATE NOCASE,
    newest TEXT,
    deprecated INTEGER,
    yanked TEXT,  -- versions, with a blank between each two
    deps BLOB  -- of the newest version: id * 4, + 1 if in Deps.toml, + 2 if in WeakDeps.toml
);
CREATE TABLE files (id INTEGER PRIMARY KEY, content BLOB);  -- package ids divided by the group
"""
_GROUP = 16  # packages whose files are compressed together: half the time and size
_IN_DEPS, _IN_WEAKDEPS, _FLAGS = 1, 2, 4
_KEPT_SUMMARIES = 1 << 14  # an index never changes, so what it told once is kept
_KEPT_PACKAGES = 1 << 9


class PackageSummary(msgspec.Struct, frozen=True):
    """A registered package in brief; ``newest`` is None if all its versions are yanked."""

    name: str
    uuid: UUID
    newest: VersionNumber | None
    deprecated: bool
    registry: str


class NewestDependencies(msgspec.Struct, frozen=True):
    """A package in the ecosystem's graph: what its newest version depends on.

    ``deps`` are (UUID, in ``Deps.toml``, in ``WeakDeps.toml``). A package that the registry does
    not list, but others depend on (a standard library, a package of another registry), is not
    ``registered`` and has none.
    """

    name: str
    uuid: UUID
    registered: bool
    newest_text: str | None
    deps: tuple[tuple[UUID, bool, bool], ...]

    @property
    def newest(self) -> VersionNumber | None:
        """The newest version that is not yanked; read only when it is asked for."""
        return VersionNumber.parse(self.newest_text) if self.newest_text else None


class Registry:
    """A registry as its index tells it; safe to be used by several threads.

    ``path`` is where it lies, ``tree_hash`` what Pkg recorded, ``date`` the day of its state,
    ``problems`` what could not be read in it.
    """

    def __init__(self, source: RegistrySource, index: sqlite3.Connection) -> None:
        self._index = index
        self._lock = threading.Lock()
        self.path = source.path
        self.tree_hash = source.tree_hash
        self.fingerprint = source.fingerprint
        ((name, uuid, repository, description, date, problems),) = self._rows(
            "SELECT name, uuid, repository, description, date, problems FROM registry"
        )
        self.name: str = name
        self.uuid = UUID(bytes=uuid)
        self.repository: str | None = repository
        self.description: str | None = description
        self.date = datetime.date.fromisoformat(date)
        self.problems: tuple[str, ...] = tuple(json.loads(problems))
        self._package = lru_cache(maxsize=_KEPT_PACKAGES)(self._read_package)
        self._summary = lru_cache(maxsize=_KEPT_SUMMARIES)(self._read_summary)
        self._named = lru_cache(maxsize=_KEPT_SUMMARIES)(self._read_named)

    def __len__(self) -> int:
        """Return the number of registered packages."""
        ((count,),) = self._rows("SELECT sum(registered) FROM package")
        return int(count)

    def package(self, uuid: UUID) -> RegisteredPackage | None:
        """Return all that the registry says of the package ``uuid``; None if it has none."""
        return self._package(uuid)

    def summary(self, uuid: UUID) -> PackageSummary | None:
        """Return the package ``uuid`` in brief; None if the registry has none."""
        return self._summary(uuid)

    def named(self, name: str) -> tuple[PackageSummary, ...]:
        """Return the packages of this exact name: most often one, but names are not unique."""
        return self._named(name)

    @cached_property
    def yanked(self) -> Mapping[UUID, frozenset[VersionNumber]]:
        """The versions that have been withdrawn, of each package that has some."""
        rows = self._rows("SELECT uuid, yanked FROM package WHERE yanked != ''")
        return {
            UUID(bytes=uuid): frozenset(filter(None, map(VersionNumber.parse, texts.split())))
            for uuid, texts in rows
        }

    def starting_with(self, prefix: str, limit: int = 100) -> tuple[PackageSummary, ...]:
        """Return packages whose name starts so, in any case, by name; at most ``limit``."""
        return tuple(
            self._summaries(
                "name >= ? AND name < ? ORDER BY name LIMIT ?", prefix, prefix + "\U0010ffff", limit
            )
        )

    def newest_dependencies(self) -> Iterator[NewestDependencies]:
        """Yield every package of the registry's graph: an unregistered one too."""
        rows = self._rows(
            "SELECT id, uuid, name, newest, deps, registered FROM package ORDER BY id"
        )
        uuids = {row[0]: UUID(bytes=row[1]) for row in rows}
        for package, _, name, newest, deps, registered in rows:
            edges = array("I")
            edges.frombytes(deps)
            yield NewestDependencies(
                name,
                uuids[package],
                bool(registered),
                newest,
                tuple(
                    (uuids[edge // _FLAGS], bool(edge & _IN_DEPS), bool(edge & _IN_WEAKDEPS))
                    for edge in edges
                ),
            )

    def close(self) -> None:
        """Let go of the index; the registry cannot be asked after that."""
        with self._lock:
            self._index.close()

    def _read_package(self, uuid: UUID) -> RegisteredPackage | None:
        for number, name in self._rows(
            "SELECT id, name FROM package WHERE uuid = ? AND registered", uuid.bytes
        ):
            group, position = divmod(number, _GROUP)
            ((content,),) = self._rows("SELECT content FROM files WHERE id = ?", group)
            return read_package(name, uuid, self.name, _unpacked(content)[position])
        return None

    def _read_summary(self, uuid: UUID) -> PackageSummary | None:
        return next(self._summaries("uuid = ?", uuid.bytes), None)

    def _read_named(self, name: str) -> tuple[PackageSummary, ...]:
        return tuple(s for s in self._summaries("name = ?", name) if s.name == name)

    def _summaries(self, where: str, *values: object) -> Iterator[PackageSummary]:
        columns = "SELECT name, uuid, newest, deprecated FROM package WHERE registered AND "
        for name, uuid, newest, deprecated in self._rows(columns + where, *values):
            version = newest and VersionNumber.parse(newest)
            yield PackageSummary(name, UUID(bytes=uuid), version, bool(deprecated), self.name)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        # what an editor sends may hold half a surrogate pair, which SQLite refuses
        sound = [v.encode(errors="replace").decode() if isinstance(v, str) else v for v in values]
        with self._lock:
            return self._index.execute(query, sound).fetchall()


def open_registry(
    source: RegistrySource, cache: Path | None, progress: Progress | None = None
) -> tuple[Registry | None, tuple[RegistryProblem, ...]]:
    """Return the registry at ``source``, and what is wrong with it or with the cache.

    The index of this very state is opened if the folder ``cache`` has it. Otherwise it is built
    (a second or two for General; ``progress`` is called with the share that is done, and may
    raise to give up) and put there; where that fails, and for a ``cache`` of None, it stays in
    memory. So it does where others may write to the folder. A registry that changes while it is
    read is read again.
    """
    if cache is not None and not is_kept_safely(cache):
        cache = None
    for _ in range(_ATTEMPTS):
        index = None if cache is None else open_index(cache, source)
        if index is not None:
            return Registry(source, index), ()
        built = _build(source, progress)
        now = registry_source(source.path)
        if now == source:
            break
        if not isinstance(now, RegistrySource):
            return None, (now or RegistryProblem(source.path, "is no longer there"),)
        source = now
    else:
        return None, (RegistryProblem(source.path, "changes again and again while it is read"),)
    if isinstance(built, RegistryProblem):
        return None, (built,)
    if cache is None:
        return Registry(source, built), ()
    try:
        store_index(cache, source, built)
    except (OSError, sqlite3.Error) as error:
        message = f"cannot hold the index of {source.path.name}, which stays in memory: {error}"
        return Registry(source, built), (RegistryProblem(cache, message),)
    stored = open_index(cache, source)
    if stored is None:
        return Registry(source, built), ()
    built.close()
    return Registry(source, stored), ()


def _build(
    source: RegistrySource, progress: Progress | None
) -> sqlite3.Connection | RegistryProblem:
    """Read a registry into an index in memory."""

    def reading(share: float) -> None:
        if progress:
            progress(share * _SHARE_OF_READING)

    content = read_registry(source, reading)
    if isinstance(content, RegistryProblem):
        return content
    index = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        index.executescript(_SCHEMA)
        _fill(index, content, progress)
        index.commit()
    except ArchiveRefusedError as error:
        index.close()
        return RegistryProblem(source.path, str(error))
    except BaseException:
        index.close()
        raise
    return index


def _fill(index: sqlite3.Connection, content: RegistryContent, progress: Progress | None) -> None:
    """Write all tables of the index."""
    ids = {entry.uuid: number for number, entry in enumerate(content.entries)}
    problems = list(content.problems)
    for start in range(0, len(content.entries), _GROUP):
        if progress:
            share = start / len(content.entries)
            progress(_SHARE_OF_READING + (1 - _SHARE_OF_READING) * share)
        entries = content.entries[start : start + _GROUP]
        group = [content.files(entry.path) for entry in entries]
        packed = (start // _GROUP, _packed(group))
        index.execute("INSERT INTO files VALUES (?, ?)", packed)
        for entry, files in zip(entries, group, strict=True):
            _insert_package(index, entry, files, ids, problems)
    index.execute("CREATE INDEX package_name ON package (name)")
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"and {len(problems) - MAX_PROBLEMS:,} more problems"]
    index.execute(
        "INSERT INTO registry VALUES (?, ?, ?, ?, ?, ?)",
        (
            content.name,
            content.uuid.bytes,
            content.repository,
            content.description,
            content.date.isoformat(),
            json.dumps(problems),
        ),
    )


def _insert_package(
    index: sqlite3.Connection,
    entry: RegistryEntry,
    files: PackageFiles,
    ids: dict[UUID, int],
    problems: list[str],
) -> None:
    """Write one package, and those it depends on that are new to ``ids``."""
    if not files:
        problems.append(f"{entry.name}: the registry has no files at {entry.path!r}")
    newest = read_newest_version(files)
    problems += [f"{entry.name}: {problem}" for problem in newest.problems]
    insert = "INSERT INTO package VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    edges = array("I")
    for uuid, name in {**newest.weak_deps, **newest.deps}.items():
        number = ids.get(uuid)
        if number is None:
            number = ids[uuid] = len(ids)
            index.execute(insert, (number, False, uuid.bytes, name, None, False, "", b""))
        flags = _IN_DEPS * (uuid in newest.deps) + _IN_WEAKDEPS * (uuid in newest.weak_deps)
        edges.append(number * _FLAGS + flags)
    index.execute(
        insert,
        (
            ids[entry.uuid],
            True,
            entry.uuid.bytes,
            entry.name,
            None if newest.version is None else str(newest.version),
            newest.deprecated,
            " ".join(newest.yanked),
            edges.tobytes(),
        ),
    )


_LENGTHS = struct.Struct(f"<{len(PACKAGE_FILES)}i")  # of each file, -1 where it is missing


def _packed(group: Sequence[PackageFiles]) -> bytes:
    """Compress the files of some packages: for each its lengths, then its content."""
    parts = []
    for files in group:
        contents = [files.get(name) for name in PACKAGE_FILES]
        parts.append(_LENGTHS.pack(*(-1 if data is None else len(data) for data in contents)))
        parts += [data for data in contents if data is not None]
    return zlib.compress(b"".join(parts), 1)


def _unpacked(content: bytes) -> list[PackageFiles]:
    """Return the files of the packages that :func:`_packed` compressed."""
    data = zlib.decompress(content)
    group: list[PackageFiles] = []
    start = 0
    while start < len(data):
        lengths = _LENGTHS.unpack_from(data, start)
        start += _LENGTHS.size
        files = {}
        for name, length in zip(PACKAGE_FILES, lengths, strict=True):
            if length >= 0:
                files[name] = data[start : start + length]
                start += length
        group.append(files)
    return group
