"""How far long work has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
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


def show_share(doing: str) -> Callable[[float], None]:
    """Return what shows, on the error stream if it is a terminal, which share of work is done.

    Args:
        doing: what is being done: ``"Reading the registries"``. At a share of 1 it goes away.
    """

    def show(share: float) -> None:
        if sys.stderr.isatty():
            text = f"{doing}: {share:.0%}" if share < 1 else ""
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    return show
