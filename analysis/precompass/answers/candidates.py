"""What a completion is, and the edits that completions make."""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from precompass.documents.cursor import Cursor
from precompass.documents.editing import string_in_place_of, written_key, written_string
from precompass.documents.text import Span, TextEdit
from precompass.documents.toml import Table
from precompass.julia.uuids import UUID

_VALUE = re.compile(r"""\s*=[ \t]*("[^"\n]*"?|'[^'\n]*'?)?""")
_GOES_ON = re.compile(r"\s*[=.]")


class CompletionKind(Enum):
    """What is completed, in the words of the LSP (3.17, ``CompletionItemKind``)."""

    SECTION = "struct"
    KEY = "property"
    PACKAGE = "module"
    VERSION = "constant"
    VALUE = "value"
    FOLDER = "folder"


class Topic(msgspec.Struct, frozen=True):
    """What a completion's documentation is about: a package, or one of its preferences."""

    name: str
    uuid: UUID
    key: str | None = None


class Completion(msgspec.Struct, frozen=True):
    """An offer to write something.

    Attributes:
        label: how it is listed.
        edit: of one line, around the cursor.
        typed: what a user would type to get it, from the beginning of the edit on.
        detail: a few words beside the label.
        subject: what its documentation is about, which is told when it is asked for.
    """

    label: str
    kind: CompletionKind
    edit: TextEdit
    typed: str
    detail: str = ""
    subject: Topic | None = None


class Candidates(msgspec.Struct, frozen=True):
    """Makes the completions of one cursor."""

    cursor: Cursor

    def matches(self, name: str) -> bool:
        """Tell whether a name has in it what is written so far, in any case."""
        return self.cursor.word.casefold() in name.casefold()

    def entry(
        self,
        name: str,
        value: str,
        kind: CompletionKind,
        detail: str = "",
        subject: Topic | None = None,
        *,
        replaces: bool = False,
    ) -> Completion:
        """Offer a key with its value, in TOML; a value that is there stays.

        With *replaces*, it goes, if it is a string or nothing yet.
        """
        cursor = self.cursor
        start, end = self._whole()
        written = _VALUE.match(cursor.rest) if replaces else None
        text = f"{written_key(name)} = {value}"
        if written is not None:
            end += written.end()
        elif _GOES_ON.match(cursor.rest):
            text = written_key(name)
        return Completion(
            name, kind, TextEdit(Span(start, end), text), cursor.quote + name, detail, subject
        )

    def string(
        self,
        text: str,
        kind: CompletionKind,
        detail: str = "",
        subject: Topic | None = None,
    ) -> Completion:
        """Offer a string, with the quotes that are missing, and a comma before another item.

        One that the quotes before the cursor cannot hold gets others.
        """
        quote, span = self.cursor.quote, self.cursor.span
        if not quote:
            comma = "," if self.cursor.is_before_item else ""
            edit = TextEdit(span, written_string(text) + comma)
            return Completion(text, kind, edit, text, detail, subject)
        written = string_in_place_of(quote, text)
        if written[0] != quote:
            edit = TextEdit(Span(*self._whole()), written)
            return Completion(text, kind, edit, quote + text, detail, subject)
        kept = written[1:-1] if self.cursor.is_closed else written[1:]
        return Completion(text, kind, TextEdit(span, kept), text, detail, subject)

    def item(
        self,
        text: str,
        kind: CompletionKind,
        detail: str = "",
        subject: Topic | None = None,
    ) -> Completion:
        """Offer an item of an array of strings, with the brackets that are missing."""
        cursor = self.cursor
        if cursor.in_array or cursor.quote:
            return self.string(text, kind, detail, subject)
        edit = TextEdit(cursor.span, f"[{written_string(text)}]")
        return Completion(text, kind, edit, text, detail, subject)

    def literal(self, text: str, detail: str = "") -> Completion:
        """Offer a value without quotes, where none are written."""
        edit = TextEdit(self.cursor.span, text)
        return Completion(text, CompletionKind.VALUE, edit, text, detail)

    def header(
        self, path: tuple[str, ...], detail: str = "", subject: Topic | None = None
    ) -> Completion:
        """Offer a table: its name in a header, or the whole header in place of a key."""
        cursor, name = self.cursor, path[-1]
        if cursor.where == "header":
            start, end = self._whole()
            closing = "]" if cursor.ends_its_line else ""
            edit = TextEdit(Span(start, end), written_key(name) + closing)
            return Completion(
                name, CompletionKind.SECTION, edit, cursor.quote + name, detail, subject
            )
        shown = f"[{'.'.join(map(written_key, path))}]"
        edit = TextEdit(cursor.span, shown)
        return Completion(shown, CompletionKind.SECTION, edit, name, detail, subject)

    def _whole(self) -> tuple[int, int]:
        """Return where the word begins and ends, its quotes included."""
        cursor = self.cursor
        return cursor.span.start - len(cursor.quote), cursor.span.end + cursor.is_closed


def other_keys(table: Table | None, cursor: Cursor) -> frozenset[str]:
    """Return the keys of a table but the one at the cursor."""
    entries = table.entries.values() if table is not None else ()
    return frozenset(
        entry.key.name
        for entry in entries
        if entry.key.span.end < cursor.span.start or entry.key.span.start > cursor.span.end
    )
