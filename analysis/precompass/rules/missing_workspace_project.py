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
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import deletion
from precompass.julia.load_path import project_in
from precompass.julia.project import MOST_MEMBERS
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "missing-workspace-project"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


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
    for name, span in folders[:MOST_MEMBERS]:
        folder = context.path.parent / name
        if disk.is_allowed(folder) and project_in(folder, context.session.snapshot) is None:
            message = (
                f"There is no project file in {name}, so Pkg passes over this folder without a "
                "word, and resolves nothing for it. Correct the name, or delete it."
            )
            identity = FixId(deletion.ITEM, context.path, ("workspace", "projects", name))
            delete = Fix(f'Delete "{name}" from the list', identity)
            yield context.finding(CODE, SEVERITY, span, message, fixes=(delete,))
