"""A `[sources]` entry with a URL, which users of a registered package do not get.

Pkg reads `[sources]` of the active project and of the packages developed in it. A registry holds
the names, UUIDs and compat entries of dependencies, but not their sources. So whoever installs a
registered package gets its dependencies from registries too, perhaps in another state than the
tested one. If no registry has a dependency, the package cannot be registered.

The rule reports the dependencies with a `url`, in a package that has a `version`, once for each
file. It ignores a `path`: packages in one repository find each other by it.

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
