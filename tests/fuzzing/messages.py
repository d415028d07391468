"""Messages that are nearly right: is each request answered, and does the server stay?

    python tests/fuzzing/messages.py [--sessions 60] [--seed 0]

Each session says hello with capabilities and options that were changed at random. It sends messages
of every method whose parameters were changed in the same way: values of other types, keys that are
missing or too many, ids of odd kinds, answers to questions that nobody asked, halves and batches.
Every request that has an id is answered once; afterwards the server answers an ordinary request as
if nothing had been. Every fourth session ends with a broken header, which must end the server, with
one line that says why.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.small_environment import write_environment

Json: TypeAlias = Any

PATIENCE = 30.0
"""Seconds in which a server must answer, or end."""
MESSAGES = 150
"""Messages of one session."""
PLACE = {"line": 4, "character": 3}
PART = {"start": PLACE, "end": {"line": 5, "character": 1}}
CAPABILITIES: Mapping[str, Json] = {
    "general": {"positionEncodings": ["utf-16", "utf-8"], "markdown": {"parser": "marked"}},
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"], "dynamicRegistration": False},
        "completion": {
            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]},
            "completionItemKind": {"valueSet": [1, 2, 25]},
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
        },
        "diagnostic": {"relatedDocumentSupport": True},
        "publishDiagnostics": {"tagSupport": {"valueSet": [1, 2]}, "relatedInformation": True},
        "documentSymbol": {"symbolKind": {"valueSet": [1, 26]}},
        "semanticTokens": {"requests": {"full": True}, "formats": ["relative"]},
        "rename": {"prepareSupport": True, "prepareSupportDefaultBehavior": 1},
    },
    "workspace": {
        "workspaceFolders": True,
        "configuration": False,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "symbol": {"symbolKind": {"valueSet": [1]}},
    },
    "window": {"workDoneProgress": True},
}
REQUESTS: Mapping[str, Mapping[str, Json]] = {
    "textDocument/hover": {"position": PLACE},
    "textDocument/completion": {"position": PLACE, "context": {"triggerKind": 1}},
    "textDocument/definition": {"position": PLACE},
    "textDocument/references": {"position": PLACE, "context": {"includeDeclaration": True}},
    "textDocument/documentHighlight": {"position": PLACE},
    "textDocument/prepareRename": {"position": PLACE},
    "textDocument/rename": {"position": PLACE, "newName": "Renamed"},
    "textDocument/selectionRange": {"positions": [PLACE]},
    "textDocument/codeAction": {
        "range": PART,
        "context": {"diagnostics": [], "only": ["quickfix"]},
    },
    "textDocument/inlayHint": {"range": PART},
    "textDocument/codeLens": {},
    "textDocument/documentSymbol": {},
    "textDocument/documentLink": {},
    "textDocument/foldingRange": {},
    "textDocument/diagnostic": {"previousResultId": "1"},
    "textDocument/semanticTokens/full": {},
    "textDocument/prepareCallHierarchy": {"position": PLACE},
    "workspace/symbol": {"query": "Fo"},
    "workspace/diagnostic": {"previousResultIds": []},
    "workspace/executeCommand": {"command": "precompass.status", "arguments": []},
    "workspace/willRenameFiles": {"files": [{"oldUri": "file:///a", "newUri": "file:///b"}]},
    "completionItem/resolve": {"label": "Forest", "data": {"path": "a"}},
    "codeAction/resolve": {"title": "Fix", "data": {"kind": "a", "file": "b", "arguments": []}},
    "codeLens/resolve": {"range": PART, "data": 1},
    "callHierarchy/incomingCalls": {
        "item": {"name": "a", "kind": 4, "uri": "file:///a", "range": PART, "selectionRange": PART}
    },
    "no/such/method": {"a": 1},
    "$/optional": {},
    "initialize": {"processId": None, "rootUri": None, "capabilities": {}},
}
NOTIFICATIONS: Mapping[str, Mapping[str, Json]] = {
    "textDocument/didOpen": {},
    "textDocument/didChange": {"contentChanges": [{"range": PART, "text": "x"}]},
    "textDocument/didSave": {},
    "textDocument/didClose": {},
    "workspace/didChangeConfiguration": {"settings": {"precompass": {"julia": "1.11"}}},
    "workspace/didChangeWatchedFiles": {"changes": [{"uri": "file:///a/Project.toml", "type": 2}]},
    "workspace/didChangeWorkspaceFolders": {"event": {"added": [], "removed": []}},
    "$/cancelRequest": {"id": 1},
    "$/setTrace": {"value": "verbose"},
    "$/progress": {"token": 1, "value": {}},
    "$/no/such": {},
    "no/such/notification": {},
}
ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 2**31, 2**53 + 1, -(2**63), 1.5, 1e308, "", "x", "\ud800", "\0",
    "file:///", "file://host/share/Project.toml", "untitled:a", "file:///%", "file:///%00",
    "x" * 5_000, "a" * 300, [], {}, [[]], [None], {"": None}, {"a": {"b": {"c": [1]}}},
    [1, "a", None, {}],
    "../../etc/passwd", "http://[", "\u202e", {"__proto__": 1},
)  # fmt: skip
BROKEN_HEADERS = (
    b"POST / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"Content-Length: -5\r\n\r\n",
    b"Content-Length: 1e9\r\n\r\n{}",
    b"Content-Length: 99999999999999999999\r\n\r\n",
    b"Content-Length\r\n\r\n",
    b"\x16\x03\x01\x02\x00",
    b"{}\r\n",
    b"Content-Length: 2\n\n{}",
    b"X" * 9_000,
)


class MessagesFailedError(Exception):
    """The server has lost an answer, ended, or told of an exception."""


def odd(rng: random.Random) -> Json:
    """Return a value that no message should have."""
    return copy.deepcopy(rng.choice(ODD))


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in some JSON."""
    yield path
    found: Any = value.items() if isinstance(value, dict) else ()
    for key, one in enumerate(value) if isinstance(value, list) else found:
        yield from places(one, (*path, key))


