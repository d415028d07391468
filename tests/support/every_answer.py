"""Every question that an editor asks about a file, at every place where something begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from precompass.answers.call_hierarchy import hierarchy_at, incoming, outgoing
from precompass.answers.code_actions import edits_of, fix_all, fixes_at
from precompass.answers.code_lenses import code_lenses
from precompass.answers.completion import complete, documentation
from precompass.answers.definition import definition
from precompass.answers.folding import folding_ranges
from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.answers.links import document_links
from precompass.answers.references import highlights, references
from precompass.answers.rename import rename, renamed_span
from precompass.answers.selection_ranges import selection_range
from precompass.answers.semantic_tokens import semantic_tokens
from precompass.answers.symbols import document_symbols
from precompass.answers.workspace_symbols import workspace_symbols
from precompass.documents.text import Span
from precompass.rules import check
from precompass.session import Session

_BEGINNING = re.compile(r"(?<![\w-])[\w\"'\[{]")
_MOST_PLACES = 25


def ask_everything(session: Session, path: Path, text: str) -> Iterator[object]:
    """Yield the answer to every question about a file; the edits of what is offered, too."""
    whole = Span(0, len(text))
    yield check(session, path)
    yield fix_all(session, path)
    yield code_lenses(session, path)
    yield folding_ranges(session, path)
    yield inlay_hints(session, path, whole)
    yield document_links(session, path)
    yield document_symbols(session, path)
    yield semantic_tokens(session, path)
    yield workspace_symbols(session, [path], "a")
    for fix, _ in fixes_at(session, path, whole):
        yield edits_of(session, fix.id)
    places = [match.start() for match in _BEGINNING.finditer(text)]
    step = max(1, len(places) // _MOST_PLACES)
    for place in [0, *places[::step], len(text)]:
        yield hover(session, path, place)
        yield definition(session, path, place)
        yield references(session, path, place, include_declaration=True)
        yield highlights(session, path, place)
        yield renamed_span(session, path, place)
        yield rename(session, path, place, "Renamed")
        yield selection_range(session, path, place)
        item = hierarchy_at(session, path, place)
        if item is not None:
            yield incoming(session, item.project, item.unit, item.key)
            yield outgoing(session, item.project, item.unit)
        for offer in complete(session, path, place).items[:20]:
            if offer.subject is not None:
                yield documentation(session, path, offer.subject)
