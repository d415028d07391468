"""Workspace symbols: packages, sections and preferences of all files, found by their names."""

from __future__ import annotations

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.workspace_limits import tell_limits


def register(server: Host) -> None:
    """Let a server find what has a name."""

    @server.feature(types.WORKSPACE_SYMBOL)
    async def workspace_symbol(
        ls: Host, params: types.WorkspaceSymbolParams
    ) -> list[types.WorkspaceSymbol]:
        moment = ls.moment
        found = await ls.answer([], symbols_named, moment, params.query)
        await tell_limits(ls, moment)
        return found


def symbols_named(moment: Moment, query: str) -> list[types.WorkspaceSymbol]:
    """Return what a query finds in the open files and below the workspace folders."""
    from precompass.answers.workspace_symbols import workspace_symbols

    return [
        types.WorkspaceSymbol(
            types.Location(moment.uri(one.file), moment.positions.range(one.file, one.span)),
            plain_line(one.name),
            types.SymbolKind[one.kind.value.capitalize()],
            container_name=plain_line(one.container) or None,
        )
        for one in workspace_symbols(moment.session, moment.julia_files, query)
    ]
