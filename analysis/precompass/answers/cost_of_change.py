"""What changing a preference recompiles, as a sentence of a hint, a completion or a hover."""

from __future__ import annotations

from collections.abc import Sequence

from precompass import wording
from precompass.answers.hover_lines import listed_briefly
from precompass.findings import Paragraph, Strong
from precompass.recompilation.invalidation import Invalidation, Invalidations
from precompass.recompilation.member_answers import MemberAnswer
from precompass.wording import read_reasons, recompiled
from precompass.wording.read_reasons import rests_on


def count_sentence(invalidations: Invalidations, invalidation: Invalidation) -> Paragraph:
    """Say what a change of a preference recompiles, and what that rests on."""
    if invalidation.why_not is not None:
        return (read_reasons.no_change(invalidation.why_not, invalidations.environment),)
    recompilation = invalidation.recompilation
    basis = rests_on(
        recompilation.evidence, invalidation.observers, invalidations.environment.julia
    )
    rest = f" ({basis})."
    for gap in recompilation.gaps[:1]:
        rest += f" {wording.sentence(wording.unknown_part(gap))}"
    verb = wording.recompiles(recompilation)
    return f"Changing it {verb} ", Strong(recompiled(recompilation)), rest


def others_sentence(answers: Sequence[MemberAnswer]) -> list[Paragraph]:
    """Say what the change recompiles for the projects of a workspace besides the first."""
    others = [f"{recompiled(one.invalidation.recompilation)} for {one.name}" for one in answers[1:]]
    return [(f"It recompiles {listed_briefly(others, 3)}.",)] if others else []
