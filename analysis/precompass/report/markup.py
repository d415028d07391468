"""Text of others in files that are written."""

from __future__ import annotations

import html
import re

from precompass.report.visible import visible

# What no XML document may hold ("Char" in XML 1.0, section 2.2) and `visible` leaves.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def marked_up(text: str) -> str:
    """Return a text as it stands in an element or, between quotes, in an attribute.

    >>> marked_up('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return html.escape(plain(text))


def plain(text: str) -> str:
    """Return a line of text that every encoding of Unicode and every XML document can hold."""
    return _NO_CHARACTER.sub("\ufffd", visible(text))
