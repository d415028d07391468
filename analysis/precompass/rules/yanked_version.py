"""A version that has been withdrawn.

A registry marks a version as yanked when nobody should use it any more: because it is broken, or
has a security problem. Pkg no longer chooses it, but a manifest that has it keeps it, and goes on
installing it. Reported in the manifest, and at the line of the project file that lists the
package.

**Example**

```toml
[[deps.SnoopPrecompile]]
uuid = "66db9d55-30c0-4569-8b51-7e840670fc0c"
version = "1.0.2"   # yanked in General
```

**Fix** `Pkg.update("SnoopPrecompile")`.

**Source** `yanked` in the registry's `Versions.toml`; `is_pkgversion_yanked` in
`src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.findings import Finding, Related, Severity
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.registry.registries import Registries
from precompass.rules.rule import FileContext
from precompass.session import FileKind
from precompass.wording import dated

CODE = "yanked-version"
SEVERITY = Severity.WARNING


def check(context: FileContext) -> Iterator[Finding]:
    """Report every version of a manifest that has been yanked, here or at its project's line."""
    registries = context.session.registries
    if registries is None:
        return
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        for package in manifest.packages.values():
            if message := _message(registries, package):
                yield context.finding(CODE, SEVERITY, _place(manifest, package), message)
        return
    in_use = context.invalidations.environment.manifest if context.invalidations else None
    if in_use is None:
        return
    for _, _, uuid, entry in context.listed_packages():
        found = in_use.packages.get(uuid)
        if found is not None and (message := _message(registries, found)):
            place = _place(in_use, found)
            related = (Related(in_use.path, place, "The manifest has this version."),)
            yield context.finding(CODE, SEVERITY, entry.key.span, message, related=related)


def _message(registries: Registries, entry: PackageEntry) -> str | None:
    if entry.version is None or not entry.is_registered_version:
        return None
    where = [
        registry
        for registry in registries.found
        if (summary := registry.summary(entry.uuid)) is not None
        and summary.yanked
        and entry.version in summary.yanked
    ]
    if not where:
        return None
    states = dated(where)
    newest = registries.newest(entry.uuid)
    advice = (
        f'The newest version is {newest}; `Pkg.update("{entry.name}")` takes one that fits.'
        if newest is not None
        else "All its versions have been withdrawn."
    )
    return (
        f"{entry.name} {entry.version} has been withdrawn (yanked) from {states}: "
        f"it may be broken or unsafe, and Pkg would not choose it again. {advice}"
    )


def _place(manifest: Manifest, entry: PackageEntry) -> Span:
    table = manifest.table(entry)
    if table is None:
        return Span(0, 0)
    version = table.get("version")
    return version.node.span if version is not None else table.span
