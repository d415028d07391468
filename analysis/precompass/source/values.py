"""What is known of a value in Julia code without running it.

Just enough for the arguments of ``load_preference``: texts, modules, UUIDs, and the ways in
which code makes one out of others (interpolation, tuples, loops, branches, parameters).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TypeAlias
from uuid import UUID

import msgspec

from precompass.source.preference_conditions import OwnPreference

_MAX_ALTERNATIVES = 256  # values that one expression takes in turn
_MAX_CHOICES = 32  # values of which an expression takes one
_MAX_TEXT = 1_000  # characters; no key is longer
_MAX_PARTS = 2_000
_MAX_DEPTH = 20


class Text(msgspec.Struct, frozen=True):
    """A string or a symbol."""

    value: str


class PackageModule(msgspec.Struct, frozen=True):
    """A module of a package, whichever: preferences belong to packages. None: this package."""

    name: str | None


OWN = PackageModule(None)


class PackageUuid(msgspec.Struct, frozen=True):
    """A UUID written in the code."""

    uuid: UUID


class Expander(msgspec.Struct, frozen=True):
    """The module in which a macro is expanded (``__module__``)."""


class Parameter(msgspec.Struct, frozen=True):
    """What the caller of a function, or the user of a macro, passes."""

    name: str


class Joined(msgspec.Struct, frozen=True):
    """One text made of several."""

    pieces: tuple[Value, ...]


class Items(msgspec.Struct, frozen=True):
    """A tuple, an array, a pair, or a dictionary as its pairs."""

    items: tuple[Value, ...]


class Each(msgspec.Struct, frozen=True):
    """All of these, one after the other: the variable of a loop."""

    values: tuple[Value, ...]


class Either(msgspec.Struct, frozen=True):
    """One of these; which one is decided when the code runs."""

    values: tuple[Value, ...]


class Element(msgspec.Struct, frozen=True):
    """The variable of a loop over something that is not known yet; *index* within a tuple."""

    of: Value
    index: int | None = None


class PreferencesDict(msgspec.Struct, frozen=True):
    """What ``Base.get_preferences`` returns for an owner: all its preferences."""

    owner: Value


class Unknown(msgspec.Struct, frozen=True):
    """Anything else, with the code that computes it."""

    code: str


Value: TypeAlias = (
    Text
    | PackageModule
    | PackageUuid
    | Expander
    | Parameter
    | Joined
    | Items
    | Each
    | Either
    | Element
    | PreferencesDict
    | OwnPreference
    | Unknown
)


_CLOSED = frozenset({Text, PackageModule, PackageUuid, OwnPreference, Unknown})
"""The values that are made of no others, and wait for nothing."""


def inner_values(value: Value) -> tuple[Value, ...]:
    """Return the values that a value is made of."""
    match value:
        case Joined(values) | Items(values) | Each(values) | Either(values):
            return values
        case Element(inner, _) | PreferencesDict(inner):
            return (inner,)
        case _:
            return ()


def is_large(value: Value) -> bool:
    """Tell whether a value has so many parts, or so nested ones, that it is better forgotten."""
    pending = [(value, 0)]
    count = 0
    while pending:
        current, depth = pending.pop()
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_PARTS:
            return True
        pending.extend((inner, depth + 1) for inner in inner_values(current))
    return False


def either(values: tuple[Value, ...]) -> Value:
    """Return the value that is one of *values*."""
    flat = (
        v for value in values for v in (value.values if isinstance(value, Either) else (value,))
    )
    distinct = tuple(dict.fromkeys(flat))
    if len(distinct) > _MAX_CHOICES:
        return Unknown("…")
    return distinct[0] if len(distinct) == 1 else Either(distinct)


def join(pieces: tuple[Value, ...]) -> Value:
    """Return the text made of *pieces*: a plain text where all of them are known."""
    choices: list[tuple[Value, ...]] = []
    count = 1
    branching = False
    for piece in pieces:
        branching |= isinstance(piece, Either)
        choices.append(piece.values if isinstance(piece, Each | Either) else (piece,))
        count *= len(choices[-1])
        if count > _MAX_ALTERNATIVES:
            return Unknown("…")
    texts = tuple(_join_one(choice) for choice in itertools.product(*choices))
    if len(texts) == 1:
        return texts[0]
    return either(texts) if branching else Each(tuple(dict.fromkeys(texts)))


def _join_one(pieces: tuple[Value, ...]) -> Value:
    merged: list[Value] = []
    for piece in pieces:
        inner = piece.pieces if isinstance(piece, Joined) else (piece,)
        for part in inner:
            if isinstance(part, Text) and merged and isinstance(merged[-1], Text):
                merged[-1] = Text(merged[-1].value + part.value)
            else:
                merged.append(part)
    if len(merged) > _MAX_CHOICES or any(
        isinstance(piece, Text) and len(piece.value) > _MAX_TEXT for piece in merged
    ):
        return Unknown("…")
    if len(merged) == 1:
        return merged[0]
    return Joined(tuple(merged)) if merged else Text("")


def element(collection: Value, index: int | None = None) -> Value:
    """Return the variable of a loop over *collection*; with *index*, that part of it."""
    if isinstance(collection, Each | Either):
        return type(collection)(tuple(element(value, index) for value in collection.values))
    if isinstance(collection, Items):
        items = collection.items
        if index is not None:
            items = tuple(part(item, index) for item in items)
        return Each(tuple(dict.fromkeys(items)))
    if isinstance(collection, Unknown):
        return collection
    return Element(collection, index)


def part(value: Value, index: int) -> Value:
    """Return one item of a tuple or pair, counted from 0."""
    if isinstance(value, Items):
        return value.items[index] if index < len(value.items) else Unknown("…")
    if isinstance(value, Each | Either):
        return type(value)(tuple(part(item, index) for item in value.values))
    if isinstance(value, Element) and value.index is None:
        return Element(value.of, index)
    return Unknown("…")


def substitute(
    value: Value, parameters: Mapping[str, Value], expander: Value, depth: int = 0
) -> Value:
    """Put what a caller passes in the place of parameters."""
    if depth > _MAX_DEPTH:
        return Unknown("…")
    match value:
        case Parameter(name):
            return parameters.get(name, Unknown(name))
        case Expander():
            return expander
        case Joined(pieces):
            return join(tuple(substitute(v, parameters, expander, depth + 1) for v in pieces))
        case Items(items):
            return Items(tuple(substitute(v, parameters, expander, depth + 1) for v in items))
        case Each(values):
            return Each(tuple(substitute(v, parameters, expander, depth + 1) for v in values))
        case Either(values):
            return either(tuple(substitute(v, parameters, expander, depth + 1) for v in values))
        case Element(of, index):
            return element(substitute(of, parameters, expander, depth + 1), index)
        case PreferencesDict(owner):
            return PreferencesDict(substitute(owner, parameters, expander, depth + 1))
        case _:
            return value


def anchored(value: Value, names: Mapping[str | None, Value], depth: int = 0) -> Value:
    """Put what modules are in one package in the place of their names.

    *names* has an entry None for the package itself. So the value can be used elsewhere.
    """
    if depth > _MAX_DEPTH:
        return Unknown("…")
    match value:
        case PackageModule(name):
            return names.get(name, value)
        case Joined(values) | Items(values) | Each(values) | Either(values):
            return type(value)(tuple(anchored(v, names, depth + 1) for v in values))
        case Element(of, index):
            return Element(anchored(of, names, depth + 1), index)
        case PreferencesDict(owner):
            return PreferencesDict(anchored(owner, names, depth + 1))
        case _:
            return value


def is_open(value: Value) -> bool:
    """Tell whether a value waits for what a caller passes."""
    if type(value) in _CLOSED:
        return False
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, Parameter | Expander):
            return True
        pending.extend(inner_values(current))
    return False


def is_undecided(value: Value) -> bool:
    """Tell whether a value waits for what a caller passes, or is not known at all."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, Parameter | Expander | OwnPreference | Unknown):
            return True
        pending.extend(inner_values(current))
    return False


def alternatives(value: Value) -> Iterator[tuple[Value, tuple[int, int] | None]]:
    """Yield the single values that a value means.

    With each comes None where it certainly occurs, or (number, of how many) where it is one
    of several that the code chooses from.
    """
    pending: list[tuple[Value, tuple[int, int] | None]] = [(value, None)]
    count = 0
    while pending and count < _MAX_ALTERNATIVES:
        current, arm = pending.pop()
        if isinstance(current, Each):
            pending.extend((item, arm) for item in reversed(current.values))
        elif isinstance(current, Either):
            total = len(current.values)
            pending.extend(
                # a choice within a choice: which one is no longer told apart
                (item, (number, total) if arm is None else (0, 0))
                for number, item in reversed(list(enumerate(current.values)))
            )
        else:
            count += 1
            yield current, arm
    if pending:
        yield Unknown("…"), (0, 0)