def changed(rng: random.Random, value: Json) -> Json:
    """Return JSON with an odd value at a place, without what was there, or with more."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        path = rng.choice(list(places(value)))
        if not path:
            if rng.random() < 0.1:
                return odd(rng)
            continue
        at = value
        for key in path[:-1]:
            at = at[key]
        kind = rng.randrange(4)
        if kind == 0:
            del at[path[-1]]
        elif kind == 1 and isinstance(at, dict):
            at[rng.choice(("", "unknown", "position", "\ud800"))] = odd(rng)
        else:
            at[path[-1]] = odd(rng)
    return value


class Session:
    """A server process, and the raw messages that go to and fro."""

    def __init__(self, rng: random.Random, place: Path) -> None:
        self.rng = rng
        place.mkdir()
        self.folder = write_environment(place / "Survey").parent
        self.answers: Counter[str] = Counter()
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self.process = subprocess.Popen(
            (sys.executable, "-m", "precompass_lsp"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={
                **os.environ,
                "JULIA_DEPOT_PATH": str(place / "depot"),
                "PRECOMPASS_CACHE": str(place / "cache"),
                "PATH": "",
            },
        )
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                break
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            with self._news:
                if "method" not in message:
                    self.answers[json.dumps(message.get("id"))] += 1
                self._news.notify_all()

    def write(self, data: bytes) -> None:
        """Write bytes, now and then in halves."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # the server has ended: whoever waits will see
            if self.rng.random() < 0.1 and len(data) > 2:
                at = self.rng.randrange(1, len(data))
                self.process.stdin.write(data[:at])
                self.process.stdin.flush()
                time.sleep(0.01)
                data = data[at:]
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def send(self, message: Json) -> None:
        """Send a message, with one of the headers that the protocol knows."""
        body = json.dumps(message).encode()
        length = b"Content-Length: %d\r\n" % len(body)
        kind = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"
        header = self.rng.choice((length, length, length.lower(), kind + length, length + kind))
        self.write(header + b"\r\n" + body)

    def expect(self, number: Any, *, how_often: int = 1) -> None:
        """Wait for the answer to a request.

        Raises:
            MessagesFailedError: if there is none.
        """
        key = json.dumps(number)
        with self._news:
            if not self._news.wait_for(lambda: self.answers[key] >= how_often, PATIENCE):
                ended = self.process.poll()
                state = "does not answer" if ended is None else f"has ended with {ended}"
                raise MessagesFailedError(f"the server {state}: request {key}")

    def ask(self, number: Any, method: str, params: Json) -> None:
        """Send a request."""
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    def written(self) -> str:
        """Return what the server has written to standard error."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    def end(self) -> None:
        """End the server, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        self.errors.close()


