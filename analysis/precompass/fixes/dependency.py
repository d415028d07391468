"""Take a package out of ``[deps]``: delete it, or list it for the tests alone.

The tests list it where ``Pkg.test`` looks for their packages: in ``test/Project.toml`` if that is
there, else in ``[extras]`` and the target ``test``. Its bound goes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from precompass.documents.editing import add_array_item, remove_value, set_value
from precompass.documents.toml import parse_toml
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.fixes.listing import add_to_extras
from precompass.julia.load_path import project_in
from precompass.julia.project import parse_project
from precompass.session import Session
from precompass.wording import listed

DELETE = "delete-dependency"
MOVE = "move-to-tests"

_WITH_IT = ("compat", "sources")
"""Sections that say something of a package that another section lists."""


def offer_deletion(project: Path, names: Sequence[str]) -> Fix:
    """Offer to delete packages from ``[deps]``, with their bounds and sources."""
    return Fix(f"Delete {listed(names)} from [deps]", FixId(DELETE, project, tuple(names)))


def offer_move(project: Path, names: Sequence[str], to: str) -> Fix:
    """Offer to list packages for the tests instead; *to* says where."""
    return Fix(f"Move {listed(names)} from [deps] to {to}", FixId(MOVE, project, tuple(names)))


def deletion_edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer_deletion`."""
    draft = Draft(session)
    for name in fix.arguments:
        _delete(draft, fix.file, name, _WITH_IT)
    return draft.edits()


def move_edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer_move`."""
    source = session.snapshot.read(fix.file)
    if source is None:
        return None
    project = parse_project(fix.file, source.text)
    tests = project_in(fix.file.parent / "test", session.snapshot)
    draft = Draft(session)
    for name in fix.arguments:
        uuid = project.deps.get(name)
        if uuid is None:
            return None
        if tests is None:
            _delete(draft, fix.file, name, ())
            add_to_extras(draft, fix.file, name, str(uuid))
            draft.change(fix.file, partial(_added_to_target, name))
            continue
        _delete(draft, fix.file, name, _WITH_IT)
        _set(draft, tests, ("deps", name), str(uuid))
        if name in project.compat:
            _set(draft, tests, ("compat", name), project.compat[name])
    return draft.edits()


def _delete(draft: Draft, project: Path, name: str, with_it: Sequence[str]) -> None:
    def delete(text: str) -> str | None:
        changed = remove_value(text, ("deps", name))
        if changed is None or parse_project(project, changed).lists_in(name) is not None:
            return changed
        for section in with_it:
            if parse_toml(changed).root.get(section, name) is not None:
                changed = remove_value(changed, (section, name))
                if changed is None:
                    return None
        return changed

    draft.change(project, delete)


def _set(draft: Draft, file: Path, path: tuple[str, str], value: str) -> None:
    def change(text: str) -> str | None:
        if parse_toml(text).root.get(*path) is not None:
            return text
        return set_value(text, path, value, in_order=True)

    draft.change(file, change)


def _added_to_target(name: str, text: str) -> str | None:
    if parse_toml(text).root.get("targets", "test") is None:
        return set_value(text, ("targets", "test"), [name])
    return add_array_item(text, ("targets", "test"), name)
