"""What an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Evidence(IntEnum):
    """What a statement about a package rests on; the larger, the weaker.

    An answer made of several statements is worth its weakest one: :func:`weakest`.
    """

    RECORDED = 0
    """Julia wrote it into the package's compile cache."""
    KNOWN = 1
    """It is the published behaviour of a package, version by version."""
    SOURCE = 2
    """It is in the package's installed source."""
    POSSIBLE = 3
    """Its source may read it, or was not read in full: nobody can tell from the source alone."""
    ASSUMED = 4
    """Nothing of these: it is what is usual."""

    @property
    def word(self) -> str:
        """The name that is in machine-readable answers."""
        return self.name.lower()


def weakest(evidence: Iterable[Evidence]) -> Evidence:
    """Return the weakest of several; of none, ``KNOWN``: there is nothing to doubt."""
    return max(evidence, default=Evidence.KNOWN)
