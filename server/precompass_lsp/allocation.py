"""How the C library hands out memory for large texts, so that it is given back when they go."""

from __future__ import annotations

import sys
from functools import cache

_M_MMAP_THRESHOLD = -3  # malloc.h of glibc; mallopt(3)
LARGE = 65_536
"""Bytes from which on a block is the system's again as soon as it is free."""


@cache
def give_large_blocks_back() -> None:
    """Let large blocks be the system's again as soon as they are free, where glibc is.

    It raises its own limit to the size of the largest block that was ever freed. From then on
    the texts of a long session lie between what stays: the memory grows with every gap. See
    ``docs/decisions/large-blocks.md``.
    """
    if sys.platform != "linux":
        return
    import ctypes  # takes milliseconds, and nothing else needs it

    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
    except (OSError, AttributeError):  # another C library, such as musl
        return
