"""Code lenses: what a change in a table of preferences recompiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer


def register(server: PrecompassServer) -> None:
    """Let a server show lines above tables."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def code_lens(ls: PrecompassServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        path = path_of(params.text_document.uri)
        if path is None or not ls.settings.code_lenses:
            return []
        return await ls.answer([], lenses_of, ls.moment, path)


def lenses_of(moment: Moment, path: Path) -> list[types.CodeLens]:
    """Return the lenses of a file; their commands have a title and do nothing."""
    from precompass.answers.code_lenses import code_lenses

    return [
        types.CodeLens(moment.positions.range(path, lens.span), types.Command(lens.title, ""))
        for lens in code_lenses(moment.session, path)
    ]
