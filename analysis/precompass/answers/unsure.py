"""Where answers about a file are unsure, because a line in it is being typed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import TomlDocument, parse_toml
from precompass.file_context import EnvironmentContext, context_of
from precompass.julia.environment import local_preferences_path
from precompass.session import Session

_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)


class Unsure(msgspec.Struct, frozen=True):
    """What may be missing or wrong in the answers about a file.

    Attributes:
        tables: the tables with a line that could not be read, each up to the next header, in
            the order of the file.
    """

    tables: tuple[Span, ...]

    def has(self, offset: int) -> bool:
        """Tell whether an offset is in one of the tables, or touches its end."""
        at = bisect_right(self.tables, offset, key=lambda table: table.start) - 1
        return at >= 0 and offset in self.tables[at]


def unsure(session: Session, path: Path) -> Unsure | None:
    """Return where answers about a file are unsure; None if all that they rest on was read.

    They rest on the file itself, and on the project file, manifest and preferences file beside it.
    """
    context = context_of(session, path)
    if context is None:
        return None
    document = context.document
    tables = _tables_at(document, _losses(document))
    if tables:
        return Unsure(tables)
    if not isinstance(context, EnvironmentContext):
        return None
    manifest = context.invalidations.environment.manifest
    beside = [context.project.document, *([manifest.document] if manifest is not None else [])]
    local = local_preferences_path(context.project.path.parent, session.snapshot)
    source = session.snapshot.read(local) if local is not None else None
    if source is not None:
        beside.append(parse_toml(source.text))
    return Unsure(()) if any(_losses(one) for one in beside) else None


def _losses(document: TomlDocument) -> list[int]:
    return [fault.span.start for fault in document.faults if fault.first is None]


def _tables_at(document: TomlDocument, offsets: Iterable[int]) -> tuple[Span, ...]:
    """Return the tables that offsets are in, each once."""
    starts = [0, *(header.start() for header in _HEADER.finditer(document.text))]
    ends = [*starts[1:], len(document.text)]
    found = {bisect_right(starts, offset) - 1 for offset in offsets}
    return tuple(Span(starts[at], ends[at]) for at in sorted(found))
