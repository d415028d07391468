"""Slugs: the short names that Julia gives to folders and files of a depot.

A slug is a CRC-32C written in 62 letters and digits, the least significant digit first.
Source: ``base/loading.jl`` (``slug``, ``package_slug``, ``version_slug``,
``cache_file_entry``), the same in Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

from uuid import UUID

from precompass.julia.crc32c import crc32c

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def slug(value: int, length: int) -> str:
    """Return the first *length* base-62 digits of a non-negative *value*, least first.

    >>> slug(62, 3)
    'ABA'
    """
    digits = []
    for _ in range(length):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)


def package_slug(uuid: UUID, length: int = 5) -> str:
    """Return the slug of a package, which begins the names of its cache files.

    >>> package_slug(UUID("21216c6a-2e73-6563-6e65-726566657250"))
    'pWSk8'
    """
    return slug(_package_crc(uuid), length)


def version_slug(uuid: UUID, tree_sha1: str, length: int = 5) -> str:
    """Return the slug of one version of a package, which names the folder of its source.

    Args:
        uuid: the package.
        tree_sha1: ``git-tree-sha1`` of its manifest entry, 40 hexadecimal digits. Raises
            ValueError if it is anything else.
        length: 5; folders from before Julia 1.0 have 4.

    >>> preferences = UUID("21216c6a-2e73-6563-6e65-726566657250")
    >>> version_slug(preferences, "00805cd429dcb4870060ff49ef443486c262e38e")
    'TTEAN'
    """
    sha1 = bytes.fromhex(tree_sha1)
    if len(sha1) != 20:
        raise ValueError(f"a SHA-1 has 40 hexadecimal digits, not {tree_sha1!r}")
    return slug(crc32c(sha1, _package_crc(uuid)), length)


def cache_directory(name: str, uuid: UUID | None, minor: tuple[int, int]) -> str:
    """Return the folder of a package's caches, relative to a depot, with forward slashes.

    Args:
        name: the package.
        uuid: its UUID, or None for a package that has none.
        minor: major and minor version of Julia, ``(1, 10)``.

    >>> cache_directory("CSV", UUID("336ed68f-0bac-5ca0-87d4-7b16caf5d00b"), (1, 10))
    'compiled/v1.10/CSV'
    """
    folder = "compiled/v{}.{}".format(*minor)
    return folder if uuid is None else f"{folder}/{name}"


def cache_entry(name: str, uuid: UUID | None) -> str:
    """Return how the names of a package's cache files begin: its slug, or else its name.

    With a UUID, the file is called ``<entry>_<another slug>.ji``; without, ``<entry>.ji``.

    >>> cache_entry("CSV", UUID("336ed68f-0bac-5ca0-87d4-7b16caf5d00b"))
    'HHBkp'
    """
    return name if uuid is None else package_slug(uuid)


def _package_crc(uuid: UUID) -> int:
    """CRC-32C of the UUID as a 128-bit integer in little-endian bytes (its text reversed)."""
    return crc32c(uuid.bytes[::-1])
