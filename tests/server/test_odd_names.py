"""Folders whose names are no text, or hold what is markup, a command or an escape elsewhere."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from precompass.documents.whole_characters import whole_characters
from support.raw_client import RawClient

NAMES = (
    b"\xff\xfe",
    b"\xc3\x28",
    b"a\nb",
    b"\x1b[31m",
    b"%41%2e%2e",
    b"$(touch x)`x`",
    b"](command:x)",
    b"<img src=x>",
    b"::error::x",
    b"--option",
    "\u202e\u200b\ufeff\U000e0041".encode(),
    "e\u0301".encode(),
    b"a;b#c?d|e",
    b"a\\b",
    b"x" * 255,
)
PROJECT = """\
name = "Survey"
uuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {path = "../CSV"}
"""
WHOLE = (
    "textDocument/diagnostic",
    "textDocument/documentSymbol",
    "textDocument/documentLink",
    "textDocument/codeLens",
)
AT_A_PLACE = ("hover", "completion", "definition", "references", "prepareRename")
COMMANDS = ("precompass.status", "precompass.caches", "precompass.environment")


def make_folders(above: Path) -> list[str]:
    """Make folders with a project, where the system can have them; return the projects' URIs."""
    made = []
    for name in NAMES:
        folder = above / os.fsdecode(name)
        try:
            (folder / "src").mkdir(parents=True)
        except OSError:  # macOS has names of UTF-8 alone
            continue
        (folder / "Project.toml").write_text(PROJECT, encoding="utf-8")
        made.append(f"file://{quote(os.fsencode(folder))}/Project.toml")
    return made


def ask_everything(client: RawClient, uri: str) -> None:
    """Ask about a project file in all ways; each answer is one, and no error."""
    document = {"uri": uri, "languageId": "toml", "version": 1, "text": PROJECT}
    client.notify("textDocument/didOpen", {"textDocument": document})
    this = {"textDocument": {"uri": uri}}
    for method in WHOLE:
        client.request(method, this)
    for line in (0, 4, 7):
        place = {**this, "position": {"line": line, "character": 2}}
        for method in AT_A_PLACE:
            context = {"includeDeclaration": True, "triggerKind": 1}
            client.request(f"textDocument/{method}", {**place, "context": context})
    for command in COMMANDS:
        answer = {"command": command, "arguments": [{"uri": uri}]}
        assert client.request("workspace/executeCommand", answer) is not None
    client.notify("textDocument/didClose", this)


@pytest.mark.skipif(sys.platform == "win32", reason="names of POSIX are bytes")
def test_everything_is_answered_in_a_folder_of_any_name(tmp_path: Path) -> None:
    uris = make_folders(tmp_path)
    variables = {**os.environ, "JULIA_DEPOT_PATH": str(tmp_path / "depot")}
    client = RawClient([sys.executable, "-m", "precompass_lsp"], variables)
    try:
        client.initialize(tmp_path, {"textDocument": {"diagnostic": {}}})
        client.notify("initialized", {})
        for uri in uris:
            ask_everything(client, uri)
        found = client.request("workspace/symbol", {"query": "CSV"})
        assert len(found) == len(uris)
        reported = client.request("workspace/diagnostic", {"previousResultIds": []})["items"]
        assert {one["uri"].casefold() for one in reported} >= set(map(str.casefold, uris))
        client.request("shutdown", None)
        assert not [one["message"] for one in client.logged if one["type"] <= 2]
    finally:
        client.end()


@pytest.mark.parametrize("text", ["\udcff", "a\ud800b", "\\\udcff", "\ude00\ud83d"])
def test_half_a_character_is_sent_as_a_replacement(text: str) -> None:
    message = json.dumps([text, "😀", "\\udcff"]).encode()
    sent = whole_characters(message)
    assert len(sent) == len(message)
    shown = "".join("\ufffd" if 0xD800 <= ord(one) < 0xE000 else one for one in text)
    assert json.loads(sent) == [shown, "😀", "\\udcff"]
