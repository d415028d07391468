"""A project file that Julia does not read, because another one is beside it.

Julia reads one project file of a folder: `JuliaProject.toml`, or `Project.toml` where that file is
missing. It ignores a `Project.toml` beside a `JuliaProject.toml`, with its dependencies, its
preferences and its name. Changing it has no effect, and recompiles nothing. Julia reads the file
if a path names it, as in `julia --project=Project.toml`. This rule is silent if `JULIA_PROJECT` or
`JULIA_LOAD_PATH` is such a path. Other rules do not check the file, apart from `unused-ignore`.

**Example**

```toml
# JuliaProject.toml
[deps]
Dates = "ade2ca70-3891-5945-98fb-dc099432e06a"

# Project.toml
[deps]
Example = "7876af07-990d-54b4-ab0e-23690620f79a"
```

**Use instead**

```toml
# Project.toml
[deps]
Dates = "ade2ca70-3891-5945-98fb-dc099432e06a"
Example = "7876af07-990d-54b4-ab0e-23690620f79a"
```

**Fix** Keep one of the two files.

**Source** `project_names` and `env_project_file` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Related, Severity
from precompass.rules import unused_ignore
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "ignored-project"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

STILL_CHECKED = frozenset({CODE, unused_ignore.CODE})
"""The rules that check such a project file all the same."""


def check(context: FileContext) -> Iterator[Finding]:
    """Report a project file that Julia does not read, as it reads another one."""
    other = context.session.read_instead_of(context.path)
    if other is None:
        return
    message = f"Julia ignores this project file: {other.name} is beside it. Keep one of the two."
    first_line = Span(0, context.document.lines.line_span(0).end)
    related = (Related(other, Span(0, 0), "This file is read instead."),)
    yield context.finding(CODE, SEVERITY, first_line, message, related=related, is_unnecessary=True)


def is_ignored(context: FileContext) -> bool:
    """Tell whether a file is a project file that Julia does not read."""
    is_project = context.kind is FileKind.PROJECT
    return is_project and context.session.read_instead_of(context.path) is not None
