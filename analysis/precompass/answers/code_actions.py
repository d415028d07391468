"""The fixes of the findings at a place in a file."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from precompass import fixes
from precompass.documents.text import Span
from precompass.findings import FileEdit, Finding, Fix, FixId, Safety
from precompass.rules import check
from precompass.session import Session
from precompass.wording import counted

ALL = "all-safe-fixes"
"""The kind of the fix that applies all safe fixes of a file."""


def fix_all(session: Session, path: Path) -> Fix | None:
    """Return the fix that an editor may apply on save without asking, if there is one.

    It applies the safe fixes alone: they recompile nothing and change no behaviour.
    """
    number = len(_safe_fixes(session, path))
    if not number:
        return None
    title = f"Apply {counted(number, 'safe fix', 'safe fixes')} (recompiles nothing)"
    return Fix(title, FixId(ALL, path), safety=Safety.SAFE)


def fixes_at(session: Session, path: Path, span: Span) -> tuple[tuple[Fix, Finding], ...]:
    """Return the fixes of all findings that a selection touches, each with its finding.

    The best come first: those of findings at the selection itself, of these the preferred ones.
    Where there are such, no other is preferred: an editor may apply the preferred one unasked.
    A fix without an edit, such as one in a text too odd to be edited, is not offered, nor one
    with the edits of another.
    """
    found: dict[FixId, tuple[bool, Fix, Finding]] = {}
    for finding in check(session, path):
        is_at = _touches(finding.span, span)
        if is_at or _touches(_whole(finding), span):
            for fix in finding.fixes:
                if fix.id not in found or (is_at and not found[fix.id][0]):
                    found[fix.id] = (is_at, fix, finding)
    order = sorted(found.values(), key=lambda one: (not one[0], not one[1].is_preferred))
    offered: dict[tuple[FileEdit, ...], tuple[bool, Fix, Finding]] = {}
    for one in order:
        edits = edits_of(session, one[1].id)
        if edits is not None:
            offered.setdefault(edits, one)
    has_own = any(is_at for is_at, _, _ in offered.values())
    return tuple(
        (fix if is_at or not has_own else replace(fix, is_preferred=False), finding)
        for is_at, fix, finding in offered.values()
    )


def edits_of(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of a fix on the files as they are; None if it is no longer possible."""
    if fix.kind != ALL:
        return fixes.edits_of(session, fix)
    together: dict[Path, FileEdit] = {}
    for one in _safe_fixes(session, fix.file):
        for edit in fixes.edits_of(session, one) or ():
            before = together.get(edit.file)
            if before is None:
                together[edit.file] = edit
            elif not _overlap(before, edit):
                merged = sorted((*before.edits, *edit.edits), key=lambda each: each.span.start)
                together[edit.file] = FileEdit(edit.file, edit.before, tuple(merged))
    return tuple(together.values()) or None


def _safe_fixes(session: Session, path: Path) -> tuple[FixId, ...]:
    safe = (fix for finding in check(session, path) for fix in finding.fixes)
    return tuple(dict.fromkeys(fix.id for fix in safe if fix.safety is Safety.SAFE))


def _whole(finding: Finding) -> Span:
    """Return where the fixes of a finding are offered: its place, its reach, and what is between.

    Between a key and its value is an equals sign, where hovers answer for the key too.
    """
    reach = finding.reach or finding.span
    return Span(min(finding.span.start, reach.start), max(finding.span.end, reach.end))


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _overlap(one: FileEdit, other: FileEdit) -> bool:
    return any(_touches(first.span, second.span) for first in one.edits for second in other.edits)
