"""A skip list for a SnoopPrecompile that is no longer used.

Only SnoopPrecompile reads `skip_precompile`. If SnoopPrecompile is no longer in the manifest,
because all packages use PrecompileTools now, the list does nothing, and the skipped workloads run
again.

**Example**

```toml
# LocalPreferences.toml
[SnoopPrecompile]
skip_precompile = ["MyPackage"]   # and Manifest.toml has no SnoopPrecompile
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Move the names to flags, or delete the list; deleting it recompiles nothing.

**Source** SnoopPrecompile 1.0.3, its source.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import deletion, move_to_flags
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.julia.workload_tools import THE_SKIP_LIST
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

CODE = "stale-skip-list"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the list where the manifest has no SnoopPrecompile."""
    invalidations = context.invalidations
    if invalidations.environment.manifest is None or invalidations.environment.gaps:
        return
    if invalidations.graph.package(SNOOP_PRECOMPILE) is not None:
        return
    for one in context.preferences_in_effect:
        if one.preference != THE_SKIP_LIST:
            continue
        manifest = invalidations.environment.manifest.path.name
        found = move_to_flags.plan(context)
        advice = "Delete it."
        if found is not None and found.moves:
            names = listed(move.name for move in found.moves)
            advice = f"Move {names} to flags, which PrecompileTools reads, or delete the list."
        delete = deletion.offer_value(context.path, one.path, "the list", "recompiles nothing")
        yield context.finding(
            CODE,
            SEVERITY,
            one.entry.key.span,
            f"This list does nothing: SnoopPrecompile is not in {manifest}, and nothing else "
            f"reads it. {advice}",
            fixes=(*move_to_flags.offers(context), delete),
            is_unnecessary=True,
        )
