"""Write a text in the place of a value, or a new key with it."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.editing import set_value
from precompass.findings import FileEdit, Fix, FixId, Safety
from precompass.fixes.draft import Draft
from precompass.session import Session

KIND = "write-text"


def offer(
    file: Path,
    path: tuple[str, ...],
    text: str,
    title: str = "",
    *,
    is_preferred: bool = True,
    safety: Safety = Safety.UNSAFE,
) -> Fix:
    """Offer to set the key at *path* to *text*; a new key goes into its place in the alphabet."""
    return Fix(title or f'Write "{text}"', FixId(KIND, file, (*path, text)), is_preferred, safety)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    *path, text = fix.arguments
    draft = Draft(session)
    draft.change(fix.file, lambda before: set_value(before, tuple(path), text, in_order=True))
    return draft.edits()
