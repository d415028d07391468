"""The ways in which messages come and go: standard input and output, TCP, or a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Coroutine
from typing import Any, BinaryIO, TypeAlias, cast

from pygls.io_ import run_async

from precompass_lsp.headers import BrokenHeaderError, CheckedInput, CheckedLines, read_header
from precompass_lsp.peers import is_another_user, is_another_users_socket
from precompass_lsp.server import PrecompassServer

logger = logging.getLogger(__name__)

_SENT_AWAY = "The server serves one client. It ends the connection of another one."

_Client: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]
"""A connection, and the header line that has been read from it."""


def serve_stdio(server: PrecompassServer) -> None:
    """Serve the client at the other end of standard input and output, until it leaves."""
    stdout = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print would break the protocol
    stdin = CheckedInput(sys.stdin.buffer)
    server.start_io(stdin=cast("BinaryIO", stdin), stdout=stdout)
    if stdin.broken is not None:
        logger.error("%s The session ends.", stdin.broken)


def serve_tcp(server: PrecompassServer, host: str, port: int) -> None:
    """Wait for one client at an address, and serve it until it leaves.

    Args:
        server: the server.
        host: the name or address to listen at.
        port: the port to listen at; 0 for any that is free, which is told on standard error.

    Raises:
        OSError: if the address cannot be listened at.
    """
    _run(_serve_one_client(server, host, port))


def serve_pipe(server: PrecompassServer, path: str) -> None:
    """Serve the client that listens at a Unix socket, until it leaves.

    The socket is a file, so that only those can make one there who may write to its folder. It
    is the client that makes it (LSP 3.17, "Implementation Considerations", ``--pipe``).

    Raises:
        OSError: if nobody listens there.
    """
    if sys.platform == "win32":
        raise OSError("Windows has no Unix sockets")
    _run(_serve_pipe(server, path))


def _run(serving: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(SystemExit):  # how pygls answers ``exit``
        asyncio.run(serving)


async def _serve_pipe(server: PrecompassServer, path: str) -> None:
    if sys.platform == "win32":
        return
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        if is_another_users_socket(writer.get_extra_info("socket")):
            raise BrokenHeaderError("The client is a process of another user.")
        first = await read_header(reader)
    except BrokenHeaderError as error:
        logger.error("%s The session ends.", error)
        return
    await _serve(server, reader, writer, first)


async def _serve_one_client(server: PrecompassServer, host: str, port: int) -> None:
    chosen: asyncio.Future[_Client] = asyncio.get_running_loop().create_future()

    meetings: set[asyncio.Task[None]] = set()  # the loop alone would not keep them
    waiting: set[asyncio.StreamWriter] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.add(writer)
        first = await _first_header(reader, writer)
        waiting.discard(writer)
        if first is not None and not chosen.done():
            chosen.set_result((reader, writer, first))
            return
        if first is not None:
            logger.warning(_SENT_AWAY)
        writer.close()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meetings.add(asyncio.create_task(meet(reader, writer)))

    listener = await asyncio.start_server(welcome, host, port)
    address = listener.sockets[0].getsockname()
    print(f"precompass-lsp listens at {address[0]}:{address[1]}", file=sys.stderr, flush=True)
    client = await chosen
    listener.close()
    for writer in waiting:  # connections that have said nothing
        logger.warning(_SENT_AWAY)
        writer.close()
    await _serve(server, *client)


async def _first_header(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
    """Return the first line of a client; None if it may not be served."""
    peer, own = writer.get_extra_info("peername"), writer.get_extra_info("sockname")
    try:
        if is_another_user(peer[:2], own[:2]):
            raise BrokenHeaderError("The client is a process of another user.")
        return await read_header(reader) or None
    except (BrokenHeaderError, ConnectionError) as error:
        logger.error("%s Its connection ends.", error)
        return None


async def _serve(
    server: PrecompassServer,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    first: bytes,
) -> None:
    server.protocol.set_writer(writer)
    lines = CheckedLines(reader, first)
    # A client that dies in the middle of a message is one that has left.
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        await run_async(threading.Event(), lines, server.protocol, logger)
    if lines.broken is not None:
        logger.error("%s The session ends.", lines.broken)
