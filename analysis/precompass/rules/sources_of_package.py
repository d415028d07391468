"""Sources of a package that is to be registered, which nobody who installs it gets.

Pkg reads `[sources]` of the active project and of what is developed there. A registry holds names,
UUIDs and compat of dependencies and not their sources: who installs a registered package gets its
dependencies from registries too, in another state than the one that it was written and tested with.
A dependency that no registry has keeps the package from being registered.

Reported are the dependencies of a package with a `version` that come from a `url`, once for each
file. A `path` is not reported: packages of one repository find each other by it.

**Example**

```toml
# Project.toml
name = "Meadow"
uuid = "6a2b7c10-9c3e-4c55-8c0e-2f3b8f1d7e44"
version = "0.1.0"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", rev = "faster"}
```

**Use instead**

```toml
# Project.toml
name = "Meadow"
uuid = "6a2b7c10-9c3e-4c55-8c0e-2f3b8f1d7e44"
version = "0.1.0"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10.15"
```

**Fix** Wait for a registered version that has what the package needs, and bind `[compat]` to it.
For a package that nobody registers, ignore this rule.

**Source** Pkg's documentation, "The `[sources]` section"; Pkg issues 4216 and 4705;
RegistryTools pull request 19.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "sources-of-package"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the dependencies that come from a repository, once for each file."""
    project, julia = context.project, context.environment.julia
    is_registrable = project.is_package and project.version is not None
    if not is_registrable or project.document.faults or context.is_never_registered:
        return
    table = context.document.root.table("sources")
    if table is None or not julia.reads_sources:
        return
    names = [
        name
        for name, source in project.sources.items()
        if name in project.strong_deps and isinstance(source.get("url"), str)
    ]
    if names:
        yield context.finding(
            CODE,
            SEVERITY,
            table.entries[names[0]].key.span,
            f"Installing {project.name} from a registry installs {listed(names)} from the registry "
            "too, not from this URL: registries ignore `[sources]`. Before you register "
            f"{project.name}, require registered versions in [compat].",
        )
