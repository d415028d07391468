"""How places in files are named in answers."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.text import LineIndex, PositionEncoding, Span
from precompass.julia.files import Files


def shown(path: Path, folder: Path | None) -> str:
    """Return a path relative to *folder* where it is below it, with ``/``; else the whole path."""
    if folder is None or not path.is_relative_to(folder):
        return str(path)
    return path.relative_to(folder).as_posix()


def lines_of(file: Path, files: Files) -> LineIndex:
    """Return the lines of a file; those of an empty text if it is gone."""
    source = files.read(file)
    return source.lines if source else LineIndex("")


def place(file: Path, span: Span, files: Files, folder: Path) -> str:
    """Return ``file:line:column`` of where a span begins; both from 1, columns in characters."""
    start = lines_of(file, files).position(span.start, PositionEncoding.UTF32)
    return f"{shown(file, folder)}:{start.line + 1}:{start.character + 1}"
