"""A project at a glance, for people in a terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path

from rich.console import Console

from precompass.answers.status import Status
from precompass.report.recompilation_text import print_labelled
from precompass.report.status_lines import MOST_PREFERENCES, Labelled, status_lines

_SCREEN = 23  # lines of a terminal, less one for the prompt
_LEAST_PREFERENCES = 2
_LABEL = 16  # columns


def print_status(status: Status, *, folder: Path, console: Console) -> None:
    """Print a status, with as many preferences as leave it on one screen.

    Args:
        status: the answer.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    lines: list[Labelled] = []
    for most in range(MOST_PREFERENCES, _LEAST_PREFERENCES - 1, -1):
        lines = list(status_lines(status, folder, most_preferences=most))
        if _height(lines, console.width) <= _SCREEN:
            break
    for label, text in lines:
        print_labelled(console, label, text)


def _height(lines: list[Labelled], width: int) -> int:
    """Return how many lines of a terminal some labelled lines take."""
    columns = max(width - _LABEL, _LABEL)
    return sum(max(len(textwrap.wrap(text, columns)), 1) for _, text in lines)
