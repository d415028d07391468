"""CRC-32C, the checksum with which Julia names the folders of a depot and checks its files."""

from __future__ import annotations

MOST_BYTES = 2**30
"""The largest file of which a checksum is computed: a few files of any size must cost little."""


def crc32c(data: bytes, before: int = 0) -> int:
    """Return the checksum of some bytes, continuing from an earlier checksum.

    >>> crc32c(b"6789", crc32c(b"12345")) == crc32c(b"123456789") == 0xE3069283
    True
    """
    import google_crc32c  # takes 1 MiB: not where nothing is installed or compiled

    found: int = google_crc32c.extend(before, data)
    return found
