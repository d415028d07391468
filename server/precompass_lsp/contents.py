"""What is said about something, in the form that the client can show."""

from __future__ import annotations

from collections.abc import Iterable
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
