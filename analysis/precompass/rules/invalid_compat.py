"""A compat entry that Pkg cannot read, or that allows no version at all.

An entry of `[compat]` is a string: versions with `^` (which may be omitted), `~` or `=`, bounds
with `>=` or `<`, and ranges such as `"1.2 - 1.5"`. Commas separate alternatives. There are no
wildcards, no `<=`, `>` or `==`. Pkg refuses to read a file with any other entry. A readable entry
that allows no version, such as `"2 - 1"`, makes every resolution fail.

**Example**

```toml
# Project.toml
[compat]
CSV = "0.10.*"       # there are no wildcards
julia = 1.10         # a number; compat entries are strings
```

**Use instead**

```toml
# Project.toml
[compat]
CSV = "0.10"
julia = "1.10"
```

**Fix** Write the entry as a string in Pkg's notation.

**Source** `semver_spec` in `src/Versions.jl` and `read_project_compat` in `src/project.jl` of
Pkg; Pkg's manual, "Compatibility".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from precompass.documents.toml import Array, Scalar, Table, plain
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import compat_entries, writing
from precompass.julia.compat import parse_compat
from precompass.julia.version_unions import is_empty
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "invalid-compat"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_WILDCARD = re.compile(r"[~^=]?\s*((?:\d+\.)*\d+)(?:\.[*xX])+")


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every entry that stops Pkg."""
    entry = context.document.root.get("compat")
    if entry is None:
        return
    if not isinstance(entry.node, Table):
        message = "Pkg refuses to read this file: `compat` has to be a table of names and versions."
        yield context.finding(CODE, SEVERITY, entry.key.span, message)
        return
    for name, compat in entry.node.entries.items():
        message = _message(name, plain(compat.node))
        if message:
            fixes = tuple(_fixes(context, name, compat.node))
            yield context.finding(CODE, SEVERITY, compat.node.span, message, fixes=fixes)


def _message(name: str, value: object) -> str:
    if not isinstance(value, str):
        return (
            f"Pkg refuses to read this file: the compat entry of {name} has to be a string, "
            'such as "1.2".'
        )
    spec = parse_compat(value)
    if spec is None:
        return (
            f'Pkg refuses to read this file: "{value}" is no compat entry. It may hold versions '
            'such as "1.2", "~1.2.3" or "=1.2.3", bounds with ">=" or "<", ranges such as '
            '"1.2 - 1.5", and several of these separated by commas.'
        )
    if all(is_empty(part) for part in spec.ranges):
        return (
            f'No version of {name} is allowed by "{value}", so Pkg cannot resolve: the range '
            "ends before it begins. Put the lower version first."
        )
    return ""


def _fixes(context: EnvironmentContext, name: str, node: Scalar | Array | Table) -> Iterator[Fix]:
    meant = _meant(context.text[node.span.start : node.span.end], plain(node))
    if meant and parse_compat(meant) is not None:
        yield writing.offer(context.path, ("compat", name), meant)
        return
    environment = context.invalidations.environment
    if name == "julia":
        bound = compat_entries.bound_of_julia(environment)
    else:
        uuid = environment.named(name)
        bound = compat_entries.bound_of(environment, uuid) if uuid is not None else None
    if bound is not None:
        title = f'Write "{bound}", the version in the manifest and what is compatible with it'
        yield writing.offer(context.path, ("compat", name), bound, title)


def _meant(written: str, value: object) -> str:
    """Return the entry that is most likely meant, or an empty string."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return written
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if not isinstance(value, str):
        return ""
    parts = [part.strip() for part in value.split(",")]
    wildcards = [_WILDCARD.fullmatch(part) for part in parts]
    return ", ".join(
        f"~{match[1]}" if match else _with_spaces(part.replace("==", "="))
        for part, match in zip(parts, wildcards, strict=True)
    )


def _with_spaces(part: str) -> str:
    """Return a part of an entry with one space on each side of a hyphen."""
    return " - ".join(side.strip() for side in part.split("-")) if "-" in part else part
