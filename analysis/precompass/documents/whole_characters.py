"""JSON that holds no half of a character, for all that Precompass prints and sends.

A name whose bytes are not UTF-8 is read with half characters in it (PEP 383). JSON can write them;
many a reader of JSON refuses the whole text (RFC 8259, 8.2). A replacement character is in their
place, so the name can be shown and not opened. URIs have the bytes themselves (``%E9``).
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    rb"\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f][0-9a-f]{2})|.)", re.IGNORECASE
)
_REPLACEMENT = rb"\ufffd"
"""As many bytes as are replaced, so that the length that a header states stays right."""


def whole_characters(text: bytes) -> bytes:
    r"""Return JSON in ASCII in which each half of a character is a replacement character.

    >>> print(whole_characters(rb'"\ud83d\ude00 \udcff \\udcff"').decode())
    "\ud83d\ude00 \ufffd \\udcff"
    """
    return _ESCAPE.sub(_replaced, text) if b"\\ud" in text else text


def _replaced(found: re.Match[bytes]) -> bytes:
    return found[0] if found[1] is None else _REPLACEMENT
