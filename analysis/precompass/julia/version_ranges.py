"""Ranges of versions as registries write them: ``"1"``, ``"0.3.1-0.5"``, ``"1.2-1"``, ``"*"``.

Source: ``src/Versions.jl`` of Pkg (as of May 2026), ``VersionBound``, ``VersionRange`` and
``VersionSpec``. A bound is up to three numbers. A version is within a bound when the bound's
numbers, and no more of them, compare so: ``0.5.9`` is not above the upper bound ``0.5``.
Prerelease and build do not count: ``1.0.0-rc1`` is in ``1``.

This is not the notation of ``[compat]`` in project files: there ``"1.2"`` allows 1.9, here it
is 1.2 with any patch.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

import msgspec

from precompass.julia.versions import VersionNumber

VersionBound: TypeAlias = tuple[int, ...]
"""Zero to three numbers; none is the bound ``*``, which every version meets."""

_BOUND = re.compile(r"\s*(?:\*|v?(\d{1,10})(?:\.(\d{1,10}))?(?:\.(\d{1,10}))?)\s*", re.ASCII)
_MAX_NUMBER = 2**32 - 1  # the numbers of a bound are UInt32 in Pkg


class VersionRange(msgspec.Struct, frozen=True):
    """All versions from ``lower`` to ``upper``, both included; it may be empty.

    >>> VersionNumber((0, 5, 9)) in VersionRange((0, 3, 1), (0, 5))
    True
    """

    lower: VersionBound
    upper: VersionBound

    @staticmethod
    def parse(text: str) -> VersionRange | None:
        """Return the range that ``text`` says, or None where Pkg would refuse it."""
        return _parse_range(text)

    def __contains__(self, version: object) -> bool:
        if not isinstance(version, VersionNumber):
            return False
        release = version.release
        return release[: len(self.lower)] >= self.lower and release[: len(self.upper)] <= self.upper

    def __str__(self) -> str:
        if not self.lower and not self.upper:
            return "*"
        lower, upper = (".".join(map(str, bound)) for bound in (self.lower, self.upper))
        return lower if lower == upper else f"{lower or '0'}-{upper or '*'}"


class VersionSpec(msgspec.Struct, frozen=True):
    """The versions that are in at least one of ``ranges``."""

    ranges: tuple[VersionRange, ...]

    @classmethod
    def parse(cls, value: object) -> VersionSpec | None:
        """Read a value of ``Compat.toml``, one range or a list of them; None where invalid."""
        texts = value if isinstance(value, list) else [value]
        ranges = []
        for text in texts:
            parsed = VersionRange.parse(text) if isinstance(text, str) else None
            if parsed is None:
                return None
            ranges.append(parsed)
        return cls(tuple(ranges))

    def __contains__(self, version: object) -> bool:
        return any(version in versions for versions in self.ranges)

    def __str__(self) -> str:
        return ", ".join(map(str, self.ranges)) or "∅"


ANY_VERSION = VersionSpec((VersionRange((), ()),))
"""What a dependency without a compat entry asks for (``VersionSpec()`` in Pkg)."""


@lru_cache(maxsize=1 << 15)
def _parse_range(text: str) -> VersionRange | None:
    lower_text, hyphen, upper_text = text.partition("-")
    lower = _parse_bound(lower_text)
    upper = _parse_bound(upper_text) if hyphen else lower
    if lower is None or upper is None:
        return None
    if _three(lower) == _three(upper):
        lower = upper  # 1.2.0-1.2 is 1.2, and 1.2-1.2.0 is 1.2.0
    return VersionRange(lower, upper)


def _parse_bound(text: str) -> VersionBound | None:
    match = _BOUND.fullmatch(text)
    if match is None:
        return None
    bound = tuple(int(number) for number in match.groups() if number is not None)
    return bound if max(bound, default=0) <= _MAX_NUMBER else None


def _three(bound: VersionBound) -> VersionBound:
    return (*bound, 0, 0, 0)[:3]
