"""Answers about package sources, kept on the disk between runs.

An answer is kept with the digests of all files that it rests on, and given again only where
these are unchanged; for a package that is installed under its ``git-tree-sha1``, which is a
digest of its folder, no file is read at all. Each depot has its own answers: what a repository
brings as a depot need not be what its hashes say, and must not answer for another project.

Entries are single files, written whole under another name and then renamed, so any number of
processes can share a folder. An entry that cannot be read, or is not what was written, is as good
as none.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import time
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from precompass import __version__
from precompass.files import disk
from precompass.files.owner import is_kept_safely
from precompass.julia.digests import sha256
from precompass.source import (
    closure,
    effects,
    modules,
    package_code,
    preference_conditions,
    preference_reads,
    values,
)
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.package_reads import PackageSource, read_files
from precompass.source.preference_reads import PackageReads
from precompass.source.syntax import GRAMMAR
from precompass.user_cache import user_cache

MAX_BYTES = 64_000_000
_MAX_ENTRY = 4_000_000  # bytes
_SUFFIX = ".reads"
_DAY = 86_400  # seconds
_ABANDONED = 3_600  # seconds after which a file that was never renamed is removed
_WRITES_BETWEEN_EVICTIONS = 256

_CLASSES: dict[str, Any] = {
    name: item
    for module in (
        closure,
        effects,
        modules,
        package_code,
        preference_conditions,
        preference_reads,
        values,
    )
    for name, item in vars(module).items()
    if isinstance(item, type) and issubclass(item, msgspec.Struct | Enum)
}


def default_folder() -> Path:
    """Return the folder for this cache below the user's cache folder."""
    return user_cache() / "source-reads"


