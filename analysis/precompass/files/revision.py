"""The files of a git commit, in place of those of the working tree.

They are read by dulwich: git is not run, and nothing is fetched. Objects that are not on this
machine, as in a partial clone, cannot be read.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

import msgspec
from dulwich.objects import Commit, Tag, Tree
from dulwich.objectspec import parse_commit, parse_object, parse_tree
from dulwich.repo import Repo

from precompass.documents.text import SourceText, decode
from precompass.files.disk import is_confined, is_there
from precompass.files.git_folder import names_places_elsewhere
from precompass.files.git_objects import BoundedStore
from precompass.files.ignored import IgnoredFiles
from precompass.files.library_files import held_to_the_gate
from precompass.files.snapshot import Disk, Snapshot, too_large

_SHORT_ID = re.compile(r"[0-9a-f]{4,39}(?=[~^]|\Z)")
_MAX_LINKS = 10  # symlinks that are followed, one after the other


class NoRevision(msgspec.Struct, frozen=True):
    """Why a commit cannot be read. *why* is a sentence, for a person."""

    why: str


class _OnDisk(msgspec.Struct, frozen=True):
    """That a file is read from disk, and where."""

    path: Path


class _Unreadable(msgspec.Struct, frozen=True):
    """That a file is there and cannot be read, and why."""

    why: str


class Revision(Snapshot):
    """The files of a commit. Made by :func:`open_revision`.

    Below the root of the repository, a file that is not in the commit is not there. Files that
    git ignores are the exception: no commit says anything about them, and git leaves them alone
    when it goes from one commit to another, so they are read from disk. A manifest and a
    ``LocalPreferences.toml`` often are such files. What is outside the repository is read from
    disk too.
    """

    def __init__(self, disk: Disk, repository: Repo, tree: Tree, root: Path) -> None:
        super().__init__(disk)
        self._repository = repository
        self._tree = tree
        self._root = root
        self._ignored = IgnoredFiles(root, _excludes_file(repository))
        self._known: dict[Path, SourceText | _OnDisk | _Unreadable | None] = {}

    def read(self, path: Path) -> SourceText | None:
        """Return the text of a file in the commit; None where there is none."""
        found = self._find(path)
        if isinstance(found, _OnDisk):
            return super().read(found.path)
        return found if isinstance(found, SourceText) else None

    def unreadable(self, path: Path) -> str:
        """Return why a file of the commit could not be read, or an empty string."""
        found = self._find(path)
        if isinstance(found, _OnDisk):
            return super().unreadable(found.path)
        return found.why if isinstance(found, _Unreadable) else ""

    def is_file(self, path: Path) -> bool:
        """Tell whether a file is in the commit."""
        found = self._find(path)
        return super().is_file(found.path) if isinstance(found, _OnDisk) else found is not None

    def saved(self) -> Snapshot:
        """Return the files as they are on disk, which are not those of the commit."""
        return Snapshot(self._disk)

    def same_folder(self, one: Path, other: Path) -> bool:
        """Tell whether two paths lead to one and the same folder."""
        return _normal(one) == _normal(other)

    def toml_names_in(self, folder: Path) -> frozenset[str] | None:  # noqa: ARG002 - of disk alone
        """Return None: a commit has other names than the folder on disk."""
        return None

    def close(self) -> None:
        """Let go of the repository's files."""
        self._repository.close()

    def _find(self, path: Path) -> SourceText | _OnDisk | _Unreadable | None:
        if path not in self._known:
            try:
                with held_to_the_gate():
                    self._known[path] = self._look_up(_normal(path), _MAX_LINKS)
            except Exception as error:  # a damaged repository makes dulwich raise all kinds
                why = f"git's objects for it cannot be read ({type(error).__name__}: {error})"
                self._known[path] = _Unreadable(why)
        return self._known[path]

    def _look_up(self, path: Path, links: int) -> SourceText | _OnDisk | _Unreadable | None:
        if not path.is_relative_to(self._root):
            return _OnDisk(path)
        name = path.relative_to(self._root).as_posix()
        mode, identity = self._entry(os.fsencode(name))
        if mode is None:
            return _OnDisk(path) if self._ignored.is_ignored(name) else None
        if stat.S_ISLNK(mode) and links:
            target = os.fsdecode(self._repository[identity].as_raw_string())
            return self._look_up(_normal(path.parent / target), links - 1)
        if not stat.S_ISREG(mode):
            return None
        data = self._repository[identity].as_raw_string()
        reason = too_large(path, len(data))
        if reason:
            return _Unreadable(reason)
        return decode(data)

    def _entry(self, name: bytes) -> tuple[int | None, bytes]:
        """Return the mode and the object of a path in the commit; no mode if it is not there."""
        tree: object = self._tree
        mode, identity = None, b""
        for part in name.split(b"/"):
            if not isinstance(tree, Tree) or part not in tree:
                return None, b""
            mode, identity = tree[part]
            tree = self._repository[identity] if stat.S_ISDIR(mode) else None
        return mode, identity


