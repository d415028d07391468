"""When Julia takes two values of a preference for the same.

Caches with a hash compare ``hash(value)``, which respects ``isequal``; caches with a blob
compare with ``===``, inside arrays and tables too (``Base.stale_prefs``, 1.14-dev).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from datetime import datetime, time

from precompass.documents.values import TomlValue, UnsignedInteger

_INT128_CHARACTERS = 33
_UINT128_BITS = 128
_WORD = 2**64 - 1


def equal_by_hash(one: TomlValue, other: TomlValue) -> bool:
    """Tell whether two values have one hash: 1, 1.0 and true do, 0.0 and -0.0 do not."""
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return (
            isinstance(one, Mapping)
            and isinstance(other, Mapping)
            and one.keys() == other.keys()
            and all(equal_by_hash(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list) or isinstance(other, list):
        return _same_elements(one, other, equal_by_hash)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _same_numbers(one, other)
    return type(one) is type(other) and _as_julia_reads(one) == _as_julia_reads(other)


def same_hash(one: TomlValue, other: TomlValue) -> bool:
    """Tell whether ``hash`` of Julia 1.6 to 1.12 cannot tell two values apart.

    Equal values have one hash, and some others have too: what is hashed of a number are 64 bits,
    those of an integer from -2^63 to 2^64, or else of the float. So 2^63, -2^63 and -0.0 have one
    hash, and -1 and 2^64 - 1 (``base/hashing.jl``, ``base/float.jl``).
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            same_hash(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return _same_elements(one, other, same_hash)
    if isinstance(one, int | float) and isinstance(other, int | float):
        words = _hashed_word(one), _hashed_word(other)
        return equal_by_hash(one, other) or (None not in words and words[0] == words[1])
    return equal_by_hash(one, other)


def _hashed_word(value: float) -> int | None:
    """Return the 64 bits of a number that its hash is made of; None for a longer integer."""
    if isinstance(value, int) or (value.is_integer() and not _is_negative_zero(value)):
        number = int(value)
        if -(2**63) <= number < 2**64:
            return number & _WORD
        if isinstance(value, int):
            return None
    if _is_nan(value):
        return None
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    return bits


def identical(one: TomlValue, other: TomlValue) -> bool:
    """Tell whether two values are ``===`` to a cache with a blob.

    Integers of more than 33 characters are ``BigInt``, of which no two are ever identical: a
    package that reads one is recompiled at every start. Dates with a time lose their
    time zone, which Julia's parser does not keep, and what is finer than milliseconds.
    """
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return (
            isinstance(one, Mapping)
            and isinstance(other, Mapping)
            and one.keys() == other.keys()
            and all(identical(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list) or isinstance(other, list):
        return _same_elements(one, other, identical)
    if type(one) is not type(other):
        return False
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _same_numbers(one, other) and not _is_big_integer(one)
    return _as_julia_reads(one) == _as_julia_reads(other)


def _same_numbers(one: float, other: float) -> bool:
    if _is_nan(one) or _is_nan(other):
        return _is_nan(one) and _is_nan(other)
    return one == other and _is_negative_zero(one) == _is_negative_zero(other)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _is_big_integer(value: object) -> bool:
    if isinstance(value, UnsignedInteger):
        return value.bit_length() > _UINT128_BITS
    return isinstance(value, int) and len(str(value)) > _INT128_CHARACTERS


def _as_julia_reads(value: object) -> object:
    """Return a date or a time without what Julia's parser does not keep of it."""
    if isinstance(value, datetime | time):
        milliseconds = value.microsecond // 1000 * 1000
        return value.replace(tzinfo=None, microsecond=milliseconds)
    return value


def is_zero_like(value: TomlValue) -> bool:
    """Tell whether ``hash(value, 0)`` is 0 on Julia 1.13: of ``false``, 0 and 0.0 it is."""
    return isinstance(value, int | float) and value == 0 and not _is_negative_zero(value)


def _is_negative_zero(value: object) -> bool:
    return isinstance(value, float) and value == 0 and math.copysign(1, value) < 0


def _same_elements(
    one: TomlValue, other: TomlValue, same: Callable[[TomlValue, TomlValue], bool]
) -> bool:
    return (
        isinstance(one, list)
        and isinstance(other, list)
        and len(one) == len(other)
        and all(same(left, right) for left, right in zip(one, other, strict=True))
    )
