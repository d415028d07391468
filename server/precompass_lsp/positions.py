"""Positions in the client's terms, and code point offsets: the one place that converts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lsprotocol import types

from precompass.documents.text import LineIndex, Position, PositionEncoding, Span
from precompass.files.snapshot import Snapshot
from precompass_lsp.documents import OpenDocument


class Positions:
    """The positions of all files of one moment, open or not.

    Args:
        snapshot: what the files hold.
        documents: what the client has open; there, its own text counts.
        encoding: how the client counts characters.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        documents: Mapping[Path, OpenDocument],
        encoding: PositionEncoding,
    ) -> None:
        self._snapshot = snapshot
        self._documents = documents
        self._encoding = encoding
        self._lines: dict[Path, tuple[LineIndex, int]] = {}

    def range(self, path: Path, span: Span) -> types.Range:
        """Return the range of a span of a file's content."""
        return types.Range(self.position(path, span.start), self.position(path, span.end))

    def position(self, path: Path, offset: int) -> types.Position:
        """Return the position of an offset in a file's content."""
        lines, before = self._lines_of(path)
        position = lines.position(offset + before, self._encoding)
        return types.Position(position.line, position.character)

    def offset(self, path: Path, position: types.Position) -> int:
        """Return the offset in a file's content of a position."""
        lines, before = self._lines_of(path)
        offset = lines.offset(Position(position.line, position.character), self._encoding)
        return max(0, offset - before)

    def span(self, path: Path, selection: types.Range) -> Span:
        """Return the span in a file's content of a range, in whichever order it was selected."""
        start, end = sorted((self.offset(path, selection.start), self.offset(path, selection.end)))
        return Span(start, end)

    def _lines_of(self, path: Path) -> tuple[LineIndex, int]:
        """Return the lines of a file as the client sees it, and where its content begins."""
        known = self._lines.get(path)
        if known is None:
            document, source = self._documents.get(path), self._snapshot.read(path)
            if source is None:  # it is not there, or too large for anything to be said of it
                known = LineIndex(""), 0
            elif document is not None:
                known = LineIndex(document.text), document.bom_length
            else:
                known = source.lines, 0
            self._lines[path] = known
        return known
