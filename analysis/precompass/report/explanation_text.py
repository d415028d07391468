"""An explanation for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from precompass.answers.explanation import Explanation, Origin
from precompass.answers.in_tests import in_tests_sentence
from precompass.recompilation.member_answers import MemberAnswer
from precompass.report.console import print_prose, prose
from precompass.report.places import shown
from precompass.report.recompilation_text import print_labelled, print_recompilation, rules_of
from precompass.report.visible import visible
from precompass.wording import approximately, listed, recompiled, recompiles, sentence, unknown_part
from precompass.wording.read_reasons import because, environment_variables, no_change, rests_on
from precompass.wording.shortening import shown_value


def print_explanation(explanation: Explanation, *, folder: Path, console: Console) -> None:
    """Print an explanation.

    Args:
        explanation: the answer.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    environment = explanation.environment
    console.print(Text(visible(explanation.subject), style="bold"), soft_wrap=True)
    said = count_sentence(explanation)
    print_prose(console, said)
    if explanation.approximate is not None:
        print_prose(console, approximately(*explanation.approximate))
    tests = explanation.in_tests
    is_said = tests is None or tests.is_among(explanation.members)
    if tests is not None and not is_said and (explanation.is_known or not tests.is_unknown):
        print_prose(console, in_tests_sentence(tests))
    for member in explanation.members:
        print_prose(console, member_sentence(member))
    if explanation.in_vain:
        print_prose(console, in_vain_sentence(explanation.in_vain, folder))
    if explanation.variables:
        sentence = environment_variables(explanation.package, explanation.variables)
        print_prose(console, sentence)
    console.print()
    if explanation.key is not None:
        print_labelled(console, "value", _value(explanation, folder))
    for number, seen in enumerate(explanation.observers):
        line = Text(visible(seen.unit.label), style="bold")
        why = because(seen.read.because)
        if f"({why})" not in said:  # with one reader, the first sentence has it
            line = Text.assemble(line, ": ", prose(why))
        print_labelled(console, "" if number else "read by", line)
    if explanation.chain:
        steps = " → ".join(unit.label for unit in explanation.chain)
        print_labelled(console, "required by", Text(visible(steps)))
    print_recompilation(console, explanation.recompilation)
    print_labelled(console, "Julia version", rules_of(environment.julia, environment.julia_from))


def in_vain_sentence(origins: Sequence[Origin], folder: Path) -> str:
    """Say that Julia reads no preferences from the project files of dependencies."""
    places = listed(f"{shown(one.file, folder)}:{one.line + 1}" for one in origins)
    verb = "sets" if len(origins) == 1 else "set"
    return (
        f"{places} {verb} it without effect: Julia reads preferences from the active project, "
        "not from its dependencies."
    )


def member_sentence(answer: MemberAnswer) -> str:
    """Say what a change recompiles for a project of the workspace."""
    recompilation = answer.invalidation.recompilation
    if answer.invalidation.why_not is not None:
        sentence = no_change(answer.invalidation.why_not, answer.invalidations.environment)
        return f"For {answer.name}: {sentence[:1].lower()}{sentence[1:]}"
    return (
        f"For {answer.name}, changing it {recompiles(recompilation)} {recompiled(recompilation)}."
    )


def count_sentence(explanation: Explanation) -> str:
    """Say what a change recompiles, and what that rests on."""
    environment = explanation.environment
    if explanation.why_not is not None:
        return no_change(explanation.why_not, environment)
    recompilation = explanation.recompilation
    if explanation.key is None and explanation.environment.comes_with_julia(explanation.uuid):
        verb = "depends" if recompilation.of == 1 else "depend"
        text = f"{explanation.package} comes with Julia and changes only with it"
        return f"{text}: {recompiled(recompilation)} {verb} on it."
    text = f"Changing it {recompiles(recompilation)} {recompiled(recompilation)}"
    if explanation.key is None:
        text += f", {explanation.package} included."
    else:
        basis = rests_on(recompilation.evidence, explanation.observers, environment.julia)
        text += f" ({basis})."
    for gap in recompilation.gaps[:1]:
        text += f" {sentence(unknown_part(gap))}"
    return text


def _value(explanation: Explanation, folder: Path) -> Text:
    origin = explanation.origin
    if explanation.value is None:
        for gap in explanation.environment.value_gaps:
            return Text(visible(f"unknown: {unknown_part(gap)}"))
        if explanation.ignored:
            places = listed(
                f"{shown(one.file, folder)}:{one.line + 1}" for one in explanation.ignored
            )
            return Text(visible(f"not set; Julia ignores {places}"))
        return Text("not set")
    value = Text(visible(shown_value(explanation.value)), style="cyan")
    if origin is None:
        return value
    return Text.assemble(value, f", from {visible(shown(origin.file, folder))}:{origin.line + 1}")
