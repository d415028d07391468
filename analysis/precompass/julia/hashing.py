"""Julia's own ``hash``, where files of a depot rest on it.

Two things do: the UUIDs of extensions (and with them the names of their caches), and the
hash of preferences in caches of Julia 1.6 to 1.13. All of it holds on 64-bit machines.

Sources: ``base/hashing.jl``, ``float.jl``, ``tuple.jl``, ``abstractarray.jl``,
``abstractdict.jl`` and ``uuid.jl`` of 1.6 to 1.14-dev. ``_MURMUR`` is checked against real
Julia 1.10; what it uses of those files is the same text in 1.7, 1.11 and 1.12.
``_RAPID`` is checked for strings, integers, tuples and UUIDs (by UUIDs of extensions, 1.14-dev).
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from precompass.documents.values import TomlTable, TomlValue

_MASK = 2**64 - 1

_TUPLE_SEED = 0x77CFA1EEF01BCA90
_UUID_SEED = 0xD06FA04F86F11B53
_ARRAY_SEED = 0x7E2D6FB6448BEB77
_TABLE_SEED = 0x6D35BB51952D5539
_STRING_SEED = 0x71E729FD56419C81
_RAPID_SECRETS = (
    0x2D358DCCAA6C78A5,
    0x8BB84B93962EACC9,
    0x4B33A62ED433D4A3,
    0xAAAAAAAAAAAAAAAA,
)

_LONG_ARRAY = 8192  # from this length on, Julia hashes a sample of the elements
_MAX_DEPTH = 100  # of nested arrays and tables; a document is not read any deeper

_NAN_BITS = 0x7FF8000000000000


class CannotTell(msgspec.Struct, frozen=True):
    """A hash that is not known here. *why* is a part of a sentence, for a person."""

    why: str


PreferenceHash: TypeAlias = int | CannotTell


def extension_uuid(parent: UUID, name: str, minor: tuple[int, int]) -> UUID:
    """Return the UUID of a package's extension, as ``Base.uuid5`` makes it.

    This is not version 5 of RFC 4122: the bits come from ``Base.hash``, so an extension has
    another UUID from Julia 1.13 on.

    Args:
        parent: UUID of the package that has the extension.
        name: name of the extension.
        minor: major and minor version of Julia, 1.9 or later, 64-bit.

    >>> pkg = UUID("44cfe95a-1eb2-52ea-b672-e2afdf69b78f")
    >>> str(extension_uuid(pkg, "REPLExt", (1, 11)))
    'e5eb5ef1-03cf-53a7-ae1d-5a66b08e832b'
    """
    hashing = _RAPID if minor >= (1, 13) else _MURMUR
    high = hashing.string(name, hashing.uuid(parent))
    low = hashing.string(name, high)
    bits = high << 64 | low
    bits &= 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
    bits |= 0x00000000_0000_5000_8000_000000000000
    return UUID(int=bits)


def string_hash(text: str) -> int:
    """Return ``hash(text)`` of Julia 1.6 to 1.12."""
    return _MURMUR.string(text)


def uuid_hash(uuid: UUID) -> int:
    """Return ``hash(uuid)`` of Julia 1.7 to 1.12."""
    return _MURMUR.uuid(uuid)


def preference_hash(
    table: TomlTable, keys: Iterable[str], minor: tuple[int, int]
) -> PreferenceHash:
    """Return ``Base.get_preferences_hash`` for the keys that a cache lists.

    Args:
        table: the merged preferences of the cache's package.
        keys: the listed keys, in the order of the cache.
        minor: major and minor version of Julia, 64-bit.

    Returns:
        The hash, 64 bits; 0 if no listed key is set, whatever the version. Where it was not
        possible to check the hash of a value against a real Julia: :class:`CannotTell`.

    >>> hex(preference_hash({"backend": "CPU"}, ["backend", "threads"], (1, 10)))
    '0x2535144fbc47ec06'
    """
    values = [table[key] for key in keys if key in table]
    if not values:
        return 0
    if minor >= (1, 13):
        return CannotTell("the hashes of Julia 1.13 could not be checked")
    h = 0
    try:
        for value in values:
            h = _MURMUR.value(value, h, minor)
    except _NotReproducibleError as reason:
        return CannotTell(str(reason))
    return h


class _NotReproducibleError(Exception):
    """Julia's hash of a value rests on something that files do not tell, or is unchecked."""


