"""What a change recompiles, in Markdown: for the summary of a workflow, or a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass.answers.comparison import Comparison
from precompass.recompilation.difference import Difference, PreferenceChange
from precompass.recompilation.invalidation import Invalidations
from precompass.report.comparison_wording import (
    NO_DIFFERENCE,
    costliest_first,
    headline,
    in_order,
    of_a_new_one,
    of_the_others,
    shown_and_others,
    what_is_recompiled,
    why_not_noticed,
    written,
)
from precompass.report.markdown import code, escaped, markdown
from precompass.report.places import shown
from precompass.report.recompilation_text import rules_of
from precompass.wording import approximately, counted, failures, listed, recompiled

_MAX_ENVIRONMENTS = 50
_MAX_CHANGES = 50
_MAX_NAMES = 500


def comparisons_markdown(
    comparisons: Sequence[Comparison], *, unchanged: int = 0, folder: Path
) -> str:
    """Return what becomes of several environments as Markdown, the one that costs most first.

    Args:
        comparisons: of the environments that differ.
        unchanged: how many environments do not differ.
        folder: paths below it are shown relative to it.
    """
    lines = ["## Recompiled by Julia", ""]
    listed_ones, others = shown_and_others(comparisons)
    for comparison in costliest_first(listed_ones)[:_MAX_ENVIRONMENTS]:
        lines += _environment(comparison, folder)
    if len(listed_ones) > _MAX_ENVIRONMENTS:
        lines += [f"And {len(listed_ones) - _MAX_ENVIRONMENTS} more environments.", ""]
    if not comparisons:
        lines += [NO_DIFFERENCE, ""]
    elif rest := of_the_others(others, unchanged=unchanged, are_all=not listed_ones):
        lines += [rest, ""]
    return "\n".join(lines)


def _environment(comparison: Comparison, folder: Path) -> Iterator[str]:
    """Yield the lines about one environment."""
    name = code(shown(comparison.project, folder))
    after, difference = comparison.after, comparison.difference
    if after is None:
        yield from (f"### {name}", "", f"Cannot be compared: {escaped(comparison.unreadable)}.", "")
        return
    if difference is None:
        yield from (f"### {name}", "", of_a_new_one(after), "")
    else:
        yield from (f"### {name}: {_headline(difference)}", "")
        if difference.between is not None or not difference.recompilation.is_complete:
            yield from (markdown(headline(difference)), "")
        yield from _changes(difference, after)
        yield from _names(difference)
        yield from (line for error in failures(difference.errors) for line in (markdown(error), ""))
        if comparison.approximate is not None:
            yield from (escaped(approximately(*comparison.approximate)), "")
    for note in comparison.notes:
        yield from (f"> {markdown(note)}.", "")
    environment = after.environment
    yield from (f"Julia version {rules_of(environment.julia, environment.julia_from)}.", "")


def _headline(difference: Difference) -> str:
    recompilation = difference.recompilation
    if not recompilation.units:
        return "nothing" if recompilation.is_complete else "not known"
    if difference.between is not None:
        return what_is_recompiled(difference)
    return f"{recompiled(recompilation)} ({recompilation.evidence.word})"


def _changes(difference: Difference, after: Invalidations) -> Iterator[str]:
    changes = in_order(difference, after)
    for change in changes[:_MAX_CHANGES]:
        yield _change(change, difference, after)
    if len(changes) > _MAX_CHANGES:
        yield f"- and {counted(len(changes) - _MAX_CHANGES, 'more preference')}"
    if changes:
        yield ""


def _change(change: PreferenceChange, difference: Difference, after: Invalidations) -> str:
    name = code(f"{after.environment.name_of(change.preference.package)}.{change.preference.key}")
    before, now = map(code, written(change.before, change.after))
    line = f"- {name}: {before} → {now}"
    if not change.noticed:
        label, reason = why_not_noticed(change, difference, after)
        return f"{line}; {label}: {markdown(reason)}"
    bound = listed(seen.unit.label for seen in change.observers)
    return f"{line}; read by {escaped(bound)}" if bound else line


def _names(difference: Difference) -> Iterator[str]:
    """Yield who is recompiled, folded, and who can no longer be compiled."""
    if difference.recompilation.units:
        count = counted(len(difference.recompilation.packages), "package")
        if difference.recompilation.extensions:
            count += f" and {counted(len(difference.recompilation.extensions), 'extension')}"
        names = listed((unit.label for unit in difference.recompilation.units), _MAX_NAMES)
        yield from (f"<details><summary>{count}</summary>", "", escaped(names), "", "</details>")
        yield ""
    if difference.failed:
        names = listed((unit.label for unit in difference.failed), _MAX_NAMES)
        yield from (f"Can no longer be compiled: {escaped(names)}.", "")