class SourceCache:
    """Reads package sources through a folder of kept answers.

    Args:
        folder: where the answers are kept; the user's cache folder if not given. If others may
            write there, it is not used.
        max_bytes: how much the folder may hold; the least recently used entries go first.
        limits: how much of one package is read.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        limits: Limits | None = None,
    ) -> None:
        self.folder = default_folder() if folder is None else folder
        self._max_bytes = max_bytes
        self._limits = limits or Limits()
        self._writes = 0

    def read(self, source: PackageSource, foreign: frozenset[str] = frozenset()) -> PackageReads:
        """Return what :func:`~precompass.source.package_reads.read_package_source` returns."""
        path = self.folder / (self._key(source, foreign) + _SUFFIX)
        files = PackageFiles(source.root, self._limits)
        if not self._is_safe:
            return read_files(source, files, foreign)
        kept = self._load(path, source, files)
        if kept is not None:
            return kept
        reads = read_files(source, files, foreign)
        self._store(path, source, files, reads)
        return reads

    @functools.cached_property
    def _is_safe(self) -> bool:
        return is_kept_safely(self.folder)

    def clear(self) -> int:
        """Remove all kept answers; return how many there were."""
        removed = 0
        for entry in self._entries():
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()
                removed += entry.name.endswith(_SUFFIX)
        return removed

    def _key(self, source: PackageSource, foreign: frozenset[str]) -> str:
        root = os.path.abspath(source.root)  # noqa: PTH100 - no symlinks
        entry = os.path.relpath(source.entry, source.root)
        parts = [_reader_digest(), source.name, str(source.uuid), source.tree_hash, root, entry]
        parts += [str(self._limits), *sorted(foreign)]
        return sha256(json.dumps(parts).encode()).hexdigest()

    def _load(self, path: Path, source: PackageSource, files: PackageFiles) -> PackageReads | None:
        try:
            checksum, _, body = disk.read_file(path, _MAX_ENTRY + 66).partition(b"\n")
            if sha256(body).hexdigest().encode() != checksum:
                return None
            kept = json.loads(body)
            if kept["tree_hash"] is None and not _unchanged(kept, source.root, files):
                return None
            reads = _decode(kept["reads"], source.root)
            status = disk.status(path)
            if status is not None and time.time() - status.st_mtime > _DAY:
                path.touch()
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None
        return reads if isinstance(reads, PackageReads) else None

    def _store(
        self, path: Path, source: PackageSource, files: PackageFiles, reads: PackageReads
    ) -> None:
        kept: dict[str, object] = {"tree_hash": source.tree_hash}
        try:
            if source.tree_hash is None:
                kept["files"] = [
                    [_relative(file, source.root), digest] for file, digest in files.digests.items()
                ]
                kept["listings"] = [
                    [_relative(folder, source.root), [_relative(f, source.root) for f in found]]
                    for folder, found in files.listings.items()
                ]
            encoder = _Encoder(source.root)
            encoder.encode(reads)
            kept["reads"] = encoder.table
            body = json.dumps(kept, separators=(",", ":")).encode()
            if len(body) > _MAX_ENTRY:
                return
            import tempfile  # not where all answers are kept: it imports readers of archives

            self.folder.mkdir(0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(sha256(body).hexdigest().encode() + b"\n" + body)
                os.replace(temporary, path)  # noqa: PTH105
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
        except (OSError, ValueError, TypeError):
            return
        if self._writes % _WRITES_BETWEEN_EVICTIONS == 0:
            self._evict()
        self._writes += 1

    def _entries(self) -> list[disk.Entry]:
        found = disk.entries(self.folder)
        return [e for e in found if e.name.endswith(_SUFFIX) or e.name[:5] == ".new-"]

    def _evict(self) -> None:
        """Remove what was not used for longest until the folder is well below its limit."""
        found: list[tuple[float, int, str]] = []
        now = time.time()
        for entry in self._entries():
            status = disk.link_status(entry.path)
            if status is None:
                continue
            if entry.name.endswith(_SUFFIX):
                found.append((status.st_mtime, status.st_size, entry.path))
            elif now - status.st_mtime > _ABANDONED:
                with contextlib.suppress(OSError):
                    Path(entry.path).unlink()
        total = sum(size for _, size, _ in found)
        if total <= self._max_bytes:
            return
        for _, size, path in sorted(found):
            if total <= self._max_bytes * 3 // 4:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
            total -= size


def clear_source_cache(folder: Path | None = None) -> int:
    """Remove the answers kept in a folder (the default one if not given); return how many."""
    return SourceCache(folder).clear()


@functools.cache
def _reader_digest() -> str:
    """Return a digest of the code and the grammar that read sources: others, other answers."""
    digest = sha256(f"{__version__} {GRAMMAR}".encode())
    folder = Path(__file__).parent
    for name in sorted(disk.names(folder)):
        if name.endswith((".py", ".pyc")):  # a self-contained program has the latter only
            digest.update(disk.read_file(folder / name, _MAX_ENTRY))
    return digest.hexdigest()


def _unchanged(kept: dict[str, Any], root: Path, files: PackageFiles) -> bool:
    for folder, found in kept["listings"]:
        if [_relative(path, root) for path in files.julia_files(root / folder)] != found:
            return False
    for path, _ in kept["files"]:
        files.read(root / path)
    digests = {_relative(path, root): digest for path, digest in files.digests.items()}
    return all(digests.get(path) == digest for path, digest in kept["files"])


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


class _Encoder:
    """Turns an answer into JSON's terms. Equal objects, of which there are many, are told once.

    Attributes:
        table: the objects, each as its class and fields, those that it is made of before it.
    """

    def __init__(self, root: Path) -> None:
        self.table: list[list[object]] = []
        self._root = root
        self._numbers: dict[object, int] = {}

    def encode(self, value: object) -> object:
        """Return a value in JSON's terms: an object as ``{"#": its number in the table}``."""
        if isinstance(value, Enum):
            return {"enum": type(value).__name__, "value": value.value}
        if value is None or isinstance(value, str | bool | int):
            return value
        if isinstance(value, Path):
            return {"path": _relative(value, self._root)}
        if isinstance(value, UUID):
            return {"uuid": str(value)}
        if isinstance(value, tuple):
            return [self.encode(item) for item in value]
        name = type(value).__name__
        if not isinstance(value, msgspec.Struct) or name not in _CLASSES:
            raise TypeError(name)
        number = self._numbers.get(value)
        if number is None:
            row = [name, *map(self.encode, astuple(value))]
            number = self._numbers[value] = len(self.table)
            self.table.append(row)
        return {"#": number}


def _decode(table: list[list[Any]], root: Path) -> object:
    """Return the object that the last row of a table tells."""
    objects: list[Any] = []

    def decode(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(decode(item) for item in value)
        if not isinstance(value, dict):
            return value
        if "#" in value:
            return objects[value["#"]]
        if "enum" in value:
            return _CLASSES[value["enum"]](value["value"])
        if "path" in value:
            return Path(os.path.normpath(root / value["path"]))
        return UUID(value["uuid"])

    for name, *parts in table:
        objects.append(_CLASSES[name](*map(decode, parts)))
    return objects[-1]
