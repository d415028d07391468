"""What is said about something, rendered: as Markdown, and as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from precompass.findings import Code, Paragraph, Strong
from precompass.report.markdown import code, markdown, readable
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
