"""Something else where a table of preferences should be.

The preferences of a package are a table: `[CSV]` in a preferences file, `[preferences.CSV]` in a
project file. For anything else in its place Julia throws a TypeError whenever it looks for that
package's preferences, which stops the package and everything that depends on it. If
`preferences` itself is not a table, Julia 1.6 and 1.7 take it as absent, and later versions throw
for every package that the project lists. A value under a name that the project does not list is
ignored.

**Example**

```toml
# LocalPreferences.toml
MyPackage = false
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Put the value into the table of the package it is for.

**Source** `collect_preferences` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Table
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "preferences-not-a-table"
SEVERITY = Severity.ERROR
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report values in the place of tables."""
    if context.kind is FileKind.PROJECT:
        entry = context.document.root.get("preferences")
        if entry is not None and not isinstance(entry.node, Table):
            message = (
                "`preferences` has to be a table with a table per package: Julia 1.8 and later "
                "throw a TypeError for every package that this project lists."
            )
            yield context.finding(CODE, SEVERITY, entry.key.span, message)
            return
    for table in context.tables:
        if table.table is not None:
            continue
        if table.uuid is not None:
            message = (
                f"The preferences of {table.name} have to be a table: Julia throws a TypeError "
                f"and loads neither {table.name} nor what depends on it."
            )
            yield context.finding(CODE, SEVERITY, table.header, message)
        else:
            message = (
                f"Julia ignores `{table.name}`: it is outside any table, and the project lists no "
                "package of this name. Move it into the table of its package."
            )
            yield context.finding(CODE, Severity.WARNING, table.header, message)
