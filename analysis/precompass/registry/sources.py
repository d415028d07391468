"""Where the registries of a user's depots lie, and when one has changed.

Source: ``reachable_registries`` in ``src/Registry/registry_instance.jl`` of Pkg (as of May
2026). A depot's ``registries`` folder holds registries of two kinds. A *packed* one is a file
``General.toml`` that names a tarball beside it and the git tree hash of the tarball's content;
an *unpacked* one is a folder with a ``Registry.toml`` (a git clone, or what Pkg unpacked). A
folder that has the name of a packed registry is ignored.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec

from precompass.files import disk
from precompass.julia.digests import sha256
from precompass.registry.limits import MAX_FILE_BYTES, MAX_MEMBERS
from precompass.registry.tables import read_table, text_of

_MAX_ENTRIES = 10_000  # of a folder of registries
MAX_REGISTRIES = 100  # in one depot; a user has one to three
_MAX_STAMPS_OF_A_CLONE = 5000  # of more files than these, what git says is believed
_TREE_HASH = re.compile(r"[0-9a-f]{40}", re.ASCII)


class RegistrySource(msgspec.Struct, frozen=True):
    """A registry on disk.

    ``path`` is the folder of an unpacked registry or the ``.toml`` file of a packed one, whose
    tarball is ``archive``. ``tree_hash`` is the git tree hash that Pkg wrote down, if it did.
    ``fingerprint`` is another text when the content is another: made of the tree hash, or of the
    sizes and times of the files. For a git clone of thousands of packages it is made of the
    commit and the time of git's index, so that an edit that git has not been told of goes unseen.
    """

    path: Path
    archive: Path | None
    tree_hash: str | None
    fingerprint: str


class RegistryProblem(msgspec.Struct, frozen=True):
    """Something that keeps a registry, or a part of it, from being read; in one sentence."""

    path: Path
    message: str


def find_registries(
    depots: Iterable[Path],
) -> tuple[tuple[RegistrySource, ...], tuple[RegistryProblem, ...]]:
    """Return the registries of ``depots`` in Pkg's order, and what cannot be one and why.

    Within a depot the folders come first, then the packed ones, each by name.
    """
    sources: list[RegistrySource] = []
    problems: list[RegistryProblem] = []
    for depot in depots:
        candidates = _candidates(depot / "registries")
        if len(candidates) > MAX_REGISTRIES:
            message = f"has more than {MAX_REGISTRIES} registries: the others are ignored"
            problems.append(RegistryProblem(depot / "registries", message))
        for path in candidates[:MAX_REGISTRIES]:
            found = registry_source(path)
            if isinstance(found, RegistrySource):
                sources.append(found)
            elif found is not None:
                problems.append(found)
    return tuple(sources), tuple(problems)


def registry_source(path: Path) -> RegistrySource | RegistryProblem | None:
    """Return the registry at ``path`` as it is now; None where nothing there claims to be one."""
    if path.suffix == ".toml" and disk.is_file(path):
        return _packed(path)
    return _unpacked(path) if disk.is_file(path / "Registry.toml") else None


def read_bounded(path: Path) -> bytes | None:
    """Return the content of a regular file of at most :data:`MAX_FILE_BYTES`, else None."""
    try:
        data = disk.read_file(path, MAX_FILE_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MAX_FILE_BYTES else None


def _candidates(registries: Path) -> list[Path]:
    found = disk.entries(registries, _MAX_ENTRIES)
    packed = [Path(entry.path) for entry in found if entry.name.endswith(".toml")]
    names = {path.stem for path in packed}
    folders = [Path(entry.path) for entry in found if entry.is_folder and entry.name not in names]
    return folders + packed


def _packed(path: Path) -> RegistrySource | RegistryProblem:
    table, reason = read_table(read_bounded(path) or b"")
    if reason is not None:
        return RegistryProblem(path, f"is not TOML: {reason}")
    tree_hash, name = text_of(table, "git-tree-sha1"), text_of(table, "path")
    if tree_hash is None or not _TREE_HASH.fullmatch(tree_hash):
        return RegistryProblem(path, "names no git-tree-sha1 of 40 hexadecimal digits")
    if name is None:
        return RegistryProblem(path, "does not name its archive")
    archive = path.parent / name
    if archive.parent != path.parent or name in ("", ".", ".."):
        return RegistryProblem(path, f"names an archive outside of its folder: {name!r}")
    status = disk.status(archive)
    if status is None:
        return RegistryProblem(path, f"names the archive {name!r}, which does not exist")
    if not stat.S_ISREG(status.st_mode):
        return RegistryProblem(path, f"names the archive {name!r}, which is not a regular file")
    return RegistrySource(path, archive, tree_hash, f"tree {tree_hash} {status.st_size}")


def _unpacked(path: Path) -> RegistrySource:
    registry_toml = _stamp(path / "Registry.toml")
    table, _ = read_table(read_bounded(path / ".tree_info.toml") or b"")
    tree_hash = text_of(table, "git-tree-sha1")
    if tree_hash is not None and _TREE_HASH.fullmatch(tree_hash):
        return RegistrySource(path, None, tree_hash, f"tree {tree_hash} {registry_toml}")
    commit = _git_commit(path / ".git")
    limit = MAX_MEMBERS if commit is None else _MAX_STAMPS_OF_A_CLONE
    digest = _digest_of_stamps(path, limit)
    if digest is not None:
        return RegistrySource(path, None, None, f"files {digest}")
    index = _stamp(path / ".git" / "index")
    return RegistrySource(path, None, None, f"commit {commit} {index} {registry_toml}")


def _stamp(path: Path) -> str:
    status = disk.status(path)
    return f"{status.st_size} {status.st_mtime_ns}" if status is not None else "absent"


def _git_commit(git: Path) -> str | None:
    """Return the commit that is checked out, None where ``git`` is no git folder.

    Source: gitrepository-layout(5), ``HEAD``, ``refs`` and ``packed-refs``.
    """
    head = (read_bounded(git / "HEAD") or b"").decode(errors="replace").strip()
    reference = head.removeprefix("ref: ")
    if reference == head:
        return head if _TREE_HASH.fullmatch(head) else None
    if not reference.startswith("refs/") or ".." in reference:
        return None
    loose = (read_bounded(git / reference) or b"").decode(errors="replace").strip()
    if _TREE_HASH.fullmatch(loose):
        return loose
    packed = (read_bounded(git / "packed-refs") or b"").decode(errors="replace")
    match = re.search(rf"^([0-9a-f]{{40}}) {re.escape(reference)}$", packed, re.MULTILINE)
    return match[1] if match else None


def _digest_of_stamps(folder: Path, limit: int) -> str | None:
    """Return a digest of the names, sizes and times of all TOML files; None if above ``limit``."""
    stamps: list[str] = []
    folders = [str(folder)]
    while folders:
        for entry in disk.entries(folders.pop()):
            if entry.name.endswith(".toml"):
                status = disk.link_status(entry.path)
                stamp = f"{status.st_size} {status.st_mtime_ns}" if status is not None else ""
                stamps.append(f"{entry.path} {stamp}")
            elif not entry.name.startswith(".") and entry.is_folder and not entry.is_link:
                folders.append(entry.path)
        if len(stamps) > limit:
            return None

    text = "\n".join(sorted(stamps))
    return sha256(text.encode(errors="surrogateescape")).hexdigest()
