"""Who is served, and how a connection that does not speak the LSP ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from precompass_lsp.headers import BrokenHeaderError, checked
from precompass_lsp.peers import is_another_user, is_another_users_socket
from precompass_lsp.server import create_server
from support.patience import PATIENCE

SERVER = [sys.executable, "-m", "precompass_lsp"]
PARAMS: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}


def message(method: str, number: int | None = None, params: object = None) -> bytes:
    content = {"jsonrpc": "2.0", "method": method}
    content |= {"params": params} if params is not None else {}  # type: ignore[dict-item]
    content |= {"id": number} if number is not None else {}  # type: ignore[dict-item]
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


START = {"line": 0, "character": 0}
INITIALIZE = message("initialize", 1, PARAMS)
POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + INITIALIZE


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        (b"Content-Length: 12\r\n", b"Content-Length: 12\r\n"),
        (b"content-length:12\r\n", b"Content-Length: 12\r\n"),
        (b"Content-Length \t: \t12 \t\r\n", b"Content-Length: 12\r\n"),
        (b"\r\n", b"\r\n"),
        (b"", b""),
    ],
)
def test_headers_of_the_base_protocol_are_understood(line: bytes, understood: bytes) -> None:
    assert checked(line) == understood


@pytest.mark.parametrize(
    "line",
    [
        b"POST / HTTP/1.1\r\n",
        b"Host: localhost\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 0\r\n",
        b"Content-Length: 1e3\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Content-Length: " + b"0" * 19 + b"1999999999999\r\n",
        b"Content-Length: " + b"9" * 5_000 + b"\r\n",
        b"Content-Length: 5",
        b"\n",
        b"x" * 5000,
        b"Content-Length: " + b" " * 2000 + b"5",  # the answer comes at once
        b"Content-Length: 5" + b" " * 2000 + b"x\r\n",
    ],
)
def test_anything_else_is_broken(line: bytes) -> None:
    with pytest.raises(BrokenHeaderError):
        checked(line)


@pytest.mark.parametrize("garbage", [POST, b"\0" * 100_000, b"{}\n"])
def test_a_broken_header_ends_the_session_with_one_line(garbage: bytes) -> None:
    done = subprocess.run(SERVER, input=garbage, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.endswith("The session ends.")


def test_a_header_that_breaks_off_is_an_end() -> None:
    done = subprocess.run(
        SERVER, input=INITIALIZE + b"Content-Le", capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1
    assert b'"id": 1' in done.stdout


@pytest_asyncio.fixture
async def listening() -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    server = await asyncio.create_subprocess_exec(
        *SERVER, "--tcp", "--port", "0", stderr=subprocess.PIPE
    )
    assert server.stderr is not None
    line = (await server.stderr.readline()).decode()
    yield server, int(line.rpartition(":")[2])
    if server.returncode is None:
        server.kill()
        await server.wait()


async def answered(reader: asyncio.StreamReader) -> bytes:
    """The first line of an answer; nothing if the connection has ended."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.readline()
    except ConnectionError:
        return b""


@pytest.mark.asyncio
async def test_a_page_in_a_browser_is_not_a_client(
    listening: tuple[asyncio.subprocess.Process, int],
) -> None:
    server, port = listening
    page, page_writer = await asyncio.open_connection("127.0.0.1", port)
    page_writer.write(POST)
    assert await answered(page) == b""
    endless, endless_writer = await asyncio.open_connection("127.0.0.1", port)
    endless_writer.write(b"x" * 200_000)
    assert await answered(endless) == b""
    silent, _ = await asyncio.open_connection("127.0.0.1", port)
    client, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(INITIALIZE)
    assert (await answered(client)).startswith(b"Content-Length")
    writer.write(message("exit"))
    async with asyncio.timeout(PATIENCE):
        assert await server.wait() == 1
    assert await answered(silent) == b""
    assert server.stderr is not None
    written = await server.stderr.read()
    assert b"Traceback" not in written
    assert written.count(b"The server serves one client.") == 1  # the silent one is sent away


@pytest.mark.asyncio
async def test_of_two_clients_one_is_served_and_the_other_is_sent_away(
    listening: tuple[asyncio.subprocess.Process, int],
) -> None:
    server, port = listening
    clients = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    for _, writer in clients:
        writer.write(INITIALIZE)
    first_lines = [await answered(reader) for reader, _ in clients]
    assert sorted(map(bool, first_lines)) == [False, True]
    reader, writer = clients[first_lines.index(max(first_lines))]
    writer.write(message("shutdown", 2) + message("exit"))
    async with asyncio.timeout(PATIENCE):
        told = await reader.read()
        assert await server.wait() == 0
    numbers = re.findall(rb'"id": ?(\d+)', told)
    assert numbers == [b"1", b"2"]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux alone says whose a socket is")
