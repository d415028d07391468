r"""What may be looked at: the places that the user asked for, or all but other machines.

A file of a stranger's folder can name any path. Where the user does not trust the folder, only
places count that the user asked for: the folder itself and what belongs to Julia. A share of
another machine (``\\host\share``) counts only where the user asked for it, trusted or not:
Windows sends it the user's credentials as soon as somebody looks at it.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property
from types import ModuleType

import msgspec

_MOST_LINKS = 40
"""Links that are followed on the way to one place; Linux follows as many."""
_LOCAL_DRIVE = re.compile(r"[\\/]{2}\?[\\/][A-Za-z]:(?:[\\/]|$)")
_REMOTE = re.compile(r"[\\/]{2}\?[\\/]UNC[\\/]", re.IGNORECASE)
_OBJECT = re.compile(r"[\\/]\?\?[\\/]")
"""How the kernel of Windows spells it: ``\\??\\UNC\\host\\share``."""
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³]|CONIN\$|CONOUT\$) *(\..*)?", re.I)


class Reach(msgspec.Struct, frozen=True, dict=True):
    """The places that may be looked at.

    Attributes:
        roots: files and folders that the user asked for, as :func:`plain_path` has them.
        is_trusted: whether all other places of this machine count, too.
        platform: as ``sys.platform`` has it.
    """

    roots: frozenset[str] = frozenset()
    is_trusted: bool = True
    platform: str = sys.platform

    @cached_property
    def follows_every_link(self) -> bool:
        """Whether every path may be looked at, so that it does not matter where links lead."""
        return self.is_trusted and self.platform != "win32"

    def __or__(self, other: Reach) -> Reach:
        """Return the places of both; all of this machine's only where both are trusted."""
        is_trusted = self.is_trusted and other.is_trusted
        return Reach(self.roots | other.roots, is_trusted, self.platform)

    def allows(self, path: str | os.PathLike[str]) -> bool:
        """Tell whether a path may be looked at, by its name alone."""
        text = os.fspath(path)
        if self.platform == "win32" and is_device(text):
            return False
        if self.is_trusted and not (self.platform == "win32" and is_remote(text)):
            return True
        return self._is_below_a_root(plain_path(text, self.platform))

    def leads_within(
        self,
        path: str | os.PathLike[str],
        read_link: Callable[[str], str | None],
        *,
        follow_last: bool = True,
    ) -> bool:
        """Tell whether a path leads to a place that may be looked at, its links followed.

        No place out of reach is looked at to find that out: Windows would send the user's
        credentials to the machine of a share, and an automounter would mount what is named.

        Args:
            path: the path.
            read_link: returns what the link at a path names; None where no link is.
            follow_last: whether a link at the path itself is followed.
        """
        paths = self._paths
        text = os.fspath(path)
        if not paths.isabs(text):
            text = os.path.abspath(text)  # noqa: PTH100 - no symlink is followed
        if self.platform == "win32":  # where .. is undone before links are followed
            text = paths.normpath(_without_prefix(text))
        drive, pending = self._split(text)
        place, links = drive, 0
        while pending:
            part = pending.pop()
            if part == "..":
                place = paths.dirname(place)
                continue
            place = paths.join(place, part)
            if plain_path(place, self.platform) in self._at_or_above_roots:
                continue  # the user's own way to what was asked for
            if not self.allows(place):
                return False
            if not pending and not follow_last:
                break
            target = read_link(place)
            if target is None:
                continue
            links += 1
            if links > _MOST_LINKS:
                return False
            target = paths.join(paths.dirname(place), _without_prefix(target))
            place, further = self._split(target)
            pending += further
        return self.allows(place)

    def _split(self, path: str) -> tuple[str, list[str]]:
        """Return the root of an absolute path, and its parts, the last one first."""
        drive, tail = self._paths.splitdrive(path)
        root = drive + (tail[:1] if tail else "")
        parts = re.split(r"[\\/]" if self.platform == "win32" else "/", tail)
        return root or "/", [part for part in reversed(parts) if part not in ("", ".")]

    @property
    def _paths(self) -> ModuleType:
        return ntpath if self.platform == "win32" else posixpath

    @cached_property
    def _at_or_above_roots(self) -> frozenset[str]:
        found: set[str] = set()
        for root in self.roots:
            place = root
            while place and place not in found:
                found.add(place)
                place = self._paths.dirname(place)
        return frozenset(found)

    def _is_below_a_root(self, plain: str) -> bool:
        while plain not in self.roots:
            above = self._paths.dirname(plain)
            if above == plain or not above:
                return False
            plain = above
        return True


def reach_of(
    places: Iterable[str | os.PathLike[str]], *, is_trusted: bool, platform: str = sys.platform
) -> Reach:
    """Return the reach of a user who asked for these files and folders."""
    roots = frozenset(plain_path(os.fspath(place), platform) for place in places)
    return Reach(roots, is_trusted, platform)


def plain_path(path: str, platform: str = sys.platform) -> str:
    """Return an absolute path in the one form by which a system tells places apart."""
    if platform == "win32":
        path = _without_prefix(path)
        if platform == sys.platform:
            path = os.path.abspath(path)  # noqa: PTH100 - no symlink is followed
        return ntpath.normcase(ntpath.normpath(path))
    if not posixpath.isabs(path):
        path = os.path.abspath(path)  # noqa: PTH100 - no symlink is followed
    path = posixpath.normpath(path)
    # The file systems of macOS take names for the same that differ in case or composition.
    return unicodedata.normalize("NFD", path.casefold()) if platform == "darwin" else path


def _without_prefix(path: str) -> str:
    r"""Return a path of Windows without what keeps Windows from changing its name.

    >>> _without_prefix("\\\\?\\C:\\Foo"), _without_prefix("\\\\?\\UNC\\host\\share")
    ('C:\\Foo', '\\\\host\\share')
    """
    if _LOCAL_DRIVE.match(path):
        return path[4:]
    return f"\\\\{path[8:]}" if _REMOTE.match(path) else path


def is_remote(path: str) -> bool:
    r"""Tell whether Windows looks for a path on another machine, or among its devices.

    >>> is_remote(r"\\host\share\Foo"), is_remote(r"C:\Foo"), is_remote(r"\\?\C:\Foo")
    (True, False, False)
    """
    begins_like_one = path[:2].replace("/", "\\") == "\\\\" or _OBJECT.match(path) is not None
    return begins_like_one and not _LOCAL_DRIVE.match(path)


def is_device(path: str) -> bool:
    r"""Tell whether a part of a path is the name of a device for Windows, whatever its ending.

    >>> is_device(r"C:\Foo\nul.toml"), is_device(r"C:\Foo\null.toml")
    (True, False)
    """
    return any(_DEVICE.fullmatch(part) for part in re.split(r"[\\/:]", path))
