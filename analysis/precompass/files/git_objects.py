"""The objects of a git repository, none of which is larger than a file that we read.

A pack of some kilobytes can hold an object of gigabytes, by compression or by deltas, and deltas
that lead to each other in circles. dulwich inflates what it is asked for; so what an object would
become is read from the headers first (gitformat-pack(5)).
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress

from dulwich.object_store import BaseObjectStore, DiskObjectStore
from dulwich.objects import ObjectID, RawObjectID, hex_to_sha

from precompass.files import disk
from precompass.files.library_files import MOST_BYTES

_MOST_DELTAS = 4_095
"""One made of another, and so on: as many as git itself makes (git-config(1), pack.depth)."""
_OFFSET_DELTA, _REFERENCE_DELTA = 6, 7
_HEADER_BYTES = 64
_MOST_ALTERNATES = 5
"""Stores of which each names the next one (``git-clone(1)``); git follows as many."""


class TooLargeError(Exception):
    """An object, or the deltas that it is made of, are too large, or made as no git makes them."""


class BoundedStore(DiskObjectStore):
    """Objects in files, but no large ones.

    Args:
        like: the store of a repository.
        left: how many stores may follow each other from here, each named by the one before.
    """

    def __init__(self, like: DiskObjectStore, left: int = _MOST_ALTERNATES) -> None:
        super().__init__(
            like.path, object_format=like.object_format, loose_object_size_limit=MOST_BYTES
        )
        self._left = left
        self._bounded: list[BaseObjectStore] | None = None

    @property
    def alternates(self) -> list[BaseObjectStore]:
        """The stores that this one names, bounded as well."""
        if self._bounded is None:
            named = super().alternates if self._left else []
            stores = [one for one in named if isinstance(one, DiskObjectStore)]
            self._bounded = [BoundedStore(one, self._left - 1) for one in stores]
        return self._bounded

    def get_raw(self, name: RawObjectID | ObjectID) -> tuple[int, bytes]:
        """Return the type and the content of an object.

        Raises:
            KeyError: if it is not here.
            TooLargeError: if it is too large.
        """
        is_hexadecimal = len(name) == self.object_format.hex_length
        self._refuse_large(hex_to_sha(ObjectID(name)) if is_hexadecimal else RawObjectID(name))
        return super().get_raw(name)

    def _refuse_large(self, identity: RawObjectID) -> None:
        """Follow the deltas of an object down to those that are whole.

        An object may be in several packs, of which any may be read.
        """
        left, seen = MOST_BYTES, set[tuple[str, int]]()
        pending = [*self._places(identity)]
        while pending:
            place = pending.pop()
            if place in seen:
                continue
            seen.add(place)
            size, base = _read_header(*place, self.object_format.oid_length)
            left -= size
            if left < 0 or len(seen) > _MOST_DELTAS:
                raise TooLargeError("a git object is too large")
            if isinstance(base, int):
                pending.append((place[0], base))
            elif base is not None:
                pending += self._places(RawObjectID(base))

    def _places(self, identity: RawObjectID) -> Iterator[tuple[str, int]]:
        """Yield the packs in which an object is, and where."""
        for pack in self.packs:
            with suppress(KeyError):
                yield os.fspath(pack.data.path), pack.index.object_offset(identity)


def _read_header(pack: str, offset: int, length: int) -> tuple[int, int | bytes | None]:
    """Return how large an object of a pack becomes, and what it is made of.

    Args:
        pack: the file.
        offset: where the object is in it.
        length: bytes of the name of an object.

    Returns:
        bytes of the object and, for a delta, those of the delta; and the offset or the name of
        the object that a delta changes, None if it is none.

    Raises:
        TooLargeError: if a delta leads to itself or forward, which no git writes.
    """
    with disk.open_file(pack) as file:
        file.seek(offset)
        data = io.BytesIO(file.read(_HEADER_BYTES))
    first = _byte(data)
    kind, size, shift = first >> 4 & 7, first & 15, 4
    while first & 128:
        first = _byte(data)
        size |= (first & 127) << shift
        shift += 7
    if kind == _OFFSET_DELTA:
        first = _byte(data)
        back = first & 127
        while first & 128:
            first = _byte(data)
            back = (back + 1) << 7 | first & 127
        if not 0 < back <= offset:
            raise TooLargeError("a delta of a git object leads to itself")
        return size + _result_size(data.read()), offset - back
    if kind == _REFERENCE_DELTA:
        base = data.read(length)
        return size + _result_size(data.read()), base
    return size, None


def _result_size(compressed: bytes) -> int:
    """Return how large the result of a delta is, which the second number in it says."""
    data = io.BytesIO(zlib.decompressobj().decompress(compressed, _HEADER_BYTES))
    _number(data)
    return _number(data)


def _number(data: io.BytesIO) -> int:
    value = shift = 0
    while True:
        byte = _byte(data)
        value |= (byte & 127) << shift
        if not byte & 128:
            return value
        shift += 7


def _byte(data: io.BytesIO) -> int:
    """Return the next byte; 0, which ends every number, behind the last one."""
    found = data.read(1)
    return found[0] if found else 0
