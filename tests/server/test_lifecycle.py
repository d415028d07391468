"""How a session begins and ends."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

import precompass
from precompass_lsp.__main__ import DEFAULTS, parser
from support.editor_client import SERVER, Editor
from support.patience import PATIENCE

HOVER = {"textDocument": {"uri": "untitled:x"}, "position": {"line": 0, "character": 0}}
INITIALIZE: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}


class Wire:
    """A server process, and the bytes that go in and out."""

    def __init__(self, *arguments: str, **streams: Any) -> None:
        self.process = subprocess.Popen(
            [*SERVER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **streams
        )

    def send(self, method: str, params: object = None, number: int | None = None) -> None:
        message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def request(self, method: str, params: object = None, number: int = 1) -> Any:
        self.send(method, params, number)
        while (answer := self.receive()).get("id") != number:
            pass
        return answer

    def exit_code(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.process.kill()
    wire.process.wait()
    for stream in (wire.process.stdin, wire.process.stdout):
        assert stream is not None
        stream.close()


def test_initialize_says_who_answers_and_what_it_can(wire: Wire) -> None:
    result = wire.request("initialize", INITIALIZE)["result"]
    assert result["serverInfo"] == {"name": "precompass-lsp", "version": precompass.__version__}
    capabilities = result["capabilities"]
    assert capabilities["positionEncoding"] == "utf-16"
    assert capabilities["textDocumentSync"]["openClose"] is True
    assert capabilities["textDocumentSync"]["change"] == types.TextDocumentSyncKind.Incremental
    assert capabilities["textDocumentSync"]["save"] is True
    assert capabilities["hoverProvider"] is True
    assert capabilities["codeActionProvider"]["resolveProvider"] is True
    assert capabilities["workspace"]["workspaceFolders"]["supported"] is True


def test_shutdown_and_exit_end_with_0(wire: Wire) -> None:
    wire.request("initialize", INITIALIZE)
    wire.send("initialized", {})
    assert wire.request("shutdown", number=2)["result"] is None
    wire.send("exit")
    assert wire.exit_code() == 0


def test_exit_without_shutdown_ends_with_1(wire: Wire) -> None:
    wire.request("initialize", INITIALIZE)
    wire.send("exit")
    assert wire.exit_code() == 1


def test_exit_before_initialize_ends_with_1(wire: Wire) -> None:
    wire.send("exit")
    assert wire.exit_code() == 1


def test_requests_out_of_time_are_refused(wire: Wire) -> None:
    early = wire.request("textDocument/hover", HOVER, number=1)
    assert early["error"]["code"] == types.ErrorCodes.ServerNotInitialized
    wire.request("initialize", INITIALIZE, number=2)
    again = wire.request("initialize", INITIALIZE, number=3)
    assert again["error"]["code"] == types.ErrorCodes.InvalidRequest
    wire.request("shutdown", number=4)
    late = wire.request("textDocument/hover", HOVER, number=5)
    assert late["error"]["code"] == types.ErrorCodes.InvalidRequest


def test_a_request_that_cannot_be_understood_is_answered(wire: Wire) -> None:
    wire.request("initialize", INITIALIZE)
    answer = wire.request("textDocument/hover", {"textDocument": 3}, number=2)
    assert answer["error"]["code"] == types.ErrorCodes.InvalidParams
    answer = wire.request("textDocument/juggle", {}, number=3)
    assert answer["error"]["code"] == types.ErrorCodes.MethodNotFound
    assert "result" in wire.request("shutdown", number=4)


def test_the_end_of_input_ends_the_server(wire: Wire) -> None:
    wire.request("initialize", INITIALIZE)
    assert wire.process.stdin is not None
    wire.process.stdin.close()
    assert wire.exit_code() == 1


def test_the_death_of_the_client_ends_the_server_even_if_its_pipe_stays_open(wire: Wire) -> None:
    client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    wire.request("initialize", {**INITIALIZE, "processId": client.pid})
    wire.send("initialized", {})
    assert wire.request("textDocument/hover", HOVER, number=2)["result"] is None
    assert wire.process.poll() is None
    client.send_signal(signal.SIGTERM)
    client.communicate()
    assert wire.exit_code() == 1


def test_a_client_with_another_numbering_of_processes_is_served(wire: Wire) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    wire.request("initialize", {**INITIALIZE, "processId": gone.pid})
    wire.send("initialized", {})
    assert wire.request("textDocument/hover", HOVER, number=2)["result"] is None
    wire.request("shutdown", number=3)
    wire.send("exit")
    assert wire.exit_code() == 0


def test_nothing_of_the_analysis_is_loaded_before_initialize_is_answered() -> None:
    program = (
        "import sys, precompass_lsp.transport as transport\n"
        "from precompass_lsp.server import create_server\n"
        "create_server()\n"
        "heavy = {'networkx', 'tree_sitter', 'tomlkit', 'tomli', 'precompass.session'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("end", ["shutdown", "exit", "end of input"])
def test_nothing_is_said_on_standard_error(preferences: Path, end: str) -> None:
    wire = Wire(stderr=subprocess.PIPE)
    wire.request("initialize", INITIALIZE)
    wire.send("initialized", {})
    identifier = {"uri": preferences.as_uri()}
    document = {**identifier, "languageId": "toml", "version": 1, "text": preferences.read_text()}
    wire.send("textDocument/didOpen", {"textDocument": document})
    hover = {"textDocument": identifier, "position": {"line": 1, "character": 1}}
    assert wire.request("textDocument/hover", hover, number=2)["result"] is not None
    if end == "shutdown":
        wire.request("shutdown", number=3)
    if end != "end of input":
        wire.send("exit")
    _, errors = wire.process.communicate(timeout=PATIENCE)
    assert errors == b""


@pytest.mark.parametrize("death", ["shutdown", "exit", "disconnect"])
@pytest.mark.asyncio
async def test_tcp_serves_one_client(preferences: Path, death: str) -> None:
    server = await asyncio.create_subprocess_exec(
        *SERVER, "--tcp", "--port", "0", stderr=subprocess.PIPE
    )
    assert server.stderr is not None
    line = (await server.stderr.readline()).decode()
    host, port = line.split()[-1].rsplit(":", 1)

    client = Editor()
    await client.start_tcp(host, int(port))
    await client.start_session(preferences.parent)
    client.open(preferences)
    assert (await client.diagnostics_of(preferences)).diagnostics
    if death == "shutdown":
        await client.shutdown_async(None)
    if death != "disconnect":
        client.exit(None)
    else:
        writer = client.protocol.writer
        assert isinstance(writer, asyncio.StreamWriter)
        writer.write(b"Content-Length: 100\r\n\r\n{")  # in the middle of a message
        writer.close()
    async with asyncio.timeout(PATIENCE):
        assert await server.wait() == (0 if death == "shutdown" else 1)
        assert b"Traceback" not in await server.stderr.read()
    await client.leave()


def test_an_address_that_is_taken_is_told() -> None:
    done = subprocess.run(
        [*SERVER, "--tcp", "--host", "256.0.0.1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "cannot listen" in done.stderr


def test_the_version_is_told() -> None:
    done = subprocess.run([*SERVER, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["precompass-lsp", precompass.__version__]


def test_a_log_file_is_written(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    wire = Wire("--log-file", str(log), "--verbose", stderr=subprocess.PIPE)
    wire.request("initialize", INITIALIZE)
    wire.send("exit")
    wire.exit_code()
    _, errors = wire.process.communicate()
    assert errors == b""
    assert "initialize" in log.read_text()


def test_a_log_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [*SERVER, "--log-file", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "cannot write the log" in done.stderr


@pytest.mark.asyncio
async def test_a_request_can_be_cancelled(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    # The server still loads its analysis, so the answer cannot be there yet.
    params = types.HoverParams(
        types.TextDocumentIdentifier(preferences.as_uri()), types.Position(1, 1)
    )
    waiting = editor.protocol.send_request(types.TEXT_DOCUMENT_HOVER, params, msg_id="superseded")
    editor.cancel_request(types.CancelParams("superseded"))
    with pytest.raises(JsonRpcException) as raised:
        await asyncio.wrap_future(waiting)
    assert raised.value.code == types.LSPErrorCodes.RequestCancelled
    assert await editor.hover_at(preferences, 1, 1) is not None


def test_what_is_not_chosen_is_the_same_however_the_server_is_started() -> None:
    """It does not ask for its options where an editor gives none, as most do."""
    found = vars(parser().parse_args(["--stdio"]))
    assert found.pop("stdio")
    assert found == DEFAULTS
