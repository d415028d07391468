"""A package that its registry marks as deprecated.

Maintainers can mark a package in the registry as no longer maintained, give a reason, and name an
alternative. Pkg still installs the package, and shows the mark only in `Pkg.status`.

**Example**

```toml
# Project.toml
[deps]
SnoopPrecompile = "66db9d55-30c0-4569-8b51-7e840670fc0c"   # if its registry says so
```

**Use instead**

```toml
# Project.toml
[deps]
PrecompileTools = "aea7be01-6a6a-4083-8856-8a6e6704d82a"
```

**Fix** Use the alternative that the message names.

**Source** `[metadata.deprecated]` in the registry's `Package.toml`;
`get_pkg_deprecation_info` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from precompass.findings import Finding, Severity
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated

if TYPE_CHECKING:
    from precompass.file_context import EnvironmentContext
    from precompass.registry.packages import Deprecation

CODE = "deprecated-package"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every package that this project lists and a registry calls deprecated."""
    registries = context.session.registries
    if registries is None:
        return
    for _, name, uuid, entry in context.listed_packages():
        if not any(summary.deprecated for summary in registries.summaries(uuid)):
            continue
        if not context.is_from_registry(name, uuid):
            continue
        for package in registries.packages(uuid):
            if package.deprecation is not None:
                states = dated(r for r in registries.found if r.name == package.registry)
                message = f"{name} is deprecated in {states}{_why(package.deprecation)}"
                yield context.finding(CODE, SEVERITY, entry.key.span, message)
                break


def _why(deprecation: Deprecation) -> str:
    reason = f": {deprecation.reason.rstrip('.')}." if deprecation.reason else "."
    return f"{reason} Use {deprecation.alternative}." if deprecation.alternative else reason
