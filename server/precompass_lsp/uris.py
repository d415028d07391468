"""URIs of the Language Server Protocol, and the files that they name."""

from __future__ import annotations

import os
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path


def path_of(uri: str) -> Path | None:
    """Return the absolute path that a URI names, or None if it names no file on this machine.

    Percent-encoding is undone, ``.`` and ``..`` are resolved without a look at the disk. A URI
    of another scheme (``untitled:``, ``git:``) names no file.
    """
    try:
        text = to_fs_path(uri)
    except ValueError:  # such as an unfinished IPv6 host
        return None
    if not text or "\0" in text or not os.path.isabs(text):  # noqa: PTH117 - it is no Path yet
        return None
    return Path(os.path.normpath(text))


def uri_of(path: Path) -> str:
    """Return the URI of an absolute path.

    A client writes the URI of the same file in its own way; where a document is open, use
    the URI that it was opened with.
    """
    return from_fs_path(str(path)) or path.as_uri()
