"""Inlay hints: counts behind preferences, versions behind dependencies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer


def register(server: PrecompassServer) -> None:
    """Let a server show hints inside the lines."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(
        ls: PrecompassServer, params: types.InlayHintParams
    ) -> list[types.InlayHint]:
        path = path_of(params.text_document.uri)
        if path is None or not ls.settings.inlay_hints:
            return []
        return await ls.answer([], hints_in, ls.moment, path, params.range)


def hints_in(moment: Moment, path: Path, part: types.Range) -> list[types.InlayHint]:
    """Return the hints within a part of a file."""
    from precompass.answers.inlay_hints import inlay_hints

    kind = types.MarkupKind.Markdown if moment.client.markdown else types.MarkupKind.PlainText
    return [
        types.InlayHint(
            moment.positions.position(path, hint.offset),
            hint.label,
            tooltip=types.MarkupContent(kind, hint.explanation),
            padding_left=True,
        )
        for hint in inlay_hints(moment.session, path, moment.positions.span(path, part))
    ]
