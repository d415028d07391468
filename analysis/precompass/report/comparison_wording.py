"""How the parts of a comparison are said, the same in every form for people."""

from __future__ import annotations

from collections.abc import Sequence

from precompass.answers.comparison import Comparison, reason_not_noticed
from precompass.documents.toml_value import toml_value
from precompass.documents.values import TomlValue
from precompass.recompilation.difference import Difference, PreferenceChange
from precompass.recompilation.invalidation import Invalidations
from precompass.wording import counted, recompiled, unknown_part
from precompass.wording.read_reasons import why_not

NO_DIFFERENCE = "No environment differs."


def in_order(difference: Difference, after: Invalidations) -> Sequence[PreferenceChange]:
    """Return the preferences that changed, by the names of their packages and their keys."""
    name_of = after.environment.name_of
    return sorted(
        difference.changes,
        key=lambda change: (name_of(change.preference.package), change.preference.key),
    )


def costliest_first(comparisons: Sequence[Comparison]) -> Sequence[Comparison]:
    """Return the comparisons by what they cost, the most first."""
    return sorted(comparisons, key=lambda comparison: comparison.cost, reverse=True)


def so_many_differ(difference: Difference) -> str:
    """Say how many preferences changed: ``1 preference changed``."""
    number = len(difference.changes)
    return f"{counted(number, 'preference')} changed" if number else "No preference changed"


def headline(difference: Difference) -> str:
    """Say what is recompiled, as a sentence: the same in every form."""
    recompilation = difference.recompilation
    if difference.between is not None:
        old, new = difference.between
        if not recompilation.units:
            return f"Julia {new.series} has already compiled everything."
        whole = recompiled(recompilation)
        return f"Julia {old.series} and {new.series} share no caches: {whole} are recompiled."
    changed = so_many_differ(difference)
    if recompilation.units:
        what = recompiled(recompilation)
        sentence = f"{changed}: {what} are recompiled ({recompilation.evidence.word})."
    elif recompilation.is_complete:
        return f"{changed}: nothing is recompiled."
    else:
        sentence = f"{changed}: the effect is unknown."
    for gap in recompilation.gaps[:1]:
        part = unknown_part(gap)
        sentence += f" {part[:1].upper()}{part[1:]}."
    return sentence


def written(value: TomlValue | None) -> str:
    """Return a value as TOML has it."""
    return "not set" if value is None else toml_value(value)


def why_not_noticed(change: PreferenceChange, after: Invalidations) -> str:
    """Say why nothing is recompiled because of a change, without a full stop."""
    return why_not(reason_not_noticed(change, after), after.environment)


def of_a_new_one(after: Invalidations) -> str:
    """Say what is compiled of an environment that was not there before."""
    count = after.graph.package_count
    them = counted(count, "package") if after.environment.manifest else "packages"
    return f"This environment is new: Julia compiles its {them} anyway."
