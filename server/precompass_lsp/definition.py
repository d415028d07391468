"""Definition: where the thing under the cursor comes from."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.locations import locations
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server lead to definitions."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(ls: Host, params: types.DefinitionParams) -> list[types.Location]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], definition_at, ls.moment, path, params.position)


def definition_at(moment: Moment, path: Path, position: types.Position) -> list[types.Location]:
    """Return the places to which a place in a file leads."""
    from precompass.answers.definition import definition

    offset = moment.positions.offset(path, position)
    return locations(moment, definition(moment.session, path, offset))
