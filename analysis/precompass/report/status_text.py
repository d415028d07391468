"""A project at a glance, for people in a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from precompass.answers.status import Status
from precompass.report.recompilation_text import print_labelled
from precompass.report.status_lines import status_lines


def print_status(status: Status, *, folder: Path, console: Console) -> None:
    """Print a status.

    Args:
        status: the answer.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    for label, text in status_lines(status, folder):
        print_labelled(console, label, text)
