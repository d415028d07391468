"""Compat entries of a workspace that exclude one another.

The projects of a workspace share one manifest, so a package has one version in all of them. Pkg
chooses a version that the compat entries of all projects allow. If two entries have no version in
common, Pkg cannot resolve: "empty intersection … and project compatibility". For `julia`, Pkg only
warns.

**Example**

```toml
# Project.toml
[workspace]
projects = ["docs"]

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.9"

# docs/Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10"
```

**Use instead**

```toml
# Project.toml
[workspace]
projects = ["docs"]

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.9, 0.10"

# docs/Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10"
```

**Fix** Let the entries of all projects have a version in common.

**Source** `get_compat_workspace` and `resolve_versions!` in `src/Operations.jl` of Pkg 1.12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.version_unions import intersected
from precompass.memo import memoised
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "workspace-compat"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report entries of this file that leave no version together with those of other projects."""
    members = context.environment.members
    if not members or context.project.document.faults:
        return
    workspace = context.environment.workspace
    projects = (context.project, *members) if workspace is None else workspace.all_projects
    written = _written(frozenset(projects))
    for name, text in context.project.compat.items():
        if _have_a_version_in_common(written[name]):
            continue
        own, entry = parse_compat(text), context.document.root.get("compat", name)
        others = [
            (member, spec)
            for member in members
            if (spec := parse_compat(member.compat.get(name, ""))) is not None
        ]
        if own is None or entry is None or not others:
            continue
        apart = [one for one in others if not intersected(own, one[1]).ranges] or others
        names = listed(f'"{member.compat[name]}" in {_label(member)}' for member, _ in apart)
        if name == "julia":
            severity, consequence = Severity.WARNING, "no Julia fulfils all of them"
        else:
            severity, consequence = SEVERITY, f"Pkg cannot choose a version of {name}"
        yield context.finding(
            CODE,
            severity,
            entry.node.span,
            f'"{text}" and {names} have no version in common. The projects of a workspace share '
            f"one manifest, so {consequence}.",
            related=tuple(place for member, _ in apart for place in _related(member, name)),
        )


@memoised(
    size=lambda _, projects: sum(len(one.document.text) for one in projects),
    of=lambda projects: frozenset(one.path for one in projects),
)
def _written(projects: frozenset[ProjectFile]) -> Mapping[str, frozenset[str]]:
    """Return how the projects of a workspace, each of which is checked, write each entry."""
    found: dict[str, set[str]] = {}
    for project in projects:
        for name, text in project.compat.items():
            found.setdefault(name, set()).add(text)
    return {name: frozenset(texts) for name, texts in found.items()}


def _have_a_version_in_common(texts: frozenset[str]) -> bool:
    """Tell whether some version is in all entries that can be read."""
    specs = [spec for text in texts if (spec := parse_compat(text)) is not None]
    return not specs or bool(reduce(intersected, specs).ranges)


def _label(member: ProjectFile) -> str:
    return member.name or f"{member.path.parent.name}/{member.path.name}"


def _related(member: ProjectFile, name: str) -> Iterator[Related]:
    entry = member.document.root.get("compat", name)
    if entry is not None:
        yield Related(member.path, entry.node.span, f"The entry in {_label(member)}.")
