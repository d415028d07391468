"""A UUID that no registry of the depot knows.

Pkg installs a package by its UUID, from a registry that has it, unless the manifest or `[sources]`
gives another place. A UUID that no registry has may be mistyped. Or the package was registered
after the last update of the registry, or is in a registry that was not added on this machine. So
the message names the registries and their dates. It is only a hint if the manifest has the package.
If the name is registered under another UUID, `name-uuid-mismatch` reports it.

Several unknown packages in a project, or in the projects of its workspace, show that the registry
is older than the repository. That is reported once, at the outermost project. A package that is
developed in a folder beside the project is not looked for.

**Example**

```toml
# Project.toml
[deps]
SurveyTools = "5d5a3a8f-9c0b-4c7e-8a31-2f6f3a1f0000"   # in no registry
```

**Use instead**

```toml
# Project.toml
[deps]
SurveyTools = "5d5a3a8f-9c0b-4c7e-8a31-2f6f3a1f0000"

[sources]
SurveyTools = {url = "https://example.org/SurveyTools.jl"}
```

**Fix** Update the registry, add the one that the package is in, name its source in `[sources]`,
or correct the UUID.

**Source** `check_registered` in `src/Operations.jl` of Pkg; the registries of the depots.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.rules.registry_age import (
    UnknownPackage,
    beside_registry,
    is_outermost,
    repository_beside_registry,
)
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated, listed

CODE = "uuid-not-in-registry"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, once, the listed packages that Pkg would look for and not find."""
    registries = context.session.registries
    if registries is None:
        return
    found = beside_registry(context, registries)
    if found.unknown or context.environment.members:
        together = repository_beside_registry(context, registries)
        if together.shows_age:
            if not is_outermost(context):
                return
            found = together
    if not found.unknown:
        return
    states, names = dated(registries.found), listed(found.unknown)
    has_none = f"{states} has no" if len(registries.found) == 1 else f"None of {states} has a"
    is_one = len(found.unknown) == 1
    message = f"{has_none} package with {'this UUID' if is_one else f'the UUID of {names}'}."
    severity = SEVERITY
    if all(context.environment.entry(one.uuid) is not None for one in found.unknown.values()):
        severity = Severity.HINT
        message += f" The manifest has {names} from a registry that is newer, or another one."
    was, where = ("was", "it is") if is_one else ("were", "they are")
    message += (
        f" Update the registries (`Pkg.Registry.update()`) if {names} {was} registered later, "
        f"add the registry that {where} in, or correct the UUID."
    )
    yield context.finding(CODE, severity, _place(context, found.unknown), message)


def _place(context: EnvironmentContext, unknown: Mapping[str, UnknownPackage]) -> Span:
    """Return the first of the packages in this file; else where it names the other projects."""
    for _, name, uuid, entry in context.listed_packages():
        if name in unknown and unknown[name].uuid == uuid:
            return entry.node.span
    header = context.document.root.get("workspace")
    return header.key.span if header is not None else Span(0, 0)
