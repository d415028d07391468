"""Where text with styles goes: to a terminal that wraps and colours it, or as it is to a stream.

A pipe gets plain whole lines, for which nothing needs to be known of terminals; so rich, which
takes longer to import than most checks take, is imported for the others alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol

from precompass.report.visible import UNBROKEN

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from precompass.report.console import Color

_PLAIN_WIDTH = 1_000_000  # what reads from a pipe wants whole lines


class Part(NamedTuple):
    """A piece of a line.

    Attributes:
        text: what it says, on one line.
        style: of a terminal, as rich names it.
        is_prose: whether its `code` has a separate colour.
        is_unbroken: whether a line is not broken at its spaces.
    """

    text: str
    style: str = ""
    is_prose: bool = False
    is_unbroken: bool = False


class Output(Protocol):
    """What lines are written to."""

    @property
    def width(self) -> int:
        """The columns that a line has."""

    def line(self, *parts: Part) -> None:
        """Write a line that is not wrapped."""

    def paragraph(self, *parts: Part, lead: Sequence[Part] = (), indent: int = 0) -> None:
        """Write text, wrapped, behind a *lead*.

        Args:
            parts: the text.
            lead: what the first line begins with; every further line begins below its end.
            indent: the columns that further lines are moved to the right besides.
        """


def make_output(color: Color = "auto", stream: IO[str] | None = None) -> Output:
    """Return what writes to a stream.

    Args:
        color: when to write colours, as for a console.
        stream: by default the standard output.
    """
    stream = stream or sys.stdout
    if color != "always" and not stream.isatty() and "COLUMNS" not in os.environ:
        return _Stream(stream)
    from precompass.report.console import make_console

    return ConsoleOutput(make_console(color, stream))


def columns(text: str) -> int:
    """Return the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


class _Stream:
    """Plain whole lines."""

    width = _PLAIN_WIDTH

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def line(self, *parts: Part) -> None:
        self._stream.write("".join(part.text for part in parts) + "\n")

    def paragraph(self, *parts: Part, lead: Sequence[Part] = (), indent: int = 0) -> None:  # noqa: ARG002 - there is one line
        text = "".join(part.text for part in parts).rstrip()
        self._stream.write("".join(part.text for part in lead) + text + "\n")


class ConsoleOutput:
    """Lines as a console has them: wrapped, with colours where it has some."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @property
    def width(self) -> int:
        """The columns that a line has."""
        return self.console.width

    def line(self, *parts: Part) -> None:
        """Write a line that is not wrapped."""
        self.console.print(_assembled(parts), no_wrap=True, soft_wrap=True)

    def paragraph(self, *parts: Part, lead: Sequence[Part] = (), indent: int = 0) -> None:
        """Write text, wrapped, behind a *lead*."""
        from precompass.report.console import wrapped

        body, first = _assembled(parts), _assembled(lead)
        further = first.cell_len + indent
        for number, line in enumerate(wrapped(body, self.console, self.console.width - further)):
            begin = first if number == 0 else " " * further
            self.console.print(first.assemble(begin, line), soft_wrap=True)


def _assembled(parts: Sequence[Part]) -> Text:
    from rich.text import Text

    from precompass.report.console import prose

    result = Text()
    for part in parts:
        text = part.text.replace(" ", UNBROKEN) if part.is_unbroken else part.text
        result.append_text(prose(text, part.style) if part.is_prose else Text(text, part.style))
    return result
