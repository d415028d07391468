"""Files that not every system has, and what not every user may do; tests that need them skip."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


def make_pipe(path: Path) -> None:
    """Make a named pipe; skip the test where the system has none."""
    if sys.platform == "win32":
        pytest.skip("needs named pipes")
    os.mkfifo(path)


def may_read_everything() -> bool:
    """Tell whether permissions of files mean nothing to the user who runs the tests."""
    return sys.platform != "win32" and os.geteuid() == 0
