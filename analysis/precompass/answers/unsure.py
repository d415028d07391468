"""Where answers about a file are unsure, because a line in it is being typed."""

from __future__ import annotations

import re
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
        tables: the tables with a line that could not be read, each up to the next header.
    """

    tables: tuple[Span, ...]


def unsure(session: Session, path: Path) -> Unsure | None:
    """Return where answers about a file are unsure; None if all that they rest on was read.

    They rest on the file itself, and on the project file, manifest and preferences file beside it.
    """
    context = context_of(session, path)
    if context is None:
        return None
    document = context.document
    tables = tuple(_table_at(document, start) for start in _losses(document))
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


def _table_at(document: TomlDocument, offset: int) -> Span:
    start, end = 0, len(document.text)
    for header in _HEADER.finditer(document.text):
        if header.start() > offset:
            end = header.start()
            break
        start = header.start()
    return Span(start, end)
