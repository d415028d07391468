"""The width of a terminal, as ``shutil`` and argparse have it; these import much else."""

from __future__ import annotations

import os
import sys

_OTHERWISE = 80


_MARGIN = 2  # that argparse leaves at the right


def help_width() -> int:
    """Return the columns of a ``--help``."""
    return terminal_width() - _MARGIN


def terminal_width() -> int:
    """Return the columns of the terminal: ``COLUMNS`` if it is set, what it says itself, or 80."""
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    try:
        columns = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
    except (ValueError, OSError):  # a stream that is closed, or that is no terminal
        columns = 0
    return columns or _OTHERWISE
