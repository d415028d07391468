"""Hover: what is said about the place under the cursor."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.contents import content
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server answer hovers."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Host, params: types.HoverParams) -> types.Hover | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        return await ls.answer(None, hover_at, ls.moment, path, params.position)


def hover_at(moment: Moment, path: Path, position: types.Position) -> types.Hover | None:
    """Return what is said about a place in a file."""
    from precompass.answers.hover import hover

    found = hover(moment.session, path, moment.positions.offset(path, position))
    if found is None:
        return None
    said = content(moment.client, found.paragraphs)
    return types.Hover(said, moment.positions.range(path, found.span))
