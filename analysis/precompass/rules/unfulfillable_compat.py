"""A compat entry that no registered version fulfils.

Pkg chooses among the registered versions that `[compat]` allows. If there is none, Pkg cannot
resolve: "Unsatisfiable requirements". Common causes are a slip (`"5"` for `"0.5"`), a version that
was never registered, and a withdrawn version.

An entry for versions above all registered ones may be right, and the registry on this machine old.
One such entry is reported with severity information. Several, or packages that the registry does
not know either, mean that the registry is older than the project, and none is reported. `"5"` where
the newest version is 0.5 is taken for a slip.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"     # registered as 1.0.0

[compat]
CSV = "0.0.7"
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "1"
```

**Fix** Allow a version that exists, or update the registry.

**Source** `deps_graph` and `resolve_versions!` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.julia.versions import VersionNumber
from precompass.rules.registry_age import beside_registry, is_older
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated

CODE = "unfulfillable-compat"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})

_MOST_VERSIONS = 4


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the entries that no registered version fulfils."""
    registries = context.session.registries
    if registries is None or not context.project.is_readable:
        return
    where, found = dated(registries.found), beside_registry(context, registries)
    for one in found.unfulfilled:
        if one.is_above and is_older(context, registries):
            continue
        severity, consequence = SEVERITY, "so Pkg cannot resolve"
        if one.is_slip:
            severity = Severity.WARNING
        elif one.is_above:
            severity = Severity.INFORMATION
            consequence = "so Pkg cannot resolve unless the registry is updated"
        yield context.finding(
            CODE,
            severity,
            one.entry.node.span,
            f'No version of {one.name} in {where} fulfils "{one.text}", {consequence}. '
            f"There are {_shown(one.versions)}.",
        )


def _shown(versions: tuple[VersionNumber, ...]) -> str:
    """Return the oldest and the newest of some versions: ``0.1.0, 0.1.1, …, 0.5.3``."""
    if len(versions) <= _MOST_VERSIONS:
        return ", ".join(map(str, versions))
    first = ", ".join(map(str, versions[: _MOST_VERSIONS - 2]))
    return f"{first}, …, {', '.join(map(str, versions[-2:]))}"
