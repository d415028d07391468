"""The ways in which messages come and go: standard input and output, or TCP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading

from pygls.io_ import run_async

from precompass_lsp.server import PrecompassServer

logger = logging.getLogger(__name__)


def serve_stdio(server: PrecompassServer) -> None:
    """Serve the client at the other end of standard input and output, until it leaves."""
    stdout = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print would break the protocol
    server.start_io(stdout=stdout)


def serve_tcp(server: PrecompassServer, host: str, port: int) -> None:
    """Wait for one client at an address, and serve it until it leaves.

    Args:
        server: the server.
        host: the name or address to listen at.
        port: the port to listen at; 0 for any that is free, which is told on standard error.

    Raises:
        OSError: if the address cannot be listened at.
    """
    with contextlib.suppress(SystemExit):  # how pygls answers ``exit``
        asyncio.run(_serve_one_client(server, host, port))


async def _serve_one_client(server: PrecompassServer, host: str, port: int) -> None:
    clients: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.put_nowait((reader, writer))

    listener = await asyncio.start_server(welcome, host, port)
    address = listener.sockets[0].getsockname()
    print(f"precompass-lsp listens at {address[0]}:{address[1]}", file=sys.stderr, flush=True)
    reader, writer = await clients.get()
    listener.close()
    server.protocol.set_writer(writer)
    # A client that dies in the middle of a message is one that has left.
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        await run_async(threading.Event(), reader, server.protocol, logger)
