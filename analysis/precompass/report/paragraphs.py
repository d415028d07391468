"""What is said about something, rendered: as Markdown, and as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from precompass.findings import Code, Paragraph, Strong
from precompass.report.markdown import code, link, markdown, readable
from precompass.report.visible import visible


def as_markdown(paragraphs: Iterable[Paragraph]) -> str:
    r"""Return paragraphs as Markdown in which no text of others is markup.

    >>> print(as_markdown([(Strong("CSV.*"), " reads ", Code("a`b"), ", not `c`.")]))
    **CSV.\*** reads `` a`b ``, not `c`.
    """
    return "\n\n".join("".join(map(_markdown, paragraph)) for paragraph in paragraphs)


def as_plain_text(paragraphs: Iterable[Paragraph]) -> str:
    """Return paragraphs without any marks but those of a message.

    >>> print(as_plain_text([(Strong("CSV.*"), " reads ", Code("a`b"), ", not `c`.")]))
    CSV.* reads a`b, not `c`.
    """
    return "\n\n".join("".join(map(_plain, paragraph)) for paragraph in paragraphs)


def hover_markdown(paragraphs: Sequence[Paragraph], links: Sequence[tuple[str, str]]) -> str:
    """Return a hover as Markdown of few lines: below the title no paragraph, but lines.

    Args:
        paragraphs: the title, and what is said.
        links: texts and addresses.
    """
    lines = ["".join(map(_markdown, paragraph)) for paragraph in paragraphs[1:]]
    if links:
        lines.append(" · ".join(link(text, address) for text, address in links))
    return "\n\n".join(part for part in (as_markdown(paragraphs[:1]), "  \n".join(lines)) if part)


def hover_text(paragraphs: Sequence[Paragraph], links: Sequence[tuple[str, str]]) -> str:
    """Return a hover as plain text; see :func:`hover_markdown`."""
    lines = ["".join(map(_plain, paragraph)) for paragraph in paragraphs[1:]]
    lines += (visible(f"{text}: {address}") for text, address in links)
    return "\n\n".join(part for part in (as_plain_text(paragraphs[:1]), "\n".join(lines)) if part)


def _markdown(piece: str | Code | Strong) -> str:
    match piece:
        case Code(text):
            return code(text)
        case Strong(text):
            # Emphasis begins and ends at a word; of blanks alone it would be a line.
            return f"**{readable(text.strip())}**" if text.strip() else code(text)
        case _:
            return markdown(piece, readable)


def _plain(piece: str | Code | Strong) -> str:
    return visible(piece if isinstance(piece, str) else piece.text)
