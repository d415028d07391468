"""Logs: to standard error or a file, and to the client's own log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.plain_text import plain
from precompass_lsp.trace import TRACED

OURS = ("precompass", "precompass_lsp")
"""The loggers whose messages the client sees; pygls would log the sending of a log."""


def log_locally(level: int, file: Path | None) -> None:
    """Write what is logged to standard error, or to a file.

    Raises:
        OSError: if the file cannot be written.
    """
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler()
    handler.setFormatter(VisibleFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


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
