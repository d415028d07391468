"""Which preferences files git tracks, read from its index as data: git itself is not run.

The index lists every tracked file (gitformat-index(5), versions 2 to 4). A shared or sparse index
does not list all of them; what is not found there is taken to be untracked. Nothing in the
repository can make git, or anything else, run.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from precompass.files import disk

MAX_BYTES = 64 * 2**20
"""Bytes of an index that are read; the one of Linux, with 90,000 files, has 9 MB."""
_MAX_POINTER = 4_096  # bytes of a file .git, or of a configuration that is looked into
_MAX_CONFIG = 2**18
_HEADER = struct.Struct(">4sII")
_FIXED = 40  # bytes of an entry before its object's name
_EXTENDED = 0x4000  # of its flags
_VERSIONS = range(2, 5)
_WANTED_NAMES = (b"Preferences.toml", b"Project.toml")


def is_tracked(path: Path) -> bool:
    """Tell whether git tracks a project file or a preferences file.

    Args:
        path: of the file, absolute and without ``..``.
    """
    for folder in path.parents:
        index = _index_of(folder / ".git")
        if index is not None:
            name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
            return name in _tracked(index)
    return False


def _index_of(git: Path) -> Path | None:
    """Return the index that belongs to a ``.git``: a folder, or a file that names one."""
    status = disk.status(git)
    if status is None:
        return None
    if stat.S_ISDIR(status.st_mode):
        return git / "index"
    try:
        text = disk.read_file(git, _MAX_POINTER).decode("utf-8", "replace")
    except OSError:
        return None
    label, _, folder = text.strip().partition(": ")
    return git.parent / folder / "index" if label == "gitdir" and folder else None


def _tracked(index: Path) -> frozenset[bytes]:
    status = disk.status(index)
    if status is None:
        return frozenset()
    return _read(index, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=20)
def _read(index: Path, _size: int, _mtime_ns: int) -> frozenset[bytes]:
    """Return the names of an index that may be asked for; it is read once for its size and time."""
    try:
        data = disk.read_file(index, MAX_BYTES)
    except OSError:
        return frozenset()
    found = names_in(data, _hash_length(index.parent))
    return frozenset(name for name in found if name.endswith(_WANTED_NAMES))


def _hash_length(folder: Path) -> int:
    """Return the bytes of an object's name: 20, or 32 in a repository with SHA-256."""
    try:
        config = disk.read_file(folder / "config", _MAX_CONFIG).lower()
    except OSError:
        return 20
    return 32 if b"objectformat" in config and b"sha256" in config else 20


def names_in(data: bytes, hash_length: int = 20) -> Iterator[bytes]:
    """Yield the names of the files that an index lists, up to where it is damaged.

    Args:
        data: of the index.
        hash_length: the bytes of an object's name.
    """
    if len(data) < _HEADER.size:
        return
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC" or version not in _VERSIONS:
        return
    at, name = _HEADER.size, b""
    for _ in range(count):
        flags_at = at + _FIXED + hash_length
        if flags_at + 2 > len(data):
            return
        flags = int.from_bytes(data[flags_at : flags_at + 2], "big")
        start = flags_at + (4 if flags & _EXTENDED else 2)
        kept = b""
        if version == 4:
            removed, start = _offset(data, start)
            kept = name[: max(len(name) - removed, 0)]
        end = data.find(b"\0", start)
        if end < 0:
            return
        name = kept + data[start:end]
        yield name
        at = end + 1 if version == 4 else at + (end - at + 8) // 8 * 8


def _offset(data: bytes, at: int) -> tuple[int, int]:
    """Return a number as packs write offsets, and where it ends."""
    value = 0
    while at < len(data):
        byte = data[at]
        value = value << 7 | byte & 0x7F
        at += 1
        if not byte & 0x80:
            break
        value += 1
    return value, at
