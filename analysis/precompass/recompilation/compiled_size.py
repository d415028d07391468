"""How much compiled code recompiling throws away: bytes of caches, as a share of all.

Bytes foretell the time of compiling better than counting packages does, and a share means the
same on every machine; ``docs/accuracy.md`` says how well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from precompass.recompilation.graph import UnitId


class CompiledShare(msgspec.Struct, frozen=True):
    """A part of the compiled code of an environment, in bytes.

    Attributes:
        bytes: of the caches and native libraries of some units.
        of: of all units that have a cache.
    """

    bytes: int
    of: int

    @property
    def percent(self) -> int:
        """The share, rounded; 100 only if it is all, and 0 only if it is nothing."""
        if self.bytes in (0, self.of):
            return 100 if self.bytes else 0
        return min(max(round(100 * self.bytes / self.of), 1), 99)


def compiled_share(
    sizes: Mapping[UnitId, int], recompiled: Iterable[UnitId]
) -> CompiledShare | None:
    """Return the share of some units; None if no unit has a cache.

    Args:
        sizes: of the cache that represents each unit, with its native library.
        recompiled: the units whose compiled code is thrown away.
    """
    whole = sum(sizes.values())
    if not whole:
        return None
    return CompiledShare(sum(sizes.get(unit, 0) for unit in set(recompiled)), whole)
