"""Why a unit reads a preference or not, and why Julia notices a change or not, as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment, Gap
from precompass.julia.workload_tools import SWITCH
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Unit
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
from precompass.source.environment_reads import EnvironmentRead
from precompass.wording import unknown_part, without_preferences

_MOST_VARIABLES = 8  # that are told of one package


def no_change(reason: WhyNot, environment: Environment) -> str:
    """Say as a sentence that a change recompiles nothing, or that this is not known, and why."""
    why = why_not(reason, environment)
    if is_unknown(reason):
        return f"The effect of a change is unknown: {why}."
    return f"Changing it recompiles nothing: {why}."


def is_unknown(reason: WhyNot | None) -> bool:
    """Return whether a reason says that nobody can tell whether Julia notices a change."""
    return isinstance(reason, NotAllKnown | NoManifest)


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
            if macro is not None:
                verb = "reads" if is_read else "does not read"
                return f"`{macro}` of {package} {verb} it while compiling"
            verb = "read" if is_read else "do not read"
            return f"{package} {versions} {verb} it while compiling"
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
            if unit.kind == "stdlib":
                return without_preferences(unit.name)
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
    Opening.RUN: "may be read in {place}, which may run while the package compiles",
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


def _units(units: Iterable[Unit], limit: int = 3) -> str:
    names = sorted(unit.label for unit in units)
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
