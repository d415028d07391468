"""What is recompiled, by name, for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from precompass.julia.behaviour import Julia
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Recompilation
from precompass.report.console import print_hanging, prose
from precompass.report.visible import visible

_LABEL_WIDTH = 14  # columns


def print_labelled(console: Console, label: str, text: str | Text) -> None:
    """Print a line of an answer: its label in a separate column, and the text, wrapped."""
    body = prose(text) if isinstance(text, str) else text
    print_hanging(console, Text(f"  {label:{_LABEL_WIDTH}}", style="bold"), body)


def print_units(console: Console, label: str, units: Iterable[Unit]) -> None:
    """Print the names of units behind a label; nothing if there are none."""
    names = sorted({unit.label for unit in units}, key=lambda name: (name.casefold(), name))
    if names:
        print_labelled(console, label, Text(", ".join(map(visible, names))))


def print_recompilation(console: Console, recompilation: Recompilation) -> None:
    """Print the names of what is recompiled, and where loading differs from Pkg."""
    print_units(console, "recompiled", recompilation.packages)
    print_units(console, "extensions", recompilation.extensions)
    print_units(console, "only by loading", recompilation.only_by_loading)
    print_units(console, "only by Pkg", recompilation.only_by_pkg)


def rules_of(julia: Julia, julia_from: str) -> str:
    """Say whose rules an answer follows.

    Args:
        julia: the version.
        julia_from: how it was found, as an environment has it.
    """
    reason = {
        "manifest": "from the manifest",
        "setting": "from the settings",
        "newest": "the newest known; no manifest names one",
    }[julia_from]
    if julia.of_series:
        reason += f"; the newest known release of {julia.series}"
    return f"{julia.version} ({reason})"
