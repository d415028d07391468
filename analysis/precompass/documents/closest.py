"""The known word that a misspelt one most likely means."""

from __future__ import annotations

from collections.abc import Iterable

LIKE_DIFFLIB = 0.6
"""The least likeness of two words, from 0 to 1, that ``difflib`` takes for close."""


def closest(word: str, known: Iterable[str], least: float = LIKE_DIFFLIB) -> str | None:
    """Return the known word that is most like a word, or None where none is close.

    Args:
        word: what was written.
        known: the words that have a meaning; of equally close ones, the last by name.
        least: how like it has to be, from 0 to 1.

    >>> closest("prefrences", ["project", "preferences"])
    'preferences'
    """
    import difflib  # seldom needed: most words are right

    return next(iter(difflib.get_close_matches(word, known, 1, least)), None)