class _Murmur:
    """``Base.hash`` of Julia 1.6 to 1.12; *h* is its second argument, 64 bits."""

    def integer(self, x: int, h: int = 0) -> int:
        """Hash of an Int64, UInt64 or Bool."""
        return (_mix64(x & _MASK) - 3 * h) & _MASK

    def string(self, text: str, h: int = 0) -> int:
        """Hash of a String."""
        h = (h + _STRING_SEED) & _MASK
        data = text.encode("utf-8", "surrogatepass")
        return (_murmur3_second_word(data, h & 0xFFFFFFFF) + h) & _MASK

    def tuple_of_integers(self, xs: Sequence[int], h: int = 0) -> int:
        """Hash of a tuple of integers."""
        h = (h + _TUPLE_SEED) & _MASK
        for x in reversed(xs):
            h = self.integer(x, h)
        return h

    def uuid(self, uuid: UUID, h: int = 0) -> int:
        """Hash of a UUID."""
        halves = (uuid.int >> 64, uuid.int & _MASK)
        return self.integer(_UUID_SEED, self.tuple_of_integers(halves, h))

    def float(self, x: float, h: int) -> int:
        """Hash of a Float64: that of the integer where there is one that is equal."""
        if x != x:
            return _mix64(_NAN_BITS) ^ h
        bits: int = struct.unpack("<Q", struct.pack("<d", x))[0]
        if -(2.0**63) <= x < 2.0**64 and x.is_integer() and bits != 1 << 63:  # -0.0 is not 0
            return self.integer(int(x), h)
        return (_mix64(bits) - 3 * h) & _MASK

    def value(self, value: TomlValue, h: int, minor: tuple[int, int], depth: int = 0) -> int:
        """Hash of a value of a TOML document. Raises _NotReproducibleError."""
        if depth > _MAX_DEPTH:
            raise _NotReproducibleError(f"a value is nested more than {_MAX_DEPTH} deep")
        if isinstance(value, str):
            return self.string(value, h)
        if isinstance(value, int):
            if not -(2**63) <= value < 2**64:
                raise _NotReproducibleError("an integer has more than 64 bits")
            return self.integer(value, h)
        if isinstance(value, float):
            return self.float(value, h)
        if isinstance(value, datetime.date | datetime.time):
            # The identity of Base.TOML's own type is in it, which differs from build to build.
            raise _NotReproducibleError("Julia hashes dates and times differently in every build")
        if isinstance(value, Mapping):
            combined = _TABLE_SEED
            for key, item in value.items():
                combined ^= self.string(key, self.value(item, 0, minor, depth + 1))
            return self.integer(combined, h)
        if minor < (1, 7):
            raise _NotReproducibleError("Julia 1.6 hashes arrays differently in every build")
        if len(value) >= _LONG_ARRAY:
            raise _NotReproducibleError(f"an array has {_LONG_ARRAY} elements or more")
        h = (h + _ARRAY_SEED) & _MASK
        h = self.tuple_of_integers((1,), h)  # first index
        h = self.tuple_of_integers((len(value),), h)  # last index
        for item in value:
            h = self.value(item, h, minor, depth + 1)
        return h


class _Rapid:
    """``Base.hash`` of Julia 1.13 and 1.14-dev, as far as UUIDs of extensions need it."""

    one_argument_seed = 0xBDD89AA982704029

    def integer(self, x: int, h: int) -> int:
        """Hash of an Int64 or UInt64."""
        x = (3 * h - x) & _MASK
        x ^= x >> 32
        x = x * 0x63652A4CD374B267 & _MASK
        return x ^ x >> 33

    def string(self, text: str, h: int) -> int:
        """Hash of a String: rapidhash, with blocks of 48 bytes."""
        return _rapidhash(text.encode("utf-8", "surrogatepass"), h)

    def uuid(self, uuid: UUID) -> int:
        """Hash of a UUID, with one argument."""
        h = self.one_argument_seed ^ _TUPLE_SEED
        h = self.integer(uuid.int & _MASK, h)
        h = self.integer(uuid.int >> 64, h)
        return self.integer(_UUID_SEED, h)


