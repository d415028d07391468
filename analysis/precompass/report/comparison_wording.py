"""How the parts of a comparison are said, the same in every form for people."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from precompass.answers.comparison import Comparison, is_noticed, reason_not_noticed
from precompass.documents.values import TomlValue
from precompass.recompilation.difference import Difference, PreferenceChange
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.wording import counted, recompiled, sentence, unknown_part
from precompass.wording.read_reasons import why_not
from precompass.wording.shortening import MOST_OF_A_VALUE, shown_value

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


def shown_and_others(
    comparisons: Sequence[Comparison],
) -> tuple[Sequence[Comparison], Sequence[Comparison]]:
    """Return the comparisons that are shown each, and those that one sentence sums up.

    A single one is always shown. Of several, those are summed up in which it is known that nothing
    is recompiled, or nothing is known because there is no manifest and no preference changed.
    """
    if len(comparisons) < 2:
        return comparisons, ()
    shown = [one for one in comparisons if _is_of_interest(one)]
    return shown, [one for one in comparisons if not _is_of_interest(one)]


def _is_of_interest(comparison: Comparison) -> bool:
    difference = comparison.difference
    if difference is None or comparison.may_recompile:
        return True
    return bool(
        difference.failed
        or difference.errors
        or (comparison.approximate is not None and comparison.approximate[0].units)
        or (difference.changes and not difference.recompilation.is_complete)
    )


def of_the_others(
    others: Sequence[Comparison], *, unchanged: int = 0, are_all: bool = False
) -> str:
    """Sum up the environments that are not shown; an empty string if there are none.

    Args:
        others: those that differ.
        unchanged: how many do not differ.
        are_all: whether none is shown.
    """
    more = "environment" if are_all else "more environment"
    sentences = []
    if others:
        differ = f"{counted(len(others), more)} {'differs' if len(others) == 1 else 'differ'}"
        sentences.append(f"{differ}: {_effect(others)}.")
    if unchanged:
        verb = "does" if unchanged == 1 else "do"
        sentences.append(f"{counted(unchanged, 'environment')} {verb} not differ.")
    return " ".join(sentences)


def _effect(others: Sequence[Comparison]) -> str:
    """Say what is recompiled in environments of which none is known to recompile anything."""
    unknown = sum(
        1
        for one in others
        if one.difference is not None and not one.difference.recompilation.is_complete
    )
    if not unknown:
        return "nothing is recompiled"
    if unknown == len(others):
        return "without a complete manifest, the effect is unknown"
    known = len(others) - unknown
    return (
        f"nothing is recompiled in {known}; the effect is unknown in {unknown} without a complete "
        "manifest"
    )


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
        text = f"Julia {old.series} and {new.series} share no caches"
        if difference.is_everything:
            return f"{text}: everything is recompiled."
        text += f": {_are_recompiled(recompilation)}."
        if difference.failed:
            return text
        return f"{text} Julia {new.series} has already compiled the rest."
    changed = so_many_differ(difference)
    if recompilation.units:
        what = _are_recompiled(recompilation)
        text = f"{changed}: {what} ({recompilation.evidence.word})."
    elif recompilation.is_complete:
        return f"{changed}: nothing is recompiled."
    else:
        text = f"{changed}: the effect is unknown."
    for gap in recompilation.gaps[:1]:
        text += f" {sentence(unknown_part(gap))}"
    return text


def what_is_recompiled(difference: Difference) -> str:
    """Say what is recompiled, for a title: a count, which between two Julias is everything."""
    if difference.is_everything:
        return "everything: caches are not shared"
    return recompiled(difference.recompilation)


def _are_recompiled(recompilation: Recompilation) -> str:
    """Say that units are recompiled: ``2 of 3 packages are recompiled``."""
    are = "is" if recompilation.count == 1 and not recompilation.extensions else "are"
    if recompilation.evidence is Evidence.POSSIBLE:
        are = "may be"
    return f"{recompiled(recompilation)} {are} recompiled"


def written(before: TomlValue | None, after: TomlValue | None) -> tuple[str, str]:
    """Return two values as TOML has them, shortened unless they then look alike."""
    short = _written(before, MOST_OF_A_VALUE), _written(after, MOST_OF_A_VALUE)
    if short[0] != short[1]:
        return short
    return _written(before, sys.maxsize), _written(after, sys.maxsize)


def _written(value: TomlValue | None, most: int) -> str:
    return "not set" if value is None else shown_value(value, most)


def why_not_noticed(
    change: PreferenceChange, difference: Difference, after: Invalidations
) -> tuple[str, str]:
    """Say why nothing is recompiled because of a change: a label, and a reason without full stop.

    Where that cannot be told, the label says so.
    """
    label = "not noticed" if is_noticed(change, difference, after) is False else "cannot tell"
    return label, why_not(reason_not_noticed(change, difference, after), after.environment)


def of_a_new_one(after: Invalidations) -> str:
    """Say what is compiled of an environment that was not there before."""
    count = after.graph.package_count
    them = counted(count, "package") if after.environment.manifest else "packages"
    return f"This environment is new: Julia compiles its {them} anyway."
