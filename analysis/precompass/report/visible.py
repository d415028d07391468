"""Text of others that is shown as it is, and neither obeyed nor hidden."""

from __future__ import annotations

import logging
import re

# Control characters have a picture. What else cannot be seen, or turns the direction of writing,
# is written as TOML escapes it. Variation selectors of emoji stay.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421", 0x09: "    "}
_HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\U0001fffe\U0001ffff\U000ffffe\U000fffff\U0010fffe\U0010ffff"
    "]"
)

_COMMAND = re.compile(r"(?:^|(?<=\s)):(?=:[\w-]+(?:::|\s.*?::))|#(?=#\w*\[)")
"""The beginning of what a log of CI obeys: ``::error::`` where a line begins or may be broken,
``##[error]`` and ``##vso[task.debug]`` anywhere. Sources: ``actions/runner``,
``src/Runner.Common/ActionCommand.cs``; "Logging commands" in the manual of Azure Pipelines."""

UNBROKEN = "\ue000"
"""Means a space where a line must not be broken."""


def visible(text: str) -> str:
    r"""Return a line of text in which every character can be seen; a tab becomes four spaces.

    Nor does a log of CI obey what the text holds.

    >>> print(visible("a\x1b[31m\u202eb"))
    a␛[31m\u202Eb
    >>> print(visible("::error::a"))
    \u003A:error::a
    """
    if not text.isascii() or not text.isprintable():
        text = _HIDDEN.sub(_shown, text)
    return _COMMAND.sub(_escape, text) if "::" in text or "##" in text else text


def visible_lines(text: str) -> str:
    """Return the same of a text of several lines, whose line breaks stay."""
    return "\n".join(map(visible, text.split("\n")))


class VisibleFormatter(logging.Formatter):
    """Writes what is logged so that a terminal shows it and does not obey it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return visible_lines(super().format(record))


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _PICTURES:
        return _PICTURES[code]
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8
        return f"\\x{code - 0xDC00:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04X}"
