"""A manifest from a Julia version that the project's compat entry excludes.

The manifest names the Julia version that wrote it. If `[compat]` excludes that version, Pkg refuses
to resolve with it, and the manifest's versions were chosen for a Julia that the project does not
support. Loading ignores the entry.

**Example**

```toml
# Project.toml
[compat]
julia = "1.10"

# Manifest.toml
julia_version = "1.9.4"
```

**Use instead**

```toml
# Project.toml
[compat]
julia = "1.9"

# Manifest.toml
julia_version = "1.9.4"
```

**Fix** Resolve with a Julia that the entry allows, or allow the one that is in use.

**Source** `collect_project` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Safety, Severity
from precompass.fixes import writing
from precompass.julia.compat import parse_compat
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "julia-compat-excludes-manifest"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the compat entry of julia if it excludes the Julia that wrote the manifest."""
    project, invalidations = context.project, context.invalidations
    manifest = invalidations.environment.manifest
    written_by = manifest.julia_version if manifest is not None else None
    text = project.compat.get("julia", "")
    spec = parse_compat(text)
    if manifest is None or written_by is None or spec is None or written_by in spec:
        return
    entry = context.document.root.get("compat", "julia")
    written = manifest.document.root.get("julia_version")
    if entry is None or written is None:
        return
    series = ".".join(map(str, written_by.minor))
    wider = f"{text}, {series}"
    yield context.finding(
        CODE,
        SEVERITY,
        entry.node.span,
        f'{manifest.path.name} was written by Julia {written_by}, which the entry "{text}" '
        "excludes: with that Julia, Pkg refuses to resolve. Run `Pkg.resolve()` with a version "
        f"that the entry allows, or allow {series}.",
        related=(Related(manifest.path, written.node.span, "The Julia that wrote the manifest."),),
        fixes=(
            writing.offer(
                context.path,
                ("compat", "julia"),
                wider,
                f'Allow Julia {series} too: write "{wider}"',
                is_preferred=False,
                # The bound may exclude this Julia on purpose: whoever wrote it decides.
                safety=Safety.MANUAL,
            ),
        ),
    )
