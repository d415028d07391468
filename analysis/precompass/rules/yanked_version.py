"""A version that has been withdrawn.

A registry marks a version as yanked if nobody should use it any more, because it is broken or has a
security problem. Pkg no longer chooses the version, but a manifest that has it keeps it, and Pkg
still installs it. The finding is in the manifest, and at the line of the project file that lists
the package.

**Example**

```toml
# Manifest.toml
[[deps.SnoopPrecompile]]
uuid = "66db9d55-30c0-4569-8b51-7e840670fc0c"
version = "1.0.2"   # yanked in General
```

**Use instead**

```toml
# Manifest.toml
[[deps.SnoopPrecompile]]
uuid = "66db9d55-30c0-4569-8b51-7e840670fc0c"
version = "1.0.3"
```

**Fix** `Pkg.update("SnoopPrecompile")`.

**Source** `yanked` in the registry's `Versions.toml`; `is_pkgversion_yanked` in
`src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext, FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Related, Severity
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource
from precompass.wording import dated

if TYPE_CHECKING:
    from precompass.julia.uuids import UUID
    from precompass.registry.index import Registry
    from precompass.registry.registries import Registries

CODE = "yanked-version"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})


def check(context: FileContext) -> Iterator[Finding]:
    """Report every version of a manifest that has been yanked, here or at its project's line."""
    registries = context.session.registries
    if registries is None:
        return
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        for package, message in _yanked(registries, manifest).values():
            yield context.finding(CODE, SEVERITY, _place(manifest, package), message)
        return
    if not isinstance(context, EnvironmentContext):
        return
    in_use = context.manifest
    yanked = _yanked(registries, in_use) if in_use is not None else {}
    if in_use is None or not yanked:
        return
    for _, _, uuid, entry in context.listed_packages():
        if uuid in yanked:
            package, message = yanked[uuid]
            place = _place(in_use, package)
            related = (Related(in_use.path, place, "The manifest has this version."),)
            yield context.finding(CODE, SEVERITY, entry.key.span, message, related=related)


def _yanked(registries: Registries, manifest: Manifest) -> Mapping[UUID, tuple[PackageEntry, str]]:
    """Return the packages with a yanked version, and the message for each."""
    found: dict[UUID, list[Registry]] = {}
    for registry in registries.found:
        for uuid in registry.yanked.keys() & manifest.packages.keys():
            package = manifest.packages[uuid]
            if package.is_registered_version and package.version in registry.yanked[uuid]:
                found.setdefault(uuid, []).append(registry)
    return {
        uuid: (manifest.packages[uuid], _message(registries, manifest.packages[uuid], where))
        for uuid, where in found.items()
    }


def _message(registries: Registries, entry: PackageEntry, where: Sequence[Registry]) -> str:
    newest = registries.newest(entry.uuid)
    advice = (
        f'The newest version is {newest}; `Pkg.update("{entry.name}")` takes one that fits.'
        if newest is not None
        else "All its versions have been withdrawn."
    )
    return (
        f"{entry.name} {entry.version} has been withdrawn (yanked) from {dated(where)}: "
        f"it may be broken or unsafe, and Pkg would not choose it again. {advice}"
    )


def _place(manifest: Manifest, entry: PackageEntry) -> Span:
    table = manifest.table(entry)
    if table is None:
        return Span(0, 0)
    version = table.get("version")
    return version.node.span if version is not None else table.span
