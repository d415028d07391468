"""References: all places that are about one package, or one preference."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.locations import locations
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server find references."""

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(ls: Host, params: types.ReferenceParams) -> list[types.Location]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        declared = params.context.include_declaration
        return await ls.answer([], references_at, ls.moment, path, params.position, declared)


def references_at(
    moment: Moment, path: Path, position: types.Position, include_declaration: bool
) -> list[types.Location]:
    """Return the places that are about the thing at a place."""
    from precompass.answers.references import references

    offset = moment.positions.offset(path, position)
    found = references(moment.session, path, offset, include_declaration=include_declaration)
    return locations(moment, found)
