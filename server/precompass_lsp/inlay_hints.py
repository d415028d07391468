"""Inlay hints: counts behind preferences, versions behind dependencies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.contents import content
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.refreshing import hints_of
from precompass_lsp.steadiness import Steadiness
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.inlay_hints import InlayHint


def register(server: Host) -> None:
    """Let a server show hints inside the lines."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(ls: Host, params: types.InlayHintParams) -> list[types.InlayHint]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        steadiness = ls.refreshing.steadiness
        hints, shown = await ls.answer(
            ([], ()), hints_in, ls.moment, path, params.range, steadiness
        )
        ls.refreshing.shows_hints(path, shown)
        return hints


def hints_in(
    moment: Moment, path: Path, part: types.Range, steadiness: Steadiness
) -> tuple[list[types.InlayHint], tuple[InlayHint, ...]]:
    """Return the hints within a part of a file, and those of the whole file."""
    span, whole = moment.positions.span(path, part), hints_of(moment, path, steadiness)
    hints = [
        types.InlayHint(
            moment.positions.position(path, hint.offset),
            plain_line(hint.label),
            tooltip=content(moment.client, [hint.explanation]),
            padding_left=True,
        )
        for hint in whole
        if hint.offset in span
    ]
    return hints, whole
