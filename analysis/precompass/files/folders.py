"""Which of Julia's files are in folders, and below them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from precompass.files import disk
from precompass.files.kinds import file_kind

_SKIPPED = {"node_modules", "__pycache__"}  # beside every folder whose name begins with a dot
_MARKS_OF_A_DEPOT = {"packages", "registries"}
_FILLED_BY_JULIA = _MARKS_OF_A_DEPOT | {"artifacts", "clones", "compiled", "scratchspaces"}


def files_below(
    folders: Iterable[Path],
    *,
    most: int | None = None,
    unreadable: Callable[[OSError], None] | None = None,
) -> Iterator[Path]:
    """Yield project files, manifests, preferences files and our own, those farthest up first.

    Hidden folders are skipped, and so are those that Julia fills in a depot, and those that a
    symlink leads to: such a folder may hold the one that the link is in.

    Args:
        folders: where to begin; each is looked into, whatever it is called.
        most: how many folders are looked into; None for all.
        unreadable: what is told of a folder that cannot be listed.
    """
    pending = deque(folders)
    seen: set[Path] = set()
    while pending and (most is None or len(seen) < most):
        folder = pending.popleft()
        if folder in seen:
            continue
        seen.add(folder)
        try:
            found = disk.list_folder(folder)
        except OSError as error:
            if unreadable is not None:
                unreadable(error)
            continue
        is_depot = {entry.name for entry in found} >= _MARKS_OF_A_DEPOT
        skipped = _SKIPPED | _FILLED_BY_JULIA if is_depot else _SKIPPED
        for entry in found:
            path = folder / entry.name
            if not entry.is_folder:
                if file_kind(path) is not None:
                    yield path
            elif not (entry.name.startswith(".") or entry.name in skipped or entry.is_link):
                pending.append(path)
