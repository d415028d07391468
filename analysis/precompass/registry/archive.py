"""A packed registry's tarball, read member by member and never unpacked to disk.

The archive is a POSIX tar file (IEEE Std 1003.1, *pax*, section "ustar Interchange Format"),
compressed with gzip or, by newer versions of Pkg, with Zstandard. General's holds some fifty
thousand small files. Python's ``tarfile`` needs three times as long for their headers, and
follows chains of extension headers for as long as a hostile archive makes them; what a registry
needs of the format is little, so it is read here: regular files and folders, the ``path`` of
extended headers (pax and GNU), and nothing else.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeAlias

from precompass.files import disk
from precompass.registry.limits import MAX_FILE_BYTES, MAX_MEMBERS, MAX_NAME, MAX_TOTAL_BYTES

try:
    from compression import zstd  # type: ignore[import-not-found]  # Python 3.14
except ImportError:
    try:
        from backports import zstd
    except ImportError:
        zstd = None

Progress: TypeAlias = Callable[[float], None]
"""Called with the share of the work that is done, from 0 to 1."""


_BLOCK = 512
_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_ERRORS = () if zstd is None else (zstd.ZstdError,)
_EXTENDED_HEADERS = (b"x", b"g", b"L")  # pax, pax for all that follow, GNU's long name
_REGULAR_FILES = (b"0", b"\0")
_FOLDERS = (b"5", b"0", b"\0")  # the latter two, with a name that ends in /, before POSIX
_REFUSED = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder with content",
    b"6": "a pipe",
    b"S": "a sparse file",
}


class ArchiveRefusedError(Exception):
    """The archive is damaged, truncated, or holds what no registry holds; the message says what."""


class Member(NamedTuple):
    """A regular file of the archive: its name with ``/``, content, and Unix time of change."""

    name: str
    data: bytes
    mtime: int


def read_members(
    path: Path, wanted: Callable[[str], bool], progress: Progress | None = None
) -> Iterator[Member]:
    """Yield the regular files of the archive at ``path`` whose name is ``wanted``, in its order.

    Every member is checked, wanted or not. When the iterator ends, the archive was whole: the
    checksum of its compression fits.

    Raises:
        ArchiveRefusedError: for an absolute name or one with ``..``, a link, device or other
            special file, too many or too large members, and damage of any kind.
        OSError: if the file cannot be read.
    """
    status = disk.status(path)
    size = status.st_size if status is not None and status.st_size else 1
    with io.BufferedReader(disk.open_file(path)) as file:
        tar = _Tar(_decompressed(file))
        try:
            for count, member in enumerate(tar.members(wanted)):
                if progress and count % 500 == 0:
                    progress(min(file.tell() / size, 1.0))
                yield member
        except EOFError:
            raise ArchiveRefusedError("the archive is truncated") from None
        except (gzip.BadGzipFile, zlib.error, *_ZSTANDARD_ERRORS) as error:
            raise ArchiveRefusedError(f"the archive is damaged: {error}") from None


class _Tar:
    """The members of one decompressed tar stream, and how much of it has been read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._total = 0

    def members(self, wanted: Callable[[str], bool]) -> Iterator[Member]:
        long_name: str | None = None
        for _ in range(MAX_MEMBERS):
            header = self._stream.read(_BLOCK)
            if not header.strip(b"\0"):
                self._read_to_the_end()
                return
            if len(header) < _BLOCK:
                raise EOFError
            kind, size = header[156:157], _size(header)
            if kind in _EXTENDED_HEADERS:
                data = self._data(size)
                name = _text(data) if kind == b"L" else _pax_path(data)
                if name is not None and kind == b"g":
                    raise ArchiveRefusedError("the archive gives all its members one name")
                long_name = long_name if name is None else name
                continue
            name = _checked_name(_name(header) if long_name is None else long_name)
            long_name = None
            if kind in _REGULAR_FILES and not name.endswith("/"):
                data = self._data(size)
                name = name.removeprefix("./")
                if wanted(name):
                    yield Member(name, data, _octal(header[136:148]))
            elif kind in _FOLDERS and not size:
                self._count(_BLOCK)
            else:
                what = _REFUSED.get(kind, "a special file")
                raise ArchiveRefusedError(f"member {name!r} is {what}, which no registry has")
        raise ArchiveRefusedError(f"the archive has more than {MAX_MEMBERS:,} members")

    def _data(self, size: int) -> bytes:
        """Read a member's content, which is padded to whole blocks."""
        if size > MAX_FILE_BYTES:
            raise ArchiveRefusedError(f"a member has {size:,} bytes, more than {MAX_FILE_BYTES:,}")
        padded = -(-size // _BLOCK) * _BLOCK
        self._count(_BLOCK + padded)
        data = self._stream.read(padded)
        if len(data) < padded:
            raise EOFError
        return data[:size]

    def _read_to_the_end(self) -> None:
        """Read what follows the last member, so that the compression's checksum is checked."""
        while rest := self._stream.read(1 << 16):
            self._count(len(rest))

    def _count(self, size: int) -> None:
        self._total += size
        if self._total > MAX_TOTAL_BYTES:
            raise ArchiveRefusedError(f"the archive unpacks to more than {MAX_TOTAL_BYTES:,} bytes")


def _decompressed(file: IO[bytes]) -> IO[bytes]:
    magic = file.read(len(_ZSTANDARD))
    file.seek(0)
    if magic.startswith(_GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=file), 1 << 20)
    if magic == _ZSTANDARD and zstd is not None:
        return io.BufferedReader(zstd.ZstdFile(file), 1 << 20)
    if magic == _ZSTANDARD:
        raise ArchiveRefusedError("reading Zstandard needs the Python package backports.zstd")
    if not magic:
        raise ArchiveRefusedError("the archive is empty")
    raise ArchiveRefusedError("the archive is compressed with neither gzip nor Zstandard")


