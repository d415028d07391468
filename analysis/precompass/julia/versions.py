"""Julia's version numbers: how they are written, and which one is newer.

Source: ``base/version.jl`` (Julia 1.6 to 1.14-dev). They follow semantic versioning
2.0.0-rc.2 with three differences. Minor and patch may be left out, and a leading ``v`` is
allowed. A single empty prerelease (``1.0-``) comes before every other prerelease of 1.0, and
a single empty build (``1.0+``) after every other build. Build identifiers count when versions
are compared.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

Identifiers: TypeAlias = tuple[int | str, ...]

_PATTERN = re.compile(
    r"""
    v?
    (?P<major>[0-9]+)
    (?: \. (?P<minor>[0-9]+) )?
    (?: \. (?P<patch>[0-9]+) )?
    (?:
        (?P<empty_prerelease>-)
      |
        (?:
            (?P<bare>[a-z][0-9a-z-]*(?:\.[0-9a-z-]+)*)
          |
            -(?P<prerelease>[0-9a-z-]+(?:\.[0-9a-z-]+)*)
        )?
        (?:
            (?P<empty_build>\+)
          |
            (?: \+ (?P<build>[0-9a-z-]+(?:\.[0-9a-z-]+)*) )?
        )
    )
    \n?  # PCRE's $ lets a last line break pass
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MAX_TEXT = 1000  # characters; Julia sets no limit, no version in use has a hundred
_MAX_NUMBER = 2**32 - 1  # major, minor and patch are UInt32 in Julia
_MAX_IDENTIFIER = 2**64 - 1  # numeric identifiers are UInt64 in Julia


class VersionNumber(msgspec.Struct, frozen=True):
    """A version as ``Base.VersionNumber`` holds it.

    ``release`` is major, minor and patch; ``prerelease`` and ``build`` are the identifiers
    between the dots, numbers as integers. ``("",)`` is the empty identifier of ``1.0-`` and
    ``1.0+``. Versions are hashable and totally ordered as Julia orders them.

    >>> VersionNumber((1, 11, 0)) < VersionNumber((1, 11, 0), build=(1,))
    True
    """

    release: tuple[int, int, int]
    prerelease: Identifiers = ()
    build: Identifiers = ()

    @classmethod
    def parse(cls, text: str) -> VersionNumber | None:
        """Return the version that ``text`` says, or None where Julia would refuse it.

        >>> str(VersionNumber.parse("v1.2"))
        '1.2.0'
        >>> VersionNumber.parse("1.2.3.4") is None
        True
        """
        if len(text) > _MAX_TEXT:
            return None
        if text == "∞":
            return INFINITY
        match = _PATTERN.fullmatch(text)
        if match is None:
            return None
        major, minor, patch, empty_prerelease, bare, labelled, empty_build, labels = match.groups()
        release = (int(major), int(minor or 0), int(patch or 0))
        if max(release) > _MAX_NUMBER:
            return None
        prerelease = _identifiers(bare or labelled, empty_prerelease)
        build = _identifiers(labels, empty_build)
        if prerelease is None or build is None:
            return None
        return cls(release, prerelease, build)

    @property
    def major(self) -> int:
        """The first number."""
        return self.release[0]

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor together, ``(1, 11)``: what names a Julia series, a depot folder."""
        return self.release[:2]

    @property
    def patch(self) -> int:
        """The third number."""
        return self.release[2]

    def __str__(self) -> str:
        if self == INFINITY:
            return "∞"
        text = ".".join(map(str, self.release))
        if self.prerelease:
            text += "-" + ".".join(map(str, self.prerelease))
        if self.build:
            text += "+" + ".".join(map(str, self.build))
        return text

    def __lt__(self, other: object) -> bool:
        return self.order < other.order if isinstance(other, VersionNumber) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.order <= other.order if isinstance(other, VersionNumber) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.order > other.order if isinstance(other, VersionNumber) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.order >= other.order if isinstance(other, VersionNumber) else NotImplemented

    @property
    def order(self) -> tuple[object, ...]:
        """A tuple that sorts as ``Base.isless`` does, to compare many versions fast."""
        return (
            self.release,
            not self.prerelease,  # 1.0-rc1 comes before 1.0
            tuple(map(_identifier_order, self.prerelease)),
            self.build == ("",),  # 1.0+ comes after 1.0+anything
            tuple(map(_identifier_order, self.build)),
        )


INFINITY = VersionNumber((_MAX_NUMBER, _MAX_NUMBER, _MAX_NUMBER), (), ("",))
"""``typemax(VersionNumber)``, which Julia writes and reads as ``∞``."""


def _identifiers(text: str | None, empty: str | None) -> Identifiers | None:
    """Split at the dots, as ``Base.split_idents``; None if a number is too large for Julia."""
    if text is None:
        return ("",) if empty else ()
    identifiers = tuple(int(part) if part.isdecimal() else part for part in text.split("."))
    if any(isinstance(part, int) and part > _MAX_IDENTIFIER for part in identifiers):
        return None
    return identifiers


def _identifier_order(identifier: int | str) -> tuple[int, int, str]:
    """Sort the empty identifier first, then numbers, then texts (``Base.ident_cmp``)."""
    if isinstance(identifier, int):
        return (1, identifier, "")
    return (2, 0, identifier) if identifier else (0, 0, "")
