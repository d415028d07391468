"""A client of a language server that sends and keeps plain JSON: fast, and hides nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from support.patience import PATIENCE


class ServerEndedError(Exception):
    """The server has ended while something was expected of it."""


class RawClient:
    """A server process, and what it has told.

    Args:
        command: starts the server, which speaks over standard input and output.
        environment: its environment variables; None for our own.
        errors: where its standard error goes; None for nowhere.

    Attributes:
        settings: what the server is told when it asks for its section of the settings.
        shown: the ``publishDiagnostics`` that came last, by URI.
        logged: the ``window/logMessage`` and ``window/showMessage`` so far.
        traced: the ``$/logTrace`` so far.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        errors: IO[bytes] | None = None,
    ) -> None:
        self.settings: Any = None
        self.shown: dict[str, Any] = {}
        self.logged: list[Any] = []
        self.traced: list[Any] = []
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors or subprocess.DEVNULL,
            env=environment,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._input = self.process.stdin
        self._output = self.process.stdout
        self._number = 0
        self._answers: dict[int, Any] = {}
        self._has_ended = False
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def initialize(
        self,
        folder: Path,
        capabilities: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        **further: Any,
    ) -> Any:
        """Say hello with one workspace folder; return the server's answer."""
        return self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                "capabilities": capabilities or {},
                **({"initializationOptions": options} if options is not None else {}),
                **further,
            },
        )

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request; return its number, for :meth:`answer`."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def has_answer(self, number: int) -> bool:
        """Tell whether the answer to a request has come."""
        return number in self._answers

    def answer(self, number: int) -> Any:
        """Wait for the answer to a request: the whole message, with ``result`` or ``error``."""
        self.until(lambda: number in self._answers)
        return self._answers.pop(number)

    def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result.

        Raises:
            ValueError: if the answer is an error.
        """
        answer = self.answer(self.ask(method, params))
        if "error" in answer:
            raise ValueError(f"{method}: {answer['error']}")
        return answer["result"]

    def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until a condition holds, looking whenever the server has told something.

        Raises:
            ServerEndedError: if the server has ended before.
            TimeoutError: if it never holds.
        """
        with self._news:
            if not self._news.wait_for(lambda: condition() or self._has_ended, patience):
                raise TimeoutError
            if not condition():
                raise ServerEndedError

    def end(self) -> None:
        """End the server, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        with contextlib.suppress(OSError):  # an answer that was on its way to the server
            self._input.close()
        self._output.close()

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._sending:
            try:
                self._input.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
                self._input.flush()
            except OSError as error:
                raise ServerEndedError from error

    def _read(self) -> None:
        while (message := self._receive()) is not None:
            self._take(message)
        with self._news:
            self._has_ended = True
            self._news.notify_all()

    def _receive(self) -> Any:
        """Return the next message; None where the server has ended."""
        length = 0
        while line := self._output.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self._output.read(length)) if length else None

    def _take(self, message: Any) -> None:
        method = message.get("method")
        if method is None:
            with self._news:
                self._answers[message["id"]] = message
                self._news.notify_all()
            return
        if "id" in message:
            is_asked = method == "workspace/configuration"
            result = [self.settings for _ in message["params"]["items"]] if is_asked else None
            with contextlib.suppress(ServerEndedError):  # the next read tells
                self._send({"id": message["id"], "result": result})
        with self._news:
            if method == "textDocument/publishDiagnostics":
                self.shown[message["params"]["uri"]] = message["params"]
            elif method in ("window/logMessage", "window/showMessage"):
                self.logged.append(message["params"])
            elif method == "$/logTrace":
                self.traced.append(message["params"])
            self._news.notify_all()
