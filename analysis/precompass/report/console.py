"""Where readable text goes: a terminal with colours, or a plain stream."""

from __future__ import annotations

import os
import sys
from typing import IO, Literal, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from precompass.report.visible import visible

Color: TypeAlias = Literal["auto", "always", "never"]
"""When to write colours: on a terminal, everywhere, nowhere."""

_WIDTH = 100  # columns: prose that is wider is hard to read
_UNWRAPPED = 1_000_000  # what reads from a pipe wants whole lines
_CODE = r"`[^`\n]+`"


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the program say how it ends when nobody reads on; rich would end with 1."""
        raise BrokenPipeError


def make_console(color: Color = "auto", stream: IO[str] | None = None) -> Console:
    """Return what writes text to a stream.

    Args:
        color: when to write colours. ``auto`` respects ``NO_COLOR`` (no-color.org).
        stream: by default the standard output.
    """
    stream = stream or sys.stdout
    is_colored = color == "always" or (
        color == "auto"
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    console = _Console(
        file=stream,
        force_terminal=is_colored,
        color_system="standard" if is_colored else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    if stream.isatty() or "COLUMNS" in os.environ:
        console.width = min(console.width or _WIDTH, _WIDTH)  # COLUMNS=0: whatever fits
    else:
        console.width = _UNWRAPPED
    return console


def prose(text: str, style: str = "") -> Text:
    """Return a message with its `code` in a separate colour."""
    result = Text(visible(text), style=style)
    result.highlight_regex(_CODE, "cyan")
    return result


def unbroken(text: Text, columns: int) -> int:
    """Return the columns that a text needs to be wrapped without breaking a word, such as a path.

    Args:
        text: what is wrapped.
        columns: how many there are.
    """
    return max(columns, *(cell_len(word) for word in (*text.plain.split(), "")))


def print_prose(console: Console, text: str) -> None:
    """Print a message, wrapped."""
    print_hanging(console, Text(), prose(text))


def print_hanging(console: Console, lead: Text, body: Text) -> None:
    """Print *body* behind *lead*, wrapped, with every further line below its beginning."""
    indent = lead.cell_len
    lines = body.wrap(console, unbroken(body, max(console.width - indent, 20)))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(Text.assemble(lead if number == 0 else " " * indent, line), soft_wrap=True)
