"""How messages become the classes of ``lsprotocol``, and how these become JSON.

lsprotocol's own converter works out the types of all of its 554 classes, and lets cattrs write and
compile a function for each class that a message may have in it: over a hundred for ``initialize``.
At a start that takes 20 ms, longer than a session's messages ever take to be read field by
field. So here the fields are walked, and only those of classes that occur.
"""

from __future__ import annotations

import types as python_types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from lsprotocol import types
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    _dict_to_object,
)

_Reader: TypeAlias = Callable[[Any], Any]

_PLAIN = frozenset({str, int, float, bool})
_AS_THEY_ARE = _PLAIN | {type(None)}
_OF_NO_METHOD = {
    JsonRPCNotification: "params",
    JsonRPCRequestMessage: "params",
    JsonRPCResponseMessage: "result",
}
"""What messages of methods that the LSP does not have are read as, and the field with a content."""


def converter() -> Converter:
    """Return what reads and writes the messages of a server, as far as pygls asks for it."""
    return cast("Converter", _Messages())


class _Messages:
    """Reads and writes messages."""

    def structure(self, data: Any, kind: Any) -> Any:
        """Return what JSON says, as an object of a type.

        Raises:
            Exception: of many kinds, if it does not say such an object.
        """
        return _reader(kind)(data)

    def unstructure(self, value: Any, unstructure_as: Any = None) -> Any:
        """Return a message, or a part of one, as JSON."""
        is_other = isinstance(unstructure_as, type) and not isinstance(value, unstructure_as)
        if is_other and attrs.has(unstructure_as):  # how pygls asks whether options have a type
            raise TypeError(unstructure_as)
        return as_json(value)


class _Field(NamedTuple):
    """A field of a class.

    Attributes:
        name: in Python.
        key: in JSON.
        left_out: the value that is not written: None, or what no field has.
        is_needed: whether each object has it.
    """

    name: str
    key: str
    left_out: object
    is_needed: bool


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    """Return the fields of a class, in order; none of what is no class of messages."""
    return tuple(
        _Field(
            field.name,
            _key(field.name),
            attrs.NOTHING if types.is_special_property(kind, field.name) else field.default,
            field.default is attrs.NOTHING,
        )
        for field in (attrs.fields(kind) if attrs.has(kind) else ())
    )


@cache
def _kinds(kind: Any) -> Mapping[str, Any]:
    """Return the types of the fields of a class, by their keys in JSON."""
    attrs.resolve_types(kind, types.ALL_TYPES_MAP, {})
    return {_key(field.name): field.type for field in attrs.fields(kind)}


def _key(name: str) -> str:
    """Return the name of the LSP for one of Python: ``text_document`` is ``textDocument``."""
    first, *others = name.removesuffix("_").split("_")
    return first + "".join(map(str.title, others))


# Writing


