"""A value in a project file of a type that Pkg refuses.

Every key that Pkg knows has a type, and Pkg refuses to read a project file with a value of another
type. A number in `syntax.julia_version` makes Julia itself throw when it loads the package (1.14).
Keys of a later Julia than the one in use are warnings: this Julia ignores them, a later one stops.

UUIDs, versions, compat entries, targets, apps and workspaces have separate rules.

**Example**

```toml
# Project.toml
name = "Survey"
uuid = "7876af07-990d-54b4-ab0e-23690620f79a"
entryfile = 1
```

**Use instead**

```toml
# Project.toml
name = "Survey"
uuid = "7876af07-990d-54b4-ab0e-23690620f79a"
entryfile = "src/survey.jl"
```

**Fix** Write a value of the type that is expected.

**Source** `Project(raw)` in `src/project.jl` of Pkg, 1.6 to May 2026; `project_get_syntax_version`
in `base/loading.jl` of Julia 1.14-dev.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from precompass.documents.toml import Entry, Table, plain
from precompass.documents.values import TomlValue
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "wrong-type"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


class _Type(msgspec.Struct, frozen=True):
    """The type of the value at a key: how it is said, and since which minor version of Julia 1."""

    path: tuple[str, ...]
    expected: str
    fits: Callable[[TomlValue], bool]
    since: int = 6


def _is_text(value: TomlValue) -> bool:
    return isinstance(value, str)


def _is_table(value: TomlValue) -> bool:
    return isinstance(value, dict)


def _is_version(value: TomlValue) -> bool:
    return isinstance(value, str) and VersionNumber.parse(value) is not None


def _is_boolean(value: TomlValue) -> bool:
    return isinstance(value, bool)


_TYPES = (
    _Type(("name",), "a text", _is_text),
    _Type(("manifest",), "a string, the path of the manifest", _is_text),
    _Type(("path",), "a string, the path of a file", _is_text, 11),
    _Type(("entryfile",), "a string, the path of a file", _is_text, 12),
    _Type(("extensions",), "a table of extensions", _is_table, 9),
    _Type(("sources",), "a table of packages", _is_table, 11),
    _Type(("readonly",), "true or false", _is_boolean, 13),
    _Type(("syntax",), "a table", _is_table, 14),
    _Type(("syntax", "julia_version"), 'a string such as "1.14"', _is_version, 14),
)


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every value of another type than the one that Pkg expects."""
    root = context.document.root
    for expected in _TYPES:
        entry = root.get(*expected.path)
        if entry is not None and not expected.fits(plain(entry.node)):
            yield _finding(context, entry, expected)
    sources = root.table("sources")
    for name, source in sources.entries.items() if sources is not None else ():
        if not isinstance(source.node, Table):
            continue  # invalid-source speaks of that
        for key, entry in source.node.entries.items():
            if not _is_text(plain(entry.node)):
                yield _finding(
                    context, entry, _Type(("sources", name, key), "a text", _is_text, 11)
                )


def _finding(context: EnvironmentContext, entry: Entry, expected: _Type) -> Finding:
    name = ".".join(expected.path)
    is_read = context.environment.julia.minor >= (1, expected.since)
    who = "Pkg" if is_read else f"Pkg of Julia 1.{expected.since} and later"
    message = f"{who} refuses to read this file: `{name}` has to be {expected.expected}."
    severity = SEVERITY if is_read else Severity.WARNING
    is_header = isinstance(entry.node, Table) and entry.node.form != "inline"
    span = entry.key.span if is_header else entry.node.span
    return context.finding(CODE, severity, span, message)
