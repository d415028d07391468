"""A `__clear__` that clears nothing.

`__clear__` removes keys that a table inherits from a farther one. Julia obeys it only if it is an
array of strings. Julia silently ignores a single string, or an array with another type in it, and
the inherited keys stay.

**Example**

```toml
# LocalPreferences.toml
[MPIPreferences]
__clear__ = "preloads"
```

**Use instead**

```toml
# LocalPreferences.toml
[MPIPreferences]
__clear__ = ["preloads"]
```

**Fix** Write an array of strings.

**Source** `recursive_prefs_merge` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Array, Entry, Table
from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Severity
from precompass.julia.preferences import CLEAR
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "invalid-clear-list"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every such key, in nested tables too."""
    for table in context.tables:
        if table.uuid is not None and table.table is not None:
            for entry in _clear_entries(table.table):
                node = entry.node
                if isinstance(node, Array) and len(string_items(node)) == len(node.items):
                    continue
                message = (
                    f"Julia ignores this `{CLEAR}`, and the inherited keys stay: it has to be an "
                    'array of strings, such as ["key"].'
                )
                yield context.finding(CODE, SEVERITY, entry.node.span, message)


def _clear_entries(table: Table) -> Iterator[Entry]:
    for name, entry in table.entries.items():
        if name == CLEAR:
            yield entry
        elif isinstance(entry.node, Table):
            yield from _clear_entries(entry.node)
