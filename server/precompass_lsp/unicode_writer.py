"""What is sent to the client: JSON that holds no half of a character."""

from __future__ import annotations

from typing import Any

from precompass.documents.whole_characters import whole_characters


class UnicodeWriter:
    """Writes messages, in JSON of ASCII characters, to a client.

    Args:
        writer: takes the bytes.
    """

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._is_closed = False

    def write(self, message: bytes) -> Any:
        """Write a message, unless nobody listens any more.

        A client that leaves may have asked for what is answered a moment later.
        """
        if self._is_closed:
            return None
        return self._writer.write(whole_characters(message))

    def close(self) -> Any:
        """Say that nothing more comes."""
        self._is_closed = True
        return self._writer.close()
