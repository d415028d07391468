"""Changes of files as a unified diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from precompass.report.visible import visible

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_QUOTED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]')
_STYLES = {"---": "bold", "+++": "bold", "@@": "cyan", "+": "green", "-": "red"}


def unified_diff(name: str, before: str | None, after: str) -> Iterator[str]:
    r"""Yield the lines of a unified diff, as ``patch`` and ``git apply`` read them.

    Each line is without its ``\n``; a ``\r`` before it, which belongs to the file, stays.

    Args:
        name: of the file, with ``/``.
        before: its text; None if the file is new.
        after: its text afterwards.
    """
    lines = difflib.unified_diff(
        _LINE.findall(before or ""),
        _LINE.findall(after),
        "/dev/null" if before is None else _named(f"a/{name}"),
        _named(f"b/{name}"),
    )
    for line in lines:
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _named(path: str) -> str:
    """Return a path as git and ``patch`` read it: quoted if it could end its line (``quote.c``)."""
    if not _QUOTED.search(path):
        return path
    raw = path.encode("utf-8", "surrogateescape")
    return '"' + "".join(map(_quoted_byte, raw)) + '"'


def _quoted_byte(byte: int) -> str:
    character = chr(byte)
    if character in '"\\':
        return f"\\{character}"
    return character if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def print_patch(name: str, before: str | None, after: str, *, console: Console) -> None:
    """Print a unified diff: in colours on a terminal, to the letter elsewhere."""
    for line in unified_diff(name, before, after):
        if console.is_terminal:
            style = next((style for mark, style in _STYLES.items() if line.startswith(mark)), "")
            console.print(Text(visible(line), style=style), soft_wrap=True)
        else:
            print(line, file=console.file)
