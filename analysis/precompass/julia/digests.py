"""SHA-1 and SHA-256 without OpenSSL.

``hashlib`` loads OpenSSL at once: 3 ms and 3.5 MiB, which is as much as the rest of a digest of a
project file. So they come from the modules in which Python has them itself, as in ``random`` of the
standard library; a Python that was built without those has ``hashlib``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Protocol
from uuid import UUID


class Digest(Protocol):
    """What grows with the bytes that it is given."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """Return the digest of all bytes."""

    def hexdigest(self) -> str:
        """Return the same in hexadecimal."""


def _lightest(name: str, modules: Sequence[str]) -> Callable[[bytes], Digest]:
    for module in modules:
        with suppress(ImportError):
            found: Callable[[bytes], Digest] = getattr(import_module(module), name)
            return found
    raise ImportError(name)


sha1 = _lightest("sha1", ("_sha1", "hashlib"))
sha256 = _lightest("sha256", ("_sha2", "_sha256", "hashlib"))  # the first from Python 3.12 on


def uuid_of(namespace: UUID, name: str) -> UUID:
    """Return version 5 of RFC 4122, as :func:`uuid.uuid5` does; also of paths that are no text.

    >>> from uuid import NAMESPACE_URL, uuid5
    >>> uuid_of(NAMESPACE_URL, "/home/a/é") == uuid5(NAMESPACE_URL, "/home/a/é")
    True
    """
    digest = sha1(namespace.bytes + name.encode(errors="surrogateescape"))
    return UUID(bytes=digest.digest()[:16], version=5)
