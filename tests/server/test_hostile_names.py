"""What a client shows as it is holds no line, no link and nothing unseen that a name brings."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from precompass_lsp.plain_text import notice
from support.environments import uuid
from support.raw_client import RawClient

EVIL = (
    "\u202eevil\x1b[31m\u200b\ufeff\U000e0041\x07](command:x)<img src=x>\n::error::x\u2066|${1:x}"
)
SHOWN = {"title", "label", "name", "detail", "message", "containerName", "tooltip", "placeholder"}
"""What a client shows on one line, as it is; Markdown and edits have rules of their own."""


def toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(one):08x}" for one in text) + '"'


def files() -> dict[str, str]:
    name, other = toml(EVIL), toml(f"Other{EVIL}")
    return {
        "Project.toml": f"""\
name = {name}
version = {name}

[deps]
{name} = "{uuid("Evil")}"
{other} = {name}

[compat]
{name} = {name}

[extensions]
{name} = {name}

[{name}]
{name} = {name}
""",
        "Manifest.toml": f"""\
julia_version = "1.11.2"
manifest_format = "2.0"

[[deps.{name}]]
path = {name}
uuid = "{uuid("Evil")}"
version = "0.3.1"
deps = [{other}]

[[deps.{other}]]
git-tree-sha1 = {name}
uuid = {name}
version = {name}
""",
        "LocalPreferences.toml": f"""\
[{name}]
{name} = {name}
__clear__ = [{name}]

[{name}.{name}]
x = 1
""",
        "precompass.toml": f"{name} = {name}\njulia = {name}\n[severity]\n{name} = {name}\n",
    }


def shown(answer: Any, key: str = "") -> Iterator[str]:
    """Yield what is shown of an answer."""
    match answer:
        case dict():
            for name, value in answer.items():
                if name not in ("data", "picture"):
                    yield from shown(value, name)
        case list():
            for value in answer:
                yield from shown(value, key)
        case str() if key in SHOWN:
            yield answer


def ask(client: RawClient, uri: str, text: str) -> Iterator[Any]:
    """Yield all answers about a file."""
    this = {"textDocument": {"uri": uri}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    for method in ("documentSymbol", "documentLink", "codeLens", "diagnostic"):
        yield client.answer(client.ask(f"textDocument/{method}", this))
    yield client.answer(client.ask("textDocument/inlayHint", {**this, "range": whole}))
    context = {"range": whole, "context": {"diagnostics": []}}
    yield client.answer(client.ask("textDocument/codeAction", {**this, **context}))
    for command in ("status", "caches"):
        asked = {"command": f"precompass.{command}", "arguments": [{"uri": uri}]}
        yield client.answer(client.ask("workspace/executeCommand", asked))
    for number, line in enumerate(text.splitlines()):
        for character in {2, max(0, len(line) - 3)}:
            place: dict[str, Any] = {**this, "position": {"line": number, "character": character}}
            for method in ("completion", "prepareRename", "prepareCallHierarchy"):
                yield client.answer(client.ask(f"textDocument/{method}", place))
            for new_name in ("Good", EVIL):
                asked = {**place, "newName": new_name}
                yield client.answer(client.ask("textDocument/rename", asked))
            for command in ("explain", "picture"):
                asked = {"uri": uri, "position": place["position"]}
                asked = {"command": f"precompass.{command}", "arguments": [asked]}
                yield client.answer(client.ask("workspace/executeCommand", asked))


def test_what_is_shown_is_one_line_of_what_can_be_seen(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    variables = {**os.environ, "JULIA_DEPOT_PATH": str(tmp_path / "depot")}
    client = RawClient([sys.executable, "-m", "precompass_lsp"], variables)
    symbols = {"hierarchicalDocumentSymbolSupport": True}
    capabilities = {"textDocument": {"documentSymbol": symbols, "diagnostic": {}}}
    commands = ["precompass.showPicture", "precompass.showStatus"]
    try:
        client.initialize(tmp_path, capabilities, {"commands": commands})
        client.notify("initialized", {})
        answers: list[Any] = []
        for name, text in files().items():
            uri = (tmp_path / name).as_uri()
            document = {"uri": uri, "languageId": "toml", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": document})
            answers += ask(client, uri, text)
        answers.append(client.answer(client.ask("workspace/symbol", {"query": ""})))
        found = list(shown(answers))
        assert sum("evil" in one for one in found) > 50
        for one in found:
            unseen = [c for c in one if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
            assert not unseen, ascii(one)
        refused = [one["error"] for one in answers if "error" in one]
        assert refused
        assert not [one for one in refused if "](" in one["message"]]
        assert not [one["message"] for one in client.logged if one["type"] <= 2]
        json.dumps(found)
    finally:
        client.end()


def test_what_pops_up_holds_no_link() -> None:
    assert notice("a [b](command:c)\n\u202e") == "a [b] (command:c)\u240a\\u202E"
