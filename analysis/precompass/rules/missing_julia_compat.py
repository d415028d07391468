"""A package that does not say which versions of Julia it supports.

Without a compat entry for `julia`, Pkg installs a package on any Julia, also on one that it does
not support. Pkg accepts this; General's AutoMerge does not: each version of a package needs an
entry that ends below 2.0. The rule checks only packages, with name, UUID and version, and skips
folders of another package from which nobody registers packages, such as `test`, `examples` and
`benchmark`.

**Example**

```toml
# Project.toml
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
version = "0.1.0"

[compat]
CSV = "0.10"          # and no line for julia
```

**Use instead**

```toml
# Project.toml
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
version = "0.1.0"

[compat]
CSV = "0.10"
julia = "1.10"
```

**Fix** Add the version of the Julia that wrote the manifest.

**Source** The guideline "Compat with upper bound for julia" of AutoMerge in RegistryCI.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.documents.toml import Table
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import compat_entries
from precompass.julia.compat import parse_compat
from precompass.julia.version_ranges import VersionRange, VersionSpec
from precompass.julia.version_unions import intersected
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "missing-julia-compat"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_FROM_TWO = VersionSpec((VersionRange((2,), ()),))


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report a package without an entry for julia, or with one that has no end."""
    project, invalidations = context.project, context.invalidations
    if not project.is_package or project.version is None or project.document.faults:
        return
    if context.is_never_registered:
        return
    root = context.document.root
    entry = root.get("compat", "julia")
    if entry is None:
        bound = compat_entries.bound_of_julia(invalidations.environment)
        fixes = compat_entries.offer(context.path, {"julia": bound} if bound is not None else {})
        message = (
            "General's AutoMerge asks every package for a compat entry of julia: without one, Pkg "
            f"installs {project.name} on any version of Julia. Add it to [compat]."
        )
        yield context.finding(CODE, SEVERITY, _place(root), message, fixes=fixes)
        return
    spec = parse_compat(project.compat.get("julia", ""))
    if spec is not None and intersected(spec, _FROM_TWO).ranges:
        message = (
            "General's AutoMerge asks for a compat entry of julia that ends below 2.0; this one "
            'allows versions that nobody knows yet. "1.10" allows 1.10 and what follows in 1.'
        )
        yield context.finding(CODE, SEVERITY, entry.node.span, message)


def _place(root: Table) -> Span:
    entry = root.get("compat") or root.get("name")
    return entry.key.span if entry is not None else Span(0, 0)
