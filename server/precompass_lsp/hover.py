"""Hover: what is said about the place under the cursor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

from precompass_lsp.client import EXPLAIN, SHOW_PICTURE
from precompass_lsp.contents import hover_content
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.findings import Hover


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

    offset = moment.positions.offset(path, position)
    found = hover(moment.session, path, offset, shows_hints=moment.client.shows_hints)
    if found is None:
        return None
    span = moment.positions.range(path, found.span)
    links = tuple(_links(moment, path, found, span.start))
    return types.Hover(hover_content(moment.client, found.paragraphs, links), span)


def _links(
    moment: Moment, path: Path, hover: Hover, start: types.Position
) -> Iterator[tuple[str, str]]:
    """Yield the links of a hover that the client can follow: texts and addresses."""
    from precompass.findings import Act, Place

    for link in hover.links:
        match link.target:
            case Act() as act:
                command = {Act.PICTURE: SHOW_PICTURE, Act.EXPLAIN: EXPLAIN}[act]
                if command in moment.client.linked_commands:
                    position = {"line": start.line, "character": start.character}
                    subject = [{"uri": moment.uri(path), "position": position}]
                    yield link.text, f"command:{command}?{quote(json.dumps(subject))}"
            case Place(file, span):
                line = moment.positions.range(file, span).start.line + 1
                if moment.client.markdown:
                    yield link.text, f"{moment.uri(file)}#L{line}"
                else:
                    yield link.text, f"{file}:{line}"
            case page:
                yield link.text, page
