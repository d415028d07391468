"""The program ``precompass-lsp``."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from precompass import __version__

if TYPE_CHECKING:
    import argparse

DEFAULT_PORT = 2087
DEFAULTS = {
    "tcp": False,
    "pipe": None,
    "host": "127.0.0.1",
    "port": DEFAULT_PORT,
    "log_file": None,
    "verbose": False,
}
_USUAL: tuple[tuple[str, ...], ...] = ((), ("--stdio",))
"""How editors start the server: all options as by default. To import argparse takes 2 ms."""
_YOUNG = (700, 1_000, 1_000)
"""When the collector looks for garbage during the start: often, but among new objects alone.

attrs makes each of lsprotocol's 554 classes twice, so a fifth of the objects is garbage, of 9 MiB.
Looking through all objects, as Python does by default, takes a tenth of the start.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one client; return the exit code.

    Returns:
        0 if the client has asked to shut down before it left, 1 if not (LSP 3.17, "Exit"),
        2 if the server could not start.
    """
    gc.set_threshold(*_YOUNG)
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    usual = SimpleNamespace(**DEFAULTS) if words in _USUAL else None
    options = usual or parser().parse_args(words)

    # Loaded now, so that --help and --version do not wait for it.
    from precompass_lsp.logs import log_locally
    from precompass_lsp.server import create_server
    from precompass_lsp.transport import serve_pipe, serve_stdio, serve_tcp

    level = logging.DEBUG if options.verbose else logging.WARNING
    try:
        log_locally(level, options.log_file)
    except OSError as error:
        print(f"precompass-lsp: cannot write the log: {error}", file=sys.stderr)
        return 2
    server = create_server(level)
    if options.tcp:
        try:
            serve_tcp(server, options.host, options.port)
        except OSError as error:
            print(f"precompass-lsp: cannot listen: {error}", file=sys.stderr)
            return 2
    elif options.pipe is not None:
        try:
            serve_pipe(server, options.pipe)
        except OSError as error:
            print(f"precompass-lsp: cannot connect: {error}", file=sys.stderr)
            return 2
    else:
        serve_stdio(server)
    return server.exit_code


def parser() -> argparse.ArgumentParser:
    """Return the options of the program."""
    import argparse

    from precompass.report.terminal_width import help_width

    result = argparse.ArgumentParser(
        prog="precompass-lsp",
        description="A language server for Julia's project files, manifests and preferences.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=help_width()),
    )
    transport = result.add_mutually_exclusive_group()
    transport.add_argument(
        "--stdio", action="store_true", help="speak over standard input and output (the default)"
    )
    transport.add_argument("--tcp", action="store_true", help="wait for a client over TCP")
    if sys.platform != "win32":
        transport.add_argument(
            "--pipe", metavar="SOCKET", help="connect to the Unix socket at which a client listens"
        )
    result.add_argument("--host", help="with --tcp: where to listen (default: %(default)s)")
    result.add_argument(
        "--port",
        type=int,
        help="with --tcp: where to listen, 0 for any free port (default: %(default)s)",
    )
    result.add_argument("--log-file", type=Path, metavar="FILE", help="log there, not to stderr")
    result.add_argument("--verbose", action="store_true", help="log every message")
    result.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    result.set_defaults(**DEFAULTS)
    return result


if __name__ == "__main__":
    sys.exit(main())
