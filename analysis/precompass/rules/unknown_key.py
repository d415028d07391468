"""A key that Julia does not know, most likely a misspelt one.

Pkg silently keeps unknown keys: `[dep]` in place of `[deps]` lists no package, `entry_file` is
ignored. So the key has no effect. The rule skips keys that resemble none of Julia's: a project file
may hold the settings of other tools.

In two places Pkg itself refuses other keys: an entry of `[sources]` has `path`, `url`, `rev` and
`subdir` (Julia 1.11 and later), and `[workspace]` has `projects` (1.12 and later). An unknown key
there stops every command.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", branch = "main"}   # it is called rev
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[sources]
CSV = {url = "https://github.com/JuliaData/CSV.jl", rev = "main"}
```

**Fix** Rename the key.

**Source** `Project`, `read_project_sources` and `read_project_workspace` in `src/project.jl` of
Pkg; `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.closest import closest
from precompass.documents.toml import Table
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import renaming
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "unknown-key"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_KNOWN = (
    *("name", "uuid", "version", "manifest", "entryfile", "deps", "weakdeps", "extensions"),
    *("extras", "targets", "compat", "sources", "workspace", "apps", "readonly", "syntax"),
    *("preferences", "path", "authors"),
)
_TABLES = frozenset(
    (
        *("deps", "weakdeps", "extras", "extensions", "compat", "targets", "sources"),
        *("workspace", "apps", "preferences", "syntax"),
    )
)
_FREE = frozenset({"desc", "description", "author", "license", "keywords", "repo", "url", "title"})
"""Keys that people write for people."""

_SOURCE_KEYS = ("path", "url", "rev", "subdir")
_WORKSPACE_KEYS = ("projects",)
_OTHER_WORDS: Mapping[str, str] = {
    "dependencies": "deps",
    "compatibility": "compat",
    "branch": "rev",
    "tag": "rev",
    "commit": "rev",
    "git": "url",
    "repo": "url",
    "subdirectory": "subdir",
    "members": "projects",
}
"""What other package managers, or Pkg's own functions, call it."""

_CLOSE = 0.8


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report misspelt keys, and those that Pkg refuses."""
    julia = context.invalidations.environment.julia
    root = context.document.root
    for name in root.entries:
        meant = _meant(name, _KNOWN) if name not in (*_KNOWN, *_FREE) else None
        if meant is not None:
            message = (
                f"Julia and Pkg ignore `{name}`, so this has no effect. Did you mean `{meant}`?"
            )
            yield _finding(context, SEVERITY, (name,), meant, message)
    sources = root.table("sources")
    if julia.reads_sources and sources is not None:
        for name, entry in sources.entries.items():
            if isinstance(entry.node, Table):
                yield from _refused(context, ("sources", name), entry.node, _SOURCE_KEYS)
    workspace = root.table("workspace")
    if julia.has_workspaces and workspace is not None:
        yield from _refused(context, ("workspace",), workspace, _WORKSPACE_KEYS)


def _refused(
    context: EnvironmentContext, path: tuple[str, ...], table: Table, allowed: tuple[str, ...]
) -> Iterator[Finding]:
    for key in table.entries:
        if key not in allowed:
            meant = _meant(key, allowed)
            hint = f" Did you mean `{meant}`?" if meant else ""
            message = (
                f"Pkg refuses to read this file: {'.'.join(path)} may have no key `{key}`, only "
                f"{listed(allowed)}.{hint}"
            )
            yield _finding(context, Severity.ERROR, (*path, key), meant, message)


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    plain = name.lower().replace("-", "").replace("_", "")
    if _OTHER_WORDS.get(plain) in known:
        return _OTHER_WORDS[plain]
    return closest(plain, known, _CLOSE)


def _finding(
    context: EnvironmentContext,
    severity: Severity,
    path: tuple[str, ...],
    meant: str | None,
    message: str,
) -> Finding:
    entry = context.document.root.get(*path)
    assert entry is not None  # noqa: S101 - the path was found in this document
    fits = len(path) > 1 or isinstance(entry.node, Table) is (meant in _TABLES)
    rename = renaming.offer(context, path, meant) if meant is not None and fits else None
    return context.finding(
        CODE, severity, entry.key.span, message, fixes=(rename,) if rename is not None else ()
    )
