"""What a client of a later LSP says that this server does not know: left out, not refused.

The LSP asks servers to ignore what they do not know of a client's capabilities (3.17, "Client
capabilities"). The enumerations of lsprotocol are closed, so that one unknown value in a set
would make the whole ``initialize`` invalid. Nor does a request fail because of one: editors hand
over what other servers said, and newer ones say in new words why they ask.
"""

from __future__ import annotations

import re
import types as python_types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

_NOTHING = object()
_MAPPINGS = (dict, Mapping)
_WORD_BREAK = re.compile(r"_(\w)")


def without_unknown_values(value: Any, expected: Any) -> Any:
    """Return JSON data without the values that no closed enumeration of its type has.

    Unknown members of a list are left out; a field that has one as its value, or a value of
    another type, is left out, too. A field that must be there, and is not or is null, says the
    least.

    Args:
        value: what JSON holds.
        expected: the type that it is to become: a class of ``lsprotocol.types``, or a type that
            its fields have.
    """
    found = _known(value, expected)
    return None if found is _NOTHING else found


def with_known_words(params: Any, expected: Any) -> Any:
    """Return the parameters of a request without words of a later LSP; nothing else changes.

    Where an enumeration must have a value, its first, the most usual, stands for an unknown one.

    Args:
        params: what JSON holds.
        expected: the class of ``lsprotocol.types`` for such parameters.
    """
    kinds = _alternatives(expected)
    enumerations = _enumerations(kinds)
    classes = [kind for kind in kinds if attrs.has(kind)]
    if isinstance(params, Mapping) and len(classes) == 1:
        fields = {_json_name(field.name): field for field in attrs.fields(classes[0])}
        hints = get_type_hints(classes[0])
        found: dict[str, Any] = {}
        for name, one in params.items():
            field = fields.get(name)
            known = with_known_words(one, hints[field.name]) if field is not None else one
            if known is not _NOTHING:
                found[name] = known
            elif field is not None and field.default is attrs.NOTHING:
                found[name] = next(iter(_enumerations(_alternatives(hints[field.name]))[0])).value
        return found
    if isinstance(params, list):
        lists = [kind for kind in kinds if get_origin(kind) is Sequence]
        item = get_args(lists[0])[0] if len(lists) == 1 else Any
        every = (with_known_words(one, item) for one in params)
        return [known for known in every if known is not _NOTHING]
    if enumerations and isinstance(params, str | int) and not _fits(params, kinds):
        return _NOTHING
    return params


def _known(value: Any, expected: Any) -> Any:
    kinds = _alternatives(expected)
    if not _fits(value, kinds):  # a later LSP may allow others, or several
        return _NOTHING
    if isinstance(value, Mapping):
        classes = [kind for kind in kinds if attrs.has(kind)]
        return _known_fields(value, classes[0]) if len(classes) == 1 else value
    if isinstance(value, list):
        lists = [kind for kind in kinds if get_origin(kind) is Sequence]
        item = get_args(lists[0])[0] if len(lists) == 1 else Any
        return [found for one in value if (found := _known(one, item)) is not _NOTHING]
    return value


def _fits(value: Any, kinds: tuple[Any, ...]) -> bool:
    """Tell whether JSON data can be of one of some types, whatever is in it."""
    if Any in kinds or object in kinds:
        return True
    if value is None:
        return type(None) in kinds
    if isinstance(value, Mapping):
        return any(attrs.has(kind) or get_origin(kind) in _MAPPINGS for kind in kinds)
    if isinstance(value, list):
        return any(get_origin(kind) in (Sequence, tuple) for kind in kinds)
    if isinstance(value, bool):
        return bool in kinds
    values = {member.value for kind in _enumerations(kinds) for member in kind}
    if isinstance(value, float):
        return float in kinds or (value.is_integer() and (int in kinds or value in values))
    return type(value) in kinds or value in values or (type(value) is int and float in kinds)


def _enumerations(kinds: tuple[Any, ...]) -> list[type[Enum]]:
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]


def _known_fields(value: Mapping[str, Any], kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    types = {_json_name(name): hints[name] for name in hints}
    found = {name: _known(one, types.get(name, Any)) for name, one in value.items()}
    found = {name: one for name, one in found.items() if one is not _NOTHING}
    for field in attrs.fields(kind):
        name = _json_name(field.name)
        if field.default is attrs.NOTHING and found.get(name) is None:
            found[name] = _least(hints[field.name])
    return found


def _json_name(name: str) -> str:
    """Return the name of a field in JSON.

    >>> _json_name("value_set")
    'valueSet'
    """
    return _WORD_BREAK.sub(lambda found: found[1].upper(), name)


def _least(expected: Any) -> Any:
    """Return what says the least for a field that must be there, and is not."""
    kinds = _alternatives(expected)
    if type(None) in kinds:
        return None
    if any(get_origin(kind) is Sequence for kind in kinds):
        return []
    if bool in kinds:
        return False
    classes = [kind for kind in kinds if attrs.has(kind)]
    return _known_fields({}, classes[0]) if classes else ""


def _alternatives(expected: Any) -> tuple[Any, ...]:
    """Return the types that a union allows, or the type itself."""
    if get_origin(expected) in (Union, python_types.UnionType):
        return tuple(kind for one in get_args(expected) for kind in _alternatives(one))
    return (expected,)
