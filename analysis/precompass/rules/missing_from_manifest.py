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
from precompass.findings import Finding, Related, Severity
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.manifest_faults import is_refused_as_a_whole
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

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
    if manifest is None or not manifest.is_readable or is_refused_as_a_whole(manifest):
        return
    has_weakdeps = invalidations.environment.julia.has_extensions
    missing: list[tuple[str, Span]] = []
    for name, uuid in (project.strong_deps if has_weakdeps else project.deps).items():
        entry = context.document.root.get("deps", name)
        is_there = uuid in manifest.packages or name in manifest.by_name or uuid == project.uuid
        if entry is not None and not is_there:
            missing.append((name, entry.key.span))
    places = dict(missing)
    for group in groups(context.document, CODE, missing):
        first, *others = group
        using, line = (f"using {first}", "line") if not others else ("using", "lines")
        which = f"`{using}` fails" if not others else f"`{using}` fails for each"
        yield context.finding(
            CODE,
            SEVERITY,
            places[first],
            f"{manifest.path.name} has no {listed(group)}: {which}, and `Pkg.instantiate()` "
            f"stops with an error. Run `Pkg.resolve()`, or delete the {line}.",
            related=tuple(Related(context.path, places[name], f"{name}, too.") for name in others),
        )


def _check_manifest(context: FileContext, manifest: Manifest) -> Iterator[Finding]:
    faults = list(_faults(context, manifest))
    for group in groups(context.document, CODE, (((one, said), one) for one, said in faults)):
        (place, message), *others = group
        related = [Related(context.path, where, said) for where, said in others]
        yield context.finding(CODE, SEVERITY, place, message, related=tuple(related))


def _faults(context: FileContext, manifest: Manifest) -> Iterator[tuple[Span, str]]:
    """Yield the dependencies that have no entry: the place of each, and what is said of it."""
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
            yield _place(manifest, package, name), message


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
