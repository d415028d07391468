"""Versions of a manifest that exclude one another by their registered compat.

Pkg chooses versions that the compat entries of all packages allow. A manifest can hold others
nevertheless: it was merged or written by hand, a developed package has a version that nothing
allows, or the registry was corrected after the manifest was resolved. Julia loads them, and the
packages may fail together; the next `Pkg.add` or `Pkg.update` either changes the versions or stops
with "Unsatisfiable requirements".

**Example**

```toml
# Manifest.toml, where Trees 0.1.0 allows CSV 0.9 only
[[deps.CSV]]
git-tree-sha1 = "ed28c86cbde3dc3f53cf76643c2e9bc11d56acc7"
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.9"

[[deps.Trees]]
deps = ["CSV"]
git-tree-sha1 = "35cbc79b4d2aa8da4d3fc0a4e6d2bd5f3e4a9b10"
uuid = "2d29ca0b-5a3c-4f6b-9f0e-3c0f7f9c6a01"
version = "0.1.0"
```

**Use instead**

```toml
# Manifest.toml
[[deps.CSV]]
git-tree-sha1 = "91b0cbd9f0f9c4c7e4d5e0d1d9a4e4f5b8a6c7d1"
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.9.11"

[[deps.Trees]]
deps = ["CSV"]
git-tree-sha1 = "35cbc79b4d2aa8da4d3fc0a4e6d2bd5f3e4a9b10"
uuid = "2d29ca0b-5a3c-4f6b-9f0e-3c0f7f9c6a01"
version = "0.1.0"
```

**Fix** Run `Pkg.resolve()` or `Pkg.update()`.

**Source** `resolve_versions!` and `deps_graph` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from precompass.file_context import FileContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.stdlibs import STDLIBS
from precompass.rules.rule import MANIFESTS, Resource
from precompass.wording import counted, dated

if TYPE_CHECKING:
    from precompass.julia.version_ranges import VersionSpec
    from precompass.julia.versions import VersionNumber
    from precompass.registry.registries import Registries

CODE = "incompatible-versions"
SEVERITY = Severity.WARNING
KINDS = MANIFESTS
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})

_MOST_EXISTING = 3
"""Versions that fit which are named."""


class _Exclusion(msgspec.Struct, frozen=True):
    """An entry whose registered compat excludes the version of another entry."""

    entry: PackageEntry
    other: PackageEntry
    allowed: VersionSpec


def check(context: FileContext) -> Iterator[Finding]:
    """Report the pairs of entries that exclude one another, as one finding."""
    registries = context.session.registries
    manifest = parse_manifest(context.path, context.text)
    if registries is None or not manifest.is_readable:
        return
    found = list(_exclusions(manifest, registries))
    if not found:
        return
    first = found[0]
    existing = _existing(registries, first)
    fitting = f" {first.other.name} has {existing} for it." if existing else ""
    more = f" So do {counted(len(found) - 1, 'other pair')} of versions here." if found[1:] else ""
    yield context.finding(
        CODE,
        SEVERITY,
        manifest.span(first.other.name, first.other.index, "version"),
        f"{first.entry.name} {first.entry.version} excludes {first.other.name} "
        f"{first.other.version}: it allows {first.allowed} in {dated(registries.found)}, so Pkg "
        f"would not choose the two together.{fitting}{more} Run `Pkg.resolve()` or `Pkg.update()`.",
        related=tuple(
            Related(
                context.path,
                manifest.span(one.entry.name, one.entry.index, "version"),
                f"{one.entry.name} {one.entry.version} allows {one.other.name} {one.allowed}.",
            )
            for one in found
        ),
    )


def _exclusions(manifest: Manifest, registries: Registries) -> Iterator[_Exclusion]:
    for entry in manifest.packages.values():
        version = entry.version
        if version is None or not entry.is_registered_version or entry.uuid in STDLIBS:
            continue
        for package in registries.packages(entry.uuid):
            if package.find(version) is None:
                continue
            for dependency in package.dependencies(version):
                other = manifest.packages.get(dependency.uuid)
                if other is None or other.version is None or other.uuid in STDLIBS:
                    continue
                if other.version not in dependency.versions:
                    yield _Exclusion(entry, other, dependency.versions)
            break


def _existing(registries: Registries, exclusion: _Exclusion) -> str:
    """Return the versions that are allowed, the newest few, as far as there are any."""
    versions: list[VersionNumber] = sorted(
        registered.version
        for package in registries.packages(exclusion.other.uuid)
        for registered in package.versions
        if not registered.yanked and registered.version in exclusion.allowed
    )
    shown = [str(version) for version in versions[-_MOST_EXISTING:]]
    return ("…, " if len(versions) > _MOST_EXISTING else "") + ", ".join(shown)
