"""What a client of a later LSP says that this server does not know: left out, not refused.

The LSP asks servers to ignore what they do not know of a client's capabilities (3.17, "Client
capabilities"). The enumerations of lsprotocol are closed, so that one unknown value in a set
would make the whole ``initialize`` invalid.
"""

from __future__ import annotations

import re
import types as python_types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

_NOTHING = object()
_WORD_BREAK = re.compile(r"_(\w)")


def without_unknown_values(value: Any, expected: Any) -> Any:
    """Return JSON data without the values that no closed enumeration of its type has.

    Unknown members of a list are left out; a field that has one as its value is left out, too. A
    field that must be there, and is not or is null, says the least.

    Args:
        value: what JSON holds.
        expected: the type that it is to become: a class of ``lsprotocol.types``, or a type that
            its fields have.
    """
    found = _known(value, expected)
    return None if found is _NOTHING else found


def _known(value: Any, expected: Any) -> Any:
    kinds = _alternatives(expected)
    enumerations = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]
    if isinstance(value, Mapping):
        classes = [kind for kind in kinds if attrs.has(kind)]
        return _known_fields(value, classes[0]) if len(classes) == 1 else value
    if isinstance(value, list):
        lists = [kind for kind in kinds if get_origin(kind) is Sequence]
        if enumerations and not lists:  # a later LSP may allow several
            return _NOTHING
        item = get_args(lists[0])[0] if len(lists) == 1 else Any
        return [found for one in value if (found := _known(one, item)) is not _NOTHING]
    plain = tuple(kind for kind in kinds if kind in (str, int, bool))
    if enumerations and Any not in kinds and value is not None:
        values = {member.value for kind in enumerations for member in kind}
        is_known = isinstance(value, plain) or (isinstance(value, str | int) and value in values)
        return value if is_known else _NOTHING
    return value


def _known_fields(value: Mapping[str, Any], kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    types = {_WORD_BREAK.sub(lambda found: found[1].upper(), name): hints[name] for name in hints}
    found = {name: _known(one, types.get(name, Any)) for name, one in value.items()}
    found = {name: one for name, one in found.items() if one is not _NOTHING}
    for field in attrs.fields(kind):
        name = _WORD_BREAK.sub(lambda found: found[1].upper(), field.name)
        if field.default is attrs.NOTHING and found.get(name) is None:
            found[name] = _least(hints[field.name])
    return found


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
