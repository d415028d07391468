"""What a compile cache says about the preferences that its package read while compiling.

Caches of Julia 1.6 to 1.13 have a :class:`KeyList`, later ones a :class:`Blob`. Sources:
``base/loading.jl``, ``get_preferences_hash`` (1.6 on) and ``get_preferences_blob`` (1.14-dev
from commit a25da508 on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from uuid import UUID

import msgspec
import tomli

from precompass.documents.toml import TomlDocument, plain
from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.uuids import parse_uuid

MAX_BLOB = 2**18
"""Characters of a blob; a longer one is not read."""


class KeyList(msgspec.Struct, frozen=True):
    """The keys of the cache's own package that were read, and one hash over their values.

    Attributes:
        keys: in the order of the file, which the hash depends on.
        hash: ``Base.get_preferences_hash`` of the values that were set, 64 bits; 0 if none was.
    """

    keys: tuple[str, ...]
    hash: int


class Blob(msgspec.Struct, frozen=True):
    """All keys that were read, of whatever package, with their values.

    Attributes:
        set: by UUID, the keys that had a value, and it.
        unset: by UUID, the keys that had none, sorted.
    """

    set: Mapping[UUID, TomlTable]
    unset: Mapping[UUID, tuple[str, ...]]


PreferenceRecord: TypeAlias = KeyList | Blob

NOTHING_READ = Blob({}, {})
"""The blob of a package that read no preference."""


def parse_blob(text: str) -> Blob:
    """Read a blob, which is TOML. Raises ValueError, with the reason, if it is not one.

    The values have the types that Julia tells apart, unsigned integers included.
    """
    if not text:
        return NOTHING_READ
    if len(text) > MAX_BLOB:
        raise ValueError(f"the preferences have more than {MAX_BLOB} characters")
    values: dict[UUID, TomlTable] = {}
    unset: dict[UUID, tuple[str, ...]] = {}
    for name, table in _toml(text).items():
        if not isinstance(table, Mapping):
            raise ValueError(f"the preferences' {name!r} is no table")
        if name == "unset":
            for owner, keys in table.items():
                unset[_uuid(owner)] = _strings(keys)
        else:
            values[_uuid(name)] = table
    return Blob(values, unset)


def _toml(text: str) -> TomlTable:
    try:
        table = tomli.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the preferences are not TOML: {error}") from None
    if "0x" not in text:  # so Julia's printer writes unsigned integers, and no others
        return table
    typed = plain(TomlDocument(text).root)
    assert isinstance(typed, Mapping)  # noqa: S101 - a table is plainly a mapping
    return typed


def _uuid(text: str) -> UUID:
    uuid = parse_uuid(text)
    if uuid is None:
        raise ValueError(f"the preferences are of {text!r}, which is no UUID")
    return uuid


def _strings(values: TomlValue) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("the keys of unset preferences are not strings")
    return tuple(values)
