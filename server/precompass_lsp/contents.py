"""What is said about something, in the form that the client can show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.client import Client

if TYPE_CHECKING:
    from precompass.findings import Paragraph


def content(client: Client, paragraphs: Iterable[Paragraph]) -> types.MarkupContent:
    """Return paragraphs as Markdown, or as plain text if the client shows no Markdown."""
    from precompass.report.paragraphs import as_markdown, as_plain_text

    if client.markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, as_markdown(paragraphs))
    return types.MarkupContent(types.MarkupKind.PlainText, as_plain_text(paragraphs))


def hover_content(
    client: Client, paragraphs: Sequence[Paragraph], links: Sequence[tuple[str, str]]
) -> types.MarkupContent:
    """Return a hover and its links, texts with addresses, in the same way."""
    from precompass.report.paragraphs import hover_markdown, hover_text

    if client.markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, hover_markdown(paragraphs, links))
    return types.MarkupContent(types.MarkupKind.PlainText, hover_text(paragraphs, links))
