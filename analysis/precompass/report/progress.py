"""How far long work has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")

_PATIENCE = 1.0  # seconds that pass before anything is shown


def with_progress(items: Sequence[_Item], doing: str) -> Iterator[_Item]:
    """Yield the items; show on the error stream, if it is a terminal, how many are done.

    Args:
        items: what there is to do.
        doing: what is being done with them: ``"Checking"``.
    """
    began = time.monotonic()
    is_shown = False
    try:
        for number, item in enumerate(items):
            if sys.stderr.isatty() and time.monotonic() - began > _PATIENCE:
                is_shown = True
                sys.stderr.write(f"\r\x1b[K{doing} {number + 1} of {len(items)} …")
                sys.stderr.flush()
            yield item
    finally:
        if is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
