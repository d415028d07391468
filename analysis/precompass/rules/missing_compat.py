"""A dependency of a package without an upper bound on its versions.

Without an entry in `[compat]`, Pkg combines the package with every version of the dependency, also
with versions after a breaking change. Pkg accepts this; General's AutoMerge does not. AutoMerge
requires an entry for every package in `[deps]`, except JLLs and packages that come with Julia. The
entry needs an upper bound and must not allow an infinite number of breaking releases (`"0 - 1"`
allows every 0.x). The rule checks only packages, with name, UUID and version, and skips folders of
another package from which nobody registers packages, such as `test`, `examples` and `benchmark`.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
julia = "1.10"        # and no line for CSV
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.10"
julia = "1.10"
```

**Fix** Add the version in the manifest, as `Pkg.add` does in a package since Julia 1.11.

**Source** The guideline "Compat (with upper bound) for all dependencies" of AutoMerge in
RegistryCI; `add` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import compat_entries
from precompass.julia.compat import parse_compat
from precompass.julia.environment import Environment
from precompass.julia.project import ProjectFile
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import counted, listed

CODE = "missing-compat"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_LARGEST = 2**32 - 1
_END_OF_ZERO = VersionNumber((0, _LARGEST, _LARGEST))
_END_OF_ALL = VersionNumber((_LARGEST, _LARGEST, _LARGEST))


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report dependencies without a bound: one by one, or together where there are several."""
    project, invalidations = context.project, context.invalidations
    if not project.is_package or project.version is None or project.document.faults:
        return
    if context.is_never_registered:
        return
    environment = invalidations.environment
    asked = dict(_asked(project))
    entries = {name: context.document.root.get("deps", name) for name in asked}
    missing = (
        (name, entry.key.span)
        for name, entry in entries.items()
        if entry is not None and name not in project.compat
    )
    for group in groups(context.document, CODE, missing):
        found = {name: asked[name] for name in group}
        first = entries[group[0]]
        if len(group) > 1:
            yield from _report_all(context, environment, found)
        elif first is not None:
            message = (
                f"General's AutoMerge asks for a compat entry of {group[0]}: without one, Pkg "
                "takes any version of it, also later ones with breaking changes. Add it to "
                "[compat]."
            )
            fixes = compat_entries.offer(context.path, _bounds(environment, found))
            yield context.finding(CODE, SEVERITY, first.key.span, message, fixes=fixes)
    unbounded = [name for name in asked if _is_unbounded(project.compat.get(name, ""))]
    entry = context.document.root.get("compat", unbounded[0]) if unbounded else None
    if entry is not None:
        what = "this entry allows" if len(unbounded) == 1 else "these entries allow"
        message = (
            "General's AutoMerge asks for an upper bound, and for a finite number of breaking "
            f"releases: {what} versions of {listed(unbounded)} that nobody knows yet."
        )
        yield context.finding(CODE, SEVERITY, entry.node.span, message)


def _asked(project: ProjectFile) -> Iterator[tuple[str, UUID]]:
    """Yield the dependencies that General asks about."""
    for name, uuid in project.deps.items():
        if uuid not in STDLIBS and not name.endswith("_jll") and uuid != project.uuid:
            yield name, uuid


def _report_all(
    context: EnvironmentContext, environment: Environment, missing: Mapping[str, UUID]
) -> Iterator[Finding]:
    deps = context.document.root.get("deps")
    message = (
        f"General's AutoMerge asks for a compat entry of every dependency, and "
        f"{listed(missing)} have none: Pkg takes any version of these "
        f"{counted(len(missing), 'package')}, also later ones with breaking changes. Add them to "
        "[compat]."
    )
    fixes = compat_entries.offer(context.path, _bounds(environment, missing))
    if deps is not None:
        yield context.finding(CODE, SEVERITY, deps.key.span, message, fixes=fixes)


def _bounds(environment: Environment, packages: Mapping[str, UUID]) -> Mapping[str, str]:
    found = {name: compat_entries.bound_of(environment, uuid) for name, uuid in packages.items()}
    return {name: bound for name, bound in found.items() if bound is not None}


def _is_unbounded(text: str) -> bool:
    spec = parse_compat(text)
    return spec is not None and (_END_OF_ZERO in spec or _END_OF_ALL in spec)
