"""What can be done about a finding: a file per fix, and how to ask for its edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from precompass.findings import FileEdit, FixId
from precompass.fixes import (
    compat_entries,
    correction,
    deletion,
    dependency,
    listing,
    move_to_flags,
    registered_uuid,
    renaming,
    switch_to_flags,
    target,
    unused_comment,
    writing,
)
from precompass.session import Session

_EDITS: Mapping[str, Callable[[Session, FixId], tuple[FileEdit, ...] | None]] = {
    move_to_flags.KIND: move_to_flags.edits,
    switch_to_flags.KIND: switch_to_flags.edits,
    listing.KIND: listing.edits,
    deletion.VALUE: deletion.value_edits,
    deletion.ITEM: deletion.item_edits,
    dependency.DELETE: dependency.deletion_edits,
    dependency.MOVE: dependency.move_edits,
    correction.KIND: correction.edits,
    renaming.KIND: renaming.edits,
    registered_uuid.KIND: registered_uuid.edits,
    target.KIND: target.edits,
    writing.KIND: writing.edits,
    compat_entries.KIND: compat_entries.edits,
    unused_comment.KIND: unused_comment.edits,
}


def edits_of(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of a fix on the files as they are; None if it is no longer possible."""
    make = _EDITS.get(fix.kind)
    return make(session, fix) if make is not None else None
