"""How much is read of whole files for their checksums in one look into the depots.

Each file is bounded by itself; thousands of them, which a stranger's depot may hold, are bounded
together.
"""

from __future__ import annotations

MOST_BYTES_IN_ALL = 2**34
"""Sixteen times the largest file that is read; the caches of a large environment have 3 GB."""


class ReadingBudget:
    """The files that are read as a whole in one look, up to :data:`MOST_BYTES_IN_ALL`.

    A file counts once, whoever asks for it, and whether or not its checksum is known already: so
    what can be told does not depend on what was asked before this look.
    """

    def __init__(self, most: int | None = None) -> None:
        self._left = MOST_BYTES_IN_ALL if most is None else most
        self._read: set[str] = set()

    def allows(self, path: str, size: int) -> bool:
        """Tell whether a file of some bytes may be read; it counts from then on."""
        if path in self._read:
            return True
        if size > self._left:
            return False
        self._left -= size
        self._read.add(path)
        return True


def beyond_budget(path: str, what: str) -> str:
    """Say why a file was not read: ``x.ji is not checked for damage: …``."""
    gibibytes = MOST_BYTES_IN_ALL // 2**30
    return f"{path} is not {what}: {gibibytes} GiB of files are read at most"
