"""Messages are read and written as lsprotocol's own converter does it."""

from __future__ import annotations

import json
import types as python_types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

import attrs
import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from precompass_lsp.messages import as_json, converter

_CLASSES = sorted(
    (kind for kind in types.ALL_TYPES_MAP.values() if isinstance(kind, type) and attrs.has(kind)),
    key=lambda kind: kind.__name__,
)
_PLAIN: dict[Any, Any] = {str: "text", int: 3, float: 0.5, bool: True, type(None): None}
_DEEPEST = 5
_OF_SERVERS = {types.InitializeResponse, types.InitializeResult, types.ServerCapabilities}
"""What no client sends; lsprotocol reads options of a registration in it as other ones."""
_THEIRS = default_converter()  # type: ignore[no-untyped-call]
_OURS = converter()


def sample(kind: Any, choice: int, depth: int = 0) -> Any:
    """Return a value of a type; of a union the member that *choice* says."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    arguments = get_args(kind)
    origin = get_origin(kind)
    if origin in (Union, python_types.UnionType):
        return sample(arguments[min(choice, len(arguments) - 1)], choice, depth)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return tuple(sample(one, choice, depth) for one in arguments)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [sample(arguments[0], choice, depth)] * 2 if depth < _DEEPEST else []
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"key": sample(arguments[1], choice, depth)} if depth < _DEEPEST else {}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    if isinstance(kind, type) and attrs.has(kind):
        return whole(kind, choice, depth)
    return {"any": ["JSON", 1, None]}


def whole(kind: type, choice: int, depth: int = 0) -> Any:
    """Return an object with a value in each field; a deep one has those that it must have."""
    given = {
        field.name: sample(field.type, choice, depth + 1)
        for field in attrs.fields(kind)
        if field.name not in ("jsonrpc", "method")
        and (field.default is attrs.NOTHING or depth < _DEEPEST)
    }
    return kind(**given)


def _with_tuples(message: Any) -> str:
    """Return how a message looks if all its lists are tuples: lsprotocol has now these, now those.

    No list of a sample has one item.
    """
    return repr(message).replace("[", "(").replace("]", ")")


@pytest.fixture(scope="module", params=range(3))
def messages(request: pytest.FixtureRequest) -> list[Any]:
    """Objects of all classes of the protocol, with one of three choices in their unions."""
    found = []
    for kind in _CLASSES:
        try:
            found.append(whole(kind, request.param))
        except (TypeError, ValueError):  # a value that this class refuses
            continue
    return found


def test_most_classes_have_a_sample(messages: list[Any]) -> None:
    assert len(messages) > 500


def test_a_message_is_written_as_lsprotocol_writes_it(messages: list[Any]) -> None:
    for message in messages:
        assert as_json(message) == _THEIRS.unstructure(message), type(message).__name__


def test_what_has_no_value_is_left_out_where_lsprotocol_leaves_it_out() -> None:
    compared = 0
    for kind in _CLASSES:
        fields = [field for field in attrs.fields(kind) if field.default is attrs.NOTHING]
        if any(field.name == "params" for field in fields):  # such a message has some
            continue
        try:
            message = kind(**{field.name: None for field in fields})
            expected = _THEIRS.unstructure(message)
        except (TypeError, ValueError, AttributeError):  # it must have a value in some field
            continue
        assert as_json(message) == expected, kind.__name__
        compared += 1
    assert compared > 200


def test_a_message_is_read_as_lsprotocol_reads_it(messages: list[Any]) -> None:
    compared = 0
    for message in messages:
        if type(message) in _OF_SERVERS:
            continue
        data = json.loads(json.dumps(_THEIRS.unstructure(message)))
        try:
            expected = _THEIRS.structure(data, type(message))
        except Exception:
            continue
        found = _OURS.structure(data, type(message))
        assert _with_tuples(found) == _with_tuples(expected), type(message).__name__
        compared += 1
    assert compared > 400


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"textDocument": {"uri": "file:///a"}},
        {"textDocument": {"uri": 1}, "position": {"line": 0, "character": 0}},
        {"textDocument": None, "position": {"line": 0, "character": 0}},
        {"textDocument": {"uri": "file:///a"}, "position": {"line": -1, "character": 0}},
        {"textDocument": [], "position": "0:0"},
        [],
        None,
    ],
)
def test_what_is_no_message_is_refused_where_lsprotocol_refuses_it(data: Any) -> None:
    refused = []
    for one in (_OURS, _THEIRS):
        try:
            one.structure(data, types.HoverParams)
        except Exception:  # of many kinds, as what the client sent
            refused.append(one)
    assert len(refused) != 1


@pytest.mark.parametrize("number", [3, 3.0, 3.5, True, "3"])
def test_numbers_are_read_as_lsprotocol_reads_them(number: object) -> None:
    """JSON has one kind of numbers, and some clients write 3.0 for 3."""
    place = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}}
    diagnostic = {"range": place, "message": "wrong", "code": number}
    cases = [(diagnostic, types.Diagnostic), ({"id": number}, types.CancelParams)]
    for data, kind in cases:
        assert _OURS.structure(data, kind) == _THEIRS.structure(data, kind)


def test_what_a_later_protocol_adds_is_ignored() -> None:
    data = {"line": 1, "character": 2, "column": 3}
    assert _OURS.structure(data, types.Position) == types.Position(1, 2)
