"""A preference whose change recompiles many packages.

A package's compile cache depends on the preferences that the package read while it compiled, and
every dependent's cache depends on that cache. So a preference of a package with many dependents is
expensive to change. This is not a fault; it is good to know before you change the value back and
forth. The setting `wide-threshold` (`wideThreshold` in editors) is the least number of packages
that is reported, 10 by default.

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
from precompass.recompilation.member_answers import MemberAnswer
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import for_member, recompiled, recompiles

CODE = "wide-invalidation"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})

_HAVE_RULES = {THE_SKIP_LIST, THE_SWITCH}


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, of each table, the preference in effect that recompiles most packages."""
    wide_from = context.session.settings.wide_from
    found: dict[str, tuple[SetPreference, MemberAnswer]] = {}
    for one, widest in context.widest_in_effect:
        known = found.get(one.table.name)
        least = wide_from if known is None else _count(known[1]) + 1
        if _count(widest) >= least and one.preference not in _HAVE_RULES:
            found[one.table.name] = one, widest
    for one, widest in found.values():
        invalidation = widest.invalidation
        recompilation = invalidation.recompilation
        from precompass.wording.read_reasons import rests_on

        basis = rests_on(recompilation.evidence, invalidation.observers, context.environment.julia)
        message = (
            f"Changing this preference {recompiles(recompilation)} {recompiled(recompilation)}"
            f"{for_member(widest, context.invalidations)}: "
            f"{one.table.name} and its dependents ({basis})."
        )
        yield context.finding(CODE, SEVERITY, one.entry.key.span, message)


def _count(answer: MemberAnswer) -> int:
    return answer.invalidation.recompilation.count
