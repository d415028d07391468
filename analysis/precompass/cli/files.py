"""Which of Julia's files the paths on a command line mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from precompass.cli.failure import CannotRun
from precompass.files import disk
from precompass.files.folders import files_below
from precompass.files.kinds import file_kind


def refuse(error: OSError) -> None:
    """End the command because of a folder that cannot be read."""
    raise CannotRun(f"{error.filename} cannot be read: {error.strerror}")


def refuse_path(sentence: str) -> None:
    """End the command because of a path that means no file."""
    raise CannotRun(sentence)


def julia_files(
    paths: Iterable[str],
    unreadable: Callable[[OSError], None] = refuse,
    meaningless: Callable[[str], None] = refuse_path,
) -> tuple[Path, ...]:
    """Return the project files, manifests and preferences files that paths mean, sorted.

    With them come our own ``precompass.toml``. A file means itself, a folder for all such
    files in it and below it, as :func:`~precompass.files.folders.files_below` finds them.

    Args:
        paths: of files and folders.
        unreadable: what is told of a folder that cannot be listed.
        meaningless: what is told of a path that leads nowhere, or to a file of none of these
            kinds: a sentence without its full stop. By default that ends the command.
    """
    found: dict[Path, None] = {}
    for text in paths:
        path = Path(os.path.abspath(text))  # noqa: PTH100 - no symlink is followed
        if disk.is_folder(path):
            found |= dict.fromkeys(files_below([path], unreadable=unreadable))
        elif not disk.is_there(path):
            meaningless(f"there is no file or folder {text}")
        elif file_kind(path) is None:
            meaningless(f"{text} is not a Julia project file, manifest or preferences file")
        else:
            found[path] = None
    return tuple(sorted(found))
