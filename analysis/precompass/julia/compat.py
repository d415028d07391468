"""Versions that a project allows: the values of ``[compat]``, such as ``"1.2, ~0.8"``.

Source: ``semver_spec`` in ``src/Versions.jl`` of Pkg (as of May 2026) and the section
"Compatibility" of Pkg's manual. A bare version allows what semantic versioning calls compatible:
``1.2.3`` is ``[1.2.3, 2.0.0)``, ``0.2.3`` is ``[0.2.3, 0.3.0)``, ``0.0.3`` itself alone.
Registries write the same sets of versions in another notation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from precompass.julia.version_ranges import VersionBound, VersionRange, VersionSpec

_VERSION = r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?"
_SEMVER = re.compile(rf"([~^]?){_VERSION}")
_INEQUALITY = re.compile(rf"(≥|>=|=|<)\s*v?{_VERSION}")  # Pkg lets a second v pass
_HYPHEN = re.compile(rf"{_VERSION}\s+-\s+{_VERSION}")
_MAX_TEXT = 10_000  # characters; Pkg sets no limit, no entry in use has a hundred
_MAX_DIGITS = 10
_MAX_NUMBER = 2**32 - 1  # the numbers of a bound are UInt32 in Pkg


@lru_cache(maxsize=1 << 10)
def parse_compat(text: str) -> VersionSpec | None:
    """Return the versions that an entry of ``[compat]`` allows, or None where Pkg refuses it.

    >>> print(parse_compat("1.2, =0.8.1"))
    1.2.0-1, 0.8.1
    """
    if len(text) > _MAX_TEXT:
        return None
    ranges = [_parse_range(part.strip()) for part in text.strip().split(",")]
    found = tuple(versions for versions in ranges if versions is not None)
    return VersionSpec(found) if len(found) == len(ranges) else None


def _parse_range(text: str) -> VersionRange | None:
    if match := _SEMVER.fullmatch(text):
        bound = _bound(match.groups()[1:])
        if bound is None or bound == (0, 0, 0):
            return None
        return VersionRange(_three(bound), _tilde(bound) if match[1] == "~" else _caret(bound))
    if match := _INEQUALITY.fullmatch(text):
        bound = _bound(match.groups()[1:])
        if bound is None or bound == (0, 0, 0):
            return None
        return _inequality(match[1], _three(bound))
    if match := _HYPHEN.fullmatch(text):
        lower, upper = _bound(match.groups()[:3]), _bound(match.groups()[3:])
        return None if lower is None or upper is None else VersionRange(lower, upper)
    return None


def _bound(numbers: tuple[str | None, ...]) -> VersionBound | None:
    written = [number for number in numbers if number is not None]
    if any(len(number.lstrip("0")) > _MAX_DIGITS for number in written):
        return None
    bound = tuple(map(int, written))
    return bound if max(bound) <= _MAX_NUMBER else None


def _caret(bound: VersionBound) -> VersionBound:
    """Return the upper bound: everything up to the first number that is not zero is fixed."""
    for length, number in enumerate(bound, 1):
        if number != 0:
            return bound[:length]
    return bound


def _tilde(bound: VersionBound) -> VersionBound:
    return bound[:2]


def _inequality(sign: str, version: VersionBound) -> VersionRange | None:
    if sign == "=":
        return VersionRange(version, version)
    if sign != "<":
        return VersionRange(version, ())
    while version and version[-1] == 0:
        version = version[:-1]
    if not version:
        return None  # nothing is below 0
    return VersionRange((0, 0, 0), (*version[:-1], version[-1] - 1))


def _three(bound: VersionBound) -> VersionBound:
    return (*bound, 0, 0, 0)[:3]
