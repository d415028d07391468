"""The options of a session that decide whether a compile cache serves it.

Julia keeps them as one byte, ``Base.CacheFlags``, in each cache and for each session. Sources:
``src/staticdata_utils.c`` (``jl_cache_flags``, ``jl_match_cache_flags``) and
``src/jloptions.c``, Julia 1.9 to 1.14-dev. Before 1.9 no cache has such a byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

CheckBounds: TypeAlias = Literal["auto", "yes", "no"]

_BOUNDS: tuple[CheckBounds, ...] = ("auto", "yes", "no")  # as the two bits count them
_NATIVE = 1
_OPTION = r"(?:--(?P<name>[a-z-]+)(?:=(?P<value>.*))?|-(?P<letter>[OgC])(?P<level>.*))"


class UnknownOptionError(ValueError):
    """A text that is not one of Julia's options, or has a value that Julia refuses."""


class SessionFlags(msgspec.Struct, frozen=True):
    """The options of a session, by default those of ``julia`` started without any.

    Attributes:
        native_code: whether native code is cached (``--pkgimages``).
        debug_level: ``-g``, 0 to 2.
        check_bounds: ``--check-bounds``.
        inline: ``--inline``.
        optimization_level: ``-O``, 0 to 3.
        takes_either: whether caches with and without native code serve it
            (``--pkgimages=existing``, 1.11 on).
    """

    native_code: bool = True
    debug_level: int = 1
    check_bounds: CheckBounds = "auto"
    inline: bool = True
    optimization_level: int = 2
    takes_either: bool = False

    @property
    def byte(self) -> int:
        """The flags as a cache has them: 163 for ``julia`` without options."""
        return (
            int(self.native_code)
            | self.debug_level << 1
            | _BOUNDS.index(self.check_bounds) << 3
            | int(self.inline) << 5
            | self.optimization_level << 6
        )

    def accept(self, flags: int, minor: tuple[int, int]) -> bool:
        """Tell whether a session with these options uses a cache made with *flags*.

        Args:
            flags: the byte in the header of the cache.
            minor: major and minor version of Julia.
        """
        made = read_flags(flags)
        if not made.native_code and (self.takes_either or not self.native_code):
            return True
        if minor >= (1, 11):
            fits_debugging = made.debug_level >= self.debug_level
        else:
            fits_debugging = made.debug_level == self.debug_level
        return (
            made.native_code == self.native_code
            and made.check_bounds == self.check_bounds
            and made.inline == self.inline
            and made.optimization_level >= self.optimization_level
            and fits_debugging
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The options that differ from those of ``julia`` alone, as they are written."""
        plain = SessionFlags()
        found = []
        if self.takes_either:
            found.append("--pkgimages=existing")
        if self.native_code != plain.native_code:
            found.append("--pkgimages=no")
        if self.debug_level != plain.debug_level:
            found.append(f"-g{self.debug_level}")
        if self.check_bounds != plain.check_bounds:
            found.append(f"--check-bounds={self.check_bounds}")
        if self.inline != plain.inline:
            found.append("--inline=no")
        if self.optimization_level != plain.optimization_level:
            found.append(f"-O{self.optimization_level}")
        return tuple(found)


PLAIN = SessionFlags()
"""The options of ``julia`` started without any."""


def read_flags(byte: int) -> SessionFlags:
    """Return the options that a cache was made with, from the byte in its header.

    >>> read_flags(163) == SessionFlags()
    True
    """
    bounds = byte >> 3 & 3
    return SessionFlags(
        native_code=bool(byte & _NATIVE),
        debug_level=byte >> 1 & 3,
        check_bounds=_BOUNDS[bounds] if bounds < len(_BOUNDS) else "auto",
        inline=bool(byte >> 5 & 1),
        optimization_level=byte >> 6 & 3,
    )


def parse_session_flags(options: Iterable[str], minor: tuple[int, int]) -> SessionFlags:
    """Return what some of Julia's options mean for caches, the last of each kind winning.

    Coverage and allocation tracking turn native code off in Julia 1.9 and 1.10, and change
    nothing later (``src/jloptions.c``).

    Args:
        options: as they are written for ``julia``: ``-O1``, ``--check-bounds=yes``.
        minor: major and minor version of Julia.

    Raises:
        UnknownOptionError: if one of them has no such value, or does not concern caches.

    >>> parse_session_flags(["-O3", "--check-bounds=yes"], (1, 12)).options
    ('--check-bounds=yes', '-O3')
    """
    flags = SessionFlags()
    for option in options:
        flags = _with(flags, option, minor)
    return flags


def _with(flags: SessionFlags, option: str, minor: tuple[int, int]) -> SessionFlags:
    match = re.fullmatch(_OPTION, option, re.DOTALL)
    if match is None:
        raise UnknownOptionError(f"{option} is not an option of Julia that caches depend on")
    name, value = match["name"], match["value"]
    if match["letter"] is not None:
        name = {"O": "optimize", "g": "debug-info", "C": "cpu-target"}[match["letter"]]
        value = match["level"] or None
    if name == "optimize" and value in (None, "0", "1", "2", "3"):
        return replace(flags, optimization_level=int(value or "3"))
    if name == "debug-info" and value in (None, "0", "1", "2"):
        return replace(flags, debug_level=int(value or "2"))
    if name == "check-bounds":
        for bounds in _BOUNDS:
            if value == bounds:
                return replace(flags, check_bounds=bounds)
    if name == "inline" and value in ("yes", "no"):
        return replace(flags, inline=value == "yes")
    if name == "pkgimages" and value in ("yes", "no"):
        return replace(flags, native_code=value == "yes", takes_either=False)
    if name == "pkgimages" and value == "existing":
        return replace(flags, native_code=True, takes_either=True)
    if name in ("code-coverage", "track-allocation"):
        is_off = value == "none" or minor >= (1, 11)
        return flags if is_off else replace(flags, native_code=False)
    if (name, value) in (("compiled-modules", "yes"), ("cpu-target", "native")):
        return flags
    if name == "compiled-modules" and value in ("no", "existing", "strict"):
        raise UnknownOptionError(f"with {option} Julia recompiles nothing, whatever fits")
    if name == "cpu-target" and value:
        raise UnknownOptionError(f"only Julia can tell which native code fits {option}")
    if name in ("optimize", "debug-info", "check-bounds", "inline", "pkgimages"):
        raise UnknownOptionError(f"{option} does not have a value that Julia knows")
    raise UnknownOptionError(f"{option} is not an option of Julia that caches depend on")
