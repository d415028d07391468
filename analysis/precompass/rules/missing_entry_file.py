"""A package without the file that Julia loads.

A project with a name and a UUID is a package: `using Name` loads `src/Name.jl` (or the `entryfile`,
Julia 1.12 and later), in the package's own environment and wherever it is developed. Without that
file, the package cannot be loaded. Often the module was renamed but not the file, or the letters
differ only in case. The rule skips projects without a folder `src`: these are most likely
environments with a name.

**Example**

```toml
# Project.toml, and the file is src/survey.jl
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
```

**Fix** Rename the file or the project; or delete `name` and `uuid`.

**Source** `project_file_load_spec` and `entry_path` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.file_context import EnvironmentContext
from precompass.files import disk
from precompass.findings import Finding, Severity
from precompass.julia.project import entry_file
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "missing-entry-file"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report a package whose entry file is not there."""
    project = context.project
    if not project.is_package:
        return
    path = entry_file(project)
    entry = context.document.root.get("name")
    if entry is None or context.session.snapshot.is_file(path):
        return
    if project.entryfile is None and not _has_folder(path.parent):
        return
    folder = project.path.parent
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    message = (
        f"With a name and a UUID this project is a package, but {shown} does not exist, so `using "
        f"{project.name}` fails. Rename the file or the project; or delete both keys, if this is "
        "an environment only."
    )
    yield context.finding(CODE, SEVERITY, entry.node.span, message)


def _has_folder(path: Path) -> bool:
    try:
        return disk.is_folder(path)
    except OSError:
        return False
