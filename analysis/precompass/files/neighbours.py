"""Manifests in the neighbourhood of a package, which may be of environments that develop it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from precompass.files.snapshot import Snapshot
from precompass.julia.files import Files

_NAMES = ("JuliaManifest.toml", "Manifest.toml")
_VERSIONED = tuple(
    f"{name}-v1.{minor}.toml"
    for minor in range(16, 9, -1)
    for name in ("JuliaManifest", "Manifest")
)
_ALL_NAMES = (*_NAMES, *_VERSIONED)
_MOST_ABOVE = 4  # folders above the parent


def places_near(folder: Path, files: Snapshot) -> Iterator[Path]:
    """Yield the folders in which, and right below which, manifests may develop a package.

    Those are the package's own folder and the one above; nothing outside of the package's git
    repository is looked for.

    Args:
        folder: of the package.
        files: where to look.
    """
    yield folder
    if not _is_repository(folder, files):
        yield folder.parent


def manifests_in(folder: Path, files: Snapshot) -> Iterator[Path]:
    """Yield the manifests in a folder, and in the folders right below it, one for each."""
    for place in (folder, *files.folders_in(folder)):
        yield from manifest_of(place, files)


def manifest_of(folder: Path, files: Snapshot) -> Iterator[Path]:
    """Yield the manifest in a folder: the plain one, else the one of the newest Julia."""
    known = files.toml_names_in(folder)
    if known is not None and not known:
        return
    names = (name for name in _ALL_NAMES if known is None or name.lower() in known)
    paths = (folder / name for name in names)
    yield from islice((path for path in paths if files.is_file(path)), 1)


def folders_above(folder: Path, files: Snapshot) -> Iterator[Path]:
    """Yield the folders above the parent, up to that of the repository: ``.`` for ``lib/x/y``."""
    for place in islice((folder, *folder.parents), _MOST_ABOVE + 2):
        if place not in (folder, folder.parent):
            yield place
        if _is_repository(place, files):
            return


def _is_repository(folder: Path, files: Snapshot) -> bool:
    """Tell whether a folder is the root of a git repository, or of a worktree or submodule."""
    return files.once(_has_git, folder)


def _has_git(files: Files, folder: Path) -> bool:
    git = folder / ".git"
    return files.is_file(git) or files.is_file(git / "HEAD")
