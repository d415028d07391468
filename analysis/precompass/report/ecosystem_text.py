"""How many registered packages depend on one, for people."""

from __future__ import annotations

from collections.abc import Sequence

from precompass.registry.ecosystem import DependentCounts, Ecosystem
from precompass.registry.registries import Registries
from precompass.report.output import Output, Part
from precompass.report.visible import visible
from precompass.wording import counted, dated, hanging

_WIDTH = 12  # columns of a number
_LABEL_WIDTH = 14


def print_counts(
    counts: DependentCounts, ecosystem: Ecosystem, registries: Registries, output: Output
) -> None:
    """Print the counts of one package."""

    def labelled(label: str, text: str) -> None:
        lead = Part(f"  {label:{_LABEL_WIDTH}}", "bold")
        output.paragraph(Part(visible(text), is_prose=True), lead=(lead,))

    output.paragraph(Part(visible(counts.name), "bold"))
    output.paragraph(Part(visible(hanging(counts, ecosystem, registries)), is_prose=True))
    output.line()
    labelled("directly", counted(counts.direct, "package"))
    jlls = counts.dependents - counts.dependents_non_jll
    others = counted(counts.dependents_non_jll, "package")
    labelled("at all", f"{others} and {counted(jlls, 'JLL')}")
    newest = registries.newest(counts.uuid)
    if newest is not None:
        labelled("newest", str(newest))
    labelled("uuid", str(counts.uuid))
    labelled("registered", _registered(ecosystem))


def print_ranking(
    ranking: Sequence[DependentCounts],
    ecosystem: Ecosystem,
    registries: Registries,
    output: Output,
) -> None:
    """Print the counts of several packages, a line each, in their order."""
    heads = ("dependents", "not JLLs", "direct")
    output.line(Part("".join(f"{head:>{_WIDTH}}" for head in heads) + "  package", "bold"))
    for counts in ranking:
        numbers = (counts.dependents, counts.dependents_non_jll, counts.direct)
        line = "".join(f"{number:>{_WIDTH},}" for number in numbers)
        output.line(Part(f"{line}  {visible(counts.name)}"))
    output.line()
    text = f"Of {_registered(ecosystem)} in {dated(registries.found)}."
    output.paragraph(Part(visible(text), is_prose=True))


def _registered(ecosystem: Ecosystem) -> str:
    return f"{counted(ecosystem.packages, 'package')}, {ecosystem.non_jll:,} of them not JLLs"
