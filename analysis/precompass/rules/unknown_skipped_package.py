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

from collections.abc import Iterator

from precompass.documents.closest import closest
from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Severity
from precompass.fixes import deletion, move_to_flags
from precompass.fixes.move_to_flags import uses
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import FLAG, THE_SKIP_LIST
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
    for one in context.preferences_in_effect:
        if one.preference != THE_SKIP_LIST:
            continue
        recompilation = invalidations.of_preference(one.preference).recompilation
        cost = f"recompiles {recompiled(recompilation) if recompilation.units else 'nothing'}"
        for name, span in string_items(one.entry.node):
            reason = _reason(context, name)
            if reason is not None:
                delete = deletion.offer_item(context.path, one.path, name, cost)
                fixes = (*move_to_flags.offers_of(context, name), delete)
                yield context.finding(CODE, SEVERITY, span, reason, fixes=fixes)


def _reason(context: EnvironmentContext, name: str) -> str | None:
    invalidations = context.invalidations
    environment = invalidations.environment
    root = name.split(".", 1)[0]
    uuid = environment.named(root)
    unit = invalidations.graph.package(uuid) if uuid is not None else None
    if unit is None:
        known = {unit.name for unit in invalidations.graph.units.values() if unit.is_package}
        close = closest(root, known)
        hint = f" Did you mean {close}?" if close else " Delete it, or correct the name."
        return f"This entry skips nothing: no package {root} is in this environment.{hint}"
    if uses(invalidations, unit, SNOOP_PRECOMPILE):
        return None
    if uses(invalidations, unit, PRECOMPILE_TOOLS):
        return (
            f"This entry skips nothing: {root} uses PrecompileTools, which does not read this "
            f"list. {_advice(context, name, root)}"
        )
    return (
        f"This entry skips nothing: {root} does not use SnoopPrecompile, so it has no workload "
        "that could be skipped. Delete it."
    )


def _advice(context: EnvironmentContext, name: str, root: str) -> str:
    """Say what to do with a name whose package reads its flag, and not the list."""
    found = move_to_flags.plan(context)
    moves = found.moves if found is not None else ()
    move = next((one for one in moves if one.name == name), None)
    if move is not None:
        return (
            "Its flag is already set: delete it." if move.has_flag else "Move it to its own flag."
        )
    environment = context.invalidations.environment
    uuid = environment.named(root)
    is_listed = uuid is not None and environment.project.table_name(uuid, environment.julia)
    if not is_listed and not environment.julia.lists_extras:
        return "Delete it."
    return f"Delete it, or set `[{is_listed or root}] {FLAG} = false`."
