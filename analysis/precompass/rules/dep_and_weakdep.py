"""A package that is a dependency and a weak dependency at once.

Since Julia 1.9, Pkg treats a package in both `[deps]` and `[weakdeps]` as a weak dependency only:
Pkg does not install it with the project, and the package's own code cannot rely on it. For older
Julias it is an ordinary dependency. Pkg's manual recommends listing a package twice if the project
supports both. So this rule reports nothing if the compat entry of `julia` allows a version before
1.9, or is missing. Otherwise the line in `[deps]` has no effect. Up to Julia 1.13, `using` finds
the package by it all the same, if the manifest has it; Julia 1.14 does not.

Two different UUIDs under one name are two packages to Pkg. Only the one in `[deps]` can be loaded
by this name.

**Example**

```toml
# Project.toml
[deps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[weakdeps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[compat]
julia = "1.10"
```

**Use instead**

```toml
# Project.toml
[weakdeps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[compat]
julia = "1.10"
```

**Fix** Delete one of the two lines.

**Source** `Project` in `src/project.jl` of Pkg; Pkg's manual, "Weak dependencies";
`ExplicitEnv` in `base/loading/environment.jl` (1.14-DEV, commit 4e7b3577).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import deletion
from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.version_ranges import VersionRange, VersionSpec
from precompass.julia.version_unions import intersected
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

CODE = "dep-and-weakdep"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_BEFORE_EXTENSIONS = VersionSpec((VersionRange((0,), (1, 8)),))


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the packages that both sections list: once, and each name of two packages."""
    project = context.project
    twice: list[tuple[str, Span]] = []
    for name, weak in project.weakdeps.items():
        strong, entry = project.deps.get(name), context.document.root.get("deps", name)
        if strong is None or entry is None:
            continue
        if strong != weak:
            message = (
                f"[weakdeps] lists another package as {name}, with the UUID {weak}. Only this one "
                "can be loaded by the name. Correct the wrong UUID."
            )
            yield _at(context, [name], message)
        elif not _is_for_older_julia(project):
            twice.append((name, entry.key.span))
    twice.sort(key=lambda one: one[1].start)
    for names in groups(context.document, CODE, twice):
        yield _at(context, names, _message(context, names), is_unnecessary=True)


def _message(context: EnvironmentContext, names: Sequence[str]) -> str:
    julia, is_one = context.environment.julia, len(names) == 1
    loading = ""
    if julia.reads_whole_environments:
        which = "it" if is_one else "them"
        loading = f" Julia {julia.series} does not load {which} through this project either."
    if is_one:
        return (
            f"This line does nothing: [weakdeps] lists {names[0]} too, so since Julia 1.9 it is a "
            f"weak dependency only, and not installed with this project.{loading} Delete one "
            "of the two lines."
        )
    return (
        f"The lines of {listed(names)} do nothing: [weakdeps] lists these packages too, so since "
        f"Julia 1.9 they are weak dependencies only, and not installed with this project.{loading} "
        "Delete one of the two lines of each."
    )


def _at(
    context: EnvironmentContext, names: Sequence[str], message: str, is_unnecessary: bool = False
) -> Finding:
    root = context.document.root
    related = [
        Related(context.path, entry.key.span, f"{name}{what}")
        for name in names
        for section, what in (("deps", ", too."), ("weakdeps", " as a weak dependency."))
        if (entry := root.get(section, name)) is not None and (section, name) != ("deps", names[0])
    ]
    first = root.get("deps", names[0])
    return context.finding(
        CODE,
        SEVERITY,
        first.key.span if first is not None else Span(0, 0),
        message,
        related=tuple(related),
        fixes=tuple(_fixes(context, names)),
        is_unnecessary=is_unnecessary,
    )


def _fixes(context: EnvironmentContext, names: Sequence[str]) -> Iterator[Fix]:
    for name in names:
        yield Fix(
            f"Delete {name} from [deps], so that it is a weak dependency",
            FixId(deletion.VALUE, context.path, ("deps", name)),
        )
        yield Fix(
            f"Delete {name} from [weakdeps], so that it is an ordinary dependency",
            FixId(deletion.VALUE, context.path, ("weakdeps", name)),
        )


def _is_for_older_julia(project: ProjectFile) -> bool:
    """Tell whether a package may be used with a Julia that has no weak dependencies."""
    if not project.is_package:
        return False
    spec = parse_compat(project.compat.get("julia", ""))
    return spec is None or bool(intersected(spec, _BEFORE_EXTENSIONS).ranges)
