"""Manifests in the neighbourhood of a package, which may be of environments that develop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.files.snapshot import Snapshot

_NAMES = ("JuliaManifest.toml", "Manifest.toml")


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
    """Yield the manifests in a folder, and in the folders right below it.

    Versioned manifests are left out: a manifest with the plain name is the usual one.
    """
    for place in (folder, *files.folders_in(folder)):
        for name in _NAMES:
            if files.is_file(place / name):
                yield place / name
                break


def _is_repository(folder: Path, files: Snapshot) -> bool:
    """Tell whether a folder is the root of a git repository, or of a worktree or submodule."""
    git = folder / ".git"
    return files.is_file(git) or files.is_file(git / "HEAD")
