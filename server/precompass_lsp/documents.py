"""The texts that the client has open, kept up to date change by change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from lsprotocol import types

from precompass.documents.text import LineIndex, Position, PositionEncoding
from precompass_lsp.uris import path_of

_BOM = "\ufeff"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A text that the client has open, at one version.

    Attributes:
        uri: the client's own name of it.
        path: the file.
        version: the client's number of this state of the text.
        text: as the client counts it: with a byte-order mark if its buffer has one.
    """

    uri: str
    path: Path
    version: int
    text: str

    @property
    def bom_length(self) -> int:
        """Code points before the content: 1 where the buffer begins with a byte-order mark."""
        return 1 if self.text.startswith(_BOM) else 0

    @property
    def content(self) -> str:
        """The text without a byte-order mark."""
        return self.text[self.bom_length :]


class OpenDocuments:
    """The open documents that are files, by path; those of other URI schemes are let be."""

    def __init__(self) -> None:
        self._documents: dict[Path, OpenDocument] = {}

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
        text = document.text
        for change in changes:
            text = _changed(text, change, encoding)
        self._documents[path] = replace(document, version=identifier.version, text=text)
        return path

    def close(self, uri: str) -> Path | None:
        """Forget a document; return its path, or None if no such document was open."""
        path = path_of(uri)
        if path is None or self._documents.pop(path, None) is None:
            return None
        return path


def _changed(
    text: str, change: types.TextDocumentContentChangeEvent, encoding: PositionEncoding
) -> str:
    inserted = _encodable(change.text)
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return inserted
    lines = LineIndex(text)
    start, end = sorted(
        lines.offset(Position(place.line, place.character), encoding)
        for place in (change.range.start, change.range.end)
    )
    return text[:start] + inserted + text[end:]


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can carry and no encoding can."""
    return _LONE_SURROGATE.sub("\ufffd", text)
