"""Text that a terminal shows and does not obey."""

from __future__ import annotations

# What a terminal would obey instead of showing it: control characters, and those that turn
# the direction of writing. The names and values of a file that someone else wrote may hold them.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_HIDDEN = [*range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_VISIBLE = str.maketrans(_PICTURES | dict.fromkeys(_HIDDEN, "\ufffd") | {"\t": "    "})


def visible(text: str) -> str:
    """Return a line of text without what a terminal would obey; a tab becomes four spaces."""
    return text.translate(_VISIBLE)
