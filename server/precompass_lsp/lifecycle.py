"""The life of a session: ``initialize``, ``initialized``, ``shutdown``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp import client_process, configuration, watching
from precompass_lsp.client import read_client
from precompass_lsp.logs import ClientLog

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer


def register(server: PrecompassServer) -> None:
    """Let a server begin and end."""

    @server.feature(types.INITIALIZE)
    def initialize(ls: PrecompassServer, params: types.InitializeParams) -> None:
        ls.client = read_client(params.capabilities, params.initialization_options)
        ClientLog(ls).attach()
        if params.process_id is not None:
            client_process.end_with(params.process_id, lambda: ls.exit_code)
        configuration.take(ls, configuration.section_of(params.initialization_options))

    @server.feature(types.INITIALIZED)
    def initialized(ls: PrecompassServer, params: types.InitializedParams) -> None:  # noqa: ARG001
        for work in (ls.analysis_loaded(), configuration.start(ls), watching.start(ls)):
            ls.start(work)

    @server.feature(types.SHUTDOWN)
    def shutdown(ls: PrecompassServer, params: None) -> None:  # noqa: ARG001
        ls.is_shut_down = True
