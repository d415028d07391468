"""A package whose folder does not exist.

`path` in `[sources]` (Julia 1.11 and later), and in an entry of a manifest, is the folder of a
developed package, relative to the file. If the folder has no package, Julia cannot load it, and Pkg
stops with an error as soon as it resolves. The common cause is a manifest from another computer,
with a path that exists only there.

**Example**

```toml
# Project.toml
[sources]
Forest = {path = "../Forest.jl"}        # the folder is called Forest
```

**Use instead**

```toml
# Project.toml
[sources]
Forest = {path = "../Forest"}
```

**Fix** Correct the path, or run `Pkg.develop(path = "…")` with the right one.

**Source** `collect_fixed!` in `src/Operations.jl` of Pkg; `explicit_manifest_entry_path` in
`base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Table, plain
from precompass.file_context import FileContext
from precompass.files import disk
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.julia.load_path import project_in
from precompass.julia.manifest import parse_manifest
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource

CODE = "missing-source-path"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.SOURCES})


def check(context: FileContext) -> Iterator[Finding]:
    """Report every path at which there is neither a project file nor an entry file."""
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        for package in manifest.packages.values():
            if package.path is None or _is_there(context, package.path, package.name):
                continue
            span = manifest.span(package.name, package.index, "path")
            message = _message(package.name, "`Pkg.develop` writes the right one.")
            yield context.finding(CODE, SEVERITY, span, message)
    invalidations = context.invalidations
    if context.kind is not FileKind.PROJECT or invalidations is None:
        return
    table = context.document.root.table("sources")
    if table is None or not invalidations.environment.julia.reads_sources:
        return
    for name, source in table.entries.items():
        entry = source.node.get("path") if isinstance(source.node, Table) else None
        path = plain(entry.node) if entry is not None else None
        if entry is not None and isinstance(path, str) and not _is_there(context, path, name):
            message = _message(name, "Correct the path; it is relative to this file.")
            yield context.finding(CODE, SEVERITY, entry.node.span, message)


def _is_there(context: FileContext, path: str, name: str) -> bool:
    """Tell whether Julia would find a package at a path: in a folder, or in a single file."""
    files, folder = context.session.snapshot, context.path.parent / path
    if not disk.is_allowed(folder):
        return True  # nobody looked; `untrusted-path` says so
    return (
        project_in(folder, files) is not None
        or files.is_file(folder / "src" / f"{name}.jl")
        or files.is_file(folder)
    )


def _message(name: str, advice: str) -> str:
    return (
        f"There is no package at this path: Julia cannot load {name}, and Pkg stops with an error "
        f"when it resolves. {advice}"
    )
