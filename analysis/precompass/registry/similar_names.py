"""Registered names that resemble another one, as AutoMerge measures it.

AutoMerge takes no new package by itself whose Damerau-Levenshtein distance to a registered name is
2 or less, or 1 or less in lower case (``meets_distance_check`` in its ``src/guidelines.jl``). It
also compares the pictures of the names; that needs its font, and is left out here. JLLs do not
count.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from precompass.registry.registries import Registries

_MOST = 2
_MOST_IN_LOWER_CASE = 1
_ALL = 10**7
"""More than all packages of a registry; General has some 14,000."""


def similar_names(registries: Registries, name: str) -> tuple[str, ...]:
    """Return the registered names that resemble a name, the closest first.

    The same name, in whatever case, is not among them: AutoMerge has another check for it.
    """
    return _similar(registries, name)


@lru_cache(maxsize=20)
def _similar(registries: Registries, name: str) -> tuple[str, ...]:
    return similar_to(name, _names(registries))


@lru_cache(maxsize=2)
def _names(registries: Registries) -> tuple[str, ...]:
    return tuple(one.name for one in registries.starting_with("", _ALL))


def similar_to(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return the names that resemble a name, the closest first."""
    found: list[tuple[int, str]] = []
    lower = name.lower()
    letters = set(lower)
    for other in others:
        if abs(len(other) - len(name)) > _MOST or other.endswith("_jll"):
            continue
        small = other.lower()
        if small == lower or len(letters.symmetric_difference(small)) > 2 * _MOST:
            continue
        distance = damerau_levenshtein(name, other)
        if distance <= _MOST or damerau_levenshtein(lower, small) <= _MOST_IN_LOWER_CASE:
            found.append((distance, other))
    return tuple(other for _, other in sorted(found))


def damerau_levenshtein(one: str, other: str) -> int:
    """Return how many letters to add, remove, replace or swap with a neighbour turn one into other.

    Between swapped letters others may be added or removed (StringDistances.jl).
    """
    most = len(one) + len(other)
    last_row: dict[str, int] = {}
    table = [[most] * (len(other) + 2) for _ in range(len(one) + 2)]
    for row in range(len(one) + 1):
        table[row + 1][1] = row
    for column in range(len(other) + 1):
        table[1][column + 1] = column
    for row, letter in enumerate(one, 1):
        last_column = 0
        for column, facing in enumerate(other, 1):
            swap_row, swap_column = last_row.get(facing, 0), last_column
            cost = letter != facing
            if not cost:
                last_column = column
            swapped = row - swap_row - 1 + 1 + column - swap_column - 1
            table[row + 1][column + 1] = min(
                table[row][column] + cost,
                table[row + 1][column] + 1,
                table[row][column + 1] + 1,
                table[swap_row][swap_column] + swapped,
            )
        last_row[letter] = row
    return table[-1][-1]
