"""What a hover says, kept short enough to be seen at once."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from precompass.findings import Code, Paragraph, Strong
from precompass.wording import listed

COLUMNS = 80
MOST_LINES = 11
"""Of a hover, with the empty line after its title and the line of its links."""

_AROUND = 2  # the empty line after the title, and the links
_LONGEST = {Strong: 160, Code: 200, str: 400}  # characters of a piece; a count has up to 120


class Line(msgspec.Struct, frozen=True):
    """A paragraph of a hover.

    Attributes:
        paragraph: what is said.
        rank: what is left out first where a hover is too long: the highest; 0 always stays.
    """

    paragraph: Paragraph
    rank: int = 0


def of_rank(rank: int, paragraphs: Iterable[Paragraph]) -> Iterator[Line]:
    """Yield paragraphs as lines of the same rank."""
    return (Line(paragraph, rank) for paragraph in paragraphs)


def fitting(lines: Iterable[Line], most: int = MOST_LINES) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a hover that are seen without scrolling.

    Args:
        lines: the title, and what is said, in order.
        most: the lines that a hover may have at :data:`COLUMNS` columns.
    """
    kept = [Line(tuple(map(_shortened, line.paragraph)), line.rank) for line in lines]
    heights = [_height(line.paragraph) for line in kept]
    while sum(heights) + _AROUND > most:
        last = max(range(len(kept)), key=lambda place: (kept[place].rank, place))
        if not kept[last].rank:
            break
        del kept[last], heights[last]
    return tuple(line.paragraph for line in kept)


def pieces_of(
    names: Sequence[Code], *, last: str = " and ", most: int = 140
) -> tuple[str | Code, ...]:
    """Return names, eight at the most and in few lines, with what stands between them."""
    shown: list[Code] = []
    length = 0
    for name in names[:8]:
        length += min(len(name.text), _LONGEST[Code]) + 4
        if shown and length > most:
            break
        shown.append(name)
    pieces: list[str | Code] = []
    more = len(names) - len(shown)
    for number, name in enumerate(shown):
        if number:
            pieces.append(last if number == len(shown) - 1 and not more else ", ")
        pieces.append(name)
    if more:
        pieces.append(f" and {more:,} more")
    return tuple(pieces)


def listed_briefly(names: Iterable[str], most: int = 8) -> str:
    """Return a list of names as text, eight at the most.

    >>> listed_briefly(["CSV", "FFTW", "Plots"], 2)
    'CSV, FFTW and 1 more'
    """
    every = list(names)
    if len(every) <= most:
        return listed(every)
    return f"{', '.join(every[:most])} and {len(every) - most:,} more"


def _height(paragraph: Paragraph) -> int:
    text = "".join(piece if isinstance(piece, str) else f"**{piece.text}**" for piece in paragraph)
    return len(textwrap.wrap(text, COLUMNS, break_on_hyphens=False)) or 1


def _shortened(piece: str | Code | Strong) -> str | Code | Strong:
    text = piece if isinstance(piece, str) else piece.text
    longest = _LONGEST[type(piece)]
    if len(text) <= longest:
        return piece
    text = f"{text[: longest - 1]}…"
    match piece:
        case Code():
            return Code(text)
        case Strong():
            return Strong(text)
        case _:
            return text
