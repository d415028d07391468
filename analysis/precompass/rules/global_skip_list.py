"""A global skip list, which every package with SnoopPrecompile depends on.

Packages run *workloads* while they compile: typical calls, so that these are fast later.
`skip_precompile` names modules whose workloads are skipped. SnoopPrecompile reads the whole list
once, into a constant, while it compiles itself. So changing one name invalidates SnoopPrecompile's
own cache, and with it the cache of every package that depends on SnoopPrecompile: to compile
*less*, Julia recompiles all of them. Reordering the names does the same.

PrecompileTools, the successor, reads a flag per package. Changing a flag recompiles only that
package and its dependents.

**Example**

```toml
# LocalPreferences.toml
[SnoopPrecompile]
skip_precompile = ["MyPackage"]
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Move the names to flags: one name, or all that can move. A package that still uses
SnoopPrecompile has no flag and stays on the list.

**Source** SnoopPrecompile 1.0.3 and PrecompileTools 1.0 to 1.3.4, their sources.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Array
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import deletion, move_to_flags
from precompass.fixes.move_to_flags import Obstacle
from precompass.julia.preferences import Preference
from precompass.julia.uuids import SNOOP_PRECOMPILE, UUID
from precompass.julia.workload_tools import FLAG, SKIP_LIST, THE_SKIP_LIST
from precompass.recompilation.invalidation import Invalidation, Invalidations
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import (
    approximately,
    for_member,
    listed,
    recompiled,
    recompiles_once,
    sentence,
    unknown_part,
)

CODE = "global-skip-list"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the list where it is in effect."""
    invalidations = context.invalidations
    manifest = invalidations.environment.manifest
    if manifest is not None and SNOOP_PRECOMPILE not in manifest.packages:
        return  # stale-skip-list speaks of that
    for one in context.preferences_in_effect:
        if one.preference != THE_SKIP_LIST:
            continue
        if isinstance(one.entry.node, Array) and not one.entry.node.items:
            cure = "The list is empty: delete it."
            fixes = _deletion(context, invalidations, one.path)
        else:
            cure, fixes = _cure(context, invalidations), move_to_flags.offers(context)
        message, short = (f"{cost} {cure}".rstrip() for cost in _cost(context))
        yield context.finding(
            CODE,
            SEVERITY,
            one.entry.key.span,
            message,
            fixes=fixes,
            reach=one.entry.node.span,
            beside_count=short if short != message else None,
        )


def _deletion(
    context: EnvironmentContext, invalidations: Invalidations, path: tuple[str, ...]
) -> tuple[Fix, ...]:
    values = dict(invalidations.preferences(SNOOP_PRECOMPILE).values)
    values.pop(SKIP_LIST, None)
    cost = recompiles_once(invalidations.of_values({SNOOP_PRECOMPILE: values}).count)
    return (deletion.offer_value(context.path, path, "the empty list", cost),)


def _cost(context: EnvironmentContext) -> tuple[str, str]:
    """Say what changing the list recompiles: with the number, and where that is shown beside."""
    widest = context.widest(THE_SKIP_LIST)
    invalidation = widest.invalidation
    if invalidation.why_not is not None:
        from precompass.wording import read_reasons

        reason = read_reasons.why_not(invalidation.why_not, widest.invalidations.environment)
        if not invalidation.recompilation.is_complete:
            cost = (
                "Changing this list recompiles every package that depends on SnoopPrecompile. "
                f"{sentence(reason)}"
            )
        else:
            cost = f"Julia does not notice changes to this list: {reason}."
        return cost, cost
    what = f"everything that depends on SnoopPrecompile.{_rest(context, invalidation)}"
    number = recompiled(invalidation.recompilation) + for_member(widest, context.invalidations)
    cost = f"Changing this list recompiles {number}: {what}"
    is_shown = invalidation.recompilation.is_complete
    return cost, f"Changing this list recompiles {what}" if is_shown else cost


def _rest(context: EnvironmentContext, invalidation: Invalidation) -> str:
    """Say, where the number is a least one, why, and about which number it would be."""
    if invalidation.recompilation.is_complete:
        return ""
    approximation = context.approximation
    if approximation is not None:
        found = approximation.invalidations.of_preference(THE_SKIP_LIST).recompilation
        return f" {approximately(found, approximation)}"
    return f" {sentence(unknown_part(invalidation.recompilation.gaps[0]))}"


def _cure(context: EnvironmentContext, invalidations: Invalidations) -> str:
    found = move_to_flags.plan(context)
    if found is None:
        return ""
    parts = []
    leaving = [move for move in found.moves if not move.stays_on_list]
    if leaving:
        flag = f"A per-package flag (`[{leaving[0].table}] {FLAG} = false`)"
        if invalidations.environment.gaps:
            parts.append(f"{flag} recompiles only that package and its dependents.")
        else:
            counts = {move.name: _flag_count(context, move.uuid) for move in leaving}
            costs = [f"{number:,} for {name}" for name, number in counts.items()]
            cost = f"{counts[leaving[0].name]:,}" if len(leaving) == 1 else listed(costs)
            parts.append(f"{flag} would recompile {cost}.")
    reasons: dict[Obstacle, list[str]] = {}
    for move in found.moves:
        if move.keeps_because is not None:
            reasons.setdefault(move.keeps_because, []).append(move.name)
    for name, why in found.staying.items():
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        because = why.of_one if len(set(names)) == 1 else why.of_several
        parts.append(f"{listed(names)} cannot move: {because}.")
    return " ".join(parts)


def _flag_count(context: EnvironmentContext, uuid: UUID) -> int:
    flag = Preference(uuid, FLAG)
    asked = (context.invalidations, *context.members_below)
    return max(one.of_preference(flag, if_listed=True).recompilation.count for one in asked)
