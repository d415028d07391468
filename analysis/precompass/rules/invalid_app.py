"""An entry of `[apps]` that Pkg refuses.

`[apps]` (Julia 1.12 and later) names the programs that Pkg installs from a package. The value of a
name is a table, which may be empty. The table may have `submodule`, the name of a module within the
package, and `julia_flags`, an array of options for Julia. If one of them has another type, Pkg
refuses to read the file, so every command stops. Pkg also refuses to install an app with a
submodule that cannot be the name of a module. Other keys are allowed and have no meaning.

**Example**

```toml
# Project.toml
[apps]
survey = "Survey"            # write {}
```

**Use instead**

```toml
# Project.toml
[apps]
survey = {}
```

**Fix** Correct the entry, or delete it.

**Source** `read_project_apps` in `src/project.jl` and `validate_submodule_name` in
`src/Apps/Apps.jl` of Pkg 1.12; "Apps" in Pkg's manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from precompass.documents.toml import Array, Entry, Scalar, Table
from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import deletion
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "invalid-app"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_MODULE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_REFUSED = "Pkg refuses to read this file: "


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every app that stops Pkg."""
    invalidations = context.invalidations
    apps = context.document.root.get("apps")
    if apps is None or not invalidations.environment.julia.has_apps:
        return
    if not isinstance(apps.node, Table):
        yield _finding(context, ("apps",), apps, "`apps` has to be a table.")
        return
    for name, entry in apps.node.entries.items():
        path = ("apps", name)
        if not isinstance(entry.node, Table):
            message = "the value of an app has to be a table, such as {}."
            yield _finding(context, path, entry, message)
            continue
        flags, submodule = entry.node.get("julia_flags"), entry.node.get("submodule")
        if flags is not None and not _are_strings(flags):
            message = '`julia_flags` has to be an array of strings, such as ["--threads=auto"].'
            yield _finding(context, (*path, "julia_flags"), flags, message)
        if submodule is None:
            continue
        name_of_module = _string(submodule)
        if name_of_module is None:
            message = "`submodule` has to be a string, the name of a module within the package."
            yield _finding(context, (*path, "submodule"), submodule, message)
        elif not _MODULE.fullmatch(name_of_module):
            message = (
                f"Pkg does not install the app {name}: the name of its submodule has to begin with "
                "a letter, and to consist of letters, digits and underscores."
            )
            yield context.finding(CODE, Severity.WARNING, submodule.node.span, message)


def _are_strings(entry: Entry) -> bool:
    node = entry.node
    return isinstance(node, Array) and len(string_items(node)) == len(node.items)


def _string(entry: Entry) -> str | None:
    value = entry.node.value if isinstance(entry.node, Scalar) else None
    return value if isinstance(value, str) else None


def _finding(
    context: EnvironmentContext, path: tuple[str, ...], entry: Entry, reason: str
) -> Finding:
    delete = Fix("Delete the entry", FixId(deletion.VALUE, context.path, path))
    return context.finding(CODE, SEVERITY, entry.key.span, _REFUSED + reason, fixes=(delete,))
