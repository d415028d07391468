"""How places in files are named in answers."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.text import LineIndex, PositionEncoding, Span
from precompass.files.shown import shown
from precompass.julia.files import Files

__all__ = ["lines_of", "place", "shown"]


def lines_of(file: Path, files: Files) -> LineIndex:
    """Return the lines of a file; those of an empty text if it is gone."""
    source = files.read(file)
    return source.lines if source else LineIndex("")


def place(file: Path, span: Span, files: Files, folder: Path) -> str:
    """Return ``file:line:column`` of where a span begins; both from 1, columns in characters."""
    start = lines_of(file, files).position(span.start, PositionEncoding.UTF32)
    return f"{shown(file, folder)}:{start.line + 1}:{start.character + 1}"
