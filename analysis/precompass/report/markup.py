"""Text of others in files that are written."""

from __future__ import annotations

import html

from precompass.report.visible import visible


def marked_up(text: str) -> str:
    """Return a text as written in an element or, between quotes, in an attribute.

    :func:`visible` leaves nothing that no XML document may hold ("Char" in XML 1.0, 2.2).

    >>> marked_up('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return html.escape(visible(text))