def open_revision(folder: Path, name: str, disk: Disk) -> Revision | NoRevision:
    """Return the files of a commit in the git repository that a folder is in.

    Args:
        folder: an absolute path.
        name: of the commit, as git understands it: ``main``, ``HEAD~2``, ``v1.0``, ``3f2a9c1``.
        disk: what reads the files that no commit holds.
    """
    root = next((place for place in (folder, *folder.parents) if is_there(place / ".git")), None)
    if root is None:
        return NoRevision(f"{folder} is in no git repository")
    if is_confined() and names_places_elsewhere(root / ".git"):
        return NoRevision(
            f"the folder is not trusted, and the git repository {root} names places elsewhere: "
            "trust it with `--trust`"
        )
    with held_to_the_gate():
        return _open(root, name, disk)


def _open(root: Path, name: str, disk: Disk) -> Revision | NoRevision:
    """Return the files of a commit in the git repository with its root here."""
    try:
        repository = Repo(str(root))
        repository.object_store = BoundedStore(repository.object_store)
    except Exception as error:  # see above
        return NoRevision(f"the git repository {root} cannot be read: {error}")
    try:
        tree = _tree_of(repository, name)
    except Exception:  # see above; most often a KeyError
        tree = None
    if tree is None:
        why = f"there is no commit {name} in {root}"
        if _is_shallow(repository):
            why += (
                ", which has the newest commits only: fetch it, with `git fetch --depth=1 origin "
                f"{name}`, or clone the whole history"
            )
        repository.close()
        return NoRevision(why)
    return Revision(disk, repository, tree, root)


def _excludes_file(repository: Repo) -> Path | None:
    """Return what ``core.excludesFile`` names, or its default (git-config(1))."""
    try:
        named = repository.get_config_stack().get((b"core",), b"excludesFile")
    except Exception:  # see above; most often a KeyError
        named = b"~/.config/git/ignore"
    return Path(os.path.expanduser(os.fsdecode(named)))  # noqa: PTH111 - no home is no error


def _is_shallow(repository: Repo) -> bool:
    try:
        return bool(repository.get_shallow())
    except Exception:  # see above
        return False


def _tree_of(repository: Repo, name: str) -> Tree | None:
    """Return the files of a commit; None if the name means something else."""
    short = _SHORT_ID.match(name)
    if short is not None:
        with suppress(KeyError):  # a name that looks like an id
            name = parse_commit(repository, short[0]).id.decode() + name[short.end() :]
    # Git's names are bytes, of no encoding.
    found = parse_object(repository, os.fsencode(name)) if name else None
    return parse_tree(repository, found) if isinstance(found, Commit | Tag | Tree) else None


def _normal(path: Path) -> Path:
    """Drop ``.`` and ``..`` from a path, without looking at the disk."""
    return Path(os.path.normpath(path))
