"""Document links: files, and web pages of repositories."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server show links."""
    options = types.DocumentLinkOptions(resolve_provider=False)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, options)
    async def document_link(ls: Host, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], links_of, ls.moment, path)


def links_of(moment: Moment, path: Path) -> list[types.DocumentLink]:
    """Return the links of a file."""
    from precompass.answers.links import document_links

    return [
        types.DocumentLink(
            moment.positions.range(path, link.span),
            moment.uri(link.target) if isinstance(link.target, Path) else link.target,
        )
        for link in document_links(moment.session, path)
    ]
