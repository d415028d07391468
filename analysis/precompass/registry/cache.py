"""The folder in the user's cache that holds our indexes of registries.

An index is an SQLite file that is never changed once it is there. It is written beside its
place and moved there in one step, so that several servers may build the same one at once. Its
checksum is in the file itself, in ``user_version`` (bytes 60 to 63 of an SQLite file, which
SQLite leaves to applications): a damaged file is noticed when it is opened, and built again.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import IO

from precompass.files import disk
from precompass.julia.digests import sha256
from precompass.registry.sources import RegistrySource

FORMAT = 2
"""Counted up when the content of an index changes its meaning."""

MAX_UNUSED_DAYS = 30
MAX_INDEXES = 20
_MAX_UNFINISHED_HOURS = 1
_CHECKSUM = range(60, 64)
_OURS = re.compile(r"registry-[0-9a-f]{16}-[0-9a-f]{32}\.sqlite(\.[0-9A-Za-z_]+\.unfinished)?")


def open_index(folder: Path, source: RegistrySource) -> sqlite3.Connection | None:
    """Open the index of this state of ``source``; None if there is none that is undamaged.

    The connection is read-only and may be used by any thread, one at a time.
    """
    path = folder / _file_name(source)
    try:
        with disk.open_file(path) as file:
            if _checksum(file) != _recorded_checksum(file):
                return None
        with contextlib.suppress(OSError):  # a cache that cannot be written to is as good
            status = disk.status(path)
            if status is not None and time.time() - status.st_mtime > 24 * 3600:
                os.utime(path)
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
    except (OSError, sqlite3.Error):
        return None


def store_index(folder: Path, source: RegistrySource, index: sqlite3.Connection) -> None:
    """Write the database ``index`` as that of ``source``, and delete indexes that are outdated.

    Raises:
        OSError: if the folder cannot be written to.
        sqlite3.Error: if it has no room, or another error of SQLite's.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)
    name = _file_name(source)
    handle, unfinished_name = tempfile.mkstemp(".unfinished", f"{name}.", folder)
    os.close(handle)
    unfinished = Path(unfinished_name)
    try:
        with contextlib.closing(sqlite3.connect(unfinished)) as target:
            target.execute("PRAGMA journal_mode = OFF")
            target.execute("PRAGMA synchronous = OFF")
            index.backup(target)
        with unfinished.open("r+b") as file:
            checksum = _checksum(file)
            file.seek(_CHECKSUM.start)
            file.write(checksum)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
    _delete_outdated(folder, name)


def clear_indexes(folder: Path) -> None:
    """Delete all indexes in a folder, and the folder if nothing else is in it.

    Raises:
        OSError: if one cannot be deleted.
    """
    for path, _, _ in _files(folder):
        path.unlink(missing_ok=True)
    if disk.is_folder(folder) and not disk.names(folder):
        folder.rmdir()


def _file_name(source: RegistrySource) -> str:
    """Name the place by 16 hexadecimal digits and its state by 32."""
    place = sha256(f"{FORMAT} {source.path.absolute()}".encode(errors="surrogatepass"))
    state = sha256(source.fingerprint.encode())
    return f"registry-{place.hexdigest()[:16]}-{state.hexdigest()[:32]}.sqlite"


def _checksum(file: IO[bytes] | FileIO) -> bytes:
    """Return the CRC-32 of all of a file but the bytes that hold the checksum."""
    file.seek(0)
    checksum = zlib.crc32(file.read(_CHECKSUM.start))
    file.seek(_CHECKSUM.stop)
    while chunk := file.read(1 << 18):
        checksum = zlib.crc32(chunk, checksum)
    return checksum.to_bytes(4, "big")


def _recorded_checksum(file: IO[bytes] | FileIO) -> bytes:
    file.seek(_CHECKSUM.start)
    return file.read(4)


def _delete_outdated(folder: Path, current: str) -> None:
    """Delete other states of the same registry, what nothing has used for long, and too many."""
    place = current.rpartition("-")[0]
    now = time.time()
    kept = 0
    for path, unfinished, changed in sorted(_files(folder), key=lambda file: -file[2]):
        limit = _MAX_UNFINISHED_HOURS if unfinished else MAX_UNUSED_DAYS * 24
        outdated = not unfinished and path.name.startswith(place) and path.name != current
        if outdated or now - changed > limit * 3600 or kept >= MAX_INDEXES:
            with contextlib.suppress(OSError):  # on Windows, while another server has it open
                path.unlink()
        else:
            kept += 1


def _files(folder: Path) -> Iterator[tuple[Path, bool, float]]:
    """Yield our own files in ``folder``, whether each is unfinished, and when it changed."""
    for name in disk.names(folder):
        match = _OURS.fullmatch(name)
        status = disk.status(folder / name) if match is not None else None
        if match is not None and status is not None:
            yield folder / name, match[1] is not None, status.st_mtime
