"""Caches that were made with other preferences than those now in effect.

Julia writes into each compile cache with which values of which preferences it was made. Where
they are not those in effect any more, the next `using` (or `Pkg.precompile()`) compiles the
package again, and everything whose cache was built on it. The hint stands at the table of the
package; where no table is left, at the line of the project file that lists it.

**Example**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false   # written after the cache was made
```

**Fix** None is needed; the hint goes when Julia has compiled.

**Source** `stale_cachefile` in `base/loading.jl`; the headers of the caches in the depot.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.julia.uuids import UUID
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import recompiled

CODE = "pending-recompilation"
SEVERITY = Severity.HINT
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every package of this file whose caches no longer fit its preferences."""
    invalidations = context.invalidations
    caches = invalidations.caches
    if caches is None:
        return
    rejected = caches.rejected_by_preferences(lambda uuid: invalidations.preferences(uuid).values)
    for unit in rejected.units:
        uuid = invalidations.graph.compiled_uuid(unit)
        place = _place(context, uuid)
        if place is None:
            continue
        recompilation = invalidations.of_package(uuid)
        message = (
            f"The next `using` compiles {unit.label} again: its cache was made with other "
            f"preferences than these. With what was built on it, that is "
            f"{recompiled(recompilation)}."
        )
        yield context.finding(CODE, SEVERITY, place, message)


def _place(context: EnvironmentContext, uuid: UUID) -> Span | None:
    """Return where a package is mentioned in this file, if this is the file to say it in."""
    for table in context.tables:
        if table.uuid == uuid:
            return table.header
    if context.kind is not FileKind.PROJECT:
        return None
    sources = context.invalidations.preferences(uuid).sources
    if any(source.file.parent == context.path.parent for source in sources):
        return None  # it is said where the table stands
    for section in context.invalidations.environment.julia.listing_sections:
        for name, listed in context.project.section(section).items():
            if listed == uuid:
                entry = context.document.root.get(section, name)
                return entry.key.span if entry is not None else None
    entry = context.document.root.get("name")
    return entry.key.span if entry is not None and context.project.uuid == uuid else None
