"""The values of TOML documents, with the types that Julia tells apart.

A TOML value is held as the Python object of its kind. One kind has no Python type of
its own: Julia's parser reads hexadecimal, octal and binary integers as *unsigned*
integers (``Base.TOML``, ``parse_hex`` and its siblings), so ``0xff`` and ``255`` are
equal to Julia's ``hash`` and different to ``===``. :class:`UnsignedInteger` keeps that
difference.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

TomlScalar: TypeAlias = str | bool | int | float | datetime.datetime | datetime.date | datetime.time
TomlValue: TypeAlias = "TomlScalar | Sequence[TomlValue] | Mapping[str, TomlValue]"
TomlTable: TypeAlias = Mapping[str, TomlValue]


class UnsignedInteger(int):
    """An integer written as ``0x…``, ``0o…`` or ``0b…``: an unsigned integer in Julia."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"UnsignedInteger({int(self)})"
