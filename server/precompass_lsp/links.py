"""Document links: files, and web pages of repositories, found when they are asked for."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of


def register(server: Host) -> None:
    """Let a server show links."""
    options = types.DocumentLinkOptions(resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, options)
    async def document_link(ls: Host, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], links_of, ls.moment, path)

    @server.feature(types.DOCUMENT_LINK_RESOLVE)
    async def resolve(ls: Host, link: types.DocumentLink) -> types.DocumentLink:
        link.target = await ls.answer(link.target, target_of, ls.moment, link)
        return link


def links_of(moment: Moment, path: Path) -> list[types.DocumentLink]:
    """Return the links of a file; those without a target are yet to be resolved."""
    from precompass.answers.links import document_links

    return [
        types.DocumentLink(
            moment.positions.range(path, link.span),
            moment.uri(link.target) if isinstance(link.target, Path) else link.target,
            data=str(link.package) if link.package is not None else None,
        )
        for link in document_links(moment.session, path)
    ]


def target_of(moment: Moment, link: types.DocumentLink) -> str | None:
    """Return where a link leads; None where the registries name no web page."""
    from precompass.answers.links import repository_page
    from precompass.julia.uuids import parse_uuid

    uuid = parse_uuid(link.data)
    if link.target is not None or uuid is None:
        return link.target
    return repository_page(moment.session, uuid)
