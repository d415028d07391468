"""Which of Julia's files the paths on a command line stand for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from precompass.cli.failure import CannotRun
from precompass.session import file_kind

_SKIPPED = {"node_modules", "__pycache__"}  # beside every folder whose name begins with a dot


def julia_files(paths: Iterable[str]) -> tuple[Path, ...]:
    """Return the project files, manifests and preferences files that paths stand for, sorted.

    With them come our own ``precompass.toml``. A file stands for itself, a folder for all such
    files in it and below it. Hidden folders are skipped, and so are those that a symlink leads
    to: such a folder may hold the one that the link is in.

    Raises:
        CannotRun: if a path leads nowhere, or to a file of none of these kinds.
    """
    found: dict[Path, None] = {}
    for text in paths:
        path = Path(os.path.abspath(text))  # noqa: PTH100 - no symlink is followed
        if path.is_dir():
            found |= dict.fromkeys(_below(path))
        elif not path.exists():
            raise CannotRun(f"there is no file or folder {text}")
        elif file_kind(path) is None:
            raise CannotRun(
                f"{text} is none of Julia's project files, manifests and preferences files"
            )
        else:
            found[path] = None
    return tuple(sorted(found))


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED]
        for name in names:
            path = Path(place, name)
            if file_kind(path) is not None:
                yield path


def _refuse(error: OSError) -> None:
    raise CannotRun(f"{error.filename} cannot be read: {error.strerror}")
