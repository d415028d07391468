"""Unions and intersections of version ranges, in the one form that Pkg gives them.

Two specifications that mean the same versions are not always written alike. Pkg brings the
ranges of a specification in order and joins those that touch, so ``"1.6, 1.7"`` becomes
``1.6 - 1``. What it hashes and prints is that form.

Source: ``union!``, ``intersect`` and ``isjoinable`` in ``src/Versions.jl`` of Pkg, the same from
Julia 1.8 to 1.13 and in May 2026.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key

from precompass.julia.version_ranges import VersionBound, VersionRange, VersionSpec


def united(spec: VersionSpec) -> VersionSpec:
    """Return the same versions as ranges that are in order, apart, and not empty."""
    return VersionSpec(_united(_range(part.lower, part.upper) for part in spec.ranges))


def intersected(one: VersionSpec, other: VersionSpec) -> VersionSpec:
    """Return the versions that are in both."""
    parts = (
        _range(
            b.lower if _is_lower(a.lower, b.lower) else a.lower,
            a.upper if _ends_before(a.upper, b.upper) else b.upper,
        )
        for a in united(one).ranges
        for b in united(other).ranges
    )
    return VersionSpec(_united(parts))


def is_empty(versions: VersionRange) -> bool:
    """Tell whether no version can be in a range, as in ``2 - 1``."""
    for lower, upper in zip(versions.lower, versions.upper, strict=False):
        if lower != upper:
            return lower > upper
    return False


def _range(lower: VersionBound, upper: VersionBound) -> VersionRange:
    """Return a range; from 1.2.0 to 1.2 is 1.2 itself (the constructor of ``VersionRange``)."""
    is_one = (*lower, 0, 0, 0)[:3] == (*upper, 0, 0, 0)[:3]
    return VersionRange(upper if is_one else lower, upper)


def _united(ranges: Iterable[VersionRange]) -> tuple[VersionRange, ...]:
    ordered = sorted((part for part in ranges if not is_empty(part)), key=cmp_to_key(_order))
    joined: list[tuple[VersionBound, VersionBound]] = []
    for part in ordered:
        if joined and _is_joinable(joined[-1][1], part.lower):
            lower, upper = joined.pop()
            joined.append((lower, part.upper if _ends_before(upper, part.upper) else upper))
        else:
            joined.append((part.lower, part.upper))
    return tuple(_range(lower, upper) for lower, upper in joined)


def _order(one: VersionRange, other: VersionRange) -> int:
    if one.lower != other.lower:
        return -1 if _is_lower(one.lower, other.lower) else 1
    if one.upper != other.upper:
        return -1 if _ends_before(one.upper, other.upper) else 1
    return 0


def _is_lower(one: VersionBound, other: VersionBound) -> bool:
    """Compare two lower bounds: 1 begins before 1.0 (``isless_ll``)."""
    length = min(len(one), len(other))
    if one[:length] != other[:length]:
        return one[:length] < other[:length]
    return len(one) < len(other)


def _ends_before(one: VersionBound, other: VersionBound) -> bool:
    """Compare two upper bounds: 1.0 ends before 1 (``isless_uu``)."""
    length = min(len(one), len(other))
    if one[:length] != other[:length]:
        return one[:length] < other[:length]
    return len(one) > len(other)


def _is_joinable(upper: VersionBound, lower: VersionBound) -> bool:
    """Tell whether a range that begins at *lower* goes on where one ends (``isjoinable``)."""
    if len(upper) != len(lower):
        length = min(len(upper), len(lower))
        return upper[:length] >= lower[:length]
    if not upper:
        return True
    if upper[:-1] != lower[:-1]:
        return upper[:-1] > lower[:-1]
    return upper[-1] >= lower[-1] - 1
