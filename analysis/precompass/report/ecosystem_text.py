"""How many registered packages depend on one, for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from precompass.registry.ecosystem import DependentCounts, Ecosystem
from precompass.registry.registries import Registries
from precompass.report.console import print_prose
from precompass.report.recompilation_text import print_labelled
from precompass.report.visible import visible
from precompass.wording import counted, dated, hanging

_WIDTH = 12  # columns of a number


def print_counts(
    counts: DependentCounts, ecosystem: Ecosystem, registries: Registries, console: Console
) -> None:
    """Print the counts of one package."""
    console.print(Text(visible(counts.name), style="bold"))
    print_prose(console, hanging(counts, ecosystem, registries))
    console.print()
    print_labelled(console, "directly", counted(counts.direct, "package"))
    jlls = counts.dependents - counts.dependents_non_jll
    others = counted(counts.dependents_non_jll, "package")
    print_labelled(console, "at all", f"{others} and {counted(jlls, 'JLL')}")
    newest = registries.newest(counts.uuid)
    if newest is not None:
        print_labelled(console, "newest", str(newest))
    print_labelled(console, "uuid", str(counts.uuid))
    print_labelled(console, "registered", _registered(ecosystem))


def print_ranking(
    ranking: Sequence[DependentCounts],
    ecosystem: Ecosystem,
    registries: Registries,
    console: Console,
) -> None:
    """Print the counts of several packages, a line each, in their order."""
    heads = ("dependents", "not JLLs", "direct")
    console.print(Text("".join(f"{head:>{_WIDTH}}" for head in heads) + "  package", "bold"))
    for counts in ranking:
        numbers = (counts.dependents, counts.dependents_non_jll, counts.direct)
        line = "".join(f"{number:>{_WIDTH},}" for number in numbers)
        console.print(Text(f"{line}  {visible(counts.name)}"), soft_wrap=True)
    console.print()
    print_prose(console, f"Of {_registered(ecosystem)} in {dated(registries.found)}.")


def _registered(ecosystem: Ecosystem) -> str:
    return f"{counted(ecosystem.packages, 'package')}, {ecosystem.non_jll:,} of them not JLLs"
