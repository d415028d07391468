"""Where the source of a package is, and the source files that a cache names."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
import tomli

from precompass.files import disk
from precompass.julia.slugs import version_slug

_FOLDER_NAME = re.compile(r"[^/\\:\0.][^/\\:\0]*")  # no way out of the folder that it is in
_STDLIB_FILE = re.compile(r".*[/\\]stdlib[/\\]v\d+\.\d+[/\\](?P<file>.+)", re.DOTALL)
_DEPOT = "@depot"
_INSTALLED = re.compile(r"[/\\]packages[/\\][^/\\]+[/\\](?P<slug>[^/\\]+)[/\\]")
_MAX_PROJECT = 2**20  # bytes of a project file


def with_packages(depots: Sequence[str]) -> tuple[str, ...]:
    """Return the depots that have a folder for installed packages."""
    return tuple(one for one in depots if disk.is_folder(Path(one, "packages")))


def installed_package(
    name: str, uuid: UUID, tree_sha1: str, depots: Sequence[str], minor: tuple[int, int]
) -> Path | None:
    """Return the folder of an installed version of a package: ``packages/Name/slug``.

    Slugs of five characters come before those of four (in Julia 1.6, after them), and within
    each length the depots in their order (``base/loading.jl``, ``explicit_manifest_uuid_path``).

    Args:
        name: of the package.
        uuid: of the package.
        tree_sha1: ``git-tree-sha1`` of its manifest entry.
        depots: paths of the depots.
        minor: major and minor version of Julia.
    """
    if not _FOLDER_NAME.fullmatch(name):
        return None
    versions = [found for depot in depots if disk.is_folder(found := Path(depot, "packages", name))]
    if not versions:
        return None
    try:
        slug = version_slug(uuid, tree_sha1)
    except ValueError:
        return None
    for length in (4, 5) if minor < (1, 7) else (5, 4):
        for folder in versions:
            if disk.is_folder(folder / slug[:length]):
                return folder / slug[:length]
    return None


def developed_package(path: str, manifest_directory: Path) -> Path | None:
    """Return the folder that ``path`` of a manifest entry means, whether below ``dev/`` or not.

    A relative path is relative to the folder of the manifest.
    """
    folder = os.path.normpath(os.path.join(manifest_directory, path))  # noqa: PTH118 - of thousands
    return Path(folder) if disk.is_folder(folder) else None


def stdlib_package(name: str, stdlib: Path) -> Path | None:
    """Return the folder of a package of the standard library in the folder *stdlib*."""
    if not _FOLDER_NAME.fullmatch(name):
        return None
    folder = stdlib / name
    return folder if disk.is_file(folder / "src" / f"{name}.jl") else None


class FoundSource(msgspec.Struct, frozen=True):
    """A file or folder that a cache names.

    Attributes:
        path: where it is now.
        moved_stdlib: whether it belongs to the standard library and was elsewhere when Julia
            itself was built. Julia takes such a file for unchanged.
    """

    path: Path
    moved_stdlib: bool = False


def version_of_folder(folder: Path) -> str | None:
    """Return the version that the project file in a package's folder states, if it does."""
    for name in ("JuliaProject.toml", "Project.toml"):
        try:
            text = disk.read_file(folder / name, _MAX_PROJECT).decode()
            version = tomli.loads(text).get("version")
        except (OSError, ValueError, RecursionError):
            continue
        return version if isinstance(version, str) else None
    return None


def slug_of_installed(recorded: str) -> str | None:
    """Return the slug of the version that a recorded path belongs to; None if of no depot."""
    match = _INSTALLED.search(recorded)
    return match["slug"] if match is not None else None


def in_depot(recorded: str) -> str | None:
    """Return what follows ``@depot`` in a recorded path, separator included; None without it."""
    if recorded.startswith((_DEPOT + "/", _DEPOT + "\\")):
        return recorded[len(_DEPOT) :]
    return None


def depot_of(recorded: str, depots: Sequence[str]) -> str | None:
    """Return the first depot that has a file recorded as ``@depot/…``; None if there is none."""
    rest = in_depot(recorded)
    if rest is None:
        return None
    return next((depot for depot in depots if disk.is_there(f"{depot}{rest}")), None)


def find_source(recorded: str, depots: Sequence[str], stdlib: Path | None) -> FoundSource | None:
    """Return where a file is that a cache names, or None if it is gone.

    Args:
        recorded: the path in the cache. From Julia 1.11 on it may begin with ``@depot``, which
            means the first depot that has the rest (``base/loading.jl``,
            ``resolve_depot``).
        depots: paths of the depots.
        stdlib: the folder of the standard library, if known (``fixup_stdlib_path``).
    """
    rest = in_depot(recorded)
    if rest is not None:
        depot = depot_of(recorded, depots)
        return FoundSource(Path(f"{depot}{rest}")) if depot is not None else None
    if disk.is_there(recorded):
        return FoundSource(Path(recorded))
    moved = moved_stdlib(recorded, stdlib)
    return FoundSource(moved, moved_stdlib=True) if moved is not None else None


def moved_stdlib(recorded: str, stdlib: Path | None) -> Path | None:
    """Return where a file of the standard library is that was elsewhere when Julia was built."""
    match = _STDLIB_FILE.fullmatch(recorded)
    if match and stdlib is not None:
        path = Path(os.path.normpath(stdlib / match["file"]))
        if path.is_relative_to(stdlib) and disk.is_file(path):
            return path
    return None
