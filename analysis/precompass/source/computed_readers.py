"""Readers of preferences that code gets from a module by a name that it computes.

``getfield(Preferences, Symbol("load_", "preference"))(@__MODULE__, "mode")`` names no reader. Such
code may read what the call says, or anything where the call says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec

from precompass.source.values import (
    Expander,
    Joined,
    PackageModule,
    PackageUuid,
    Text,
    Value,
    alternatives,
    is_undecided,
)

READERS_IN_BASE = frozenset({"record_compiletime_preference"})
TAKES_FROM_MODULE = frozenset({"getfield", "getproperty", "getglobal", "GlobalRef", "eval"})
"""Functions that are passed a module and a name."""
_TAKEN = re.compile(
    rb"\b(get(?:field|property|global)|GlobalRef|eval)\.?\([ \t\n]*(?:Ref\([ \t]*)?(?:\w+\.)*(\w+)"
    rb"(?:\([^()\n]{0,200}\))?[ \t]*\)?[ \t\n]*,[ \t\n]*(?![:\"\d])"
)
_ALIAS = re.compile(
    rb"\b(?P<name>\w+)[ \t]*=[ \t]*(?:\w+\.)*(?P<of>Preferences|Base)\b(?![.\w(])"
    rb"|\b(?P<module>Preferences|Base)[ \t]+as[ \t]+(?P<alias>\w+)"
)
_BEFORE_ALIAS = (b"Preferences", b"= Base", b"Base as")
_TAKERS = (b"getfield", b"getproperty", b"getglobal", b"GlobalRef", b"eval(")
_AS_VALUE = re.compile(
    rb"^(?![ \t]*(?:using|import|export|@reexport)\b)[^#\n]*"
    rb"(?:[(,=|\[:][ \t]*|\")(?:\w+\.)*Preferences(?:\"|[ \t]*(?:[,;)\]|]|\r?\n|\Z))",
    re.MULTILINE,
)
"""Where code has the module Preferences as a value, or its name."""
_CALLED_AS_READER = re.compile(
    rb"\b(get(?:field|property|global))\.?\([^\n]{0,200}\)[ \t]*\([ \t]*"
    rb"[\w.@]{1,200}(?:\([^()\n]{0,200}\))?,[ \t]*\""
)
"""Where what is looked up is called as a reader is: with a name, and a text."""


class ReaderLookups(msgspec.Struct, frozen=True):
    """What of a package's text may get readers of preferences by computed names.

    Attributes:
        functions: the functions that it looks names up with.
        hands_on: whether it passes on the module Preferences as a value.
    """

    functions: frozenset[str] = frozenset()
    hands_on: bool = False


def reader_lookups(texts: Iterable[bytes]) -> ReaderLookups:
    """Search the files of a package; what a comment says counts as code."""
    files = tuple(texts)
    if not any(b"Preferences" in data for data in files):
        files = tuple(data for data in files if b"(Base," in data)
    hands_on = any(map(_has_as_value, files))
    modules = {b"Preferences": {b"Preferences"}, b"Base": {b"Base"}}
    for data in files:
        if any(word in data for word in _BEFORE_ALIAS):
            for match in _ALIAS.finditer(data):
                modules[match["of"] or match["module"]].add(match["name"] or match["alias"])
    found: set[bytes] = set()
    for data in files:
        if not any(word in data for word in _TAKERS):
            continue
        found.update(_CALLED_AS_READER.findall(data))
        for match in _TAKEN.finditer(data):
            is_lookup = match[1].startswith(b"get")
            if match[2] in modules[b"Preferences"] or (
                is_lookup and (hands_on or match[2] in modules[b"Base"])
            ):
                found.add(match[1])
    return ReaderLookups(frozenset(name.decode() for name in found), hands_on)


def _has_as_value(data: bytes) -> bool:
    """Tell whether code has the module Preferences as a value; only lines that name it count."""
    place = data.find(b"Preferences")
    while place >= 0:
        first, last = data.rfind(b"\n", 0, place) + 1, data.find(b"\n", place) + 1 or len(data)
        if _AS_VALUE.search(data, first, last):
            return True
        place = data.find(b"Preferences", last)
    return False


def may_name(value: Value, readers: Collection[str]) -> bool:
    """Tell whether a name that is computed may be one of some."""
    return any(_fits(one, reader) for one, _ in alternatives(value) for reader in readers)


def _fits(value: Value, name: str) -> bool:
    if isinstance(value, Text):
        return value.value == name
    if not isinstance(value, Joined):
        return is_undecided(value)
    first, last = value.pieces[0], value.pieces[-1]
    begins = not isinstance(first, Text) or name.startswith(first.value)
    return begins and (not isinstance(last, Text) or name.endswith(last.value))


def is_called_as_reader(values: tuple[Value, ...]) -> bool:
    """Tell whether a call passes a package and a text, as one of a reader does."""
    owner = (PackageModule, PackageUuid, Expander)
    return len(values) > 1 and isinstance(values[0], owner) and isinstance(values[1], Text)


def may_be_read(values: tuple[Value, ...]) -> bool:
    """Tell whether the first two arguments of a call may be a package and a key."""
    if len(values) < 2:
        return False
    owner, key = values[:2]
    no_owner = not (isinstance(owner, PackageModule | PackageUuid | Text) or is_undecided(owner))
    no_key = isinstance(key, PackageModule | PackageUuid)
    return not (no_owner or no_key)
