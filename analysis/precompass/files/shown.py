"""How a path is written for people and programs."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: Path, folder: Path | None) -> str:
    """Return a path relative to *folder* where it is below it, with ``/``; else the whole path."""
    if folder is None or not path.is_relative_to(folder):
        return str(path)
    return path.relative_to(folder).as_posix()


def shown_from(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, with the slashes that project files have."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()
