"""Folding ranges: tables, packages, long values, comments."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server tell what can be folded."""

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding_range(ls: Host, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], ranges_of, ls.moment, path)


def ranges_of(moment: Moment, path: Path) -> list[types.FoldingRange]:
    """Return the folding ranges of a file, whole lines each."""
    from precompass.answers.folding import folding_ranges

    return [
        types.FoldingRange(
            one.first,
            one.last,
            kind=types.FoldingRangeKind.Comment if one.is_comment else None,
        )
        for one in folding_ranges(moment.session, path)
    ]
