"""Document highlights: the places of one file that are about the thing under the cursor."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server highlight what belongs together."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def document_highlight(
        ls: Host, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], highlights_at, ls.moment, path, params.position)


def highlights_at(
    moment: Moment, path: Path, position: types.Position
) -> list[types.DocumentHighlight]:
    """Return the places of a file that are about the thing at a place."""
    from precompass.answers.references import highlights

    offset = moment.positions.offset(path, position)
    return [
        types.DocumentHighlight(moment.positions.range(path, span))
        for span in highlights(moment.session, path, offset)
    ]