class Messages:
    """Sessions one after the other; counts what was sent."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.sent: Counter[str] = Counter()
        self.sessions = 0

    def session(self, place: Path, number: int) -> None:
        """Hold one session.

        Raises:
            MessagesFailedError: if anything is lost, or goes wrong.
        """
        rng = self.rng
        session = Session(rng, place)
        try:
            self._hello(session)
            sent = [self._message(session, index) for index in range(MESSAGES)]
            for one in sent:
                if one is not None:
                    session.expect(one)
            self._ordinary(session)
            if number % 4 == 0:
                self._broken_header(session)
            twice = [key for key, many in session.answers.items() if many > 1 and key != "null"]
            if twice:
                raise MessagesFailedError(f"answered more than once: {twice}")
            told = session.written()
            if "Traceback" in told or " CRITICAL " in told:
                at = max(told.find("Traceback"), told.find(" CRITICAL "))
                raise MessagesFailedError(
                    f"the log has an exception:\n{told[at - 200 : at + 3000]}"
                )
        finally:
            session.end()
        self.sessions += 1

    def _hello(self, session: Session) -> None:
        rng, uri = self.rng, session.folder.as_uri()
        hello = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": "Survey"}],
            "capabilities": CAPABILITIES,
            "trace": "off",
            "clientInfo": {"name": "fuzzer", "version": "1"},
            "initializationOptions": {"debounce": 0, "julia": "1.11", "severity": {}},
        }
        first = changed(rng, hello) if rng.random() < 0.7 else hello
        self.sent["hellos"] += 1
        session.ask("hello", "initialize", first)
        session.expect("hello")
        session.ask("again", "initialize", hello)  # refused, unless the first one was
        session.expect("again")
        session.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})

    def _document(self, session: Session) -> Json:
        path = session.folder / self.rng.choice(
            ("Project.toml", "Manifest.toml", "LocalPreferences.toml", "none.toml")
        )
        return {
            "textDocument": {
                "uri": path.as_uri(),
                "version": self.rng.randrange(9),
                "languageId": "toml",
                "text": path.read_text() if path.exists() else "",
            }
        }

    def _message(self, session: Session, index: int) -> Any:
        """Send a message; return the id of what must be answered, if anything."""
        rng = self.rng
        kind = rng.randrange(20)
        if kind == 0:
            self.sent["answers"] += 1
            session.send({"jsonrpc": "2.0", "id": odd(rng), "result": odd(rng)})
            return None
        if kind == 1:
            self.sent["batches and scraps"] += 1
            session.send(rng.choice(([], [{"jsonrpc": "2.0", "method": "$/a"}], 1, "a", None, {})))
            return None
        if kind < 7:
            method, params = rng.choice(list(NOTIFICATIONS.items()))
            self.sent["notifications"] += 1
            params = {**self._document(session), **params}
            params = changed(rng, params) if rng.random() < 0.6 else params
            session.send({"jsonrpc": "2.0", "method": method, "params": params})
            return None
        method, params = rng.choice(list(REQUESTS.items()))
        self.sent["requests"] += 1
        params = {**self._document(session), **params}
        params = changed(rng, params) if rng.random() < 0.7 else params
        number: Any = rng.choice((index, f"r{index}", -index - 1))
        session.ask(number, method, params)
        return number

    def _ordinary(self, session: Session) -> None:
        name = (session.folder / "Project.toml").as_uri()
        session.ask("last", "textDocument/documentSymbol", {"textDocument": {"uri": name}})
        session.expect("last")

    def _broken_header(self, session: Session) -> None:
        self.sent["broken headers"] += 1
        session.write(self.rng.choice(BROKEN_HEADERS))
        assert session.process.stdin is not None
        with contextlib.suppress(OSError):
            session.process.stdin.close()
        try:
            session.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise MessagesFailedError("a broken header does not end the server") from None
        told = [line for line in session.written().splitlines() if "The session ends." in line]
        if len(told) != 1:
            raise MessagesFailedError(f"a broken header is not told of in a line: {told}")


def go(seed: int, sessions: int, place: Path) -> str:
    """Hold sessions; return a line that says how it went.

    Raises:
        SystemExit: if one of them fails.
    """
    messages, started = Messages(seed), time.perf_counter()
    for number in range(sessions):
        try:
            messages.session(place / str(number), number)
        except MessagesFailedError as error:
            raise SystemExit(f"seed {seed}, session {number}: {error}") from error
    sent = ", ".join(f"{many:,} {what}" for what, many in sorted(messages.sent.items()))
    return f"seed {seed}: {sessions:,} sessions; {sent}; {time.perf_counter() - started:.0f} s"


def main() -> None:
    """Send messages that are nearly right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(go(arguments.seed, arguments.sessions, Path(folder).resolve()))


if __name__ == "__main__":
    main()
