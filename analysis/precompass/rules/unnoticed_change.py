"""A preference whose change Julia does not notice.

Setting the preference has no effect, or not everywhere, if:

* up to Julia 1.13, *another* package reads the preference while it compiles: a cache depends only
  on the preferences of its own package. So Julia does not notice PrecompileTools' switch with
  versions 1.2.0 to 1.3.3, and every cache keeps its old state;
* up to Julia 1.13, the package that owns the preference notices a change, and another package that
  reads it while it compiles does not, unless it depends on the first. So CUDA_Compiler_jll 0.2.0+1
  stays as it is when `version` of CUDA_Runtime_jll changes;
* a workload flag is set while the switch is off, because no flag is read then;
* the package does not depend on Preferences.jl, so it cannot read the preference;
* the package reads the preference in a way that Julia does not record: with `disable_invalidation`,
  or by `Base.get_preferences`;
* on Julia 1.13, a flag changes from unset to `false` or back, because both have one hash there.

This rule is silent at the base of a workspace of more than 200 projects, not all of which are
checked.

**Example**

```toml
# LocalPreferences.toml, with PrecompileTools 1.2.1 and Julia 1.10
[PrecompileTools]
precompile_workloads = true   # caches that were made without their workloads stay
```

**Use instead**

```toml
# LocalPreferences.toml
[MyPackage]
precompile_workload = true
```

**Fix** For the switch: a PrecompileTools of 1.3.4 or later, or flags of single packages.

**Source** `base/loading.jl`, `record_compiletime_preference` and `get_preferences_hash`;
PrecompileTools issue 62; Julia issues 59257 and 59344; CUDA.jl issue 2851.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from precompass.documents.toml import plain
from precompass.file_context import EnvironmentContext, SetPreference
from precompass.findings import Finding, Severity
from precompass.fixes.move_to_flags import depends_on
from precompass.julia.equality import is_zero_like
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import FLAG, SWITCH, THE_SWITCH
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidation, Invalidations
from precompass.recompilation.workload_flags import is_switched_off
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

if TYPE_CHECKING:
    from precompass.source.preference_reads import PreferenceRead

CODE = "unnoticed-change"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.CACHES, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every preference in effect to which no cache is bound, and why."""
    if context.environment.gaps or context.asks_a_part_only or not context.widest_in_effect:
        return
    from precompass.recompilation.read_reasons import (
        NotInSource,
        NotRecordedIn,
        PublishedKeys,
        ReadWhenRunning,
    )
    from precompass.wording.read_reasons import why_not

    may_be_read_by_others = NotInSource, NotRecordedIn, ReadWhenRunning
    said: dict[tuple[int, int], str] = {}  # many preferences of a package have one reason
    for one, widest in context.widest_in_effect:
        invalidations, invalidation = widest.invalidations, widest.invalidation
        if _has_another_rule(invalidations, one.preference):
            continue
        reason, message = invalidation.why_not, ""
        # What is published as read at run time, or not at all, unknown-preference tells.
        if reason is not None and not isinstance(reason, PublishedKeys):
            key = id(invalidations), id(reason)
            if key not in said:
                said[key] = why_not(reason, invalidations.environment)
            message = _about_change(invalidations, invalidation, said[key])
        message = message or _about_value(invalidations, one)
        if not message and (reason is None or isinstance(reason, may_be_read_by_others)):
            message = _about_others(invalidations, invalidation)
        if message:
            yield context.finding(CODE, SEVERITY, one.entry.key.span, message)


def _about_change(invalidations: Invalidations, invalidation: Invalidation, reason: str) -> str:
    """Say that Julia does not notice a change; an empty string where that is not sure."""
    if invalidation.recompilation.evidence is Evidence.KNOWN:
        return f"Julia does not notice changes to this preference: {reason}."
    unrecorded = _unrecorded(invalidations, invalidation.preference)
    if unrecorded is not None:
        return (
            "Julia does not notice changes to this preference: it is read while compiling in "
            f"{unrecorded.site.file.name}:{unrecorded.site.line + 1} by "
            f"`{unrecorded.recording.value}`, which is not recorded. The value takes effect "
            "when the package is recompiled for another reason."
        )
    if invalidation.preference == THE_SWITCH:
        return (
            f"Julia does not notice changes to this switch: {reason}. Caches "
            "keep the state they were made in; PrecompileTools 1.3.4 fixes this."
        )
    return ""


def _about_value(invalidations: Invalidations, one: SetPreference) -> str:
    """Say that Julia takes a value for none; an empty string where it does not."""
    julia = invalidations.environment.julia
    is_lost = _is_lost_in_hash(invalidations, one.preference)
    if not is_lost or not is_zero_like(plain(one.entry.node)):
        return ""
    return (
        f"Julia {julia.series} does not notice that this is set: "
        "false and an unset key have one hash there. The value takes effect when the "
        "package is recompiled for another reason."
    )


def _about_others(invalidations: Invalidations, invalidation: Invalidation) -> str:
    """Say that other packages keep the old value; an empty string where that is not sure."""
    from precompass.recompilation.preference_places import reads_left_behind

    found = list(reads_left_behind(invalidations, invalidation))
    if not found:
        return ""
    (unit, read), *others = found
    place = f"{read.site.file.name}:{read.site.line + 1}"
    if read.is_recorded:
        julia = invalidations.environment.julia.series
        why = (
            f"in {place}, and Julia {julia} binds a cache only to the preferences of its own "
            "package"
        )
    else:
        why = f"in {place} by `{read.recording.value}`, which is not recorded"
    rest = listed([other.label for other, _ in others])
    return (
        f"{unit.label} does not notice changes to this preference. It reads it while compiling "
        f"{why}. The value takes effect when {unit.label} is recompiled for another reason."
        + (f" The same is true of {rest}." if others else "")
    )


def _unrecorded(invalidations: Invalidations, preference: Preference) -> PreferenceRead | None:
    """Return a place where a preference is read while compiling without being recorded."""
    from precompass.recompilation.preference_places import reads_of
    from precompass.source.preference_reads import When

    return next(
        (
            read
            for read in reads_of(invalidations, preference)
            if read.when is When.COMPILE and not read.is_recorded
        ),
        None,
    )


def _has_another_rule(invalidations: Invalidations, preference: Preference) -> bool:
    uuid, key = preference
    unit = invalidations.graph.package(uuid)
    if unit is None:
        return True  # a package that is not in the manifest has no cache at all
    if uuid == SNOOP_PRECOMPILE:
        return True
    if key == FLAG:
        has_workload = depends_on(invalidations, unit, PRECOMPILE_TOOLS)
        return uuid == PRECOMPILE_TOOLS or not has_workload
    is_switch = key == SWITCH and preference == THE_SWITCH
    return is_switch and is_switched_off(invalidations.environment)


def _is_lost_in_hash(invalidations: Invalidations, preference: Preference) -> bool:
    """Tell whether the preference is the only one that its package is known to read."""
    if not invalidations.environment.julia.forgets_leading_zeros:
        return False
    return preference.key == FLAG or preference == THE_SWITCH
