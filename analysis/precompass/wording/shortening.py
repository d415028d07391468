"""How much of a name or a value of a file is repeated in a sentence about it."""

from __future__ import annotations

import re

from precompass.documents.toml_value import toml_value
from precompass.documents.values import TomlValue

MOST_OF_A_VALUE = 200
"""Characters of a value on a line about it; machine-readable answers have all of it."""
MOST_OF_A_WORD = 200
"""Characters between two blanks: deeper than the paths of most files."""
MOST_OF_A_MESSAGE = 1_000
"""Characters; messages of real projects have under 600."""

_LONG_WORD = re.compile(rf"\S{{{MOST_OF_A_WORD + 1},}}")


def shortened(text: str, most: int) -> str:
    """Return a text of so many characters at the most; one that was longer ends in a mark.

    >>> shortened("precompile_workloads", 8)
    'precomp…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def shown_value(value: TomlValue, most: int = MOST_OF_A_VALUE) -> str:
    """Return a value as TOML has it, shortened."""
    return shortened(toml_value(value), most)


def brief(message: str) -> str:
    """Return a message without the middle of what a file has at great length.

    A name or a value keeps its beginning, its end, and the punctuation of the sentence around it.
    """
    if len(message) <= MOST_OF_A_WORD:
        return message
    found = _LONG_WORD.sub(lambda word: _without_middle(word[0], MOST_OF_A_WORD), message)
    return _without_middle(found, MOST_OF_A_MESSAGE)


def _without_middle(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 1]}…{text[-end:]}"
