"""Text that stays what it is in Markdown, whoever wrote it: no link, image, mention or HTML.

Sources: the CommonMark specification 0.31, "Backslash escapes" and "Code spans"; GitHub Flavored
Markdown 0.29, "Autolinks (extension)"; GitHub's documentation, "Autolinked references and URLs".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from precompass.report.visible import visible

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&@$])")
_AUTOLINK = re.compile(r"(?i)(?<=www)\.|(?<=http)s?:(?=/)|:(?=//)|(?<=mailto):|(?<=xmpp):")
_BLOCK = re.compile(r"^( ?)([#+=-](?=[#=-]*(?: |$))|\d{1,9}(?=[.)](?: |$)))")
_REFERENCE = re.compile(r"(?:\\@|#|(?i:GH-))(?=\w)")
_WITHIN_WORDS = re.compile(r"(?<=[^\W_])\\_(?=[^\W_])")
_CODE = re.compile(r"`([^`\n]+)`")
_ADDRESS = "%:/?#@!$&*+,;=-._~[]"
_NOTHING = "<!-- -->"
"""What ends a word for GitHub, which looks for mentions and references in the rendered text."""


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


def escaped(text: str) -> str:
    r"""Return a text on one line in which nothing is markup, a mention or a reference on GitHub.

    >>> print(escaped("[a] by @somebody, fixes owner/name#1: https://example.org"))
    \[a\] by \@<!-- -->somebody, fixes owner/name#<!-- -->1: https\://example.org
    """
    return _REFERENCE.sub(rf"\g<0>{_NOTHING}", _escaped(text))


def readable(text: str) -> str:
    r"""Return the same for editors, with underscores within words as they are: no markup.

    Some editors show the source of a hover, and none knows mentions.

    >>> print(readable("skip_precompile, __clear__"))
    skip_precompile, \_\_clear\_\_
    """
    return _WITHIN_WORDS.sub("_", _escaped(text))


def link(text: str, address: str) -> str:
    """Return a link; the address of it is percent-encoded where it would end there.

    >>> print(link("Source", "file:///a (b)/c.jl#L3"))
    [Source](file:///a%20%28b%29/c.jl#L3)
    """
    return f"[{readable(text)}]({quote(address, safe=_ADDRESS)})"


def markdown(message: str, escape: Callable[[str], str] = escaped) -> str:
    r"""Return a message, in which `code` is marked as in our findings, as Markdown.

    >>> print(markdown("Delete `[a]`, or *b*."))
    Delete `[a]`, or \*b\*.
    """
    parts = _CODE.split(message)  # what is between the matches, and the matches, in turn
    return "".join(code(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def _escaped(text: str) -> str:
    line = _SPECIAL.sub(r"\\\1", visible(_SPACE.sub(" ", text)))
    line = _AUTOLINK.sub(lambda found: found[0].replace(":", "\\:").replace(".", "\\."), line)
    return _BLOCK.sub(_unblocked, line)


def _unblocked(found: re.Match[str]) -> str:
    """Escape what would begin a heading, a list or a rule at the beginning of a line."""
    space, mark = found[1], found[2]
    return f"{space}{mark}\\" if mark[0].isdigit() else f"{space}\\{mark}"
