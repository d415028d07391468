"""An entry of `[sources]` that Pkg refuses.

`[sources]` (Julia 1.11 and later) gives the place of a package of `[deps]` or `[extras]`: a `path`,
or a `url` with an optional `rev` and `subdir`. Pkg refuses to read the file if an entry is not a
table, has a `path` together with a `url` or `rev`, or names a package that is not listed. A package
that `[weakdeps]` lists as well does not count as one of `[deps]`.

**Example**

```toml
# Project.toml
[sources]
CSV = "../CSV"
```

**Use instead**

```toml
# Project.toml
[sources]
CSV = {path = "../CSV"}
```

**Fix** Correct the entry, or list the package.

**Source** `read_project_sources` and `validate` in `src/project.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Entry, Table
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import deletion
from precompass.julia.project import ProjectFile
from precompass.rules.pkg_listing import names_in
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "invalid-source"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every entry that stops Pkg."""
    project, invalidations = context.project, context.invalidations
    table = context.document.root.table("sources")
    if table is None or not invalidations.environment.julia.reads_sources:
        return
    for name, entry in table.entries.items():
        reason = _shape(entry) or _listing(context, project, name)
        if reason:
            message = f"Pkg refuses to read this file: {reason}."
            delete = Fix("Delete the entry", FixId(deletion.VALUE, context.path, ("sources", name)))
            yield context.finding(CODE, SEVERITY, entry.key.span, message, fixes=(delete,))


def _shape(entry: Entry) -> str:
    if not isinstance(entry.node, Table):
        return 'the source of a package has to be a table, such as {path = "../Example"}'
    for other in ("url", "rev"):
        if "path" in entry.node.entries and other in entry.node.entries:
            return f"a source has a path or a {other}, not both"
    return ""


def _listing(context: EnvironmentContext, project: ProjectFile, name: str) -> str:
    is_listed = name in names_in(context, ("deps", "extras"))
    is_weak = name in project.deps and name not in {*project.strong_deps, *project.extras}
    if not project.is_readable or (is_listed and not is_weak):
        return ""
    if is_weak:
        return f"{name} is a weak dependency, and sources are for [deps] and [extras]"
    return f"{project.path.name} lists {name} neither in [deps] nor in [extras]"
