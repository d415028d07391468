"""Files as they are at one moment: an editor's open texts over the disk.

Every answer is a function of a :class:`Snapshot`. A snapshot reads a file at most once, so
all of its answers agree with each other; a change makes a new snapshot. What was read from
disk is kept by :class:`Disk` and read again only when the file is another one or has another
size or time; what was parsed is kept by content, in the parsers themselves.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from precompass.documents.text import SourceText, decode
from precompass.files import disk
from precompass.files.listings import Listings, toml_names
from precompass.julia.files import Files
from precompass.memo import Memo

MAX_FILE_SIZE = 4 * 2**20
"""Bytes beyond which a file is not read.

One manifest of all packages of General would have under 3 MB, and the largest that we know has
0.24 MB.
"""
MAX_WRITTEN_SIZE = 2**18
"""The same for all other files, which people write; the largest that we know has 13 kB."""
MOST_MARKS = 150_000
"""Marks of syntax beyond which a large manifest is not read, whatever its size.

A file is read in time that grows with its marks, at most in a second. The manifest of 671 packages
has 15,000.
"""
_MARKS = "\n[{,=."

_Signature: TypeAlias = tuple[int, int, int, int]
T = TypeVar("T")


class Disk:
    """Reads text files, and keeps what it read for as long as the file stays the same.

    Attributes:
        listings: what is in folders.
    """

    def __init__(self, listings: Listings | None = None) -> None:
        self.listings = listings or Listings()
        self._kept: Memo[Path, tuple[_Signature, SourceText | None, str]] = Memo()
        self._texts: Memo[bytes, SourceText] = Memo()

    def read(self, path: Path) -> tuple[SourceText | None, str]:
        """Return the text of a file, and why it could not be read (or an empty string).

        A file that is not there has no text and no reason.
        """
        try:
            status = disk.examine(path)
        except OSError as error:
            return None, disk.reason(error)
        if status is None:
            return None, ""
        signature = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        kept = self._kept.get(path)
        if kept is not None and kept[0] == signature:
            return kept[1], kept[2]
        text, reason = self._read_regular(path, status)
        size = len(text.text) if text is not None else 0
        self._kept.put(path, (signature, text, reason), size + len(str(path)))
        return text, reason

    def _read_regular(self, path: Path, status: os.stat_result) -> tuple[SourceText | None, str]:
        if stat.S_ISDIR(status.st_mode):
            return None, ""
        if not stat.S_ISREG(status.st_mode):
            return None, "it is not a regular file"
        reason = too_large(path, status.st_size)
        if reason:
            return None, reason
        try:
            data = disk.read_file(path, MAX_FILE_SIZE + 1)
        except OSError as error:
            return None, disk.reason(error)
        reason = too_large(path, len(data))  # some files state no size, and others grow
        if reason:
            return None, reason
        text = self._decode(data)
        reason = _too_many_marks(text.text)
        return (None, reason) if reason else (text, "")

    def _decode(self, data: bytes) -> SourceText:
        """Return the text of some bytes; files with the same bytes share it."""
        text = self._texts.get(data)
        if text is None:
            text = decode(data)
            self._texts.put(data, text, len(data))
        return text


def too_large(path: Path, size: int) -> str:
    """Return why a file of a size in bytes is not read; an empty string if it is."""
    limit = MAX_FILE_SIZE if "Manifest" in path.name else MAX_WRITTEN_SIZE
    if size <= limit:
        return ""
    return (
        f"it is larger than {limit // 2**20} MiB"
        if limit >= 2**20
        else (f"it is larger than {limit // 2**10} KiB")
    )


def _too_many_marks(text: str) -> str:
    """Return why a text of a size that is read is not; an empty string if it is."""
    if len(text) <= MAX_WRITTEN_SIZE or sum(map(text.count, _MARKS)) <= MOST_MARKS:
        return ""
    return _TOO_MANY_MARKS


_TOO_MANY_MARKS = f"it has more than {MOST_MARKS:,} lines, brackets and commas"


def _as_opened(path: Path, text: str) -> tuple[SourceText | None, str]:
    reason = too_large(path, len(text)) or _too_many_marks(text)
    return (None, reason) if reason else (SourceText(text), "")


class Snapshot:
    """The files at one moment; see :class:`precompass.julia.files.Files`.

    Args:
        disk: what reads the files that no editor has open.
        open_texts: the texts of files that are open in an editor, by absolute path.
    """

    def __init__(self, disk: Disk, open_texts: Mapping[Path, str] | None = None) -> None:
        self._disk = disk
        self._open = dict(open_texts or {})
        self._read: dict[Path, tuple[SourceText | None, str]] = {}
        self._is_file: dict[Path, bool] = {}
        self._folders: dict[Path, tuple[Path, ...]] = {}
        self._names: dict[Path, frozenset[str] | None] = {}
        self._answered: dict[tuple[object, Path], Any] = {}

    def read(self, path: Path) -> SourceText | None:
        """Return the text of a file; None where there is none, or it cannot be read."""
        return self._look(path)[0]

    def unreadable(self, path: Path) -> str:
        """Return why a file that is there could not be read, or an empty string."""
        return self._look(path)[1]

    def is_too_large(self, path: Path) -> bool:
        """Tell whether a file is not read because of its size; Julia may read it well."""
        return self.unreadable(path) in (too_large(path, MAX_FILE_SIZE + 1), _TOO_MANY_MARKS)

    def saved(self) -> Snapshot:
        """Return the same files as they are on disk, without the texts that are open."""
        return Snapshot(self._disk) if self._open else self

    def is_open(self, path: Path) -> bool:
        """Tell whether an editor has the file open."""
        return path in self._open

    def is_file(self, path: Path) -> bool:
        """Tell whether a file is there, in an editor or on disk, readable or not."""
        if path in self._open:
            return True
        known = self._is_file.get(path)
        if known is None:
            known = self._is_file[path] = disk.is_file(path)
        return known

    def toml_names_in(self, folder: Path) -> frozenset[str] | None:
        """Return the names in a folder that end in ``.toml``, in lower case.

        So many names need not be looked for. None if they are not known: the folder cannot be
        listed, or has more than :data:`precompass.files.listings.MOST_NAMES`.
        """
        if folder not in self._names:
            listing = self._disk.listings.listing(folder)
            found = listing.toml_names if listing is not None else toml_names(folder)
            self._names[folder] = self._with_opened(folder, found)
        return self._names[folder]

    def _with_opened(self, folder: Path, names: frozenset[str] | None) -> frozenset[str] | None:
        """Return the names in a folder, and the names of texts there that are open in an editor."""
        if names is None:
            return None
        return names | {path.name.lower() for path in self._open if path.parent == folder}

    def folders_in(self, folder: Path) -> tuple[Path, ...]:
        """Return the folders right in a folder, as :mod:`precompass.files.listings` has them."""
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._disk.listings.folders_in(folder)
        return known

    def same_folder(self, one: Path, other: Path) -> bool:
        """Tell whether two paths lead to one and the same folder."""
        return disk.is_same(one, other)

    def once(self, function: Callable[[Files, Path], T], path: Path) -> T:
        """Return what a function answers about a path, which it is asked once for this snapshot."""
        key = (function, path)
        if key not in self._answered:
            self._answered[key] = function(self, path)
        answer: T = self._answered[key]
        return answer

    def _look(self, path: Path) -> tuple[SourceText | None, str]:
        known = self._read.get(path)
        if known is None:
            text = self._open.get(path)
            known = self._disk.read(path) if text is None else _as_opened(path, text)
            self._read[path] = known
        return known
