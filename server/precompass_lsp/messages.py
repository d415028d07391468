"""How messages become the classes of ``lsprotocol``, and how these become JSON.

cattrs writes and compiles a function for each class that a message may have in it, which for
``initialize`` alone are over a hundred: at the start that takes longer than a session's messages
ever take to be read field by field. So here the fields are walked, and only those that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, cached_property
from typing import Any, NamedTuple

import attrs
from cattrs import Converter, override
from lsprotocol import types
from pygls.protocol import default_converter


class _Field(NamedTuple):
    """A field of a class.

    Attributes:
        name: in Python.
        key: in JSON.
        kind: the type of its value.
        left_out: the value that is not written: None, or what no field has.
    """

    name: str
    key: str
    kind: Any
    left_out: object


class _Reader:
    """Reads objects of one class.

    Args:
        kind: the class.
        structure: reads a value of any type.
    """

    def __init__(self, kind: type, structure: Callable[[Any, Any], Any]) -> None:
        self._kind = kind
        self._structure = structure
        self._fields = {field.key: field for field in _fields(kind)}

    def __call__(self, data: Mapping[str, Any], _: type) -> object:
        """Return the object that JSON says; what the class does not have is left out."""
        found = {
            field.name: self._structure(value, field.kind)
            for key, value in data.items()
            if (field := self._fields.get(key)) is not None
        }
        return self._kind(**found)

    @cached_property
    def overrides(self) -> Mapping[str, object]:
        """The names in JSON, by which cattrs tells the classes of a union apart."""
        return {field.name: override(rename=field.key) for field in _fields(self._kind)}


def converter() -> Converter:
    """Return what reads and writes the messages of a server."""
    made: Converter = default_converter()  # type: ignore[no-untyped-call]
    made.register_structure_hook_factory(attrs.has, lambda kind: _Reader(kind, made.structure))
    made.register_unstructure_hook_factory(attrs.has, lambda _: as_json)
    return made


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
            for name, key, _, left_out in fields
            if (one := getattr(value, name)) is not left_out
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    return value


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


@cache
def _fields(kind: type[Any]) -> tuple[_Field, ...]:
    """Return the fields of a class, in order; none of what is no class of messages."""
    return tuple(
        _Field(
            field.name,
            _key(field.name),
            field.type,
            attrs.NOTHING if types.is_special_property(kind, field.name) else field.default,
        )
        for field in (attrs.fields(kind) if attrs.has(kind) else ())
    )


def _key(name: str) -> str:
    """Return the name of the LSP for one of Python: ``text_document`` is ``textDocument``."""
    first, *others = name.removesuffix("_").split("_")
    return first + "".join(map(str.title, others))
