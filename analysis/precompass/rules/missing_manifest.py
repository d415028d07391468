"""Preferences in a project that has no manifest.

The manifest lists all packages of the environment, their versions and their dependencies. Without a
manifest, Precompass knows only the packages that the project lists. So every count is a lower bound
("at least 2 packages"), often far too low, and rules that need the manifest report nothing.

**Example**

```toml
# Project.toml, and no Manifest.toml beside it
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[preferences.CSV]
precompile_workload = false
```

**Fix** `Pkg.instantiate()` writes the manifest.

**Source** `project_file_manifest_path` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.julia.environment import Environment
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "missing-manifest"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report a project with dependencies and preferences, but without a manifest."""
    project, invalidations = context.project, context.invalidations
    deps = context.document.root.get("deps")
    if deps is None or not project.deps or invalidations.environment.manifest is not None:
        return
    if context.tests is not None and context.tests.environment.package.path != project.path:
        return  # Pkg.test runs it with the manifest of the tested package
    if _has_preferences(invalidations.environment):
        why, advice = _why(context, invalidations.environment)
        message = (
            f"{why}, so every count here is a lower bound: packages that {project.path.name} "
            f"does not list itself are unknown.{advice}"
        )
        yield context.finding(CODE, SEVERITY, deps.key.span, message)


def _why(context: EnvironmentContext, environment: Environment) -> tuple[str, str]:
    """Say why there is no manifest to look at, and what to do."""
    for name in environment.julia.manifest_names:
        reason = context.session.snapshot.unreadable(context.path.with_name(name))
        if reason:
            return f"{name} is ignored because {reason}", ""
    return "There is no manifest", " `Pkg.instantiate()` writes one."


def _has_preferences(environment: Environment) -> bool:
    """Tell whether the project has some of its own; those of its workspace's base count there."""
    own = environment.own_layer
    return bool(own.project.preferences or (own.local is not None and own.local.values))
