"""What ranges of versions say of many versions at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeVar

from precompass.julia.version_ranges import VersionRange

_Value = TypeVar("_Value")
_ABOVE = float("inf")  # any number of a version


def last_in_ranges(
    releases: Sequence[tuple[int, int, int]], ranged: Sequence[tuple[VersionRange, _Value]]
) -> list[_Value | None]:
    """Return, for each version, the value of the last range that holds it; None without one.

    A range holds neighbours, so each version is looked at once: what a later range has, an
    earlier one skips.

    Args:
        releases: the three numbers of each version, ascending.
        ranged: ranges of versions, each with a value.
    """
    found: list[_Value | None] = [None] * len(releases)
    free = list(range(len(releases) + 1))  # by place, the next one without a value, or nearer
    for versions, value in reversed(ranged):
        place = _free_from(free, bisect_left(releases, versions.lower))
        end = bisect_left(releases, (*versions.upper, _ABOVE))
        while place < end:
            found[place] = value
            free[place] = place + 1
            place = _free_from(free, place + 1)
    return found


def _free_from(free: list[int], place: int) -> int:
    while free[place] != place:
        free[place] = free[free[place]]
        place = free[place]
    return place
