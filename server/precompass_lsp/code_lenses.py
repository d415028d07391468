"""Code lenses: what a change in a table of preferences recompiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.client import SHOW_PICTURE, SHOW_STATUS
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.refreshing import lenses_of
from precompass_lsp.steadiness import Steadiness
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.code_lenses import CodeLens


def register(server: Host) -> None:
    """Let a server show lines above tables."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def code_lens(ls: Host, params: types.CodeLensParams) -> list[types.CodeLens]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        steadiness = ls.refreshing.steadiness
        lenses, shown = await ls.answer(([], ()), lenses_in, ls.moment, path, steadiness)
        ls.refreshing.shows_lenses(path, shown)
        return lenses


def lenses_in(
    moment: Moment, path: Path, steadiness: Steadiness
) -> tuple[list[types.CodeLens], tuple[CodeLens, ...]]:
    """Return the lenses of a file, as the client and as the analysis has them.

    Where the client can show the picture of a preference, a lens does so, with the arguments of
    the server's own command ``precompass.picture``; else its command has a title and does nothing.
    """
    found = lenses_of(moment, path, steadiness)
    lenses = [
        types.CodeLens(moment.positions.range(path, lens.span), _command(moment, path, lens))
        for lens in found
    ]
    return lenses, found


def _command(moment: Moment, path: Path, lens: CodeLens) -> types.Command:
    if lens.is_about_caches and SHOW_STATUS in moment.client.commands:
        return types.Command(lens.title, SHOW_STATUS, arguments=[{"uri": moment.uri(path)}])
    if lens.preference is None or SHOW_PICTURE not in moment.client.commands:
        return types.Command(plain_line(lens.title), "")
    uuid, key = lens.preference
    subject = {"uri": moment.uri(path), "package": str(uuid), "key": key}
    return types.Command(plain_line(lens.title), SHOW_PICTURE, arguments=[subject])
