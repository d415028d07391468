"""Files as they were at one moment, and whether the disk has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from precompass.documents.text import SourceText
from precompass.files import disk
from precompass.files.listings import toml_names
from precompass.files.snapshot import Disk, Snapshot

_Signature: TypeAlias = tuple[int, ...] | None


class ObservedSnapshot(Snapshot):
    """A snapshot that remembers where it looked on disk, and what stood there.

    Args:
        disk: what reads the files that no editor has open.
        open_texts: the texts of files that are open in an editor, by absolute path.
    """

    def __init__(self, disk: Disk, open_texts: Mapping[Path, str] | None = None) -> None:
        super().__init__(disk, open_texts)
        self._seen: dict[Path, _Signature] = {}
        self._listed: dict[Path, frozenset[str]] = {}
        self._folders_seen: dict[Path, tuple[Path, ...]] = {}

    def read(self, path: Path) -> SourceText | None:
        """Return the text of a file; None where there is none, or it cannot be read."""
        self._observe(path)
        return super().read(path)

    def unreadable(self, path: Path) -> str:
        """Return why a file that is there could not be read, or an empty string."""
        self._observe(path)
        return super().unreadable(path)

    def is_file(self, path: Path) -> bool:
        """Tell whether a file is there, in an editor or on disk, readable or not."""
        self._observe(path)
        return super().is_file(path)

    def toml_names_in(self, folder: Path) -> frozenset[str] | None:
        """Return the names in a folder that end in ``.toml``, in lower case.

        None also for a folder that has just changed: then each name is looked for, and seen when a
        file appears there.
        """
        listing = self._disk.listings.listing(folder)
        if listing is None or listing.toml_names is None:
            return None
        self._listed.setdefault(folder, listing.toml_names)
        return self._with_opened(folder, listing.toml_names)

    def folders_in(self, folder: Path) -> tuple[Path, ...]:
        """Return the folders right in a folder."""
        return self._folders_seen.setdefault(folder, super().folders_in(folder))

    def has_changed(self) -> bool:
        """Tell whether one of the places where it looked now holds something else.

        A folder that has come counts from the moment that it has TOML files.
        """
        return (
            any(_signature(path) != signature for path, signature in self._seen.items())
            or any(self._names_now(folder) != names for folder, names in self._listed.items())
            or any(self._names_now(folder) != frozenset() for folder in self._new_folders())
        )

    def _new_folders(self) -> Iterator[Path]:
        for folder, seen in self._folders_seen.items():
            yield from set(self._disk.listings.folders_in(folder)).difference(seen)

    def _names_now(self, folder: Path) -> frozenset[str] | None:
        """Return the same names now; of a folder that is gone, none."""
        listing = self._disk.listings.listing(folder)
        found = listing.toml_names if listing is not None else toml_names(folder)
        return frozenset() if found is None and not disk.is_there(folder) else found

    def _observe(self, path: Path) -> None:
        # Before the file is read: a change in between is then seen, not missed.
        if path not in self._seen and not self.is_open(path):
            self._seen[path] = _signature(path)


def _signature(path: Path) -> _Signature:
    """Return what tells one state of a place on disk from another; None if nothing is there."""
    status = disk.status(path)
    if status is None:
        return None
    return status.st_mode, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
