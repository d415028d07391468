"""An explanation as a page of Markdown, for editors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from precompass.answers.explanation import Explanation
from precompass.answers.in_tests import in_tests_sentence
from precompass.recompilation.graph import Unit
from precompass.report.explanation_text import count_sentence, in_vain_sentence, member_sentence
from precompass.report.markdown import code, markdown, readable
from precompass.report.places import shown
from precompass.report.recompilation_text import rules_of
from precompass.wording import approximately
from precompass.wording.read_reasons import because, environment_variables
from precompass.wording.shortening import shown_value


def explanation_markdown(explanation: Explanation, *, folder: Path) -> str:
    """Return an explanation as Markdown.

    Args:
        explanation: the answer.
        folder: paths below it are shown relative to it.
    """
    paragraphs = [
        f"# {readable(explanation.subject)}",
        markdown(count_sentence(explanation), readable),
    ]
    if explanation.approximate is not None:
        paragraphs.append(readable(approximately(*explanation.approximate)))
    tests = explanation.in_tests
    if tests is not None and not tests.is_among(explanation.members):
        paragraphs.append(markdown(in_tests_sentence(tests), readable))
    paragraphs += [markdown(member_sentence(one), readable) for one in explanation.members]
    if explanation.in_vain:
        sentence = in_vain_sentence(explanation.in_vain, folder)
        paragraphs.append(markdown(sentence, readable))
    if explanation.variables:
        sentence = environment_variables(explanation.package, explanation.variables)
        paragraphs.append(markdown(sentence, readable))
    if explanation.key is not None:
        paragraphs.append(f"**Value:** {_value(explanation, folder)}")
    if explanation.observers:
        seen = (
            f"- {readable(one.unit.label)}: {markdown(because(one.read.because), readable)}"
            for one in explanation.observers
        )
        paragraphs += ["## Read by", "\n".join(seen)]
    if len(explanation.chain) > 1:
        steps = " → ".join(readable(unit.label) for unit in explanation.chain)
        paragraphs += ["## Required by", steps]
    recompilation = explanation.recompilation
    paragraphs += _names("Recompiled", recompilation.packages)
    paragraphs += _names("Extensions", recompilation.extensions)
    paragraphs += _names("Only by Pkg.precompile()", recompilation.only_by_pkg)
    paragraphs += _names("Only by loading", recompilation.only_by_loading)
    environment = explanation.environment
    paragraphs.append(f"Julia version {rules_of(environment.julia, environment.julia_from)}.")
    return "\n\n".join(paragraphs) + "\n"


def _value(explanation: Explanation, folder: Path) -> str:
    if explanation.value is None:
        return "not set"
    value = code(shown_value(explanation.value))
    origin = explanation.origin
    if origin is None:
        return value
    return f"{value}, from {code(f'{shown(origin.file, folder)}:{origin.line + 1}')}"


def _names(title: str, units: Iterable[Unit]) -> list[str]:
    """Return a heading and the names below it; nothing if there are none."""
    names = sorted({unit.label for unit in units}, key=lambda name: (name.casefold(), name))
    return [f"## {title}", ", ".join(map(readable, names))] if names else []
