"""What a change recompiles, as annotations of a GitHub workflow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass.answers.comparison import Comparison
from precompass.recompilation.difference import Difference
from precompass.recompilation.invalidation import Invalidations
from precompass.report.comparison_wording import (
    costliest_first,
    headline,
    in_order,
    of_a_new_one,
    of_the_others,
    shown_and_others,
    what_is_recompiled,
)
from precompass.report.github import annotation
from precompass.report.places import shown
from precompass.wording import approximately, failures, listed

_MAX_NAMES = 30


def github_notices(comparisons: Sequence[Comparison], *, folder: Path) -> Iterator[str]:
    """Yield a line for each environment, the one that costs most first; errors come before.

    The last line sums up the environments in which nothing is recompiled.
    GitHub shows the first ten notices of a step.

    Args:
        comparisons: of the environments that differ.
        folder: the checkout; paths are relative to it.
    """
    for comparison in comparisons:
        properties = {"file": shown(comparison.project, folder), "title": "Precompass"}
        if comparison.unreadable:
            yield annotation("error", properties, f"Cannot be compared: {comparison.unreadable}.")
        errors = failures(comparison.difference.errors) if comparison.difference is not None else ()
        for error in errors:
            yield annotation("error", properties, f"Julia throws: {error}")
    listed_ones, others = shown_and_others(comparisons)
    for comparison in costliest_first(listed_ones):
        if comparison.after is not None:
            yield _notice(comparison, comparison.after, folder)
    if others:
        text = of_the_others(others, are_all=not listed_ones)
        yield annotation("notice", {"title": "Precompass"}, text)


def _notice(comparison: Comparison, after: Invalidations, folder: Path) -> str:
    where = f"In {shown(comparison.project, folder)}: "
    difference = comparison.difference
    if difference is None:
        title, text = "A new environment", of_a_new_one(after)
    else:
        title, text = _said(difference)
        text = where + text
        if comparison.approximate is not None:
            text += f" {approximately(*comparison.approximate)}"
    properties = {**_place(difference, after, folder), "title": title}
    sentences = [text, *(f"{note}." for note in comparison.notes)]
    return annotation("notice", properties, "\n".join(filter(None, sentences)))


def _said(difference: Difference) -> tuple[str, str]:
    recompilation = difference.recompilation
    title = "This change recompiles nothing"
    sentences = []
    if difference.between is not None or not recompilation.is_complete:
        sentences.append(headline(difference))
    if not recompilation.units and not recompilation.is_complete:
        title = "The effect of this change is unknown"
    elif recompilation.units:
        title = f"This change recompiles {what_is_recompiled(difference)}"
        names = listed((unit.label for unit in recompilation.units), _MAX_NAMES)
        sentences.append(f"{names} ({recompilation.evidence.word}).")
    elif not sentences:
        sentences.append(headline(difference))
    if difference.failed:
        failed = listed((unit.label for unit in difference.failed), _MAX_NAMES)
        sentences.append(f"Can no longer be compiled: {failed}.")
    return title, " ".join(sentences)


def _place(difference: Difference | None, after: Invalidations, folder: Path) -> dict[str, str]:
    """Return the line that sets the first preference that changed, or else the whole file."""
    for change in in_order(difference, after) if difference is not None else ():
        source = after.preferences(change.preference.package).origin(change.preference.key)
        entry = source.entry(change.preference.key) if source is not None else None
        if source is not None and entry is not None:
            line = source.document.lines.line_of(entry.key.span.start)
            return {"file": shown(source.file, folder), "line": str(line + 1)}
    return {"file": shown(after.environment.project.path, folder)}
