"""What can be done at a place in a file: the fixes of the findings there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from precompass.documents.text import Span
from precompass.file_context import environment_context_of
from precompass.findings import Finding, Fix, FixId
from precompass.fixes import move_to_flags
from precompass.rules import check
from precompass.session import Session


def fix_all(session: Session, path: Path) -> Fix | None:
    """Return the fix that an editor may apply on save without asking, if there is one.

    It moves every name of the skip list that can move, and nothing else: a move keeps what
    the user wants, while a deletion may not. A list whose finding is silenced stays.
    """
    context = environment_context_of(session, path)
    offers = move_to_flags.offers(context) if context is not None else ()
    if not offers:
        return None
    on_offer = {fix.id for finding in check(session, path) for fix in finding.fixes}
    if offers[0].id not in on_offer:
        return None
    return replace(offers[0], title=f"Apply all safe fixes of this file: {offers[0].title}")


def fixes_at(session: Session, path: Path, span: Span) -> tuple[tuple[Fix, Finding | None], ...]:
    """Return the fixes of all findings that a selection touches, each with its finding."""
    found: dict[FixId, tuple[Fix, Finding | None]] = {}
    for finding in check(session, path):
        if finding.span.start <= span.end and span.start <= finding.span.end:
            for fix in finding.fixes:
                found.setdefault(fix.id, (fix, finding))
    return tuple(found.values())
