"""A project from which Julia loads nothing, as the load path has no place for it.

Julia loads packages, and reads preferences, from the environments of the load path. By default
`@` is one of them: the active project. A `JULIA_LOAD_PATH` without `@` leaves the active project
out, unless it names the project itself; `Pkg` still works on the project. Precompass sees the
variable of its own process. In an editor, it can differ from that of Julia. So Precompass answers
as if the project were first on the load path, and says so.

**Example**

```toml
# Project.toml
[deps]                       # with JULIA_LOAD_PATH=@stdlib
Dates = "ade2ca70-3891-5945-98fb-dc099432e06a"
```

**Fix** Begin `JULIA_LOAD_PATH` with `@:` (on Windows, `@;`), or unset it.

**Source** `load_path_expand` and `active_project` in `base/initdefs.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "not-on-load-path"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report a project that the load path has no place for, on its first line."""
    if context.environment.is_on_load_path or context.path.parent.name == "test":
        return  # Pkg.test has a load path of its own
    message = (
        "This project is not on the load path: JULIA_LOAD_PATH has neither `@` nor its path. "
        "Counts assume that it is the first there."
    )
    first_line = Span(0, context.document.lines.line_span(0).end)
    yield context.finding(CODE, SEVERITY, first_line, message)
