"""Selection ranges: what a growing selection takes in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server tell how selections grow."""

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    async def selection_range(
        ls: Host, params: types.SelectionRangeParams
    ) -> list[types.SelectionRange] | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        return await ls.answer(None, ranges_at, ls.moment, path, params.positions)


def ranges_at(
    moment: Moment, path: Path, positions: Sequence[types.Position]
) -> list[types.SelectionRange]:
    """Return, for each place, the ranges around it, the smallest first."""
    return [_range_at(moment, path, position) for position in positions]


def _range_at(moment: Moment, path: Path, position: types.Position) -> types.SelectionRange:
    from precompass.answers.selection_ranges import selection_range

    found: types.SelectionRange | None = None
    offset = moment.positions.offset(path, position)
    for span in reversed(selection_range(moment.session, path, offset)):
        found = types.SelectionRange(moment.positions.range(path, span), found)
    return found or types.SelectionRange(types.Range(position, position))
