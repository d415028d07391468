"""Whether the source of a package names another one at all.

What a package lists among its dependencies it need not load. If no word of its source is the
name of a dependency, no ``using`` or ``import`` of it is there. A package that is not among them
can only be meant by its UUID.
"""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from precompass.source.package_files import Limits, PackageFiles

_COMMENT_LINE = re.compile(rb"^[ \t]*#(?!=).*$", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w!\x80-\xff]*")
_UUID = re.compile(rb"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_LEADS_OUT = (b'".."', b"../", b"..\\")

_LIMITS = Limits(files=1_000, total_bytes=16_000_000)


def mentioned_names(folder: Path, entry: Path) -> frozenset[str] | None:
    """Return all words of a package's source, but for lines that are comments.

    Args:
        folder: of the package.
        entry: the file with its module; what is beside and below it is its source, and the
            whole package where a file seems to lead there.

    Returns:
        The words, or None if not all of the source was read.
    """
    files = PackageFiles(folder, _LIMITS)
    names, leads_out = _words_below(files, entry.parent)
    if leads_out and entry.parent != folder:
        names, _ = _words_below(files, folder)
    return None if files.refused else names


def mentioned_uuids(folder: Path, entry: Path, *, hooks_only: bool = False) -> frozenset[UUID]:
    """Return the UUIDs that are written out in a package's source.

    Args:
        folder: of the package.
        entry: the file with its module.
        hooks_only: whether to look only into ``.pkg``, the code with which a JLL package chooses
            an artifact: all else of it is generated.
    """
    files = PackageFiles(folder, Limits())
    paths = [] if hooks_only else files.julia_files(entry.parent)
    return frozenset(
        UUID(found.decode())
        for path in (*paths, *files.julia_files(folder / ".pkg"))
        for found in _UUID.findall(files.read(path) or b"")
    )


def _words_below(files: PackageFiles, folder: Path) -> tuple[frozenset[str], bool]:
    names: set[bytes] = set()
    leads_out = False
    for path in files.julia_files(folder):
        data = _COMMENT_LINE.sub(b"", files.read(path) or b"")
        names.update(_WORD.findall(data))
        leads_out = leads_out or any(text in data for text in _LEADS_OUT)
    return frozenset(name.decode("utf-8", "replace") for name in names), leads_out
