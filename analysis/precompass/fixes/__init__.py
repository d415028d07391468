"""What can be done about a finding: a file per fix, and how to ask for its edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import precompass.rules  # noqa: F401 - these import the fixes that they offer, so they come first
from precompass.documents.text import Span
from precompass.file_context import context_of
from precompass.findings import FileEdit, Finding, Fix, FixId
from precompass.fixes import (
    compat_entries,
    correction,
    deletion,
    listing,
    move_to_flags,
    registered_uuid,
    renaming,
    switch_to_flags,
    writing,
)
from precompass.session import Session

_EDITS: Mapping[str, Callable[[Session, FixId], tuple[FileEdit, ...] | None]] = {
    move_to_flags.KIND: move_to_flags.edits,
    switch_to_flags.KIND: switch_to_flags.edits,
    listing.KIND: listing.edits,
    deletion.VALUE: deletion.value_edits,
    deletion.ITEM: deletion.item_edits,
    correction.KIND: correction.edits,
    renaming.KIND: renaming.edits,
    registered_uuid.KIND: registered_uuid.edits,
    writing.KIND: writing.edits,
    compat_entries.KIND: compat_entries.edits,
}


def edits_of(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of a fix on the files as they are; None if it is no longer possible."""
    make = _EDITS.get(fix.kind)
    return make(session, fix) if make is not None else None


def fix_all(session: Session, path: Path) -> Fix | None:
    """Return the fix that an editor may apply on save without asking, if there is one.

    It moves every name of the skip list that can move, and nothing else: a move keeps what
    the user wants, while a deletion may not. A list whose finding is silenced stays.
    """
    from precompass.rules import check  # the rules import the fixes that they offer

    context = context_of(session, path)
    offers = move_to_flags.offers(context) if context is not None else ()
    if not offers:
        return None
    on_offer = {fix.id for finding in check(session, path) for fix in finding.fixes}
    if offers[0].id not in on_offer:
        return None
    return replace(offers[0], title=f"Apply all safe fixes of this file: {offers[0].title}")


def fixes_at(session: Session, path: Path, span: Span) -> tuple[tuple[Fix, Finding | None], ...]:
    """Return the fixes of all findings that a selection touches, each with its finding."""
    from precompass.rules import check  # the rules import the fixes that they offer

    found: dict[FixId, tuple[Fix, Finding | None]] = {}
    for finding in check(session, path):
        if finding.span.start <= span.end and span.start <= finding.span.end:
            for fix in finding.fixes:
                found.setdefault(fix.id, (fix, finding))
    return tuple(found.values())
