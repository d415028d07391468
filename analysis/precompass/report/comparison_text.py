"""What a change recompiles, for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from precompass.answers.comparison import Comparison
from precompass.recompilation.difference import Difference, PreferenceChange
from precompass.recompilation.invalidation import Invalidations
from precompass.report.comparison_wording import (
    NO_DIFFERENCE,
    headline,
    in_order,
    of_a_new_one,
    of_the_others,
    shown_and_others,
    why_not_noticed,
    written,
)
from precompass.report.console import print_prose
from precompass.report.places import shown
from precompass.report.recompilation_text import (
    print_labelled,
    print_recompilation,
    print_units,
    rules_of,
)
from precompass.report.visible import visible
from precompass.wording import approximately, failures, listed


def print_comparisons(
    comparisons: Sequence[Comparison], *, unchanged: int = 0, folder: Path, console: Console
) -> None:
    """Print what becomes of several environments, each below the name of its project file.

    Those in which nothing is recompiled are summed up in a line.

    Args:
        comparisons: of the environments that differ.
        unchanged: how many environments do not differ.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    listed_ones, others = shown_and_others(comparisons)
    for number, comparison in enumerate(listed_ones):
        if number:
            console.print()
        console.print(
            Text(visible(shown(comparison.project, folder)), style="bold"), soft_wrap=True
        )
        print_comparison(comparison, console=console)
    if not comparisons:
        print_prose(console, NO_DIFFERENCE)
    elif rest := of_the_others(others, unchanged=unchanged, are_all=not listed_ones):
        if listed_ones:
            console.print()
        print_prose(console, rest)


def print_comparison(comparison: Comparison, *, console: Console) -> None:
    """Print what becomes of one environment."""
    after, difference = comparison.after, comparison.difference
    if after is None:
        print_prose(console, f"Cannot be compared: {comparison.unreadable}.")
        return
    if difference is None:
        print_prose(console, of_a_new_one(after))
        return
    print_prose(console, headline(difference))
    if comparison.approximate is not None:
        print_prose(console, approximately(*comparison.approximate))
    for change in in_order(difference, after):
        console.print()
        _print_change(change, difference, after, console)
    console.print()
    print_recompilation(console, difference.recompilation)
    print_units(console, "in any case", difference.in_any_case)
    print_units(console, "fails", difference.failed)
    for error in failures(difference.errors):
        print_labelled(console, "Julia throws", error)
    environment = after.environment
    print_labelled(console, "Julia version", rules_of(environment.julia, environment.julia_from))


def _print_change(
    change: PreferenceChange, difference: Difference, after: Invalidations, console: Console
) -> None:
    name = f"{after.environment.name_of(change.preference.package)}.{change.preference.key}"
    before, now = written(change.before, change.after)
    console.print(
        Text.assemble(
            "  ",
            (visible(name), "bold"),
            ": ",
            (visible(before), "red"),
            " → ",
            (visible(now), "green"),
        )
    )
    if not change.noticed:
        print_labelled(console, *why_not_noticed(change, difference, after))
    elif change.observers:
        print_labelled(console, "read by", listed(seen.unit.label for seen in change.observers))
