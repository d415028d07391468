"""The order in which a ``Dict`` of Julia yields its keys, where an answer depends on it.

Pkg of Julia 1.9.1 to 1.9.3, and of the development versions of 1.10, goes through a manifest in
that order, and does something else for a package that comes before another one than for one
that comes after it. Source: ``base/dict.jl`` (1.9 and 1.10), and of Pkg, ``src/manifest.jl``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from precompass.julia.hashing import string_hash, uuid_hash
from precompass.julia.uuids import UUID

_FIRST_SIZE = 16
_PROBES = 16  # places that are tried before the table grows; more in tables of over 1024 places
_LARGE = 64_000  # keys; from there on tables grow less

Key = TypeVar("Key", bound=Hashable)


class _Slots(Generic[Key]):
    """The places of a ``Dict``'s keys: each as near behind ``hash(key)`` as one is free."""

    def __init__(self, hash_of: Callable[[Key], int], keys: Iterable[Key]) -> None:
        self._hash_of = hash_of
        self._slots: list[Key | None] = [None] * _FIRST_SIZE
        self._count = 0
        for key in dict.fromkeys(keys):
            self._add(key)

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._slots if key is not None)

    def _add(self, key: Key) -> None:
        place = self._free_place(key, max(_PROBES, len(self._slots) >> 6))
        while place is None:
            self._grow(len(self._slots) * (2 if self._count > _LARGE else 4))
            place = self._free_place(key, max(_PROBES, len(self._slots) >> 6))
        self._slots[place] = key
        self._count += 1
        if self._count * 3 > len(self._slots) * 2:
            self._grow(self._count * (2 if self._count > _LARGE else 4))

    def _free_place(self, key: Key, probes: int) -> int | None:
        last = len(self._slots) - 1
        start = self._hash_of(key)
        places = (start + step & last for step in range(probes))
        return next((place for place in places if self._slots[place] is None), None)

    def _grow(self, wanted: int) -> None:
        keys = list(self)
        size = max(_FIRST_SIZE, 1 << (wanted - 1).bit_length())
        self._slots = [None] * size
        for key in keys:
            place = self._free_place(key, size)
            assert place is not None  # noqa: S101 - the table is larger than before
            self._slots[place] = key


def manifest_order(packages: Mapping[str, Sequence[UUID]]) -> tuple[UUID, ...]:
    """Return the packages of a manifest in the order of Pkg's ``Dict`` of them.

    Args:
        packages: by name, in the order of the file.
    """
    read = _Slots(string_hash, packages)
    by_name = _Slots(string_hash, read)
    return tuple(_Slots(uuid_hash, (uuid for name in by_name for uuid in packages[name])))
