"""A manifest from another minor version of Julia than the one in use.

A manifest records the standard libraries and the JLLs that come with its Julia. Another minor
version has others: a standard library that this Julia lacks, or that Pkg now takes from a registry,
cannot be loaded, and the rest are loaded in other versions than the manifest says. Pkg warns when
it reads such a manifest: "resolved with a different julia version". Each minor version can have a
separate manifest, `Manifest-v1.12.toml` (Julia 1.10.8 and later).

Which Julia is in use is known if it is chosen, by the setting `julia` or `--julia`. Otherwise it is
the one that juliaup starts in this folder (its settings are read, it is not run); without juliaup,
the newest that has compile caches in the depot, if the manifest's has none there. As it may be
started otherwise (`julia +1.11`), the finding is information then.

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

import re
from collections.abc import Iterator

from precompass.depot.julia_in_use import JuliaInUse
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
LOOKS_INTO = frozenset({Resource.CACHES})

_VERSIONED = re.compile(r"-v\d+\.\d+\.toml$")


def check(context: FileContext) -> Iterator[Finding]:
    """Report the version that wrote the manifest, where a Julia of another series is in use."""
    manifest = parse_manifest(context.path, context.text)
    written_by = manifest.julia_version
    entry = context.document.root.get("julia_version")
    if written_by is None or entry is None:
        return
    chosen = context.session.settings.julia
    likely = None
    if chosen is None:
        likely = context.session.likely_julia(context.path.parent, written_by)
    julia = likely.version if likely is not None else chosen
    if julia is None or written_by.minor == julia.minor or _takes_another(context, likely):
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
        SEVERITY if likely is None else Severity.INFORMATION,
        entry.node.span,
        f"This manifest was resolved with Julia {written_by}, and {_in_use(likely, series)}: "
        f"{reason}. Run `Pkg.resolve()` with Julia {series}.",
    )


def _takes_another(context: FileContext, likely: JuliaInUse | None) -> bool:
    """Tell whether the Julia in use takes another manifest than this one, or none."""
    if likely is None:
        if context.invalidations is None:
            return False
        used = context.invalidations.environment.manifest
        return used is None or used.path != context.path
    if _VERSIONED.search(context.path.name):
        return True  # its name says for which Julia it is
    series = ".".join(map(str, likely.version.minor))
    names = (f"JuliaManifest-v{series}.toml", f"Manifest-v{series}.toml")
    return any(context.session.snapshot.is_file(context.path.parent / name) for name in names)


def _in_use(likely: JuliaInUse | None, series: str) -> str:
    if likely is None:
        return f"Julia {series} is in use"
    if likely.channel is not None:
        return f"juliaup starts Julia {series} here (channel {likely.channel})"
    return f"Julia {series} is the newest with compile caches in the depot"


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
