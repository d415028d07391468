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

**Fix** Delete the line that is not meant.

**Source** `Project` in `src/project.jl` of Pkg; Pkg's manual, "Weak dependencies";
`ExplicitEnv` in `base/loading/environment.jl` (1.14-DEV, commit 4e7b3577).
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import deletion
from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.version_ranges import VersionRange, VersionSpec
from precompass.julia.version_unions import intersected
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "dep-and-weakdep"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_BEFORE_EXTENSIONS = VersionSpec((VersionRange((0,), (1, 8)),))


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every package that both sections list."""
    project = context.project
    for name, weak in project.weakdeps.items():
        strong = project.deps.get(name)
        if strong is None or (strong == weak and _is_for_older_julia(project)):
            continue
        entry = context.document.root.get("deps", name)
        other = context.document.root.get("weakdeps", name)
        if entry is None or other is None:
            continue
        julia = context.invalidations.environment.julia
        loading = ""
        if julia.reads_whole_environments:
            loading = f" Julia {julia.series} does not load it through this project either."
        message = (
            f"This line does nothing: [weakdeps] lists {name} too, so since Julia 1.9 it is a "
            f"weak dependency only, and not installed with this project.{loading} Delete the line "
            "that is not meant."
            if strong == weak
            else f"[weakdeps] lists another package as {name}, with the UUID {weak}. Only this one "
            "can be loaded by the name. Correct the UUID that is wrong."
        )
        yield context.finding(
            CODE,
            SEVERITY,
            entry.key.span,
            message,
            related=(Related(context.path, other.key.span, f"{name} as a weak dependency."),),
            fixes=(
                Fix(
                    f"Delete {name} from [deps], so that it is a weak dependency",
                    FixId(deletion.VALUE, context.path, ("deps", name)),
                ),
                Fix(
                    f"Delete {name} from [weakdeps], so that it is an ordinary dependency",
                    FixId(deletion.VALUE, context.path, ("weakdeps", name)),
                ),
            ),
            is_unnecessary=strong == weak,
        )


def _is_for_older_julia(project: ProjectFile) -> bool:
    """Tell whether a package may be used with a Julia that has no weak dependencies."""
    if not project.is_package:
        return False
    spec = parse_compat(project.compat.get("julia", ""))
    return spec is None or bool(intersected(spec, _BEFORE_EXTENSIONS).ranges)
