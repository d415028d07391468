"""A dependency that the manifest does not have.

The manifest must have every package of `[deps]`. Otherwise Julia cannot load the package, and
`Pkg.instantiate()` stops with an error. This happens after a line was added to `[deps]` by hand, or
if the two files come from different commits. Pkg also refuses to read a manifest in which a package
depends on one without an entry.

If the manifest has the name under another UUID, `uuid-mismatch` reports it. A package that
`[weakdeps]` lists too is only a weak dependency (Julia 1.9 and later), and may be absent.

**Example**

```toml
# Project.toml, and Manifest.toml has no CSV
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** `Pkg.resolve()` brings the manifest up to date.

**Source** `instantiate` in `src/API.jl` and `validate_manifest` in `src/manifest.jl` of Pkg;
`require` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.documents.toml import Array, Table, plain
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource

CODE = "missing-from-manifest"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: FileContext) -> Iterator[Finding]:
    """Report the dependencies of a project, or of the packages of a manifest, that are missing."""
    if context.kind is FileKind.PROJECT:
        yield from _check_project(context)
    elif context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        if manifest.is_readable:
            yield from _check_manifest(context, manifest)


def _check_project(context: FileContext) -> Iterator[Finding]:
    project, invalidations = context.project, context.invalidations
    if project is None or invalidations is None:
        return
    manifest = invalidations.environment.manifest
    if manifest is None or not manifest.is_readable:
        return
    has_weakdeps = invalidations.environment.julia.has_extensions
    names = {entry.name for entry in manifest.packages.values()}
    for name, uuid in (project.strong_deps if has_weakdeps else project.deps).items():
        if uuid in manifest.packages or name in names or uuid == project.uuid:
            continue
        entry = context.document.root.get("deps", name)
        message = (
            f"{manifest.path.name} has no {name}: `using {name}` fails, and `Pkg.instantiate()` "
            "stops with an error. Run `Pkg.resolve()`, or delete the line."
        )
        if entry is not None:
            yield context.finding(CODE, SEVERITY, entry.key.span, message)


def _check_manifest(context: FileContext, manifest: Manifest) -> Iterator[Finding]:
    for package in manifest.packages.values():
        for name, uuid in package.deps.items():
            if uuid is not None and uuid in manifest.packages:
                continue
            several = any(entry.name == name for entry in manifest.packages.values())
            reason = (
                f"which {name} is meant cannot be told, since there are several"
                if several
                else f"there is no entry of {name}"
            )
            whole = context.invalidations
            stops_all = whole is not None and whole.environment.julia.reads_whole_environments
            who = "Julia and Pkg refuse" if stops_all else "Pkg refuses"
            message = (
                f"{who} to read this manifest: {package.name} depends on {name}, and {reason}. "
                "Restore the manifest, or delete it and run `Pkg.resolve()`."
            )
            yield context.finding(CODE, SEVERITY, _place(manifest, package, name), message)


def _place(manifest: Manifest, package: PackageEntry, name: str) -> Span:
    """Return where a package's entry names a dependency."""
    table = manifest.table(package)
    deps = table.get("deps") if table is not None else None
    if deps is None:
        return manifest.span(package.name, package.index, "deps")
    if isinstance(deps.node, Table) and name in deps.node.entries:
        return deps.node.entries[name].key.span
    items = deps.node.items if isinstance(deps.node, Array) else ()
    return next((item.span for item in items if plain(item) == name), deps.key.span)
