"""Texts with a marked cursor, and the places that answers point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from precompass.findings import Place
from precompass.session import Session
from support.environments import session

CURSOR = "¦"


def opened(
    folder: Path, files: Mapping[str, str], julia: str | None = None
) -> tuple[Session, Path, int]:
    """Return a session over these files, of which one has a cursor; that file, and the place."""
    ((name, text),) = [(name, text) for name, text in files.items() if CURSOR in text]
    texts = {**files, name: text.replace(CURSOR, "")}
    return session(folder, texts, julia=julia), folder / name, text.index(CURSOR)


def lines(session: Session, places: Iterable[Place]) -> list[str]:
    """Return places as ``file:line: text``, lines from 1."""
    shown = []
    for place in places:
        source = session.snapshot.read(place.file)
        assert source is not None
        line = source.lines.line_of(place.span.start) + 1
        text = source.text[place.span.start : place.span.end]
        shown.append(f"{place.file.name}:{line}: {text}".rstrip(": "))
    return shown
