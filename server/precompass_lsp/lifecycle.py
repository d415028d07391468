"""The life of a session: ``initialize``, ``initialized``, ``shutdown``."""

from __future__ import annotations

from lsprotocol import types

from precompass_lsp import chosen_settings, client_process
from precompass_lsp.client import read_client
from precompass_lsp.host import Host
from precompass_lsp.logs import ClientLog


def register(server: Host) -> None:
    """Let a server begin and end."""

    @server.feature(types.INITIALIZE)
    def initialize(ls: Host, params: types.InitializeParams) -> None:
        ls.client = read_client(params.capabilities, params.initialization_options)
        ClientLog(ls).attach()
        if params.process_id is not None:
            client_process.end_with(params.process_id, lambda: ls.exit_code)
        chosen_settings.take(ls, chosen_settings.section_of(params.initialization_options))

    @server.feature(types.INITIALIZED)
    def initialized(ls: Host, params: types.InitializedParams) -> None:  # noqa: ARG001
        ls.begin()

    @server.feature(types.SHUTDOWN)
    def shutdown(ls: Host, params: None) -> None:  # noqa: ARG001
        ls.is_shut_down = True
