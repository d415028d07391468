"""The server tells what it does, if somebody wants to know."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.editor_client import SERVER
from support.raw_client import RawClient

LOG, INFO = 4, 3
LINE = re.compile(r"(?P<what>.+): \d+ ms")


@pytest.fixture
def client(julia_variables: Mapping[str, str]) -> Iterator[RawClient]:
    found = RawClient(SERVER, julia_variables)
    yield found
    found.end()


def work(client: RawClient, preferences: Path) -> None:
    """Open a file, point at a line, and leave."""
    client.notify("initialized", {})
    uri = preferences.as_uri()
    text = preferences.read_text()
    document = {"uri": uri, "languageId": "toml", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})
    client.until(lambda: uri in client.shown)
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 1}}
    client.request("textDocument/hover", place)
    client.request("shutdown", None)


def done(messages: list[str]) -> list[str]:
    """Return what was done, of the lines that have a time."""
    return [found["what"] for found in map(LINE.fullmatch, messages) if found is not None]


EVERYTHING = [
    "initialize",
    "diagnostics LocalPreferences.toml",
    "textDocument/hover LocalPreferences.toml",
    "shutdown",
]


def test_at_messages_each_request_is_a_line_of_the_log(
    client: RawClient, preferences: Path
) -> None:
    client.initialize(preferences.parent, options={"trace": "messages"})
    work(client, preferences)
    client.until(lambda: len(client.logged) >= len(EVERYTHING))
    assert done([one["message"] for one in client.logged]) == EVERYTHING
    assert {one["type"] for one in client.logged} == {INFO}
    assert client.traced == []


def test_at_verbose_it_is_told_what_was_looked_at(client: RawClient, preferences: Path) -> None:
    client.initialize(preferences.parent, options={"trace": "verbose"})
    work(client, preferences)
    client.until(lambda: any(one["type"] == LOG for one in client.logged))
    (looked_at,) = [one["message"] for one in client.logged if one["type"] == LOG]
    project = preferences.with_name("Project.toml")
    assert looked_at.startswith(f"Environment {project}, Julia 1.11.2 (from the manifest)")
    assert f"manifest: {preferences.with_name('Manifest.toml')}" in looked_at
    assert "depots: " in looked_at
    assert "0 caches used, 0 not used" in looked_at


@pytest.mark.parametrize("value", ["messages", "verbose"])
def test_a_client_may_ask_for_the_trace_when_it_says_hello(
    client: RawClient, preferences: Path, value: str
) -> None:
    client.initialize(preferences.parent, trace=value)
    work(client, preferences)
    client.until(lambda: len(done([one["message"] for one in client.traced])) == len(EVERYTHING))
    assert done([one["message"] for one in client.traced]) == EVERYTHING
    details = [one["verbose"] for one in client.traced if one.get("verbose")]
    assert bool(details) is (value == "verbose")
    assert client.logged == []


def test_a_client_may_ask_for_the_trace_later(client: RawClient, preferences: Path) -> None:
    client.initialize(preferences.parent)
    client.notify("$/setTrace", {"value": "messages"})
    work(client, preferences)
    client.until(lambda: len(client.traced) >= len(EVERYTHING) - 1)
    assert done([one["message"] for one in client.traced]) == EVERYTHING[1:]


@pytest.mark.parametrize("value", ["messages", "verbose"])
def test_a_client_that_asks_in_both_ways_gets_each_line_once(
    client: RawClient, preferences: Path, value: str
) -> None:
    client.initialize(preferences.parent, options={"trace": value}, trace=value)
    work(client, preferences)
    client.until(lambda: len(done([one["message"] for one in client.traced])) == len(EVERYTHING))
    told = [one["message"] for one in (*client.traced, *client.logged)]
    assert len(told) == len(set(told))
    assert done(told) == EVERYTHING
    assert client.logged == []


def test_details_that_only_the_setting_asks_for_are_in_the_log(
    client: RawClient, preferences: Path
) -> None:
    client.initialize(preferences.parent, options={"trace": "verbose"}, trace="messages")
    work(client, preferences)
    client.until(lambda: any(one["type"] == LOG for one in client.logged))
    assert done([one["message"] for one in client.logged]) == []


def test_a_request_that_cannot_be_answered_says_why(client: RawClient, tmp_path: Path) -> None:
    client.initialize(tmp_path, trace="messages")
    with pytest.raises(ValueError, match="nothing/here"):
        client.request("nothing/here", {})
    client.until(lambda: len(client.traced) >= 2)
    assert client.traced[-1]["message"].startswith("nothing/here failed (")


def test_without_a_trace_nothing_is_told(client: RawClient, preferences: Path) -> None:
    client.initialize(preferences.parent)
    work(client, preferences)
    assert (client.logged, client.traced) == ([], [])


def test_a_log_file_has_the_same_lines(
    julia_variables: Mapping[str, str], tmp_path: Path, preferences: Path
) -> None:
    log = tmp_path / "server.log"
    client: Any = RawClient((*SERVER, "--log-file", str(log)), julia_variables)
    client.initialize(preferences.parent, options={"trace": "messages"})
    work(client, preferences)
    client.notify("exit", None)
    client.process.wait(60)
    client.end()
    lines = log.read_text().splitlines()
    assert done([line.partition("precompass_lsp.trace: ")[2] for line in lines]) == EVERYTHING


ODD_NAME = "a\n\x1b[31m\u202e\u200b.toml"
ODD_SHOWN = "a␊␛[31m\\u202E\\u200B.toml"
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("options", [{"trace": "verbose"}, {}])
def test_names_are_shown_as_they_are(
    client: RawClient, preferences: Path, options: dict[str, str]
) -> None:
    folder = preferences.parent.rename(preferences.parent.with_name("a\x1b[31m\u202e\u2066"))
    client.initialize(folder, options=options, trace="off" if options else "verbose")
    odd = {"uri": (folder / ODD_NAME).as_uri()}
    client.request("textDocument/documentSymbol", {"textDocument": odd})
    with pytest.raises(ValueError, match="nothing"):
        client.request("nothing/\x1b\u202e\nhere", {})
    work(client, folder / preferences.name)
    told: list[str] = []

    def has_told_all() -> bool:
        told[:] = [one["message"] for one in client.logged]
        told.extend(f"{one['message']}\n{one.get('verbose', '')}" for one in client.traced)
        expected = (ODD_SHOWN, "u202E␊here failed", "manifest: ")
        return all(any(one in line for line in told) for one in expected)

    client.until(has_told_all)
    unseen = [sign for sign in "".join(told) if unicodedata.category(sign) in UNSEEN]
    assert set(unseen) <= {"\n"}