def test_a_process_of_another_user_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as peer, listener.accept()[0]:
            assert not is_another_user(peer.getsockname(), address)
            monkeypatch.setattr(os, "getuid", lambda: 54_321)
            assert is_another_user(peer.getsockname(), address)
            assert not is_another_user(("192.0.2.1", 1), ("192.0.2.2", address[1]))


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux alone says whose a socket is")
@pytest.mark.parametrize("lingers", [False, True])
def test_a_connection_that_was_ended_already_is_nobodys(lingers: bool) -> None:
    """Whoever made it could be anybody, and what it sent is still there to be read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        peer = socket.create_connection(address)
        name = peer.getsockname()
        peer.sendall(b"Content-Length: 2\r\n\r\n{}")
        if not lingers:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        with listener.accept()[0]:
            assert is_another_user(name, address)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says who listens at a Unix socket")
def test_a_unix_socket_of_another_user_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as peer:
        listener.bind(str(tmp_path / "lsp"))
        listener.listen()
        peer.connect(str(tmp_path / "lsp"))
        assert not is_another_users_socket(peer)
        monkeypatch.setattr(os, "getuid", lambda: 54_321)
        assert is_another_users_socket(peer)


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")
@pytest.mark.asyncio
async def test_a_client_can_listen_at_a_unix_socket(tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    came: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    place = str(tmp_path / "lsp")
    async with await asyncio.start_unix_server(lambda *ends: came.put_nowait(ends), place):
        server = await asyncio.create_subprocess_exec(*SERVER, "--pipe", place)
        async with asyncio.timeout(PATIENCE):
            reader, writer = await came.get()
            writer.write(INITIALIZE)
            assert (await reader.readline()).startswith(b"Content-Length")
            writer.write(message("shutdown", 2) + message("exit"))
            assert await server.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")
def test_a_socket_where_nobody_listens_is_told(tmp_path: Path) -> None:
    place = str(tmp_path / "nobody")
    done = subprocess.run(
        [*SERVER, "--pipe", place], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot connect" in done.stderr


UNKNOWN = [
    {"capabilities": {}, "trace": "compact"},
    {
        "capabilities": {
            "textDocument": {
                "publishDiagnostics": {"tagSupport": {"valueSet": [1, 2, 99]}},
                "hover": {"contentFormat": ["html", "markdown"]},
                "rename": {"prepareSupportDefaultBehavior": 7},
                "completion": {"completionItem": {"insertTextModeSupport": {"valueSet": [1, 9]}}},
                "semanticTokens": {
                    "requests": {},
                    "tokenTypes": ["tomorrow"],
                    "tokenModifiers": [],
                    "formats": ["absolute"],
                },
            },
            "workspace": {
                "symbol": {"symbolKind": {"valueSet": [1, 88]}, "tagSupport": {"valueSet": [4]}},
                "workspaceEdit": {
                    "failureHandling": "ask",
                    "resourceOperations": ["create", "lock"],
                },
            },
        }
    },
]


@pytest.mark.parametrize("params", UNKNOWN)
def test_what_a_later_client_can_do_is_ignored(params: dict[str, object]) -> None:
    params = {"processId": None, "rootUri": None, **params}
    sent = message("initialize", 1, params) + message("exit")
    done = subprocess.run(SERVER, input=sent, capture_output=True, timeout=PATIENCE, check=False)
    body = done.stdout.split(b"\r\n\r\n", 1)[1]
    assert "capabilities" in json.loads(body)["result"]
    assert done.stderr == b""


def test_what_is_wrong_in_a_known_field_is_still_refused() -> None:
    sent = message("initialize", 1, {"processId": None, "rootUri": None, "capabilities": 7})
    done = subprocess.run(SERVER, input=sent, capture_output=True, timeout=PATIENCE, check=False)
    assert b"-32602" in done.stdout


@pytest.mark.parametrize(
    "odd",
    [
        b"[]",
        b'[{"jsonrpc": "2.0", "method": "initialized", "params": {}}]',
        b"7",
        b"{}",
        b"not JSON",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": %s, "method": "shutdown"}' % (b"1" * 5_000),
        b'{"a":' * 100_000,
        b'{"jsonrpc": "2.0", "id": [1], "result": 2}',
        b'{"jsonrpc": "2.0", "id": {}, "method": "textDocument/hover", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": [1]}}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 5}',
        b'{"jsonrpc": "2.0", "id": 7, "method": "workspace/executeCommand",'
        b' "params": {"command": "precompass.status"}}',
    ],
)
def test_what_is_no_message_is_logged_in_a_line_and_the_session_goes_on(odd: bytes) -> None:
    told = b"".join(
        (
            INITIALIZE,
            b"Content-Length: %d\r\n\r\n%s" % (len(odd), odd),
            message("shutdown", 2),
            message("exit"),
        )
    )
    ran = subprocess.run(SERVER, input=told, capture_output=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 0
    assert b'"id":2' in ran.stdout.replace(b" ", b"")
    written = ran.stderr.decode()
    assert written.count(" WARNING ") in (1, 2)
    assert "Traceback" not in written
    assert " ERROR " not in written


def test_a_client_may_leave_before_its_answers_come(tmp_path: Path) -> None:
    place = {"textDocument": {"uri": tmp_path.as_uri() + "/Project.toml"}, "position": START}
    asked = (message("textDocument/hover", number, place) for number in range(10, 20))
    told = b"".join((INITIALIZE, *asked, message("shutdown", 2), message("exit")))
    ran = subprocess.run(SERVER, input=told, capture_output=True, timeout=PATIENCE, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("uri", ["http://[", "", "file://", "untitled:a", "\ud800", "file:///%00"])
def test_a_root_that_is_no_folder_is_none(uri: str) -> None:
    params = {**PARAMS, "rootUri": uri, "workspaceFolders": [{"uri": uri, "name": "a"}]}
    told = b"".join((message("initialize", 1, params), message("shutdown", 2), message("exit")))
    ran = subprocess.run(SERVER, input=told, capture_output=True, timeout=PATIENCE, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b'"capabilities"' in ran.stdout


@pytest.mark.asyncio
async def test_an_answer_to_what_the_client_itself_asks_is_let_be() -> None:
    protocol = create_server().protocol
    requests: dict[int | str, Any] = protocol._request_futures
    answering = asyncio.create_task(asyncio.Event().wait())
    requests["r25"] = answering  # as for a request that is being answered
    protocol._handle_response("r25", {"of": "nobody"})
    assert requests["r25"] is answering
    answering.cancel()
