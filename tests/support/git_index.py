"""Indexes of git, written as `git add` would write them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def index_of(names: Iterable[str], *, hash_length: int = 20) -> bytes:
    """Return an index of version 2 that lists files (gitformat-index(5))."""
    listed = sorted(name.encode() for name in names)
    data = b"DIRC" + (2).to_bytes(4, "big") + len(listed).to_bytes(4, "big")
    for name in listed:
        flags = min(len(name), 0xFFF).to_bytes(2, "big")
        entry = bytes(40 + hash_length) + flags + name
        data += entry + bytes(8 - len(entry) % 8)
    return data + bytes(hash_length)


def track(repository: Path, *names: str) -> None:
    """Make a folder look like a repository that tracks files."""
    git = repository / ".git"
    git.mkdir(parents=True, exist_ok=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "index").write_bytes(index_of(names))
