"""Document links: the files and web pages to which a text leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from precompass.answers.named_paths import extension_files, named_paths
from precompass.documents.text import Span
from precompass.documents.toml import Node, Scalar, Table
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.julia.manifest import parse_manifest
from precompass.julia.uuids import UUID
from precompass.session import Session

_SHORT_SSH = re.compile(r"git@([A-Za-z0-9.-]+):(?!//)([^\s]+)")
_MAX_URL = 2_000  # characters


class DocumentLink(msgspec.Struct, frozen=True):
    """A text that leads somewhere.

    Attributes:
        span: the text.
        target: a file, or the address of a web page.
    """

    span: Span
    target: Path | str


def document_links(session: Session, path: Path) -> tuple[DocumentLink, ...]:
    """Return the links of a file.

    Paths, extensions and the projects of a workspace lead to files; repositories to their web
    pages. A UUID is no link, since editors underline links: the hover has one to the repository.
    """
    context = context_of(session, path)
    if context is None or context.kind is FileKind.PREFERENCES:
        return ()
    found = [DocumentLink(named.span, named.target) for named in named_paths(context)]
    found += [DocumentLink(span, file) for span, file in extension_files(context)]
    found += _repositories(context)
    return tuple(sorted(found, key=lambda link: link.span))


def repository_page(session: Session, uuid: UUID) -> str | None:
    """Return the web page of a registered package's repository, if it has one."""
    registries = session.registries
    for package in registries.packages(uuid) if registries is not None else ():
        page = web_page(package.repository or "")
        if page is not None:
            return page
    return None


def web_page(repository: str) -> str | None:
    """Return the web page of a git repository; None where its address leads to none.

    Only ``http`` and ``https`` addresses come out, whatever a manifest or registry holds.

    >>> web_page("git@github.com:JuliaData/CSV.jl.git")
    'https://github.com/JuliaData/CSV.jl'
    """
    if len(repository) > _MAX_URL or not repository.isprintable() or " " in repository:
        return None
    short = _SHORT_SSH.fullmatch(repository)
    address = f"https://{short[1]}/{short[2]}" if short is not None else repository
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if not host:
        return None
    if parts.scheme == "ssh":
        address = f"https://{host}{parts.path}"
    elif parts.scheme not in ("http", "https") or parts.username is not None:
        return None
    return address.removesuffix(".git")


def _repositories(context: FileContext) -> Iterator[DocumentLink]:
    """Yield ``url`` in ``[sources]`` and ``repo-url`` in a manifest."""
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        added = [one for one in manifest.packages.values() if one.repo_url is not None]
        tables: list[Node | None] = [manifest.table(package) for package in added]
        key = "repo-url"
    else:
        sources = context.document.root.table("sources")
        tables = [one.node for one in sources.entries.values()] if sources is not None else []
        key = "url"
    for table in tables:
        entry = table.get(key) if isinstance(table, Table) else None
        if entry is None or not isinstance(entry.node, Scalar):
            continue
        page = web_page(entry.node.value) if isinstance(entry.node.value, str) else None
        if page is not None:
            yield DocumentLink(entry.node.span, page)
