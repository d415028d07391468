"""What the rest of Precompass asks of a file system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from precompass.documents.text import SourceText

T = TypeVar("T")


class Files(Protocol):
    """Files as they are at one moment; an editor's unsaved text lies over the disk."""

    def read(self, path: Path) -> SourceText | None:
        """Return the text of a file; None where there is none, or it cannot be read."""
        ...

    def is_file(self, path: Path) -> bool:
        """Tell whether a file is there."""
        ...

    def same_folder(self, one: Path, other: Path) -> bool:
        """Tell whether two paths lead to one and the same folder."""
        ...

    def once(self, function: Callable[[Files, Path], T], path: Path) -> T:
        """Return what a function answers about a path, which it is asked once at this moment.

        Args:
            function: its answer rests on nothing but the files and the path.
            path: the path.
        """
        ...
