"""A key that the package does not read.

A preference under a misspelt name silently does nothing. If the source of a package is installed,
Precompass knows every key that the package reads, while compiling or at run time. If the source
computes a key's name, or absent code may read any key, this rule is silent. For SnoopPrecompile,
PrecompileTools and a dozen other packages, Precompass knows the keys without the source. In every
JLL package, the path of `libfoo` is `libfoo_path`.

The most common confusion: `precompile_workload` is the flag in a package's own table,
`precompile_workloads` is PrecompileTools' switch for all packages.

**Example**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workloads = false   # the flag has no s
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Rename the key to the one that is meant.

**Source** The installed source of the package; `published_preferences.toml`, with the source of
each entry; PrecompileTools 1.0 to 1.3.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.closest import closest
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import renaming
from precompass.julia.published_preferences import published_macro_keys
from precompass.julia.uuids import UUID
from precompass.julia.workload_tools import FLAG, SWITCH, THE_SKIP_LIST, THE_SWITCH
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.invalidation import Invalidations
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

CODE = "unknown-preference"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})

_TWINS = {FLAG: SWITCH, SWITCH: FLAG}


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every key in effect that its package is known not to read."""
    invalidations = context.invalidations
    set_here = tuple(context.preferences_in_effect)
    if not set_here:
        return
    from precompass.recompilation.preference_places import known_keys
    from precompass.recompilation.published_keys import product_key

    of_macros = published_macro_keys()
    keys_of: dict[UnitId, frozenset[str] | None] = {}
    for one in set_here:
        uuid, key = one.preference
        unit = invalidations.graph.unit_of(uuid)
        if unit is None or key == FLAG:
            continue  # workload-flag-without-workload speaks of flags
        if unit.id not in keys_of:
            keys_of[unit.id] = known_keys(invalidations, unit)
        known = keys_of[unit.id]
        if key in of_macros and unit in invalidations.graph.projects:
            continue  # a macro reads it where the package is used, as a fixture of tests is
        product = product_key(invalidations.graph, unit, key) if known is None else None
        if key in (known or ()) or (known is None and product is None):
            continue
        meant = product or _meant(invalidations, uuid, key, known or frozenset())
        message = f"{unit.name} does not read `{key}`, so this value has no effect."
        fixes: tuple[Fix, ...] = ()
        if meant is not None:
            message += f" Did you mean `{meant}`?"
            offer = renaming.offer(context, one.path, meant)
            fixes = (offer,) if offer is not None else ()
        elif readers := _other_readers(invalidations, unit, key):
            message += f" {listed(readers)} {'reads' if len(readers) == 1 else 'read'} `{key}`."
        elif known:
            message += f" It reads {listed(f'`{name}`' for name in known)}."
        else:
            message += " It reads no preferences at all."
        yield context.finding(
            CODE,
            SEVERITY,
            one.entry.key.span,
            message,
            fixes=fixes,
            is_unnecessary=True,
        )


def _meant(invalidations: Invalidations, uuid: UUID, key: str, known: frozenset[str]) -> str | None:
    twin = _TWINS.get(key)
    if twin is not None and (twin in known or (uuid, twin) in _own_keys(invalidations, uuid)):
        return twin
    return closest(key, sorted(known), 0.7)


def _other_readers(invalidations: Invalidations, unit: Unit, key: str) -> list[str]:
    """Return the packages below that read a key of this name, by what is published of them."""
    from precompass.recompilation.published_keys import published_of

    graph = invalidations.graph
    below = [graph.units[one] for one in graph.network.succ[unit.id]]
    found = ((one, published_of(invalidations.environment, one)) for one in below)
    readers = {one.name for one, published in found if published and key in published.keys}
    readers |= {one.name for one in below if (one.uuid, key) in (THE_SWITCH, THE_SKIP_LIST)}
    return sorted(readers)


def _own_keys(invalidations: Invalidations, uuid: UUID) -> frozenset[tuple[UUID, str]]:
    unit = invalidations.graph.unit_of(uuid)
    return frozenset(invalidations.reads[unit.id].keys) if unit is not None else frozenset()
