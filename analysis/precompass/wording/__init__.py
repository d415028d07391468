"""How counts, lists and evidence are said, the same on every surface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from precompass.julia.environment import Gap
from precompass.julia.older_patches import Patches
from precompass.julia.preferences import LookupFailure
from precompass.julia.project import ProjectFile
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.member_answers import MOST_ASKED

if TYPE_CHECKING:
    from precompass.recompilation.approximation import Approximation
    from precompass.recompilation.compiled_size import CompiledShare
    from precompass.recompilation.held_back import NotNewest
    from precompass.recompilation.invalidation import Invalidations, Recompilation
    from precompass.recompilation.member_answers import MemberAnswer
    from precompass.registry.ecosystem import DependentCounts, Ecosystem
    from precompass.registry.index import Registry
    from precompass.registry.registries import Registries

_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("bytes", 1))

NO_MANIFEST = "There is no manifest, so its dependents are unknown."


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 package``, ``3 packages``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def a_part_is_asked() -> str:
    """Say that a workspace has more projects than are asked, without full stop."""
    return (
        f"Only {MOST_ASKED} projects of this workspace are checked, "
        "and the rest may recompile more packages"
    )


def recompiles(recompilation: Recompilation) -> str:
    """Return the verb of a count: what a source does not settle *may* be recompiled."""
    return "may recompile" if recompilation.evidence is Evidence.POSSIBLE else "recompiles"


def recompiled(recompilation: Recompilation) -> str:
    """Say what is recompiled: ``33 of 102 packages and 6 extensions``.

    Where not all is known, it is a lower bound: ``at least 33 packages``.
    Where caches are there, the share of the compiled code that is thrown away follows.
    """
    text = f"{recompilation.count:,} of {counted(recompilation.of, 'package')}"
    if not recompilation.is_complete:
        text = f"at least {counted(recompilation.count, 'package')}"
    extensions = len(recompilation.extensions)
    text = f"{text} and {counted(extensions, 'extension')}" if extensions else text
    share = recompilation.share
    return f"{text}, {compiled_code(share)}" if share is not None and share.bytes else text


def unknown_part(gap: Gap) -> str:
    """Say what is not known of an environment, as part of a sentence.

    A file of a shared environment, such as ``@v1.12``, is told from the project's own one.
    """
    shared = gap.file.parts[-3:-2] == ("environments",)
    file = "/".join(gap.file.parts[-3:]) if shared else gap.file.name
    if gap.line is not None:
        return f"{file} has a syntax error in line {gap.line + 1}; the rest is unknown"
    if gap.missing is not None:
        return f"{file} has no entry of {gap.missing}, so its dependencies are unknown"
    return "there is no manifest, so its dependents are unknown"


def sentence(part: str) -> str:
    """Return a part of a sentence as a separate sentence."""
    return f"{part[:1].upper()}{part[1:]}."


def of_older_patches(patches: Patches, what: str) -> str:
    """Say what older patches of a series do otherwise than the newest known one, which counts.

    Args:
        patches: those that do so.
        what: the predicate of the sentence: ``does not look for Manifest-v1.10.toml``.
    """
    return f"Julia {patches} {what}. Only the series is known here"


def without_preferences(name: str) -> str:
    """Say why a standard library has no preferences, as part of a sentence.

    The JLL packages that come with Julia are written by hand: they do not use JLLWrappers, which
    reads the ``…_path`` keys of all others.
    """
    if name.endswith("_jll"):
        return f"{name} comes with Julia, and no preference redirects its libraries"
    return f"{name} comes with Julia and reads no preferences"


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


def held_back_by(one: NotNewest) -> str:
    """Name who excludes the newest version: ``MinHash 0.2.0 (allows 0.17) and [compat]``."""
    names = [f"{holder.name} {holder.version} (allows {holder.allowed})" for holder in one.holders]
    names += [f"[compat] of {_project_label(project)}" for project in one.projects]
    return listed(names)


def _project_label(project: ProjectFile) -> str:
    return project.name or f"{project.path.parent.name}/{project.path.name}"


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

    ``4,165 of the 8,004 non-JLL packages in General (2023-04-11) depend on SnoopPrecompile,
    directly or indirectly.``
    """
    where = dated(registries.found)
    if not counts.dependents_non_jll:
        return f"No non-JLL package in {where} depends on {counts.name}."
    verb = "depends" if counts.dependents_non_jll == 1 else "depend"
    share = f"{counts.dependents_non_jll:,} of the {counted(ecosystem.non_jll, 'non-JLL package')}"
    return f"{share} in {where} {verb} on {counts.name}, directly or indirectly."


def approximately(recompilation: Recompilation, approximation: Approximation) -> str:
    """Say what would be recompiled if there were a manifest.

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
    return f"{sentence}; these versions do not all fit each other: Pkg chooses others, if it can."


def failures(errors: Iterable[LookupFailure]) -> tuple[str, ...]:
    """Say what makes Julia throw when it looks for preferences, one sentence each."""
    return tuple(dict.fromkeys(f"{error.file.name}: {error.message}" for error in errors))
