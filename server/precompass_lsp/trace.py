"""What the server does, told to whoever wants to know: a line for each request, with its time.

The setting ``trace`` puts the lines into the client's log and into the server's own. A client
that asks by ``$/setTrace``, or in ``initialize``, gets them as ``$/logTrace`` (LSP 3.17) instead of
in its log, so that nothing is shown twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types

from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line

TRACED = "is_traced"
"""The attribute of a log record whose message the client gets as a ``$/logTrace``."""

logger = logging.getLogger(__name__)


class Trace:
    """Tells what the server does.

    Args:
        send: sends a ``$/logTrace`` to the client.

    Attributes:
        wanted: how much the client wants as ``$/logTrace``.
    """

    def __init__(self, send: Callable[[types.LogTraceParams], None]) -> None:
        self.wanted = types.TraceValue.Off
        self._send = send
        self._told: tuple[str, ...] = ()

    @property
    def wants_details(self) -> bool:
        """Whether anybody wants to know what answers rest on."""
        return self.wanted is types.TraceValue.Verbose or logger.isEnabledFor(logging.DEBUG)

    def done(self, what: str, seconds: float) -> None:
        """Tell that something has been done, in so many seconds."""
        message = f"{plain_line(what)}: {seconds * 1000:.0f} ms"
        logger.info("%s", message, extra={TRACED: self.wanted is not types.TraceValue.Off})
        if self.wanted is not types.TraceValue.Off:
            self._send(types.LogTraceParams(message))

    def looked_at(self, lines: tuple[str, ...]) -> None:
        """Tell what answers rest on, unless it was told last: a line, and the details."""
        if not lines or lines == self._told:
            return
        self._told = lines
        summary, *details = lines
        is_sent = self.wanted is types.TraceValue.Verbose
        logger.debug("%s", "\n  ".join(lines), extra={TRACED: is_sent})
        if is_sent:
            self._send(types.LogTraceParams(summary, "\n".join(details)))


def looked_at_for(moment: Moment, path: Path) -> tuple[str, ...]:
    """Return what the answers about a file rest on; nothing if it belongs to no environment."""
    from precompass.report.looked_at import looked_at

    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    return looked_at(session, invalidations) if invalidations is not None else ()
