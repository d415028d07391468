"""Delete a preference, a table of preferences, or a name of a skip list."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.editing import remove_array_items, remove_value
from precompass.documents.toml import parse_toml
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.session import Session

VALUE = "delete-value"
ITEM = "delete-item"


def offer_value(file: Path, path: tuple[str, ...], what: str, cost: str) -> Fix:
    """Offer to delete the key or table at *path*."""
    return Fix(f"Delete {what} ({cost})", FixId(VALUE, file, path))


def offer_item(file: Path, path: tuple[str, ...], name: str, cost: str) -> Fix:
    """Offer to delete a name from the array at *path*."""
    return Fix(f'Delete "{name}" from the list ({cost})', FixId(ITEM, file, (*path, name)))


def value_edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer_value`."""
    draft = Draft(session)
    draft.change(fix.file, lambda text: remove_value(text, fix.arguments))
    return draft.edits()


def item_edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer_item`; the last name takes the list with it."""
    *path, name = fix.arguments

    def remove(text: str) -> str | None:
        entry = parse_toml(text).root.get(*path)
        values = getattr(entry.node, "items", ()) if entry is not None else ()
        if all(getattr(item, "value", None) == name for item in values):
            return remove_value(text, tuple(path))
        return remove_array_items(text, tuple(path), [name])

    draft = Draft(session)
    draft.change(fix.file, remove)
    return draft.edits()
