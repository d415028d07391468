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
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL_DRIVE = re.compile(r"[\\/]{2}\?[\\/][A-Za-z]:(?:[\\/]|$)")
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³]|CONIN\$|CONOUT\$) *(\..*)?", re.I)


@dataclass(frozen=True, slots=True)
class Reach:
    """The places that may be looked at.

    Attributes:
        roots: files and folders that the user asked for, as :func:`plain_path` has them.
        is_trusted: whether all other places of this machine count, too.
        platform: as ``sys.platform`` has it.
    """

    roots: frozenset[str] = frozenset()
    is_trusted: bool = True
    platform: str = sys.platform

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

    def _is_below_a_root(self, plain: str) -> bool:
        paths = ntpath if self.platform == "win32" else posixpath
        while plain not in self.roots:
            above = paths.dirname(plain)
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
        if platform == sys.platform:
            path = os.path.abspath(path)  # noqa: PTH100 - no symlink is followed
        return ntpath.normcase(ntpath.normpath(path))
    if not posixpath.isabs(path):
        path = os.path.abspath(path)  # noqa: PTH100 - no symlink is followed
    path = posixpath.normpath(path)
    # The file systems of macOS take names for the same that differ in case or composition.
    return unicodedata.normalize("NFD", path.casefold()) if platform == "darwin" else path


def is_remote(path: str) -> bool:
    r"""Tell whether Windows looks for a path on another machine, or among its devices.

    >>> is_remote(r"\\host\share\Foo"), is_remote(r"C:\Foo"), is_remote(r"\\?\C:\Foo")
    (True, False, False)
    """
    return path[:2].replace("/", "\\") == "\\\\" and not _LOCAL_DRIVE.match(path)


def is_device(path: str) -> bool:
    r"""Tell whether a part of a path is the name of a device for Windows, whatever its ending.

    >>> is_device(r"C:\Foo\nul.toml"), is_device(r"C:\Foo\null.toml")
    (True, False)
    """
    return any(_DEVICE.fullmatch(part) for part in re.split(r"[\\/:]", path))
