"""What a change compiles again, for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from precompass.documents.values import TomlValue
from precompass.invalidation import Difference, Invalidations, PreferenceChange
from precompass.report.console import print_prose
from precompass.report.recompilation_text import (
    print_labelled,
    print_recompilation,
    print_units,
    rules_of,
)
from precompass.report.toml_value import toml_value
from precompass.report.visible import visible
from precompass.wording import counted, listed, recompiled


def print_difference(difference: Difference, after: Invalidations, *, console: Console) -> None:
    """Print what a change compiles again.

    Args:
        difference: the answer.
        after: the environment after the change.
        console: where to print.
    """
    print_prose(console, _count(difference))
    name_of = after.environment.name_of
    for change in sorted(difference.changes, key=lambda it: (name_of(it.uuid), it.key)):
        console.print()
        _print_change(change, after, console)
    console.print()
    print_recompilation(console, difference.recompilation)
    print_units(console, "fails", difference.failed)
    for error in difference.errors:
        print_labelled(console, "Julia throws", error)
    environment = after.environment
    print_labelled(console, "rules of", rules_of(environment.julia, environment.julia_from))


def _count(difference: Difference) -> str:
    changes = counted(len(difference.changes), "preference")
    changed = f"{changes} {'differs' if len(difference.changes) == 1 else 'differ'}"
    if not difference.recompilation.units:
        return f"{changed}; Julia compiles nothing again."
    again = recompiled(difference.recompilation)
    return f"{changed}; Julia compiles {again} again ({difference.recompilation.evidence.word})."


def _print_change(change: PreferenceChange, after: Invalidations, console: Console) -> None:
    name = f"{after.environment.name_of(change.uuid)}.{change.key}"
    console.print(
        Text.assemble(
            "  ",
            (visible(name), "bold"),
            ": ",
            (_written(change.before), "red"),
            " → ",
            (_written(change.after), "green"),
        )
    )
    if not change.noticed:
        print_labelled(console, "not noticed", _why_not(change, after))
    elif change.observers:
        print_labelled(console, "bound to it", listed(seen.unit.label for seen in change.observers))


def _written(value: TomlValue | None) -> str:
    return "not set" if value is None else visible(toml_value(value))


def _why_not(change: PreferenceChange, after: Invalidations) -> str:
    if not change.observers:
        return after.of_preference(change.uuid, change.key).why_not or "nothing reads it"
    if all(seen.unit.id not in after.graph.units for seen in change.observers):
        return "what read it is no longer in the manifest"
    return "the caches fit both values"
