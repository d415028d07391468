"""A package with two UUIDs, one in the project and one in the manifest.

Julia and Pkg use the UUID. If the manifest has a package of this name under another UUID, the
package of `[deps]` is missing: it cannot be loaded, and `Pkg.instantiate()` stops with an error. In
`[weakdeps]` and `[extras]` nothing fails, but Julia never loads the extension, and the preferences
belong to an unused package.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d000"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** Write the UUID that the manifest has, if that is the package that is meant.

**Source** `instantiate` in `src/API.jl` of Pkg; `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Severity
from precompass.fixes import known_uuid
from precompass.julia.manifest import Manifest, PackageEntry
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "uuid-mismatch"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})

_CONSEQUENCE = {
    "deps": (
        SEVERITY,
        "`using {name}` fails, and `Pkg.instantiate()` stops with an error.",
    ),
    "weakdeps": (Severity.WARNING, "Extensions that {name} triggers are not loaded for it."),
    "extras": (Severity.WARNING, "Preferences and tests that mean {name} get another package."),
}


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every listed package whose name is in the manifest, and whose UUID is not."""
    invalidations = context.invalidations
    manifest = invalidations.environment.manifest
    if manifest is None:
        return
    for section, name, uuid, entry in context.listed_packages():
        there = manifest.by_name.get(name)
        if there is None or uuid in manifest.packages or uuid == context.project.uuid:
            continue
        severity, consequence = _CONSEQUENCE[section]
        uuids = known_uuid.in_manifest(manifest, name)
        yield context.finding(
            CODE,
            severity,
            entry.node.span,
            f"{manifest.path.name} has {name} under another UUID, {there.uuid}, so to Julia these "
            f"are two packages. {consequence.format(name=name)} Correct the UUID, or run "
            "`Pkg.resolve()` if this one is right.",
            related=_related(manifest, there),
            fixes=known_uuid.offers(context, (section, name), uuids),
        )


def _related(manifest: Manifest, there: PackageEntry) -> tuple[Related, ...]:
    place = manifest.span(there.name, there.index, "uuid")
    return (Related(manifest.path, place, f"The {there.name} of the manifest."),)
