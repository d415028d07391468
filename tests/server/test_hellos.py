"""``initialize`` as clients of a later LSP may say it: nothing that they add is in the way."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from precompass_lsp.server import create_server

HELLO: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
LATER = "of a later LSP"


def alternatives(expected: Any) -> list[Any]:
    if get_origin(expected) in (None, Sequence, dict, tuple):
        return [expected]
    return [kind for one in get_args(expected) for kind in alternatives(one)]


def classes(expected: Any) -> list[type]:
    return [kind for kind in alternatives(expected) if attrs.has(kind)]


def named(field: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), field)


def enumerated(expected: Any) -> bool:
    kinds = alternatives(expected)
    return any(isinstance(kind, type) and issubclass(kind, Enum) for kind in kinds)


def later_values(expected: Any) -> Iterator[Any]:
    """Values that a client of a later LSP may have for a field, or one that knows no null."""
    yield None
    if enumerated(expected):
        yield from (LATER, 99, [LATER])
    for kind in alternatives(expected):
        if get_origin(kind) is Sequence and enumerated(get_args(kind)[0]):
            yield from ([99, LATER], [1, 2, 99])
    for one in classes(expected):
        yield {**least(one), "later": {"values": [1]}}


def least(kind: type) -> dict[str, Any]:
    """What has to be there in an object of a class."""
    hints = get_type_hints(kind)
    found: dict[str, Any] = {}
    for field in attrs.fields(kind):
        if field.default is attrs.NOTHING:
            expected = alternatives(hints[field.name])[0]
            if attrs.has(expected):
                found[named(field.name)] = least(expected)
            else:
                found[named(field.name)] = [] if get_origin(expected) is Sequence else True
    return found


def hellos(kind: type = types.InitializeParams, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each place of an object, and the object with a value of a later LSP there."""
    hints = get_type_hints(kind)
    for field in attrs.fields(kind):
        name, expected = named(field.name), hints[field.name]
        for value in later_values(expected):
            yield name, {**least(kind), name: value}
        for one in classes(expected) if depth < 5 else ():
            for place, inner in hellos(one, depth + 1):
                yield f"{name}.{place}", {**least(kind), name: inner}


def of_another_type() -> Iterator[tuple[str, Any]]:
    """Each field of the capabilities, with a value of a type that it does not have yet."""
    for place, hello in hellos(types.ClientCapabilities):
        value, *path = hello, *place.split(".")
        for name in path[:-1]:
            value = value[name]
        if path[-1] in value:
            for other in (True, 7, LATER, [], {"later": [1]}, [[1]]):
                yield place, {**hello, **replaced(hello, path, other)}


def replaced(value: dict[str, Any], path: Sequence[str], other: Any) -> dict[str, Any]:
    """An object with another value at a path."""
    name, *rest = path
    return {**value, name: replaced(value[name], rest, other) if rest else other}


ALL = [(place, hello) for place, hello in hellos() if not place.startswith("clientInfo")]


def test_there_are_hundreds_of_them() -> None:
    assert len(ALL) > 300
    assert any(place == "capabilities.textDocument.hover.contentFormat" for place, _ in ALL)


@pytest.mark.parametrize("part", range(8))
def test_what_a_later_client_says_is_understood(part: int) -> None:
    protocol = create_server().protocol
    for place, hello in ALL[part::8]:
        params = copy.deepcopy({**HELLO, **hello})
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        assert isinstance(protocol.structure_message(message), types.InitializeRequest), place


@pytest.mark.parametrize("part", range(4))
def test_a_field_that_may_have_another_type_one_day_is_let_be(part: int) -> None:
    protocol = create_server().protocol
    later = list({str(one): one for one in of_another_type()}.values())
    assert len(later) > 1_000
    for place, capabilities in later[part::4]:
        params = {**HELLO, "capabilities": copy.deepcopy(capabilities)}
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        assert isinstance(protocol.structure_message(message), types.InitializeRequest), place


FILE = {"uri": "file:///a/Project.toml"}
START = {"line": 0, "character": 0}
RANGE = {"start": START, "end": START}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/completion", {"position": START, "context": {"triggerKind": 77}}),
        (
            "textDocument/codeAction",
            {
                "range": RANGE,
                "context": {
                    "diagnostics": [
                        {"range": RANGE, "message": "a", "severity": 9, "tags": [1, 77]}
                    ],
                    "only": [LATER],
                    "triggerKind": 9,
                },
            },
        ),
    ],
)
def test_a_request_in_words_of_a_later_lsp_is_understood(
    method: str, params: dict[str, Any]
) -> None:
    protocol = create_server().protocol
    params = {"textDocument": FILE, **params}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    found = protocol.structure_message(message)
    assert found.params.text_document.uri == FILE["uri"]
    if method == "textDocument/codeAction":
        (diagnostic,) = found.params.context.diagnostics
        assert diagnostic.severity is None
        assert list(diagnostic.tags) == [types.DiagnosticTag.Unnecessary]


def test_a_file_that_changed_in_a_later_way_has_changed() -> None:
    params = {"changes": [{**FILE, "type": 9}, {**FILE, "type": 3}]}
    message = {"jsonrpc": "2.0", "method": "workspace/didChangeWatchedFiles", "params": params}
    found = create_server().protocol.structure_message(message)
    assert [one.type for one in found.params.changes] == [
        types.FileChangeType.Created,
        types.FileChangeType.Deleted,
    ]


def test_a_range_that_is_none_is_no_whole_text() -> None:
    change = {"range": "all", "text": ""}
    params = {"textDocument": {**FILE, "version": 2}, "contentChanges": [change]}
    message = {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}
    with pytest.raises(JsonRpcInvalidParams):
        create_server().protocol.structure_message(message)


def test_a_later_trace_value_changes_nothing() -> None:
    protocol = create_server().protocol
    message = {"jsonrpc": "2.0", "method": "$/setTrace", "params": {"value": LATER}}
    found = protocol.structure_message(message)
    assert found.params.value is types.TraceValue.Off