_MURMUR = _Murmur()
_RAPID = _Rapid()


def _mix64(a: int) -> int:
    """``Base.hash_64_64`` up to Julia 1.12."""
    a = (~a + (a << 21)) & _MASK
    a ^= a >> 24
    a = a * 265 & _MASK
    a ^= a >> 14
    a = a * 21 & _MASK
    a ^= a >> 28
    return (a + (a << 31)) & _MASK


def _rotate(x: int, by: int) -> int:
    return (x << by | x >> (64 - by)) & _MASK


def _murmur3_second_word(data: bytes, seed: int) -> int:
    """The second half of MurmurHash3_x64_128, by Austin Appleby, in the public domain."""
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F

    def scramble1(k: int) -> int:
        return _rotate(k * c1 & _MASK, 31) * c2 & _MASK

    def scramble2(k: int) -> int:
        return _rotate(k * c2 & _MASK, 33) * c1 & _MASK

    def finish(k: int) -> int:
        k ^= k >> 33
        k = k * 0xFF51AFD7ED558CCD & _MASK
        k ^= k >> 33
        k = k * 0xC4CEB9FE1A85EC53 & _MASK
        return k ^ k >> 33

    h1 = h2 = seed
    whole = len(data) - len(data) % 16
    for k1, k2 in struct.iter_unpack("<QQ", data[:whole]):
        h1 = (_rotate(h1 ^ scramble1(k1), 27) + h2) * 5 + 0x52DCE729 & _MASK
        h2 = (_rotate(h2 ^ scramble2(k2), 31) + h1) * 5 + 0x38495AB5 & _MASK
    tail = data[whole:]
    h2 ^= scramble2(int.from_bytes(tail[8:], "little"))
    h1 ^= scramble1(int.from_bytes(tail[:8], "little"))
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = (h1 + h2) & _MASK
    h2 = (h2 + h1) & _MASK
    h1, h2 = finish(h1), finish(h2)
    return (h2 + h1 + h2) & _MASK


def _rapid_mix(a: int, b: int) -> int:
    product = a * b
    return product >> 64 ^ product & _MASK


def _rapidhash(data: bytes, seed: int) -> int:
    """``Base.hash_bytes`` of Julia 1.13, which goes back to rapidhash by Nicolas De Carli."""
    s0, s1, s2, s3 = _RAPID_SECRETS
    length = left = len(data)

    def word(at: int, size: int = 8) -> int:
        return int.from_bytes(data[at : at + size], "little")

    seed ^= _rapid_mix(seed ^ s2, s1)
    a = b = 0
    if length > 16:
        at = 0
        if left > 48:
            lane1 = lane2 = seed
            while left > 48:
                seed = _rapid_mix(word(at) ^ s0, word(at + 8) ^ seed)
                lane1 = _rapid_mix(word(at + 16) ^ s1, word(at + 24) ^ lane1)
                lane2 = _rapid_mix(word(at + 32) ^ s2, word(at + 40) ^ lane2)
                at += 48
                left -= 48
            seed ^= lane1 ^ lane2
        if left > 16:
            seed = _rapid_mix(word(at) ^ s2, word(at + 8) ^ seed)
            if left > 32:
                seed = _rapid_mix(word(at + 16) ^ s2, word(at + 24) ^ seed)
        a = word(length - 16) ^ left
        b = word(length - 8)
    elif length >= 4:
        seed ^= length
        size = 8 if length >= 8 else 4
        a, b = word(0, size), word(length - size, size)
    elif length > 0:
        a = data[0] << 45 | data[-1]
        b = data[length // 2]
    product = (a ^ s1) * (b ^ seed)
    return _rapid_mix(product & _MASK ^ s3, product >> 64 ^ s1 ^ left)
