"""Packages that the next `using` recompiles, and the reason.

Julia keeps compiled packages in compile caches. Before it uses one, it checks the Julia version,
the options of the session, the source files, the dependencies and the preferences. If a check
fails, the next `using` (or `Pkg.precompile()`) recompiles the package and its dependents.

A hint about a preference is at the table of the package, or at the line of the project file that
lists the package. A hint about another reason is in the project file: at the package, if the
project lists it, else at the first line. `precompass why` lists all of them.

**Example**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false   # written after the cache was made
```

**Fix** None is needed: the hint goes when Julia has recompiled, or when the change is undone.

**Source** `stale_cachefile` in `base/loading.jl`; the compile caches in the depot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.julia.preferences import Source
from precompass.julia.uuids import UUID
from precompass.recompilation.precompilation import visited
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import recompiled

if TYPE_CHECKING:
    from precompass.recompilation.why import Cause

CODE = "pending-recompilation"
SEVERITY = Severity.HINT
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})

_MOST_CAUSES = 10  # findings in one file


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report what is recompiled next at the places of this file that it is about."""
    yield from _by_preferences(context)
    yield from _for_other_reasons(context)


def _for_other_reasons(context: EnvironmentContext) -> Iterator[Finding]:
    """Report root causes other than preferences, with the files as they are saved."""
    julia = context.environment.julia
    if context.kind is not FileKind.PROJECT or not context.session.has_caches(julia):
        return
    why = context.session.saved_why(context.project.path)
    if why is None or why.share is None:
        return
    from precompass.recompilation.reasons import PreferencesChanged
    from precompass.wording.why import cause_sentences

    causes = [one for one in why.causes if not isinstance(one.reason, PreferencesChanged)]
    for cause in causes[:_MOST_CAUSES]:
        place = _place_of_cause(context, cause)
        message = " ".join(cause_sentences(cause, context.path.parent))
        yield context.finding(CODE, SEVERITY, place, message)


def _place_of_cause(context: EnvironmentContext, cause: Cause) -> Span:
    """Return where the project file lists a root of a cause; else its first line."""
    for root in cause.roots:
        place = _listed(context, root.unit.uuid)
        if place is not None:
            return place
    return _first_line(context)


def _by_preferences(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every package of this file whose caches do not fit its preferences."""
    invalidations = context.invalidations
    caches = invalidations.caches
    if caches is None:
        return
    rejected = caches.rejected_by_preferences(lambda uuid: invalidations.preferences(uuid).values)
    for unit in (rejected & visited(invalidations.graph)).units:
        uuid = invalidations.graph.compiled_uuid(unit)
        place, elsewhere = _place(context, uuid), _farther_table(context, uuid)
        is_unset = context.kind is FileKind.PROJECT and not invalidations.preferences(uuid).sources
        if place is None and elsewhere is None and not is_unset:
            continue
        recompilation = invalidations.of_package(uuid)
        message = (
            f"The next `using` recompiles {unit.label}: its cache was made with other preferences. "
            f"With its dependents, that is {recompiled(recompilation)}."
        )
        if place is None and elsewhere is not None:
            message += f" The preferences are those in {elsewhere.file}."
        elif place is None:
            message += " No environment that lists the package sets any now."
        yield context.finding(CODE, SEVERITY, place or _first_line(context), message)


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
    return _listed(context, uuid)


def _farther_table(context: EnvironmentContext, uuid: UUID) -> Source | None:
    """Return the nearest table of a package, if only other environments have one."""
    if context.kind is not FileKind.PROJECT:
        return None
    sources = context.invalidations.preferences(uuid).sources
    if not sources or any(source.file.parent == context.path.parent for source in sources):
        return None
    return sources[-1]


def _first_line(context: EnvironmentContext) -> Span:
    return Span(0, len(context.text.splitlines()[0]) if context.text else 0)


def _listed(context: EnvironmentContext, uuid: UUID) -> Span | None:
    """Return where the project file lists a package, or is that package."""
    for section in context.invalidations.environment.julia.listing_sections:
        for name, listed in context.project.section(section).items():
            if listed == uuid:
                entry = context.document.root.get(section, name)
                return entry.key.span if entry is not None else None
    entry = context.document.root.get("name")
    return entry.key.span if entry is not None and context.project.uuid == uuid else None
