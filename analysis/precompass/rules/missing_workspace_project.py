"""A project of a workspace that does not exist.

`[workspace] projects` (Julia 1.12 and later) lists the folders of the projects that share this
manifest. Pkg silently skips a folder without a project file, so its dependencies are not resolved.
If `projects` is not a list of strings, Pkg and Julia throw; an empty list is not a list of strings
to them either.

**Example**

```toml
# Project.toml
[workspace]
projects = ["test", "doc"]       # the folder is called docs
```

**Use instead**

```toml
# Project.toml
[workspace]
projects = ["test", "docs"]
```

**Fix** Correct the name of the folder, or delete it from the list.

**Source** `read_project_workspace` in `src/project.jl` and `collect_workspace` in `src/Types.jl`
of Pkg; `base_project` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Array, Table
from precompass.file_context import EnvironmentContext, string_items
from precompass.files import disk
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import deletion
from precompass.julia.load_path import project_in
from precompass.julia.project import MOST_MEMBERS
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "missing-workspace-project"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_TOGETHER = 3
"""Missing folders from which on they are reported as one."""


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report folders without a project file, and lists that are none."""
    invalidations = context.invalidations
    workspace = context.document.root.get("workspace")
    if workspace is None or not invalidations.environment.julia.has_workspaces:
        return
    if not isinstance(workspace.node, Table):
        message = "Pkg refuses to read this file: `workspace` has to be a table."
        yield context.finding(CODE, Severity.ERROR, workspace.key.span, message)
        return
    projects = workspace.node.get("projects")
    if projects is None:
        return
    folders = string_items(projects.node)
    if not isinstance(projects.node, Array) or not len(projects.node.items) == len(folders) > 0:
        message = (
            "Pkg and Julia throw a TypeError here: `projects` has to be a list of folders, and "
            "not an empty one."
        )
        yield context.finding(CODE, Severity.ERROR, projects.node.span, message)
        return
    missing = [
        (name, span)
        for name, span in folders[:MOST_MEMBERS]
        if disk.is_allowed(context.path.parent / name)
        and project_in(context.path.parent / name, context.session.snapshot) is None
    ]
    for group in [missing] if len(missing) >= _TOGETHER else [[one] for one in missing]:
        names = [name for name, _ in group]
        one = len(group) == 1
        message = (
            f"There is no project file in {listed(names)}, so Pkg silently "
            f"skips {'this folder' if one else 'these folders'} and resolves nothing for "
            f"{'it' if one else 'them'}. Correct the name, or delete it."
        )
        related = tuple(Related(context.path, span, f"{name}, too.") for name, span in group[1:])
        fixes = tuple(_deletion(context, name) for name in names)
        span = group[0][1]
        yield context.finding(CODE, SEVERITY, span, message, related=related, fixes=fixes)


def _deletion(context: EnvironmentContext, name: str) -> Fix:
    identity = FixId(deletion.ITEM, context.path, ("workspace", "projects", name))
    return Fix(f'Delete "{name}" from the list', identity)
