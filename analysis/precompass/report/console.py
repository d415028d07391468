"""Where readable text goes: a terminal with colours, or a plain stream."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Literal, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from precompass.report.visible import UNBROKEN, visible

Color: TypeAlias = Literal["auto", "always", "never"]
"""When to write colours: on a terminal, everywhere, nowhere."""

_WIDTH = 100  # columns: prose that is wider is hard to read
_UNWRAPPED = 1_000_000  # what reads from a pipe wants whole lines
_NARROWEST = 20  # columns that a text behind a label has at the least
_WORD = re.compile(r"\s*\S+\s*")
_CODE = r"`[^`\n]+`"


class _Console(Console):
    names: Sequence[str] = ()
    """Paths with blanks, the longest first, at whose blanks no line is broken."""

    def on_broken_pipe(self) -> None:
        """Let the program say how it ends when nobody reads on; rich would end with 1."""
        raise BrokenPipeError


def make_console(
    color: Color = "auto", stream: IO[str] | None = None, folders: Iterable[str] = ()
) -> Console:
    """Return what writes text to a stream.

    Args:
        color: when to write colours. ``auto`` respects ``NO_COLOR`` (no-color.org).
        stream: by default the standard output.
        folders: as they are shown; no line is broken inside a path to a file below one.
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
    console.names = sorted((name for name in folders if " " in name), key=len, reverse=True)
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


def wrapped(text: Text, console: Console, columns: int) -> list[Text]:
    """Return the lines of a text; a word that is longer than a line, such as a path, stays whole.

    Args:
        text: what is wrapped.
        console: where it goes.
        columns: how many there are.
    """
    if isinstance(console, _Console):
        for name in console.names:
            text.plain = text.plain.replace(name, name.replace(" ", UNBROKEN))
    room = max(columns, _NARROWEST)
    lines = [
        line
        for whole in text.split("\n", allow_blank=True)
        for line in whole.divide(_breaks(whole.plain, room))
    ]
    for line in lines:
        line.rstrip()
        line.plain = line.plain.replace(UNBROKEN, " ")
    return lines


def _breaks(text: str, columns: int) -> Iterator[int]:
    """Yield where lines after the first begin: at the word that has no room in the one before."""
    taken = 0
    for word in _WORD.finditer(text):
        if taken and taken + cell_len(word[0].rstrip()) > columns:
            yield word.start()
            taken = 0
        taken += cell_len(word[0])


def print_prose(console: Console, text: str) -> None:
    """Print a message, wrapped."""
    print_hanging(console, Text(), prose(text))


def print_hanging(console: Console, lead: Text, body: Text) -> None:
    """Print *body* behind *lead*, wrapped, with every further line below its beginning."""
    indent = lead.cell_len
    for number, line in enumerate(wrapped(body, console, console.width - indent)):
        console.print(Text.assemble(lead if number == 0 else " " * indent, line), soft_wrap=True)
