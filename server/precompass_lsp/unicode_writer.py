"""What is sent to the client: JSON that holds no half of a character.

A name whose bytes are not UTF-8 is read with half characters in it (PEP 383). JSON can write them;
many a reader of JSON refuses the whole message (RFC 8259, 8.2).
"""

from __future__ import annotations

import re
from typing import Any

_ESCAPE = re.compile(
    rb"\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f][0-9a-f]{2})|.)", re.IGNORECASE
)
_REPLACEMENT = rb"\ufffd"
"""As many bytes as are replaced, so that the length that a header states stays right."""


class UnicodeWriter:
    """Writes messages, in JSON of ASCII characters, to a client.

    Args:
        writer: takes the bytes.
    """

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, message: bytes) -> Any:
        """Write a message."""
        return self._writer.write(whole_characters(message))

    def close(self) -> Any:
        """Say that nothing more comes."""
        return self._writer.close()


def whole_characters(message: bytes) -> bytes:
    r"""Return a message in which each half of a character is a replacement character.

    >>> print(whole_characters(rb'"\ud83d\ude00 \udcff \\udcff"').decode())
    "\ud83d\ude00 \ufffd \\udcff"
    """
    return _ESCAPE.sub(_replaced, message) if b"\\ud" in message else message


def _replaced(found: re.Match[bytes]) -> bytes:
    return found[0] if found[1] is None else _REPLACEMENT
