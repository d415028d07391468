"""Texts: opened, changed, saved, closed by the client."""

from __future__ import annotations

from lsprotocol import types

from precompass_lsp.allocation import give_large_blocks_back
from precompass_lsp.host import Host
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server follow the client's texts."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Host, params: types.DidOpenTextDocumentParams) -> None:
        path = ls.documents.open(params.text_document)
        if path is not None:
            ls.diagnostics.text_changed(path)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: Host, params: types.DidChangeTextDocumentParams) -> None:
        give_large_blocks_back()
        path = ls.documents.change(params.text_document, params.content_changes, ls.encoding)
        if path is not None:
            ls.diagnostics.text_changed(path, debounce=True)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(ls: Host, params: types.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            ls.forget_depots()
            ls.diagnostics.check_all_soon(path)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: Host, params: types.DidCloseTextDocumentParams) -> None:
        path = ls.documents.close(params.text_document.uri)
        if path is not None:
            ls.diagnostics.closed(path, params.text_document.uri)
