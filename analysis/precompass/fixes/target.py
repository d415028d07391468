"""Add a package to a target, whose packages ``Pkg.test`` adds to the dependencies."""

from __future__ import annotations

from pathlib import Path

from precompass.documents.editing import add_array_item
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.session import Session

KIND = "add-to-target"


def offer(project: Path, target: str, name: str) -> Fix:
    """Offer to add a package, which the project file lists, to one of its targets."""
    title = f"Add {name} to the target {target} of {project.name}"
    return Fix(title, FixId(KIND, project, (target, name)), is_preferred=True)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    target, name = fix.arguments
    draft = Draft(session)
    draft.change(fix.file, lambda text: add_array_item(text, ("targets", target), name))
    return draft.edits()