def as_json(value: Any) -> Any:
    """Return a message, or a part of one, as what JSON has: what has no value is left out."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if isinstance(value, list | tuple):
        is_plain = _AS_THEY_ARE.issuperset(map(type, value))
        return list(value) if is_plain else [as_json(one) for one in value]
    fields = _fields(kind)  # type: ignore[arg-type]
    if fields or attrs.has(kind):
        return {
            key: one if type(one) in _AS_THEY_ARE else as_json(one)
            for name, key, left_out, _ in fields
            if (one := getattr(value, name)) is not left_out
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    return value


# Reading


@cache
def _reader(kind: Any) -> _Reader:
    """Return what reads the values of a type."""
    if kind in _OF_NO_METHOD:
        return _reader_of_no_method(kind)
    if isinstance(kind, type):
        if attrs.has(kind):
            return _reader_of_class(kind)
        return kind if kind in _PLAIN or issubclass(kind, Enum) else _same
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, python_types.UnionType):
        return _reader_of_union(arguments)
    if origin is Literal:
        return lambda data: _one_of(data, arguments)
    if origin is tuple:
        return lambda data: tuple(
            _reader(one)(value) for one, value in zip(arguments, data, strict=True)
        )
    if isinstance(origin, type) and issubclass(origin, Sequence):
        item = _reader(arguments[0])
        return lambda data: tuple(map(item, data))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value = _reader(arguments[1])
        return lambda data: {key: value(one) for key, one in data.items()}
    return _same


def _same(data: Any) -> Any:
    return data


def _one_of(data: Any, values: Sequence[Any]) -> Any:
    if data not in values:
        raise ValueError(data)
    return data


def _reader_of_class(kind: Any) -> _Reader:
    readers: dict[str, tuple[str, _Reader]] = {}

    def read(data: Any) -> Any:
        if not readers:
            kinds = _kinds(kind)
            readers.update((one.key, (one.name, _reader(kinds[one.key]))) for one in _fields(kind))
        found = {}
        for key, value in data.items():
            if key in readers:  # else it is of a later LSP
                name, reader = readers[key]
                found[name] = reader(value)
        return kind(**found)

    return read


def _reader_of_no_method(kind: Any) -> _Reader:
    content = _OF_NO_METHOD[kind]

    def read(data: Any) -> Any:
        if content not in data:
            return kind(**data)
        return kind(**{**data, content: _dict_to_object(data[content])})

    return read


def _reader_of_union(kinds: Sequence[Any]) -> _Reader:
    """Return what reads the values of one of several types, by what JSON says."""
    if len(kinds) == 2 and type(None) in kinds:
        only = _reader(next(kind for kind in kinds if kind is not type(None)))
        return lambda data: None if data is None else only(data)
    return lambda data: _reader(_meant(data, kinds))(data)


def _meant(data: Any, kinds: Sequence[Any]) -> Any:
    """Return the one of several types that JSON has a value of.

    Raises:
        ValueError: if it has a value of none of them.
    """
    if Any in kinds:
        return Any
    if isinstance(data, dict):
        classes = [one for one in kinds if isinstance(one, type) and _may_be(data, one)]
        if classes:
            return max(classes, key=lambda kind: _known_keys(data, kind))
    elif isinstance(data, list):
        lists = [one for one in kinds if get_origin(one) in (Sequence, tuple)]
        fitting = [one for one in lists if all(_fits(item, get_args(one)) for item in data[:1])]
        if fitting or lists:
            return (fitting or lists)[0]
    elif type(data) in kinds:  # also where there are names for some values
        return type(data)
    elif isinstance(data, int | float) and int in kinds:  # as lsprotocol reads 3.0
        return Any
    else:
        for kind in kinds:
            is_member = isinstance(kind, type) and issubclass(kind, Enum)
            if is_member and data in {member.value for member in kind}:
                return kind
    raise ValueError(f"{data!r} has none of the types {kinds}")


def _fits(data: Any, kinds: Sequence[Any]) -> bool:
    """Tell whether the first item of a list is of the type that its items have."""
    kind = kinds[0]
    try:
        if isinstance(data, dict) and isinstance(kind, type):
            return _may_be(data, kind)
        _reader(kind)(data)
    except (TypeError, ValueError):
        return False
    return True


def _may_be(data: Mapping[str, Any], kind: Any) -> bool:
    """Tell whether an object has all that those of a class have, and says no other kind."""
    if not attrs.has(kind):
        return False
    has_all = all(field.key in data for field in _fields(kind) if field.is_needed)
    return has_all and all(_says(data.get(key), one) for key, one in _kinds(kind).items())


def _says(value: Any, kind: Any) -> bool:
    """Tell whether a field may have a value, as far as that tells classes apart."""
    if isinstance(kind, type) and isinstance(value, dict) and attrs.has(kind):
        return _may_be(value, kind)
    return value is None or get_origin(kind) is not Literal or value in get_args(kind)


def _known_keys(data: Mapping[str, Any], kind: Any) -> int:
    return sum(field.key in data for field in _fields(kind))
