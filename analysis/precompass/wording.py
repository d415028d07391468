"""How counts, lists and evidence are said, the same on every surface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from precompass.julia.behaviour import Julia
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.compiled_size import CompiledShare
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.recompilation.member_answers import MemberAnswer
from precompass.recompilation.observers import Observation
from precompass.registry.ecosystem import DependentCounts, Ecosystem
from precompass.registry.index import Registry
from precompass.registry.registries import Registries

_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("bytes", 1))

NO_MANIFEST = "There is no manifest: what else depends on it is not known."


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 package``, ``3 packages``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def recompiled(recompilation: Recompilation) -> str:
    """Say what is compiled again: ``33 of 102 packages and 6 extensions``."""
    text = f"{recompilation.count:,} of {counted(recompilation.of, 'package')}"
    extensions = len(recompilation.extensions)
    return f"{text} and {counted(extensions, 'extension')}" if extensions else text


def for_member(answer: MemberAnswer, own: Invalidations) -> str:
    """Name the project of the workspace that an answer is for, if it is another: `` for test``."""
    return "" if answer.invalidations is own else f" for {answer.name}"


def in_bytes(size: int, of: int | None = None) -> str:
    """Return a size: ``573 MB``; as a part of another one, ``573 of 812 MB``."""
    whole = size if of is None else of
    unit, factor = next(((unit, one) for unit, one in _UNITS if whole >= one), _UNITS[-1])
    numbers = [size] if of is None else [size, of]
    digits = 1 if whole < 10 * factor else 0
    return f"{' of '.join(f'{number / factor:,.{digits}f}' for number in numbers)} {unit}"


def compiled_code(share: CompiledShare) -> str:
    """Say which share of the compiled code it is: ``573 of 812 MB of compiled code (71 %)``."""
    return f"{in_bytes(share.bytes, share.of)} of compiled code ({share.percent} %)"


def recompiles_once(count: int) -> str:
    """Say what an edit recompiles, so many packages, at the time that it is made."""
    return f"recompiles {counted(count, 'package')} once" if count else "recompiles nothing now"


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Return names as a sentence says them: ``A, B and C``, ``A, B and 7 more``."""
    ordered = sorted(set(names), key=str.casefold)
    if len(ordered) > limit + 1:
        return f"{', '.join(ordered[:limit])} and {len(ordered) - limit} more"
    if len(ordered) <= 1:
        return "".join(ordered)
    return f"{', '.join(ordered[:-1])} and {ordered[-1]}"


def dated(registries: Iterable[Registry]) -> str:
    """Name registries with the days of their states: ``General (2023-04-11)``."""
    return listed(f"{registry.name} ({registry.date})" for registry in registries)


def hanging(counts: DependentCounts, ecosystem: Ecosystem, registries: Registries) -> str:
    """Say how much of the ecosystem depends on a package.

    ``In General (2023-04-11), 4,165 of 8,004 packages other than JLLs hang on SnoopPrecompile.``
    """
    where = dated(registries.found)
    if not counts.dependents_non_jll:
        return f"In {where}, no package other than JLLs hangs on {counts.name}."
    hang = "hangs" if counts.dependents_non_jll == 1 else "hang"
    share = f"{counts.dependents_non_jll:,} of {counted(ecosystem.non_jll, 'package')}"
    return f"In {where}, {share} other than JLLs {hang} on {counts.name}."


def approximately(recompilation: Recompilation, approximation: Approximation) -> str:
    """Say what would be compiled again if there were a manifest.

    Args:
        recompilation: the answer of the approximation.
        approximation: what it rests on.
    """
    among = f"{recompilation.count:,} of {counted(recompilation.of, 'package')}"
    sentence = (
        f"With the newest compatible versions in {dated(approximation.registries.found)}, it would "
        f"be about {among}"
    )
    if approximation.fits:
        return f"{sentence}; Pkg may choose others."
    return f"{sentence}; these versions do not all fit each other, so Pkg has to choose others."


def rests_on(evidence: Evidence, observers: Sequence[Observation], julia: Julia) -> str:
    """Say what a count rests on."""
    if evidence is Evidence.RECORDED:
        return f"recorded in the caches of Julia {julia.series}"
    weakest = [seen.read.because for seen in observers if seen.read.evidence is evidence]
    return weakest[0] if weakest else evidence.word
