"""A value of a type that its package rejects, or silently takes for another value.

PrecompileTools accepts only booleans. Up to 1.3.3, a package with any other `precompile_workload`
fails to compile; from 1.3.4 on, the value counts as `true`. Its switch `precompile_workloads`
counts as `true` up to 1.3.3. From 1.3.4 on, PrecompileTools fails to compile with such a switch,
and so does every package that uses it. SnoopPrecompile searches for names in `skip_precompile`: a
string or a table makes every package with a workload fail, and a number is an empty list.

**Example**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = "false"   # a text, not a boolean
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = false
```

**Fix** Write the value that is meant, where that is clear.

**Source** PrecompileTools 1.0.2 to 1.3.4 and SnoopPrecompile 1.0.3, their sources.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import plain
from precompass.documents.values import TomlValue
from precompass.file_context import EnvironmentContext, SetPreference
from precompass.findings import Finding, Severity
from precompass.fixes import correction
from precompass.julia.workload_tools import (
    FLAG,
    SWITCH,
    THE_SKIP_LIST,
    THE_SWITCH,
    PrecompileTools,
    breaks_skip_list,
)
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.workload_flags import reads_flag
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "wrong-preference-type"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every value in effect that its reader does not take."""
    invalidations = context.invalidations
    for one in context.preferences_in_effect:
        value = plain(one.entry.node)
        consequence = _consequence(invalidations, one, value)
        if consequence is None:
            continue
        has_fix = one.preference.key in (FLAG, SWITCH)
        offer = correction.offer(context.path, one.path, value) if has_fix else None
        yield context.finding(
            CODE,
            SEVERITY,
            one.entry.node.span,
            consequence,
            fixes=(offer,) if offer is not None else (),
        )


def _consequence(invalidations: Invalidations, one: SetPreference, value: TomlValue) -> str | None:
    tools = PrecompileTools.of(invalidations.environment.manifest)
    reader = tools.name
    if one.preference == THE_SKIP_LIST:
        return _consequence_of_list(value)
    if isinstance(value, bool):
        return None
    if one.preference == THE_SWITCH:
        if tools.fails_with_switch(value):
            return (
                f"{reader} takes only true or false here: with this value it does not compile, "
                "nor does any package that uses it. Write true or false."
            )
        return f"{reader} takes anything but the boolean false for true. Write true or false."
    package, key = one.preference
    if key == FLAG and reads_flag(invalidations.reads, package):
        if tools.users_fail_with_flag(value):
            return (
                f"{reader} takes only true or false here: with this value {one.table.name} does "
                "not compile. Write true or false."
            )
        return f"{reader} takes anything but a boolean for true. Write true or false."
    return None


def _consequence_of_list(value: TomlValue) -> str | None:
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return None
        return "SnoopPrecompile compares these with names of modules: only strings can match."
    if breaks_skip_list(value):
        return (
            "SnoopPrecompile looks for names in a list: with this value every package that runs "
            'its workload fails to compile. Write a list, such as ["MyPackage"].'
        )
    return 'SnoopPrecompile finds no name in a number. Write a list, such as ["MyPackage"].'
