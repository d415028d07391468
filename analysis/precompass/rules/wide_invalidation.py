"""A preference whose change recompiles many packages.

Julia binds the compile cache of a package to the preferences that it read while compiling, and
every dependent's cache to that cache. A preference of a package deep in the environment is
therefore expensive to change. This is no fault; it is good to know before changing the value
back and forth. The number from which on it is said is the setting `wide-threshold`
(`wideThreshold` in editors), 10 packages by default.

**Example**

```toml
# LocalPreferences.toml
[ForwardDiff]
nansafe_mode = true   # a change recompiles all that depends on ForwardDiff
```

**Fix** None is needed. Set such a preference once, in one place of the environment.

**Source** `stale_cachefile` in `base/loading.jl`; `base/precompilation.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext, SetPreference
from precompass.findings import Finding, Severity
from precompass.julia.workload_tools import THE_SKIP_LIST, THE_SWITCH
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import for_member, recompiled

CODE = "wide-invalidation"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})

_HAVE_RULES = {THE_SKIP_LIST, THE_SWITCH}


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, of each table, the preference in effect that recompiles most packages."""
    found: dict[str, SetPreference] = {}
    for one in context.preferences_in_effect():
        if one.preference in _HAVE_RULES:
            continue
        count = _count(context, one)
        known = found.get(one.table.name)
        if count >= context.session.settings.wide_from and (
            known is None or count > _count(context, known)
        ):
            found[one.table.name] = one
    for one in found.values():
        widest = context.widest(one.preference)
        invalidation = widest.invalidation
        recompilation = invalidation.recompilation
        from precompass.wording.read_reasons import rests_on

        basis = rests_on(recompilation.evidence, invalidation.observers, context.environment.julia)
        message = (
            f"Changing this preference recompiles {recompiled(recompilation)}"
            f"{for_member(widest, context.invalidations)}: "
            f"{one.table.name} and its dependents ({basis})."
        )
        yield context.finding(CODE, SEVERITY, one.entry.key.span, message)


def _count(context: EnvironmentContext, one: SetPreference) -> int:
    return context.widest(one.preference).invalidation.recompilation.count
