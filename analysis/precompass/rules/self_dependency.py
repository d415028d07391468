"""A project that lists itself, or another package of its own name.

A project that is a package can always be loaded by its name in its own environment, so the line
adds nothing. Pkg itself refuses to add it; what was written by hand it accepts, but General does
not take a package that lists itself in `[deps]` or `[weakdeps]`. With another UUID the line is
worse: by that name Julia always loads the project itself, never the package that is listed.

**Example**

```toml
# Project.toml
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"

[deps]
Survey = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
```

**Use instead**

```toml
# Project.toml
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
```

**Fix** Delete the line.

**Source** `check_deps!` in `src/register.jl` of RegistryTools; `add` in `src/API.jl` of Pkg;
`explicit_project_deps_get` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import deletion
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "self-dependency"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the project's own name or UUID among its dependencies and weak dependencies."""
    project = context.project
    if not project.is_package:
        return
    own = context.document.root.get("name")
    for section, name, uuid, entry in context.listed_packages():
        if section == "extras" or own is None:
            continue
        severity = SEVERITY
        if uuid == project.uuid:
            severity = Severity.INFORMATION
            message = (
                "General takes no package that lists itself, and Pkg refuses to add one: in its "
                "own environment a package can always be loaded. Delete the line."
            )
        elif name == project.name:
            message = (
                f"`using {name}` loads this project itself here, so the package in this line "
                "cannot be loaded. Rename the project, or delete the line."
            )
        else:
            continue
        yield context.finding(
            CODE,
            severity,
            entry.key.span,
            message,
            related=(Related(context.path, own.node.span, "The project itself."),),
            fixes=(Fix("Delete the line", FixId(deletion.VALUE, context.path, (section, name))),),
        )
