"""Logs: to standard error or a file, and to the client's own log."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.plain_text import plain
from precompass_lsp.trace import TRACED

OURS = ("precompass", "precompass_lsp")
"""The loggers whose messages the client sees; pygls would log the sending of a log."""


_UNREADABLE = "Unable to deserialize message\n%s"
"""What pygls logs, with a whole stack, when a message is not as the LSP wants it."""
_MISTAKES = frozenset(
    {
        types.ErrorCodes.ParseError.value,
        types.ErrorCodes.InvalidRequest.value,
        types.ErrorCodes.MethodNotFound.value,
        types.ErrorCodes.InvalidParams.value,
        types.LSPErrorCodes.RequestFailed.value,
    }
)


def log_locally(level: int, file: Path | None) -> None:
    """Write what is logged to standard error, or to a file.

    Raises:
        OSError: if the file cannot be written.
    """
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler()
    handler.setFormatter(VisibleFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(in_a_line)
    logging.basicConfig(level=level, handlers=[handler])


def in_a_line(record: logging.LogRecord) -> bool:
    """Let every record through; what the client did wrong is a warning in one line.

    pygls logs the whole stack for a message that it cannot read. Where the message is to blame,
    the stack says nothing of a fault of the server.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and is_clients_mistake(error):
        record.msg, record.args = f"{record.getMessage()}: {_first_line(error)}", ()
    elif record.msg == _UNREADABLE:
        record.msg, record.args = _first_line(_UNREADABLE), ()
    else:
        return True
    record.exc_info = record.exc_text = None
    record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True


def is_clients_mistake(error: BaseException) -> bool:
    """Tell whether something went wrong because of what the client sent."""
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return True
    if isinstance(error, RecursionError) and "decoding a JSON" in str(error):
        return True
    if type(error) is ValueError and "integer string conversion" in str(error):
        return True  # a number of thousands of digits
    code = getattr(error, "code", None)
    return isinstance(code, int) and code in _MISTAKES


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


class VisibleFormatter(logging.Formatter):
    """Writes what is logged so that a terminal shows it and does not obey it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return plain(super().format(record))


class ClientLog(logging.Handler):
    """Sends what is logged, on any thread, to the client as ``window/logMessage``.

    Args:
        ls: the server; it must run.
    """

    def __init__(self, ls: Host) -> None:
        super().__init__()
        self._ls = ls
        self.setFormatter(VisibleFormatter())
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record, unless the client has it already, as a ``$/logTrace``."""
        if getattr(record, TRACED, False):
            return
        params = types.LogMessageParams(_message_type(record.levelno), self.format(record))
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._ls.window_log_message, params)

    def attach(self) -> None:
        """Begin."""
        for name in OURS:
            logging.getLogger(name).addHandler(self)


def set_level(level: int) -> None:
    """Choose from which level on our own messages are logged."""
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def _message_type(level: int) -> types.MessageType:
    if level >= logging.ERROR:
        return types.MessageType.Error
    if level >= logging.WARNING:
        return types.MessageType.Warning
    if level >= logging.INFO:
        return types.MessageType.Info
    return types.MessageType.Log
