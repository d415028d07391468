"""Delete a comment that silences nothing: the one fix that every editor may make on save.

A comment changes nothing that Julia or Pkg reads, so deleting it recompiles nothing.
"""

from __future__ import annotations

from precompass.documents.text import Span
from precompass.file_context import FileContext
from precompass.findings import FileEdit, Fix, FixId, Safety
from precompass.fixes.draft import Draft
from precompass.session import Session

KIND = "delete-comment"


def offer(context: FileContext, span: Span) -> tuple[Fix, ...]:
    """Offer to delete the comment at *span*; nothing if it says more to people than its mark."""
    text = context.text[span.start : span.end]
    if not text.endswith(("]", "ignore")):
        return ()
    start = context.text.rfind("#", 0, span.start + 1)
    if start != span.start:
        return ()
    identity = FixId(KIND, context.path, (str(span.start), text))
    return (Fix("Delete the comment", identity, is_preferred=True, safety=Safety.SAFE),)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`; a line with nothing else goes as a whole."""
    if len(fix.arguments) != 2 or not fix.arguments[0].isdecimal():
        return None
    start, comment = int(fix.arguments[0]), fix.arguments[1]

    def without(text: str) -> str | None:
        end = start + len(comment)
        if text[start:end] != comment:
            return None
        line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        before = text[line:start].rstrip(" \t")
        after = text[end:]
        if before:
            return text[: line + len(before)] + after
        for newline in ("\r\n", "\n"):
            if after.startswith(newline):
                return text[:line] + after[len(newline) :]
        return text[:line] + after

    draft = Draft(session)
    draft.change(fix.file, without)
    return draft.edits()
