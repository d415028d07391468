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

from precompass.documents.text import Span
from precompass.documents.toml import Table, plain
from precompass.file_context import FileContext
from precompass.files import disk
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Related, Severity
from precompass.julia.load_path import project_in
from precompass.julia.manifest import parse_manifest
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "missing-source-path"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.SOURCES})

_TOGETHER = 3
"""Missing paths from which on they are reported as one."""


def check(context: FileContext) -> Iterator[Finding]:
    """Report every path at which there is neither a project file nor an entry file."""
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        missing = [
            (package.name, manifest.span(package.name, package.index, "path"))
            for package in manifest.packages.values()
            if package.path is not None and not _is_there(context, package.path, package.name)
        ]
        yield from _report(context, missing, "`Pkg.develop` writes the right one.")
    elif context.kind is FileKind.PROJECT and _reads_sources(context):
        missing = list(_missing_sources(context))
        yield from _report(context, missing, "Correct the path; it is relative to this file.")


def _reads_sources(context: FileContext) -> bool:
    invalidations = context.invalidations
    return invalidations is not None and invalidations.environment.julia.reads_sources


def _missing_sources(context: FileContext) -> Iterator[tuple[str, Span]]:
    table = context.document.root.table("sources")
    for name, source in table.entries.items() if table is not None else ():
        entry = source.node.get("path") if isinstance(source.node, Table) else None
        path = plain(entry.node) if entry is not None else None
        if entry is not None and isinstance(path, str) and not _is_there(context, path, name):
            yield name, entry.node.span


def _report(
    context: FileContext, missing: list[tuple[str, Span]], advice: str
) -> Iterator[Finding]:
    """Report each path, or all together where many are missing: then a whole folder is."""
    if len(missing) < _TOGETHER:
        for name, span in missing:
            message = (
                f"There is no package at this path: Julia cannot load {name}, and Pkg stops with "
                f"an error when it resolves. {advice}"
            )
            yield context.finding(CODE, SEVERITY, span, message)
        return
    message = (
        f"There is no package at the paths of {listed(name for name, _ in missing)}: Julia cannot "
        f"load them, and Pkg stops with an error when it resolves. {advice}"
    )
    related = tuple(Related(context.path, span, f"{name}, too.") for name, span in missing[1:])
    yield context.finding(CODE, SEVERITY, missing[0][1], message, related=related)


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
