"""Manifests in the neighbourhood of a package, which may be of environments that develop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.files.snapshot import Snapshot

_NAMES = ("JuliaManifest.toml", "Manifest.toml")


def manifests_near(folder: Path, files: Snapshot) -> Iterator[Path]:
    """Yield the manifests in the folders of a package, and in and beside the folder above.

    Nothing outside of the package's git repository is looked for. Versioned manifests are left
    out: a manifest with the plain name is the usual one.

    Args:
        folder: of the package.
        files: where to look.
    """
    places = [folder, *files.folders_in(folder)]
    if not _is_repository(folder, files):
        places += [folder.parent, *files.folders_in(folder.parent)]
    for place in dict.fromkeys(places):
        for name in _NAMES:
            if files.is_file(place / name):
                yield place / name
                break


def _is_repository(folder: Path, files: Snapshot) -> bool:
    """Tell whether a folder is the root of a git repository, or of a worktree or submodule."""
    git = folder / ".git"
    return files.is_file(git) or files.is_file(git / "HEAD")
