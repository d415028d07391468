"""A name on the skip list that matches no workload.

SnoopPrecompile compares the names of `skip_precompile` with modules that run its workloads, as
Julia prints them: `Foo`, `Foo.Sub`. A name that no module of this environment has, or of a package
without SnoopPrecompile, skips nothing. Adding or removing the name still recompiles everything that
depends on SnoopPrecompile.

**Example**

```toml
# LocalPreferences.toml
[SnoopPrecompile]
skip_precompile = ["DataFrame"]   # the package is called DataFrames
```

**Use instead**

```toml
# LocalPreferences.toml
[SnoopPrecompile]
skip_precompile = ["DataFrames"]
```

**Fix** Correct the name, or delete it.

**Source** SnoopPrecompile 1.0.3, its source.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Severity
from precompass.fixes import deletion, move_to_flags
from precompass.fixes.move_to_flags import uses
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import THE_SKIP_LIST
from precompass.recompilation.invalidation import Invalidations
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import recompiled

CODE = "unknown-skipped-package"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every such name of the list in effect."""
    invalidations = context.invalidations
    if invalidations.environment.gaps:
        return
    if invalidations.graph.package(SNOOP_PRECOMPILE) is None:
        return  # stale-skip-list speaks of the whole list
    for one in context.preferences_in_effect():
        if one.preference != THE_SKIP_LIST:
            continue
        cost = recompiled(invalidations.of_preference(one.preference).recompilation)
        for name, span in string_items(one.entry.node):
            reason = _reason(invalidations, name)
            if reason is not None:
                delete = deletion.offer_item(context.path, one.path, name, f"recompiles {cost}")
                fixes = (*move_to_flags.offers_of(context, name), delete)
                yield context.finding(CODE, SEVERITY, span, reason, fixes=fixes)


def _reason(invalidations: Invalidations, name: str) -> str | None:
    environment = invalidations.environment
    root = name.split(".", 1)[0]
    uuid = environment.named(root)
    unit = invalidations.graph.package(uuid) if uuid is not None else None
    if unit is None:
        known = {unit.name for unit in invalidations.graph.units.values() if unit.is_package}
        close = difflib.get_close_matches(root, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else " Delete it, or correct the name."
        return f"This entry skips nothing: no package {root} is in this environment.{hint}"
    if uses(invalidations, unit, SNOOP_PRECOMPILE):
        return None
    if uses(invalidations, unit, PRECOMPILE_TOOLS):
        return (
            f"This entry skips nothing: {root} uses PrecompileTools, which does not read this "
            "list. Move it to its own flag."
        )
    return (
        f"This entry skips nothing: {root} does not use SnoopPrecompile, so it has no workload "
        "that could be skipped. Delete it."
    )
