"""Give a key the name that is meant."""

from __future__ import annotations

from precompass.documents.editing import rename_key
from precompass.file_context import FileContext
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.session import Session

KIND = "rename-key"


def offer(context: FileContext, path: tuple[str, ...], name: str) -> Fix | None:
    """Offer to rename the key at *path*; None where the table has a key of that name."""
    if context.document.root.get(*path[:-1], name) is not None:
        return None
    return Fix(f"Rename to `{name}`", FixId(KIND, context.path, (*path, name)), is_preferred=True)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    *path, name = fix.arguments
    draft = Draft(session)
    draft.change(fix.file, lambda text: rename_key(text, tuple(path), name))
    return draft.edits()
