"""SHA-1 and SHA-256 without OpenSSL are what they are with it."""

from __future__ import annotations

import hashlib

import pytest

from precompass.julia.digests import sha1, sha256


@pytest.mark.parametrize("data", [b"", b"a", b"\x00\xff" * 40, bytes(100_000)])
def test_digests_are_those_of_hashlib(data: bytes) -> None:
    assert sha1(data).hexdigest() == hashlib.sha1(data).hexdigest()
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
    grown = sha256(b"")
    for start in range(0, len(data), 999):
        grown.update(data[start : start + 999])
    assert grown.digest() == hashlib.sha256(data).digest()
