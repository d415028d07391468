"""Findings, hovers, fixes: the shape of the answers that every face of Precompass shows.

All are plain immutable data in an editor's terms: files, spans of code points, texts, edits.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TypeAlias

import msgspec

from precompass.documents.text import Span, TextEdit


class Severity(Enum):
    """How much a finding matters, in the words of the LSP (3.17, ``DiagnosticSeverity``)."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """Its place among the severities; 0 is the most severe."""
        return list(Severity).index(self)


class Related(msgspec.Struct, frozen=True):
    """Another place that a finding is about, and what is there."""

    file: Path
    span: Span
    message: str


class FixId(msgspec.Struct, frozen=True):
    """What a fix is about; enough to make its edits when the user asks for them.

    Attributes:
        kind: the name of the fix, one of those in :mod:`precompass.fixes`.
        file: the file whose text it starts from.
        arguments: what else the fix needs, such as the path of a key.
    """

    kind: str
    file: Path
    arguments: tuple[str, ...] = ()


class Safety(Enum):
    """Who may apply a fix without looking at it."""

    SAFE = "safe"
    """An editor on save: it recompiles nothing and changes no behaviour."""
    UNSAFE = "unsafe"
    """A user who names its rule: it may recompile packages or change what a file means."""
    MANUAL = "manual"
    """A user who picks this one fix: it may undo what the author has just written."""


class Fix(msgspec.Struct, frozen=True):
    """An offer to change something.

    Attributes:
        title: the edit, and what it recompiles.
        id: with which its edits are asked for.
        is_preferred: whether it is the one that most people want.
        safety: who may apply it without looking at it.
    """

    title: str
    id: FixId
    is_preferred: bool = False
    safety: Safety = Safety.UNSAFE


class Finding(msgspec.Struct, frozen=True):
    """Something in a file that its author should know.

    Attributes:
        code: of the rule, kebab-case.
        file, span: the key, header or text at fault.
        message: what will happen, why, and what to do.
        related: other places that matter.
        fixes: what can be done about it.
        is_unnecessary: whether the text has no effect, so that an editor may fade it.
        reach: where its fixes are offered too, such as the value of the key at fault.
        beside_count: the message for an editor that shows its count above the table, so that a
            number is on the screen once; None where the message has no such count.
    """

    code: str
    severity: Severity
    file: Path
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    is_unnecessary: bool = False
    reach: Span | None = None
    beside_count: str | None = None


class FileEdit(msgspec.Struct, frozen=True):
    """Edits of one file; their spans refer to *before*, the text they were made from."""

    file: Path
    before: str
    edits: tuple[TextEdit, ...]


class Code(msgspec.Struct, frozen=True):
    """A text that is shown as code, such as a key or a path."""

    text: str


class Strong(msgspec.Struct, frozen=True):
    """A text that is shown with emphasis."""

    text: str


Paragraph: TypeAlias = tuple[str | Code | Strong, ...]
"""What is said, in pieces. A string is a message as a finding has it: it may mark `code`."""


class Place(msgspec.Struct, frozen=True):
    """A place in a file to which something leads."""

    file: Path
    span: Span


class Act(Enum):
    """What an editor can do with the thing that a hover is about."""

    PICTURE = "picture"
    EXPLAIN = "explain"


class Link(msgspec.Struct, frozen=True):
    """A text that leads somewhere: to a place, to a web page, or to something to be done."""

    text: str
    target: Place | str | Act


class Hover(msgspec.Struct, frozen=True):
    """What is said about a place in a file: few lines. ``report.paragraphs`` renders it.

    Attributes:
        span: the place.
        paragraphs: the title, and what is said.
        links: where to go from there.
    """

    span: Span
    paragraphs: tuple[Paragraph, ...]
    links: tuple[Link, ...] = ()
