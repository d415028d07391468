"""A manifest that was resolved before the project was changed.

When Pkg resolves, it writes a hash of the dependencies and their compat entries into the manifest
(`project_hash`, Julia 1.8 and later). If the project has another hash now, the manifest's versions
were chosen for other requirements, and `Pkg.status` and `Pkg.instantiate` warn. Since Julia 1.12,
the hash covers all projects of a workspace; the finding is in the project beside the manifest.

From Julia 1.13.1 on, the hash also covers `[sources]`. It is known how Pkg hashes a path. If a
source has a URL, a revision or a subfolder, and no known way gives the hash, nothing is reported.

Precompass computes the hash as each version of Pkg does. Differences without a meaning, such as the
order of lines or `"1.6, 1.7"` for `"1.6"`, are not reported.

If four or more manifests are stale, `precompass check` reports them together, at the first.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10"          # written after the last Pkg.resolve()
```

**Fix** `Pkg.resolve()` brings the manifest up to date.

**Source** `is_manifest_current` in `src/Operations.jl`, `project_resolve_hash` and
`workspace_resolve_hash` in `src/Types.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.documents.toml import Table
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.environment import Environment
from precompass.julia.load_path import project_in
from precompass.julia.project_hash import is_current
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "stale-manifest"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report a project whose manifest carries the hash of another one."""
    environment = context.environment
    manifest = environment.manifest
    if manifest is None or manifest.path.parent != context.path.parent:
        return
    if manifest.document.faults or any(one.document.faults for one in environment.projects):
        return  # Pkg reads none of them until they are fixed
    files = context.session.snapshot
    for one in environment.projects if environment.julia.has_workspaces else ():
        if any(project_in(one.path.parent / folder, files) is None for folder in one.workspace):
            return  # missing-workspace-project speaks of what the hash cannot be computed without
    if is_current(environment) is not False:
        return
    recorded = manifest.document.root.get("project_hash")
    if recorded is None:
        return
    whose = "the projects of this workspace were" if environment.members else "this project was"
    yield context.finding(
        CODE,
        SEVERITY,
        _place(context.document.root),
        f"{manifest.path.name} was resolved before {whose} changed: its versions were chosen for "
        f"{_requirements(environment)}, and Pkg warns of it. Run `Pkg.resolve()`.",
        related=(Related(manifest.path, recorded.node.span, "The hash of what was resolved."),),
    )


def _requirements(environment: Environment) -> str:
    """Return what the versions of a manifest are chosen for."""
    if any(project.document.root.get("sources") for project in environment.projects):
        return "other dependencies, compat entries or sources"
    return "other dependencies or compat entries"


def _place(root: Table) -> Span:
    entries = (root.get(section) for section in ("deps", "compat", "workspace", "name"))
    return next((entry.key.span for entry in entries if entry is not None), Span(0, 0))
