"""PrecompileTools' global switch, turned off.

`[PrecompileTools] precompile_workloads = false` disables every workload of the environment. From
version 1.3.4 on, PrecompileTools reads the switch while PrecompileTools itself compiles, so
changing it recompiles every package that depends on PrecompileTools. With versions 1.2.0 to 1.3.3,
each package with a workload reads the switch; Julia before 1.14 does not notice a change then, and
every cache keeps its old state. While the switch is off, no per-package flag is read.

**Example**

```toml
# LocalPreferences.toml
[PrecompileTools]
precompile_workloads = false
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Replace the switch by flags, for the packages that are developed here, or for every
package with a workload.

**Source** PrecompileTools 1.2.0 to 1.3.4, its source and pull request 80.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import switch_to_flags
from precompass.julia.workload_tools import SWITCH, THE_SWITCH
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import for_member, recompiled

CODE = "global-workload-switch"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the switch where it is off in effect."""
    table = switch_to_flags.switch_of(context)
    if table is None or table.table is None:
        return
    widest = context.widest(THE_SWITCH)
    invalidation = widest.invalidation
    developed = switch_to_flags.packages(context, table, switch_to_flags.DEVELOPED)
    if invalidation.why_not is None:
        number = recompiled(invalidation.recompilation) + for_member(widest, context.invalidations)
        short = "This turns off every workload of the environment."
        cost = f"{short[:-1]}, and changing it recompiles {number}."
    else:
        from precompass.wording import read_reasons

        reason = read_reasons.why_not(invalidation.why_not, context.environment)
        cost = short = (
            "This turns off every workload of the environment in new caches; "
            f"existing caches keep theirs: {reason}."
        )
    cure = ""
    if developed:
        cure = (
            " A flag for only the package developed here costs less."
            if len(developed) == 1
            else f" Flags for only the {len(developed)} packages developed here cost less."
        )
    yield context.finding(
        CODE,
        SEVERITY,
        table.table.entries[SWITCH].key.span,
        cost + cure,
        fixes=switch_to_flags.offers(context),
        beside_count=short + cure if short != cost else None,
    )
