"""A workload flag for a package that has no PrecompileTools workload.

PrecompileTools reads `precompile_workload` when a package runs one of its workloads. A package that
does not depend on PrecompileTools reads no such flag, so the setting does nothing. A package that
still uses SnoopPrecompile has a workload but no flag; add its name to the skip list.

**Example**

```toml
# LocalPreferences.toml
[Example]
precompile_workload = false   # Example has no workload
```

**Fix** Delete the flag.

**Source** PrecompileTools 1.0 to 1.3.4, its source.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import deletion
from precompass.fixes.move_to_flags import depends_on
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import FLAG
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.workload_flags import is_switched_off, reads_flag
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "workload-flag-without-workload"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report flags of packages in the manifest that nothing reads."""
    invalidations = context.invalidations
    if invalidations.environment.gaps:
        return
    for one in context.preferences_in_effect:
        unit = invalidations.graph.package(one.preference.package)
        if one.preference.key != FLAG or unit is None:
            continue
        reason = _reason(invalidations, unit)
        if reason is not None:
            fix = deletion.offer_value(context.path, one.path, "the flag", "recompiles nothing")
            yield context.finding(
                CODE, SEVERITY, one.entry.key.span, reason, fixes=(fix,), is_unnecessary=True
            )


def _reason(invalidations: Invalidations, unit: Unit) -> str | None:
    if unit.uuid == PRECOMPILE_TOOLS:
        return (
            "This flag does nothing: PrecompileTools has no workload of its own. "
            "The switch for all workloads is `precompile_workloads`, with an s."
        )
    if depends_on(invalidations, unit, PRECOMPILE_TOOLS):
        return _reason_by_evidence(invalidations, unit)
    if depends_on(invalidations, unit, SNOOP_PRECOMPILE):
        return (
            f"This flag does nothing: {unit.name} uses SnoopPrecompile, which has no flags. "
            "Its workload is skipped only by SnoopPrecompile's list `skip_precompile`."
        )
    return (
        f"This flag does nothing: {unit.name} does not depend on PrecompileTools, so it has no "
        "workload that could be skipped. Delete it."
    )


def _reason_by_evidence(invalidations: Invalidations, unit: Unit) -> str | None:
    """Judge a package that depends on PrecompileTools by its cache, or by its source."""
    if reads_flag(invalidations.reads, unit.uuid) or is_switched_off(invalidations.environment):
        return None
    reads = invalidations.reads[unit.id]
    if reads.others is not None:
        return None
    from precompass.wording import read_reasons

    return (
        f"This flag does nothing: {unit.name} depends on PrecompileTools, but has no workload "
        f"({read_reasons.because(reads.otherwise.because)}). Delete it."
    )
