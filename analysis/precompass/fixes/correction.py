"""Write a boolean where a text or a number is in its place."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.editing import set_value
from precompass.documents.values import TomlValue
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.session import Session

KIND = "write-boolean"

_MEANT = {"true": True, "false": False, "1": True, "0": False}


def meant_boolean(value: TomlValue) -> bool | None:
    """Return the boolean that a value most likely means, or None."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return _MEANT.get(str(value).strip().lower().removesuffix(".0"))
    return None


def offer(file: Path, path: tuple[str, ...], value: TomlValue) -> Fix | None:
    """Offer to write the boolean that is meant, if it is clear which."""
    meant = meant_boolean(value)
    if meant is None:
        return None
    word = "true" if meant else "false"
    return Fix(f"Write the boolean {word}", FixId(KIND, file, (*path, word)), is_preferred=True)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    *path, word = fix.arguments
    draft = Draft(session)
    draft.change(fix.file, lambda text: set_value(text, tuple(path), word == "true"))
    return draft.edits()
