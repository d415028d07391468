"""Sources of a workspace that name two places for one package.

The projects of a workspace share one manifest, so a package comes from one place for all of them.
Where `[sources]` of two projects name different places, or one names another place for a package
that is itself a project of the workspace, Pkg takes one of them without a word: which one depends
on the order in which it reads the projects.

**Example**

```toml
# Project.toml
[workspace]
projects = ["docs"]

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", rev = "main"}

# docs/Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", rev = "faster"}
```

**Use instead**

```toml
# Project.toml
[workspace]
projects = ["docs"]

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", rev = "main"}

# docs/Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** Name the place in one project, or the same place in all of them.

**Source** `load_direct_deps`, `merge_pkg_source!` in `src/Operations.jl` of Pkg 1.12 to 1.14; Pkg
pull request 4709.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.load_path import project_in
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.rules.package_places import is_environment_alone
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "workspace-sources"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_REPOSITORY = ("url", "rev", "subdir")


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the sources of this file that other projects of the workspace contradict."""
    project, members = context.project, context.environment.members
    if not members or project.document.faults or not context.environment.julia.has_workspaces:
        return
    for name in project.sources:
        uuid = _uuid(project, name)
        place = _place(project, name)
        entry = context.document.root.get("sources", name)
        if uuid is None or place is None or entry is None:
            continue
        apart = [one for one in members if _differs(one, uuid, place)]
        is_member = any(one.uuid == uuid for one in apart)
        if not apart or (is_member and not _is_there(context, place, name)):
            continue  # missing-source-path names the right place
        where = listed(_label(one) for one in apart)
        message = (
            f"{name} is a project of this workspace ({where}), and this is another place"
            if is_member
            else f"[sources] of {where} has another place for {name}"
        )
        yield context.finding(
            CODE,
            SEVERITY,
            entry.key.span,
            f"{message}. The projects of a workspace share one manifest, so Pkg takes one of the "
            "places without a word. Name one place.",
            related=tuple(found for one in apart for found in _related(one, uuid)),
        )


def _is_there(context: EnvironmentContext, place: tuple[str | None, ...], name: str) -> bool:
    """Tell whether a path leads to a package; what is at another place is not known."""
    if len(place) > 1 or place[0] is None:
        return True
    files, folder = context.session.snapshot, Path(place[0])
    return project_in(folder, files) is not None and not is_environment_alone(folder, name, files)


def _uuid(project: ProjectFile, name: str) -> UUID | None:
    section = project.lists_in(name)
    return project.section(section)[name] if section is not None else None


def _place(project: ProjectFile, name: str) -> tuple[str | None, ...] | None:
    """Return where a package comes from, comparable between projects; None if that is not told."""
    source = project.sources[name]
    path = source.get("path")
    if isinstance(path, str):
        return (os.path.normpath(project.path.parent / path),)
    told = [source.get(key) for key in _REPOSITORY]
    if not isinstance(told[0], str):
        return None
    address = told[0].removesuffix("/").removesuffix(".git").lower()
    return (address, *(one if isinstance(one, str) else None for one in told[1:]))


def _differs(other: ProjectFile, uuid: UUID, place: tuple[str | None, ...]) -> bool:
    if other.uuid == uuid:
        return place != (os.path.normpath(other.path.parent),)
    return any(
        _uuid(other, name) == uuid and _place(other, name) not in (None, place)
        for name in other.sources
    )


def _label(member: ProjectFile) -> str:
    return f"{member.path.parent.name}/{member.path.name}"


def _related(member: ProjectFile, uuid: UUID) -> Iterator[Related]:
    for name in member.sources:
        entry = member.document.root.get("sources", name)
        if entry is not None and _uuid(member, name) == uuid:
            yield Related(member.path, entry.key.span, f"The source in {_label(member)}.")
    own = member.document.root.get("uuid")
    if member.uuid == uuid and own is not None:
        yield Related(member.path, own.node.span, f"The package in {_label(member)}.")
