"""The source files of one package, read within bounds.

What is read stays inside the package's folder: neither ``..`` nor a symbolic link leads out
of it. The contents may be hostile, so their number and sizes are limited.
"""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.files import disk
from precompass.julia.digests import sha256

_MAX_ENTRIES = 100_000  # of one folder


class Limits(msgspec.Struct, frozen=True):
    """How much of one package is read.

    Attributes:
        files: how many files.
        file_bytes: the size of the largest file that is read.
        total_bytes: the sizes of all files together.
        parsed_bytes: how much of it is parsed (parsing is slower than searching).
        pieces: how many statements of modules and of included files, definitions of functions and
            assignments to globals are collected, all together, beside one for each
            ``piece_bytes`` of what is parsed. AMDGPU has 16,600 in 4 MB, the most of 450 real
            packages, and the next one 7,800.
        piece_bytes: of what length one more statement is followed. Code that people write has one
            in 70 to 400 bytes; only tables of thousands of constants have more.
        parsed_tokens: how many words and signs the parsed files may have, all together, comments
            and strings included: trees take half a kilobyte for each. The largest package that
            is known has 1,600,000, most of them in files that need no parsing.
        depth: how deeply nested code is followed exactly; below, calls are still found.
        effects: how many reads and calls are kept for one function or for the top level.
    """

    files: int = 4_000
    file_bytes: int = 4_000_000
    total_bytes: int = 64_000_000
    parsed_bytes: int = 16_000_000
    pieces: int = 8_000
    piece_bytes: int = 100
    parsed_tokens: int = 1_000_000
    depth: int = 60
    effects: int = 5_000


class PackageFiles:
    """Reads the files below one folder, each once, and remembers what it saw."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.refused: dict[Path, str] = {}
        self._contents: dict[Path, bytes | None] = {}
        self._listings: dict[Path, list[Path]] = {}
        self._real_folders: dict[str, str] = {}
        self._total = 0

    @property
    def digests(self) -> dict[Path, str | None]:
        """The SHA-256 of each file that was asked for; None where nothing was read."""
        return {
            path: None if data is None else sha256(data).hexdigest()
            for path, data in self._contents.items()
        }

    @property
    def listings(self) -> dict[Path, list[Path]]:
        """The folders whose files were asked for, and these files."""
        return dict(self._listings)

    def read(self, path: Path) -> bytes | None:
        """Return the bytes of a file; None, with the reason in ``refused``, if it is not read."""
        path = Path(os.path.normpath(path))
        if path not in self._contents:
            self._contents[path] = self._read(path)
        return self._contents[path]

    def _read(self, path: Path) -> bytes | None:
        if len(self._contents) >= self.limits.files:
            self.refused[path] = "too many files"
            return None
        try:
            real, is_file = self._real(path)
            if os.path.commonpath([self._real_root, real]) != self._real_root:
                self.refused[path] = "outside the package"
                return None
            if not is_file:
                self.refused[path] = "no such file"
                return None
            allowed = min(self.limits.file_bytes, self.limits.total_bytes - self._total)
            data = disk.read_file(real, allowed + 1)
        except (OSError, ValueError) as error:
            self.refused[path] = getattr(error, "strerror", None) or str(error)
            return None
        if len(data) > allowed:
            self.refused[path] = "too large"
            return None
        self._total += len(data)
        return data

    def _real(self, path: Path) -> tuple[str, bool]:
        """Return a path without links, and whether a regular file is there.

        The links in a folder's path are followed once for all files in it.
        """
        folder, name = os.path.split(path)
        status = disk.link_status(path)
        if status is None or stat.S_ISLNK(status.st_mode) or not name:
            real = disk.real_path(path)
            return real, disk.is_file(real)
        if folder not in self._real_folders:
            self._real_folders[folder] = disk.real_path(folder)
        real = os.path.join(self._real_folders[folder], name)  # noqa: PTH118 - of thousands
        return real, stat.S_ISREG(status.st_mode)

    @cached_property
    def _real_root(self) -> str:
        return disk.real_path(self.root)

    def julia_files(self, folder: Path) -> list[Path]:
        """Return the ``.jl`` files below a folder, sorted, symbolic links left out."""
        if folder not in self._listings:
            self._listings[folder] = self._list(folder)
        return self._listings[folder]

    def _list(self, folder: Path) -> list[Path]:
        found: list[Path] = []
        pending = [folder]
        folders = 0
        while pending and folders < self.limits.files and len(found) < self.limits.files:
            folders += 1
            entries = disk.entries(pending.pop(), _MAX_ENTRIES)
            if len(entries) == _MAX_ENTRIES:
                self.refused[folder] = "too many files"
            for entry in entries:
                if entry.is_link:
                    continue
                if entry.is_folder:
                    pending.append(Path(entry.path))
                elif entry.name.endswith(".jl"):
                    found.append(Path(entry.path))
        if pending:
            self.refused[folder] = "too many files"
        return sorted(found)


def extension_entries(folder: Path) -> tuple[Path, ...]:
    """Return the files with the modules of a package's extensions, by name.

    Julia looks for ``ext/Name.jl`` and ``ext/Name/Name.jl`` (``Base.loading``).
    """
    extensions = folder / "ext"
    files = PackageFiles(folder, Limits()).julia_files(extensions)
    return tuple(
        path
        for path in files
        if path.parent == extensions
        or (path.parent.parent == extensions and path.parent.name == path.stem)
    )
