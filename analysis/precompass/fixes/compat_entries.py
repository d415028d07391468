"""Add entries to ``[compat]``: the versions that the manifest has, and what is compatible.

The text is the one that Pkg itself writes when it adds a package: major, minor and patch
(``record_compat`` of ``Pkg.add``, Julia 1.11 and later); for Julia, major and minor.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompass.documents.editing import set_value
from precompass.documents.toml import parse_toml
from precompass.findings import FileEdit, Fix, FixId
from precompass.fixes.draft import Draft
from precompass.julia.environment import Environment
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.session import Session

KIND = "add-compat"


def bound_of(environment: Environment, uuid: UUID) -> str | None:
    """Return the compat entry for the version of a package that the manifest has."""
    entry = environment.entry(uuid)
    if entry is None or entry.version is None:
        return None
    return bound(entry.version)


def bound(version: VersionNumber) -> str:
    """Return the compat entry for a version: its numbers, without a build number."""
    return ".".join(map(str, version.release))


def bound_of_julia(environment: Environment) -> str | None:
    """Return the compat entry for the Julia that wrote the manifest."""
    written_by = environment.manifest.julia_version if environment.manifest else None
    return ".".join(map(str, written_by.minor)) if written_by is not None else None


def offer(file: Path, bounds: Mapping[str, str]) -> tuple[Fix, ...]:
    """Offer to add an entry for each name; nothing where there is none to add."""
    if not bounds:
        return ()
    if len(bounds) == 1:
        ((name, bound),) = bounds.items()
        title = f'Add {name} = "{bound}" to [compat]'
    else:
        title = f"Add entries of {len(bounds)} packages to [compat], for the resolved versions"
    arguments = tuple(text for pair in sorted(bounds.items()) for text in pair)
    return (Fix(title, FixId(KIND, file, arguments), is_preferred=True),)


def edits(session: Session, fix: FixId) -> tuple[FileEdit, ...] | None:
    """Return the edits of :func:`offer`."""
    draft = Draft(session)
    for name, bound in zip(fix.arguments[::2], fix.arguments[1::2], strict=True):
        _add(draft, fix.file, name, bound)
    return draft.edits()


def _add(draft: Draft, file: Path, name: str, bound: str) -> None:
    def add(text: str) -> str | None:
        return set_value(text, ("compat", name), bound, after=_before_compat(text), in_order=True)

    draft.change(file, add)


def _before_compat(text: str) -> tuple[str, ...] | None:
    """Return the section behind which Pkg writes ``[compat]`` (``_project_key_order``)."""
    root = parse_toml(text).root
    sections = ("extensions", "sources", "weakdeps", "deps")
    return next(((name,) for name in sections if root.table(name) is not None), None)
