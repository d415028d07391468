"""A manifest from another minor version of Julia than the one in use.

A manifest records the standard libraries and the JLLs that come with its Julia. Another minor
version has others: a standard library that this Julia lacks, or that Pkg now takes from a registry,
cannot be loaded, and the rest are loaded in other versions than the manifest says. Pkg warns when
it reads such a manifest: "resolved with a different julia version". Each minor version can have a
separate manifest, `Manifest-v1.12.toml` (Julia 1.10.8 and later).

Which Julia is in use is known only if it is chosen, by the setting `julia` or `--julia`.

**Example**

```toml
# precompass.toml
julia = "1.12"

# Manifest.toml
julia_version = "1.11.5"
manifest_format = "2.0"

[[deps.MbedTLS_jll]]
uuid = "c8ffd9c3-330d-5841-b78e-0817d7145fa1"
version = "2.28.6+0"
```

**Use instead**

```toml
# precompass.toml
julia = "1.12"

# Manifest.toml
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.MbedTLS_jll]]
git-tree-sha1 = "2c2b6f6b3a5a4b0d1f7d2a5a0f8b6a7f3b1c0d2e"
uuid = "c8ffd9c3-330d-5841-b78e-0817d7145fa1"
version = "2.28.10+0"
```

**Fix** Run `Pkg.resolve()` with the Julia in use, or rename the manifest after its own version.

**Source** `check_manifest_julia_version_compat` in `src/Operations.jl` of Pkg;
`explicit_manifest_entry_path` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import FileContext
from precompass.findings import Finding, Severity
from precompass.julia.manifest import Manifest, parse_manifest
from precompass.julia.stdlib_versions import stdlib_version
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import MANIFESTS, Resource
from precompass.wording import listed

CODE = "manifest-of-another-julia"
SEVERITY = Severity.WARNING
KINDS = MANIFESTS
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report the version that wrote the manifest, where a Julia of another series is in use."""
    julia = context.session.settings.julia
    manifest = parse_manifest(context.path, context.text)
    written_by = manifest.julia_version
    invalidations = context.invalidations
    if julia is None or written_by is None or written_by.minor == julia.minor:
        return
    if invalidations is not None:
        used = invalidations.environment.manifest
        if used is None or used.path != context.path:
            return  # the Julia in use takes another manifest, or none
    entry = context.document.root.get("julia_version")
    if entry is None:
        return
    series = ".".join(map(str, julia.minor))
    missing, other = _not_fitting(manifest, julia)
    reason = f"Pkg of Julia {series} warns of it"
    if missing:
        reason = f"Julia {series} does not have {listed(missing)} as a standard library"
    elif other:
        reason = f"Julia {series} has other versions of {listed(other)}"
    yield context.finding(
        CODE,
        SEVERITY,
        entry.node.span,
        f"This manifest was resolved with Julia {written_by}, and Julia {series} is in use: "
        f"{reason}. Run `Pkg.resolve()` with Julia {series}.",
    )


def _not_fitting(manifest: Manifest, julia: VersionNumber) -> tuple[list[str], list[str]]:
    """Return the standard libraries that Julia has not, or has in another version."""
    missing: list[str] = []
    other: list[str] = []
    for package in manifest.packages.values():
        if not package.is_stdlib:
            continue
        version = stdlib_version(package.name, julia)
        if version is None:
            missing.append(package.name)
        elif package.version is not None and package.version.release != version.release:
            other.append(package.name)
    return missing, other
