"""How counts, lists and evidence are said, the same on every surface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment, Gap
from precompass.julia.preferences import LookupFailure
from precompass.julia.project import ProjectFile
from precompass.julia.workload_tools import SWITCH
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.compiled_size import CompiledShare
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Unit
from precompass.recompilation.held_back import NotNewest
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.recompilation.member_answers import MemberAnswer
from precompass.recompilation.observers import Observation
from precompass.recompilation.read_reasons import (
    AbsentCode,
    AssumedProducts,
    AssumedUnread,
    AssumedWorkload,
    Because,
    BoundToOwnOnly,
    FitsBothValues,
    MayReadAt,
    NoDependency,
    NoManifest,
    NoPackage,
    NotAllKnown,
    NotDependedOn,
    NotFound,
    NotInManifest,
    NotInSource,
    NotListed,
    NotReached,
    NotReadBefore,
    NotReadInFull,
    NotRecordedIn,
    Opening,
    Published,
    PublishedFact,
    PublishedKeys,
    ReadAt,
    ReadersGone,
    ReadWhenRunning,
    RecordedIn,
    SwitchedOff,
    WhyNot,
    WithoutPreferences,
    WithoutWorkload,
)
from precompass.registry.ecosystem import DependentCounts, Ecosystem
from precompass.registry.index import Registry
from precompass.registry.registries import Registries
from precompass.source.environment_reads import EnvironmentRead

_MOST_VARIABLES = 8  # that are told of one package
_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("bytes", 1))

NO_MANIFEST = "There is no manifest, so its dependents are unknown."


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 package``, ``3 packages``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


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


def no_change(reason: WhyNot, environment: Environment) -> str:
    """Say as a sentence that a change recompiles nothing, or that this is not known, and why."""
    why = why_not(reason, environment)
    if isinstance(reason, NotAllKnown | NoManifest):
        return f"The effect of a change is unknown: {why}."
    return f"Changing it recompiles nothing: {why}."


def unknown_part(gap: Gap) -> str:
    """Say what is not known of an environment, as part of a sentence."""
    if gap.line is not None:
        return f"{gap.file.name} has a syntax error in line {gap.line + 1}; the rest is unknown"
    if gap.missing is not None:
        return f"{gap.file.name} has no entry of {gap.missing}, so its dependencies are unknown"
    return "there is no manifest, so its dependents are unknown"


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


def environment_variables(package: str, reads: Sequence[tuple[EnvironmentRead, ReadAt]]) -> str:
    """Say which environment variables a package reads while it compiles, and what that means."""
    shown = [
        f"{f'`{read.name}`' if read.name else 'one of a computed name'} ({_place(place)})"
        for read, place in reads[:_MOST_VARIABLES]
    ]
    more = f" and {len(reads) - len(shown)} more" if len(reads) > len(shown) else ""
    return (
        f"{package} reads environment variables while it compiles, and Julia does not notice when "
        f"they change: {', '.join(shown)}{more}."
    )


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
    return f"{sentence}; these versions do not all fit each other, so Pkg has to choose others."


def rests_on(evidence: Evidence, observers: Sequence[Observation], julia: Julia) -> str:
    """Say what a count rests on."""
    if evidence is Evidence.RECORDED:
        return f"recorded in the caches of Julia {julia.series}"
    weakest = [seen.read.because for seen in observers if seen.read.evidence is evidence]
    return because(weakest[0]) if weakest else evidence.word


def because(reason: Because) -> str:
    """Say why a unit reads a preference, or does not, as part of a sentence: ``recorded in …``."""
    match reason:
        case RecordedIn(unit, julia):
            return f"recorded in the cache of {unit.name}, Julia {julia}"
        case ReadAt():
            return _read_at(reason)
        case MayReadAt(place, opening):
            return _OPEN[opening].format(place=_place(place))
        case NotReadInFull(unit, place, problem):
            where = f"{_place(place)}, {problem}"
            return f"cannot tell: the source of {unit.name} was not read in full ({where})"
        case AbsentCode(name, packages, place):
            owners = " or ".join(packages)
            return (
                f"cannot tell: `{name}` in {_place(place)} comes from {owners}, whose source is "
                "not installed"
            )
        case PublishedKeys(package, versions, is_read, macro):
            reader = f"{package} {versions}" if macro is None else f"`{macro}` of {package}"
            return f"{reader} {'reads' if is_read else 'does not read'} it while compiling"
        case ReadWhenRunning(read):
            return f"it is read at run time only, in {_place(read)}"
        case Published(tool, version, fact, key):
            name = tool if version is None else f"{tool} {version}"
            return f"{name} {_PUBLISHED[fact].format(key=key)}"
        case AssumedWorkload(unit):
            return f"assumed: {unit.name} depends on PrecompileTools, so it has a workload"
        case AssumedProducts(unit):
            return (
                f"assumed: JLLWrappers reads a `…_path` key for each product of {unit.name}, "
                "and other keys may choose the platform"
            )
        case NotFound(unit):
            return f"assumed: no cache and no source of {unit.name} was found"
        case NotRecordedIn(unit, julia):
            return f"the cache of {unit.name}, made by Julia {julia}, does not list it"
        case NotInSource(unit):
            return f"the source of {unit.name} does not read it while compiling"
        case NotReached(read):
            return f"{_read_at(read)}, which is not so with the preferences in effect"
        case WithoutPreferences(unit):
            return f"{unit.name} does not depend on Preferences.jl, so it records no preference"
        case WithoutWorkload(unit):
            return f"{unit.name} does not depend on PrecompileTools, so nothing reads this flag"
        case SwitchedOff():
            return f"no flag is read while `[PrecompileTools] {SWITCH}` is false"
        case NoPackage():
            return "the project is not a package"
        case NotInManifest():
            return "the package is not in the manifest"
        case AssumedUnread(own):
            return f"{because(own)}; assumed: no other package reads it either"


_PUBLISHED: Mapping[PublishedFact, str] = {
    PublishedFact.READS_ONCE: "reads it once, when it compiles itself",
    PublishedFact.READS_NOTHING_ELSE: "reads `{key}` and nothing else",
    PublishedFact.READS_NOTHING: "reads no preferences",
    PublishedFact.READS_NOTHING_ITSELF: "reads no preference while it compiles itself",
    PublishedFact.READS_IN_USERS: "reads it while a package with a workload compiles",
}


_OPEN = {
    Opening.KEY: "cannot tell: {place} reads a preference whose name is computed",
    Opening.OWNER: "may be read in {place}, where its package is computed",
    Opening.CALLBACK: "may be read in {place}, which the workload can reach",
}


def _place(place: ReadAt) -> str:
    return f"{place.shown}:{place.line + 1}"


def _read_at(read: ReadAt) -> str:
    place = f"read in {_place(read)}"
    if read.condition is not None:
        return f"{place}, if `{read.condition}`"
    return f"{place}, on a condition" if read.is_conditional else place


def why_not(reason: WhyNot, environment: Environment) -> str:
    """Say why Julia does not notice a change of a preference, as part of a sentence.

    Args:
        reason: the reason.
        environment: in which the preference is.
    """
    match reason:
        case NotListed(package, if_listed):
            name, project = environment.name_of(package), environment.project.path.name
            sentence = f"{project} does not list {name}, so Julia ignores its preferences"
            if if_listed is None:
                return sentence
            cost = f"{if_listed.count} of {if_listed.of} packages"
            return f"{sentence}; if it did, a change would recompile {cost}"
        case NotDependedOn(readers):
            project = environment.project.path.name
            return f"it is read by {_units(readers)}, on which {project} does not depend"
        case BoundToOwnOnly(preference, readers):
            owner = environment.name_of(preference.package)
            return (
                f"Julia {environment.julia.series} binds a cache only to the preferences of its "
                f"own package, and `{preference.key}` of {owner} is read by {_units(readers)}"
            )
        case NoManifest():
            return "there is no manifest that would have the package"
        case NotAllKnown(file, line, missing):
            return unknown_part(Gap(file, line, missing))
        case NoDependency():
            return f"{environment.project.path.name} does not depend on it"
        case NotReadBefore():
            return "nothing reads it"
        case ReadersGone():
            return "what read it is no longer in the manifest"
        case FitsBothValues():
            return "the caches fit both values"
        case _:
            return because(reason)


def failures(errors: Iterable[LookupFailure]) -> tuple[str, ...]:
    """Say what makes Julia throw when it looks for preferences, one sentence each."""
    return tuple(dict.fromkeys(f"{error.file.name}: {error.message}" for error in errors))


def _units(units: Iterable[Unit], limit: int = 3) -> str:
    names = sorted(unit.label for unit in units)
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
