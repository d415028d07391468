"""A version in the manifest that the project's own compat entry excludes.

Pkg obeys `[compat]` when it resolves; Julia ignores it when it loads. After you narrow an entry,
code runs with an excluded version until the next `Pkg.resolve()`, `add` or `update`. If Pkg cannot
choose another version, because the package is developed, comes from a repository, or comes with
Julia, resolving fails.

**Example**

```toml
# Project.toml
[compat]
CSV = "0.9"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Use instead**

```toml
# Project.toml
[compat]
CSV = "0.9, 0.10"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Fix** Run `Pkg.resolve()`, or allow the version.

**Source** `resolve_versions!` and `check_stdlib_compat` in `src/Operations.jl`,
`src/Versions.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Related, Safety, Severity
from precompass.fixes import compat_entries, writing
from precompass.julia.compat import parse_compat
from precompass.julia.manifest import PackageEntry
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "compat-excludes-resolved"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every entry of a dependency whose version in the manifest it excludes."""
    project, invalidations = context.project, context.invalidations
    environment = invalidations.environment
    manifest = environment.manifest
    if manifest is None:
        return
    uuids = {**project.weakdeps, **project.deps}
    for name, text in project.compat.items():
        package = environment.entry(uuids[name]) if name in uuids else None
        spec = parse_compat(text)
        if package is None or package.version is None or spec is None or package.version in spec:
            continue
        entry = context.document.root.get("compat", name)
        bound = compat_entries.bound_of(environment, package.uuid)
        if entry is None or bound is None:
            continue
        wider = f"{text}, {bound}"
        place = manifest.span(package.name, package.index, "version")
        yield context.finding(
            CODE,
            SEVERITY,
            entry.node.span,
            f"{manifest.path.name} has {name} {package.version}, which the entry "
            f'"{text}" excludes. {_consequence(package)}',
            related=(Related(manifest.path, place, f"The version of {name} in use."),),
            fixes=(
                writing.offer(
                    context.path,
                    ("compat", name),
                    wider,
                    f'Allow {bound} too: write "{wider}"',
                    is_preferred=False,
                    # The bound may exclude the version on purpose: whoever wrote it decides.
                    safety=Safety.MANUAL,
                ),
            ),
        )


def _consequence(package: PackageEntry) -> str:
    if package.is_stdlib:
        return "It comes with Julia, so Pkg has no other to choose. Allow it."
    if not package.is_registered_version:
        where = "developed" if package.path is not None else "from a repository"
        return f"It is {where}, so Pkg has no other to choose and cannot resolve. Allow it."
    return (
        "Julia loads it all the same; the next `Pkg.resolve()` takes another version. Run it, or "
        "allow this one."
    )
