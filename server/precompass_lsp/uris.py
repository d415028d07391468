"""URIs of the Language Server Protocol, and the files that they name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from pygls.uris import from_fs_path, to_fs_path

_REPLACED = "\ufffd"
"""What pygls makes of bytes that are not UTF-8; in a name, it may also be itself."""


def path_of(uri: str) -> Path | None:
    """Return the absolute path that a URI names, or None if it names no file on this machine.

    Percent-encoding is undone, ``.`` and ``..`` are resolved without a look at the disk. A URI
    of another scheme (``untitled:``, ``git:``) names no file. The bytes of a name need be no UTF-8.
    """
    try:
        text = to_fs_path(uri)
        if text and _REPLACED in text and sys.platform != "win32":
            text = os.fsdecode(unquote_to_bytes(urlsplit(uri).path))
        os.fsencode(text or "")
    except ValueError:  # such as an unfinished IPv6 host, or what no file can be called
        return None
    if not text or "\0" in text or not os.path.isabs(text):  # noqa: PTH117 - it is no Path yet
        return None
    return Path(os.path.normpath(text))


def uri_of(path: Path) -> str:
    """Return the URI of an absolute path.

    A client writes the URI of the same file in its own way; where a document is open, use
    the URI that it was opened with.
    """
    try:
        return from_fs_path(str(path)) or path.as_uri()
    except UnicodeEncodeError:  # a name that is not UTF-8
        return f"file://{quote(os.fsencode(path))}"
