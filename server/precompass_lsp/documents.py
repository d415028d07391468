"""The texts that the client has open, kept up to date change by change."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec
from lsprotocol import types
from msgspec.structs import replace

from precompass.documents.text import LineIndex, Position, PositionEncoding
from precompass.files.snapshot import too_large
from precompass_lsp.uris import path_of

_BOM = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class OpenDocument(msgspec.Struct, frozen=True):
    """A text that the client has open, at one version.

    Attributes:
        uri: the client's own name of it.
        path: the file.
        version: the client's number of this state of the text.
        text: as the client counts it: with a byte-order mark if its buffer has one. A text that is
            too large to be read is the one before the changes that wait.
        waiting: changes of a text that is too large, before and after them; nobody reads it.
        least: how long the text is at least, with these changes.
    """

    uri: str
    path: Path
    version: int
    text: str
    waiting: tuple[types.TextDocumentContentChangePartial, ...] = ()
    least: int = 0

    @property
    def bom_length(self) -> int:
        """Code points before the content: 1 where the buffer begins with a byte-order mark."""
        return 1 if self.text.startswith(_BOM) else 0

    @property
    def content(self) -> str:
        """The text without a byte-order mark."""
        return self.text[self.bom_length :]

    def changed(
        self,
        version: int,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        encoding: PositionEncoding,
    ) -> OpenDocument:
        """Return the document after some changes.

        A keystroke in a text that is too large to be read costs nothing that grows with the text:
        the change waits until the text may be small enough, or is another one.
        """
        text, waiting = self.text, self.waiting
        least = self.least if waiting else len(text)
        for change in changes:
            if not isinstance(change, types.TextDocumentContentChangePartial):
                text, waiting = _encodable(change.text), ()
                least = len(text)
                continue
            waiting = (*waiting, change)
            least = int(max(0, least - _most_removed(change))) + len(change.text)
            if not too_large(self.path, least):
                text, waiting = _changed(text, waiting, encoding), ()
                least = len(text)
        return replace(self, version=version, text=text, waiting=waiting, least=least)


class OpenDocuments:
    """The open documents that are files, by path; those of other URI schemes are let be."""

    def __init__(self) -> None:
        self._documents: dict[Path, OpenDocument] = {}
        self.opened = asyncio.Event()
        """Set whenever a document is opened; whoever waits for that clears it."""

    def at_this_moment(self) -> Mapping[Path, OpenDocument]:
        """Return the documents as they are now; later changes do not show in the answer."""
        return MappingProxyType(dict(self._documents))

    def __getitem__(self, path: Path) -> OpenDocument:
        """Return the document of a path that is open."""
        return self._documents[path]

    def __contains__(self, path: object) -> bool:
        """Tell whether a path is open."""
        return path in self._documents

    def __len__(self) -> int:
        """Return how many documents are open."""
        return len(self._documents)

    def open(self, item: types.TextDocumentItem) -> Path | None:
        """Take in a document; return its path, or None if it is not a file."""
        path = path_of(item.uri)
        if path is not None:
            self._documents[path] = OpenDocument(
                item.uri, path, item.version, _encodable(item.text)
            )
            self.opened.set()
        return path

    def change(
        self,
        identifier: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        encoding: PositionEncoding,
    ) -> Path | None:
        """Apply changes in turn; return the path, or None if no such document is open."""
        path = path_of(identifier.uri)
        document = self._documents.get(path) if path is not None else None
        if path is None or document is None:
            return None
        self._documents[path] = document.changed(identifier.version, changes, encoding)
        return path

    def close(self, uri: str) -> Path | None:
        """Forget a document; return its path, or None if no such document was open."""
        path = path_of(uri)
        if path is None or self._documents.pop(path, None) is None:
            return None
        return path


def _most_removed(change: types.TextDocumentContentChangePartial) -> float:
    """Return how many characters of a text a change removes at most."""
    start, end = change.range.start, change.range.end
    return abs(end.character - start.character) if start.line == end.line else math.inf


def _changed(
    text: str,
    changes: Sequence[types.TextDocumentContentChangePartial],
    encoding: PositionEncoding,
) -> str:
    """Apply changes in turn. Of many, each costs what its own lines cost, not the whole text."""
    if len(changes) == 1:
        return _changed_once(text, changes[0], encoding)
    lines = _LINE.findall(text)
    for change in changes:
        ends = (change.range.start, change.range.end)
        first, last = sorted(min(max(place.line, 0), len(lines)) for place in ends)
        # A line feed belongs to the carriage return before it, wherever the two come from.
        first, last = max(0, first - 1), min(len(lines), last + 2)
        moved = _shifted(change, -first)
        lines[first:last] = _LINE.findall(
            _changed_once("".join(lines[first:last]), moved, encoding)
        )
    return "".join(lines)


def _shifted(
    change: types.TextDocumentContentChangePartial, by: int
) -> types.TextDocumentContentChangePartial:
    """Return a change in a text that begins some lines away."""
    start, end = (
        types.Position(max(0, place.line + by), place.character)
        for place in (change.range.start, change.range.end)
    )
    return types.TextDocumentContentChangePartial(types.Range(start, end), change.text)


def _changed_once(
    text: str, change: types.TextDocumentContentChangePartial, encoding: PositionEncoding
) -> str:
    lines = LineIndex(text)
    start, end = sorted(
        lines.offset(Position(place.line, place.character), encoding)
        for place in (change.range.start, change.range.end)
    )
    return text[:start] + _encodable(change.text) + text[end:]


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can carry and no encoding can."""
    return _LONE_SURROGATE.sub("\ufffd", text)
