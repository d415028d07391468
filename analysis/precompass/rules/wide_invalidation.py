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

from precompass.file_context import FileContext
from precompass.findings import Finding, Severity
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import SKIP_LIST, SWITCH
from precompass.wording import recompiled, rests_on

CODE = "wide-invalidation"
SEVERITY = Severity.INFORMATION

_HAVE_RULES = {(SNOOP_PRECOMPILE, SKIP_LIST), (PRECOMPILE_TOOLS, SWITCH)}


def check(context: FileContext) -> Iterator[Finding]:
    """Report every preference in effect from the threshold on."""
    invalidations = context.invalidations
    if invalidations is None:
        return
    for table, uuid, key, entry in context.preferences_in_effect():
        if (uuid, key) in _HAVE_RULES:
            continue
        invalidation = invalidations.of_preference(uuid, key)
        recompilation = invalidation.recompilation
        if recompilation.count < context.session.settings.wide_from:
            continue
        basis = rests_on(
            recompilation.evidence, invalidation.observers, invalidations.environment.julia
        )
        message = (
            f"A change of this preference recompiles {recompiled(recompilation)}: "
            f"{table.name} and what depends on it ({basis})."
        )
        yield context.finding(CODE, SEVERITY, entry.key.span, message)
