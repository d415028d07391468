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
    deepest: int | None = None,
    may_look: Callable[[Path], bool] | None = None,
    unreadable: Callable[[OSError], None] | None = None,
) -> Iterator[Path]:
    """Yield project files, manifests, preferences files and our own, those farthest up first.

    Hidden folders are skipped, and so are those that Julia fills in a depot, and those that a
    symlink leads to: such a folder may hold the one that the link is in.

    Args:
        folders: where to begin; each is looked into, whatever it is called.
        deepest: how far below the first folders it is looked; None for as far as there are any.
        may_look: what is asked before each folder whether to look into it.
        unreadable: what is told of a folder that cannot be listed.
    """
    pending = deque((folder, 0) for folder in folders)
    seen: set[Path] = set()
    while pending:
        folder, depth = pending.popleft()
        if folder in seen:
            continue
        if may_look is not None and not may_look(folder):
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
            elif deepest is not None and depth >= deepest:
                continue
            elif not (entry.name.startswith(".") or entry.name in skipped or entry.is_link):
                pending.append((path, depth + 1))
