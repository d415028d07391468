"""Large blocks of memory are given back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from precompass_lsp.allocation import LARGE, give_large_blocks_back

_PROGRAM = f"""
import ctypes
from precompass_lsp.allocation import give_large_blocks_back

class Counts(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

counts = ctypes.CDLL(None).mallinfo2
counts.restype = Counts
bytearray(2**22)  # glibc raises its limit when this goes
give_large_blocks_back()
before = counts().hblks
large = [bytearray({LARGE} * 8) for _ in range(64)]
print(counts().hblks - before)
del large
print(counts().hblks - before)
"""


def has_glibc() -> bool:
    """Whether the C library counts its blocks as glibc 2.33 and later does."""
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallinfo2")


@pytest.mark.skipif(not has_glibc(), reason="needs glibc 2.33 or later")
def test_large_blocks_are_taken_from_the_system_and_given_back() -> None:
    """All but those for which there was a gap already."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    taken, left = map(int, ran.stdout.split())
    assert taken > 32
    assert left == 0


def test_another_c_library_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def library(name: object) -> object:
        asked.append(name)
        return object()

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", library)
    give_large_blocks_back.__wrapped__()
    assert asked == [None]


def test_other_systems_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", None)
    give_large_blocks_back.__wrapped__()
