"""Text that stays what it is in GitHub's and GitLab's Markdown, whoever wrote it.

Source: the CommonMark specification 0.31, "Backslash escapes" and "Code spans".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from precompass.report.visible import visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&@$])")
_WITHIN_WORDS = re.compile(r"(?<=[^\W_])\\_(?=[^\W_])")
_CODE = re.compile(r"`([^`\n]+)`")


def code(text: str) -> str:
    r"""Return a text as a code span.

    >>> print(code("[CSV]"), code("a`b"))
    `[CSV]` `` a`b ``
    """
    text = visible(text)
    runs = re.findall("`+", text)
    if not runs:
        return f"`{text}`" if text.strip() else "` `"
    fence = "`" * (max(map(len, runs)) + 1)
    return f"{fence} {text} {fence}"


def shortened(text: str, most: int) -> str:
    """Return a text of so many characters at the most; one that was longer ends in a mark."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def escaped(text: str) -> str:
    """Return a text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", visible(re.sub(r"\s+", " ", text)))


def readable(text: str) -> str:
    r"""Return the same, with underscores within words as they are: these are no markup.

    Some editors show the source of a hover.

    >>> print(readable("skip_precompile, __clear__"))
    skip_precompile, \_\_clear\_\_
    """
    return _WITHIN_WORDS.sub("_", escaped(text))


def markdown(message: str, escape: Callable[[str], str] = escaped) -> str:
    r"""Return a message, in which `code` is marked as in our findings, as Markdown.

    >>> print(markdown("Delete `[a]`, or *b*."))
    Delete `[a]`, or \*b\*.
    """
    parts = _CODE.split(message)  # what is between the matches, and the matches, in turn
    return "".join(code(part) if number % 2 else escape(part) for number, part in enumerate(parts))
