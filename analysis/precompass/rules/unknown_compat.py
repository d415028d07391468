"""A compat entry for a package that the project does not list.

Every name in `[compat]` except `julia` must be in `[deps]`, `[weakdeps]` (Julia 1.9 and later) or
`[extras]`. Otherwise Pkg refuses to read the file. Common causes are a dependency that was deleted
by hand, and a misspelt name.

If `[compat]` allows a Julia before 1.9, a name that only `[weakdeps]` lists is a warning: the Pkg
of that Julia refuses to read the file. Listing the package in `[extras]` too is enough.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CVS = "0.10"
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10"
```

**Fix** Correct the name, or delete the entry.

**Source** `validate` in `src/project.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from precompass.documents.closest import closest
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import deletion, known_uuid, listing, renaming
from precompass.julia.behaviour import Julia
from precompass.julia.project import ProjectFile
from precompass.rules.pkg_listing import (
    any_of,
    before_weakdeps,
    names_in,
    only_weak,
    sections_read,
)
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "unknown-compat"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
_MAX_COMPARED = 20_000  # pairs of a misspelt name and a listed one
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every such entry."""
    project, invalidations = context.project, context.invalidations
    table = context.document.root.table("compat")
    if table is None or not project.is_readable:
        return
    julia = invalidations.environment.julia
    sections = sections_read(julia)
    names = names_in(context, sections)
    unknown = len(table.entries.keys() - names)
    names_to_mean = sorted((names | {"julia"}) - set(project.compat))
    near = names_to_mean[: _MAX_COMPARED // max(unknown, 1)]
    for name, entry in table.entries.items():
        if name == "julia" or name in names:
            continue
        message = (
            f"Pkg refuses to read this file: {project.path.name} does not list {name} in "
            f"{any_of(sections)}"
        )
        elsewhere = project.lists_in(name)
        if elsewhere is not None:
            message += f", and Julia {julia.series} does not read [{elsewhere}]"
        yield context.finding(
            CODE,
            SEVERITY,
            entry.key.span,
            f"{message}.",
            fixes=tuple(_fixes(context, name, near)),
        )
    yield from _unknown_before_1_9(context, project, julia)


def _unknown_before_1_9(
    context: EnvironmentContext, project: ProjectFile, julia: Julia
) -> Iterator[Finding]:
    """Report the entries of weak dependencies, once, where the project allows an older Julia."""
    which = before_weakdeps(project, julia)
    names = only_weak(project, list(project.compat)) if which else []
    entry = context.document.root.get("compat", names[0]) if names else None
    if entry is None:
        return
    fixes = tuple(
        Fix(
            f"List {name} in [extras] too",
            FixId(listing.KIND, context.path, (name, str(project.weakdeps[name]))),
        )
        for name in names
    )
    yield context.finding(
        CODE,
        Severity.WARNING,
        entry.key.span,
        f"Pkg of Julia {which}, which this project allows, refuses to read this file: it ignores "
        f"[weakdeps], and nothing else lists {listed(names)}. List "
        f"{'it' if len(names) == 1 else 'them'} in [extras] too, or require Julia 1.9.",
        fixes=fixes,
    )


def _fixes(context: EnvironmentContext, name: str, near: Sequence[str]) -> Iterator[Fix]:
    close = closest(name, near)
    rename = renaming.offer(context, ("compat", name), close) if close is not None else None
    if rename is not None:
        yield rename
    yield Fix("Delete the entry", FixId(deletion.VALUE, context.path, ("compat", name)))
    yield from known_uuid.listing_offers(context, "deps", name)