def _size(header: bytes) -> int:
    """Return the size that a member's header gives, once its checksum is seen to fit.

    The checksum is the sum of the header's bytes, with blanks in the checksum's own place.
    Adler-32 has one more than the sum, modulo 65,521, in its lower half: the fastest way to it.
    """
    field = header[148:156]
    total = _octal(field) - 8 * ord(" ") + sum(field)
    if (total + 1) % 65_521 != zlib.adler32(header) & 0xFFFF:
        raise ArchiveRefusedError("the archive is damaged: the checksum of a header does not fit")
    return _octal(header[124:136])


def _octal(field: bytes) -> int:
    try:
        number = int(field.rstrip(b"\0 ") or b"0", 8)
    except ValueError:
        number = -1
    if number < 0:
        raise ArchiveRefusedError("the archive is damaged: a header holds no octal number")
    return number


def _name(header: bytes) -> str:
    name = _text(header[:100])
    if header[345] and header[257:263] == b"ustar\0":
        return f"{_text(header[345:500])}/{name}"
    return name


def _text(field: bytes) -> str:
    try:
        return field.partition(b"\0")[0].decode()
    except UnicodeDecodeError:
        raise ArchiveRefusedError("a member's name is not UTF-8") from None


def _checked_name(name: str) -> str:
    if len(name) > MAX_NAME:
        raise ArchiveRefusedError(f"a member's name has more than {MAX_NAME} characters")
    if name.startswith("/") or ":" in name or "\\" in name:
        raise ArchiveRefusedError(f"member {name!r} has an absolute name or one for Windows")
    if ".." in name and ".." in name.split("/"):
        raise ArchiveRefusedError(f"member {name!r} leads out of the archive")
    return name


def _pax_path(data: bytes) -> str | None:
    """Return the ``path`` of an extended header, if one of its records gives it."""
    path = None
    while data:  # each record is its own length, a space, key=value and a line break
        length, _, _ = data[:20].partition(b" ")
        end = int(length) if length.isdigit() else 0
        record, data = data[len(length) + 1 : end], data[end:]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n") or len(length) + 1 + len(record) != end:
            raise ArchiveRefusedError("the archive is damaged: an extended header cannot be read")
        if key == b"path":
            path = _text(value[:-1])
        elif key in (b"size", b"linkpath") or key.startswith(b"GNU.sparse"):
            raise ArchiveRefusedError(f"an extended header sets {key!r}, which no registry needs")
    return path
