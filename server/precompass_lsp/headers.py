"""The header lines of messages: only those of the LSP's base protocol are let through.

pygls skips lines that it does not know, so that an HTTP request, which any page of a browser can
send to a local port, would be read as a message. The base protocol has two headers,
``Content-Length`` and ``Content-Type`` (LSP 3.17, "Header Part"); anything else ends the session.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import BinaryIO, Protocol

MAX_LINE = 4_096  # bytes; a header line of a real client has some 50
MAX_CONTENT = 2**30  # bytes of one message

_HEADER = re.compile(rb"(Content-Length|Content-Type)[ \t]*:([^\r\n]*)\r\n", re.I)
_END = b"\r\n"


class BrokenHeaderError(Exception):
    """The other end does not speak the LSP's base protocol; the message is a whole sentence."""


class Lines(Protocol):
    """What an ``asyncio.StreamReader`` is used for here."""

    def readline(self) -> Awaitable[bytes]:
        """Read one line."""
        ...

    def readexactly(self, n: int) -> Awaitable[bytes]:
        """Read *n* bytes."""
        ...


def checked(line: bytes) -> bytes:
    r"""Return a header line as pygls understands it; nothing for the end of the stream.

    >>> checked(b"content-length:12\r\n")
    b'Content-Length: 12\r\n'

    Raises:
        BrokenHeaderError: if it is no header of the base protocol.
    """
    if line in (b"", _END):
        return line
    found = _HEADER.fullmatch(line)
    if found is None:
        start = ascii(line[:40].decode("latin-1"))
        raise BrokenHeaderError(f"The client does not speak the LSP: its header has {start}.")
    if found[1].lower() == b"content-type":
        return line
    length = found[2].strip(b" \t")
    digits = length.lstrip(b"0")
    if not digits.isdigit() or len(digits) > 20 or int(digits) > MAX_CONTENT:
        shown = ascii(length[:40].decode("latin-1"))
        raise BrokenHeaderError(f"The client announces a message of {shown} bytes.")
    return b"Content-Length: %d\r\n" % int(digits)


class CheckedInput:
    """Standard input whose header lines are checked; see :func:`checked`.

    Args:
        stream: the input.

    Attributes:
        broken: why the session had to end, if a header was broken.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.broken: str | None = None

    def readline(self) -> bytes:
        """Return the next header line; nothing at the end, or if it is broken."""
        try:
            return checked(self._stream.readline(MAX_LINE))
        except BrokenHeaderError as error:
            self.broken = str(error)
            return b""

    def read(self, size: int) -> bytes:
        """Return the content of a message; less of it only at the end of the input."""
        return self._stream.read(size)


class CheckedLines:
    """A connection whose header lines are checked; see :func:`checked`.

    Args:
        lines: the connection.
        first: a line that has been read from it, and checked, already.

    Attributes:
        broken: why the session had to end, if a header was broken.
    """

    def __init__(self, lines: Lines, first: bytes) -> None:
        self._lines = lines
        self._first: bytes | None = first
        self.broken: str | None = None

    async def readline(self) -> bytes:
        """Return the next header line; nothing at the end, or if it is broken."""
        if self._first is not None:
            line, self._first = self._first, None
            return line
        try:
            return await read_header(self._lines)
        except BrokenHeaderError as error:
            self.broken = str(error)
            return b""

    async def readexactly(self, n: int) -> bytes:
        """Return the content of a message."""
        return await self._lines.readexactly(n)


async def read_header(lines: Lines) -> bytes:
    """Read one header line of a connection.

    Raises:
        BrokenHeaderError: if it is no header of the base protocol.
    """
    try:
        line = await lines.readline()
    except ValueError:  # longer than the reader's limit
        raise BrokenHeaderError("The client sends a header line without end.") from None
    return checked(line)
