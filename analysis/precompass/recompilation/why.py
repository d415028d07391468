"""What the next start of Julia recompiles and why: the answer to ``precompass why``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from precompass.depot.cache_size import cache_size
from precompass.depot.caches import versions_with_caches
from precompass.files import disk
from precompass.julia.behaviour import Julia
from precompass.julia.environment import Gap
from precompass.julia.session_flags import SessionFlags
from precompass.julia.versions import VersionNumber
from precompass.recompilation.cache_checks import CacheChecks, CheckedCache
from precompass.recompilation.compiled_size import CompiledShare, compiled_share
from precompass.recompilation.conflicts import Conflict, find_conflicts
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.loading import LoadingSession
from precompass.recompilation.pending import (
    NotCompiled,
    Pending,
    PendingUnit,
    pending_for_precompile,
    pending_for_using,
)
from precompass.recompilation.reasons import (
    DependencyBuildMissing,
    DependencyLoaded,
    DependencyMissing,
    FlagsMismatch,
    IncompatibleHeader,
    NoCache,
    OtherSource,
    PreferencesChanged,
    Reason,
)
from precompass.recompilation.root_places import RootPlace, root_place

Purpose: TypeAlias = Literal["using", "precompile", "test"]
"""What compiles: loading in a session, ``Pkg.precompile()``, or ``Pkg.test()``."""


_FOLDER_NAME = re.compile(r"[^/\\\0]+")
_OTHER_TARGETS = (
    "its native code is for other CPU targets than that of most packages, and only the CPU tells "
    "whether it fits"
)


class Cause(msgspec.Struct, frozen=True):
    """One root cause: what several units are recompiled for.

    Attributes:
        roots: the units that are recompiled for it themselves.
        consequences: the units that are recompiled because of them.
        place: the file, and the line, that it is about.
        versions: where another version of a package is now, the one of the cache and that one.
    """

    roots: tuple[PendingUnit, ...]
    consequences: tuple[PendingUnit, ...]
    place: RootPlace | None
    versions: tuple[str | None, str | None] | None

    @property
    def reason(self) -> Reason:
        """The reason of the first root."""
        return self.roots[0].reason


class CacheVerdict(msgspec.Struct, frozen=True):
    """What Julia makes of one cache file; *reason* is None if it fits."""

    cache: CheckedCache
    reason: Reason | None


class UnitWhy(msgspec.Struct, frozen=True):
    """Why one package or extension is recompiled, or not.

    Attributes:
        pending: None if it is not recompiled.
        not_compiled: why it gets no cache, if it gets none.
        chain: the units from it down to the root cause.
        cause: the root cause.
        verdicts: of each cache, in the order in which Julia tries them.
    """

    unit: Unit
    pending: PendingUnit | None
    not_compiled: NotCompiled | None
    chain: tuple[Unit, ...]
    cause: Cause | None
    verdicts: tuple[CacheVerdict, ...]


class Why(msgspec.Struct, frozen=True):
    """What is recompiled next, and why.

    Attributes:
        purpose: what compiles.
        julia: whose rules apply.
        running: the version whose caches count, as far as caches tell.
        flags: the options of the session.
        pending: what is recompiled.
        causes: its root causes; those with most units first.
        share: of the compiled code that is thrown away; None without caches.
        of: how many packages the environment has.
        cannot_tell: units with what could not be checked; None for what concerns all of them.
        conflicts: caches that fit by themselves and do not go together.
        not_installed: packages whose source no depot has.
        has_depot: whether any depot was looked at.
        gaps: what of the environment is not known, so that there may be more.
    """

    purpose: Purpose
    julia: Julia
    julia_from: str
    running: VersionNumber | None
    flags: SessionFlags
    pending: Pending
    causes: tuple[Cause, ...]
    share: CompiledShare | None
    of: int
    cannot_tell: tuple[tuple[Unit | None, str], ...]
    not_installed: tuple[Unit, ...]
    conflicts: tuple[Conflict, ...]
    has_depot: bool
    gaps: tuple[Gap, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the answer is about all units, and not only those that are known."""
        return self.has_depot and not self.gaps

    @property
    def not_loaded(self) -> tuple[Unit, ...]:
        """The packages and extensions that cannot be loaded, not even from their source."""
        found = (one for one in self.pending.not_compiled if one.hindrance != "refuses")
        return tuple(one.unit for one in found)

    @property
    def fails(self) -> bool:
        """Whether loading ends in an error; Julia goes on without an extension."""
        is_installed = self.purpose != "using" or not self.not_installed
        return not is_installed or any(unit.is_package for unit in self.not_loaded)

    @property
    def units(self) -> tuple[PendingUnit, ...]:
        """All units that are recompiled."""
        return self.pending.units

    @property
    def count(self) -> int:
        """How many packages are recompiled."""
        return sum(1 for one in self.units if one.unit.is_package)

    @property
    def extensions(self) -> int:
        """How many extensions are recompiled."""
        return sum(1 for one in self.units if one.unit.is_extension)


def explain_why(
    checks: CacheChecks,
    purpose: Purpose = "using",
    preloaded: Sequence[Unit] = (),
) -> Why:
    """Return what is recompiled next in an environment, and why.

    Args:
        checks: of its caches, for the session to come.
        purpose: what compiles.
        preloaded: units that the session loads before those of the project.
    """
    gaps = _gaps(checks)
    if any(gap.hides_names for gap in gaps):
        pending = Pending((), (), (), LoadingSession(checks))
    elif purpose == "precompile":
        pending = pending_for_precompile(checks)
    else:
        pending = pending_for_using(checks, preloaded)
    return _why_of(checks, purpose, pending, gaps)


def _gaps(checks: CacheChecks) -> tuple[Gap, ...]:
    """Return what is not known of the environments that loading looks into.

    From 1.14 on Julia reads the environments of the load path whole before it loads anything, so
    a broken manifest of a farther one stops every load.
    """
    active = checks.stack.active
    found = dict.fromkeys((*active.gaps, *active.value_gaps))
    if checks.stack.graph.julia.reads_whole_environments:
        for level in checks.stack.levels:
            found |= {gap: None for gap in level.environment.gaps if gap.line is not None}
    return tuple(found)


def _why_of(
    checks: CacheChecks,
    purpose: Purpose,
    pending: Pending,
    gaps: tuple[Gap, ...],
) -> Why:
    """Return an answer about what is recompiled, as it was computed."""
    stack, graph = checks.stack, checks.stack.graph
    considered = {unit.id: unit for unit in pending.considered}
    considered.update((one.unit.id, one.unit) for one in pending.units)
    sizes: dict[UnitId, int] = {}
    doubts: list[tuple[Unit | None, str]] = []
    if checks.native_code_is_assumed:
        doubts.append((None, "no depot holds native code: it is taken to be there"))
    not_installed: list[Unit] = []
    for unit in sorted(considered.values(), key=lambda unit: unit.label):
        caches = checks.of(unit)
        if unit.is_package and _is_not_installed(checks, unit, has_cache=bool(caches)):
            not_installed.append(unit)
        if caches:
            sizes[unit.id] = cache_size(caches[0].file)
        if caches and unit not in not_installed and not checks.is_gone(unit):
            found = {doubt: None for cache in caches for doubt in cache.doubts}
            doubts += [(unit, doubt) for doubt in found]
    if not sizes:
        doubts += [(None, doubt) for doubt in _other_versions(checks, considered.values())]
    recompiled = {one.unit.id for one in pending.units}
    fitting = [unit for unit in pending.considered if unit.id not in recompiled]
    doubts += [(unit, _OTHER_TARGETS) for unit in _with_other_targets(checks, considered.values())]
    build = checks.running.build
    return Why(
        purpose=purpose,
        julia=graph.julia,
        julia_from=stack.active.julia_from,
        running=build.version if build is not None else checks.running.version,
        flags=checks.flags,
        pending=pending,
        causes=_causes(checks, pending),
        share=compiled_share(sizes, (one.unit.id for one in pending.units)),
        of=graph.package_count,
        cannot_tell=tuple(doubts),
        conflicts=find_conflicts(checks, fitting),
        not_installed=tuple(not_installed),
        has_depot=bool(stack.depots),
        gaps=gaps,
    )


def _other_versions(checks: CacheChecks, units: Iterable[Unit]) -> Iterator[str]:
    """Say for which other versions of Julia there are caches, where this one has none."""
    names = [unit.name for unit in units if unit.is_package and _FOLDER_NAME.fullmatch(unit.name)]
    versions = [
        "{}.{}".format(*minor)
        for minor in versions_with_caches(names, checks.stack.depots)
        if minor != checks.stack.graph.julia.minor
    ]
    if versions:
        yield (
            f"which Julia runs: the depots hold caches of these packages for Julia "
            f"{', '.join(versions)}; add `--julia {versions[-1]}` if that version runs"
        )


def _is_not_installed(checks: CacheChecks, unit: Unit, *, has_cache: bool) -> bool:
    """Tell whether a package is not installed; depots that hold caches alone do not tell."""
    stack = checks.stack
    if stack.source(unit) is not None or checks.is_gone(unit):
        return False
    return not has_cache or any(disk.is_folder(f"{depot}/packages") for depot in stack.depots)


def _with_other_targets(checks: CacheChecks, units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the units whose caches that fit have native code for other CPUs than most have."""
    targets: dict[UnitId, tuple[Unit, int]] = {}
    for unit in units:
        for cache in checks.of(unit):
            if cache.reason is None and cache.header is not None:
                targets[unit.id] = (unit, cache.header.clone_targets)
                break
    made_for = Counter(found for _, found in targets.values() if found)
    if len(made_for) < 2:
        return
    usual = made_for.most_common(1)[0][0]
    for unit, found in targets.values():
        if found not in (0, usual):
            yield unit


def why_unit(checks: CacheChecks, why: Why, unit: Unit) -> UnitWhy:
    """Return why one unit is recompiled or not, with a verdict on each of its caches."""
    pending = why.pending.of(unit.id)
    not_compiled = next((one for one in why.pending.not_compiled if one.unit.id == unit.id), None)
    chain: list[Unit] = [unit]
    current = pending
    while current is not None and current.below:
        chain.append(current.below[0])
        current = why.pending.of(current.below[0].id)
    cause = None
    if pending is not None:
        root = pending.root.id
        cause = next(
            (one for one in why.causes if any(found.unit.id == root for found in one.roots)), None
        )
    session = why.pending.session if why.purpose != "precompile" else LoadingSession(checks)
    verdicts = tuple(CacheVerdict(cache, session.reason(cache)) for cache in checks.of(unit))
    return UnitWhy(unit, pending, not_compiled, tuple(chain), cause, verdicts)


def _causes(checks: CacheChecks, pending: Pending) -> tuple[Cause, ...]:
    groups: dict[tuple[object, ...], list[PendingUnit]] = {}
    places: dict[tuple[object, ...], RootPlace | None] = {}
    for root in pending.roots:
        place = root_place(checks, root.unit, root.reason)
        key = _group(root, place)
        groups.setdefault(key, []).append(root)
        places.setdefault(key, place)
    causes = [
        Cause(
            tuple(roots),
            _consequences(pending, roots),
            places[key],
            _versions(checks, roots[0]),
        )
        for key, roots in groups.items()
    ]
    causes.sort(key=lambda cause: -len(cause.roots) - len(cause.consequences))
    return tuple(causes)


def _consequences(pending: Pending, roots: Iterable[PendingUnit]) -> tuple[PendingUnit, ...]:
    return tuple(one for root in roots for one in pending.consequences(root))


def _group(root: PendingUnit, place: RootPlace | None) -> tuple[object, ...]:
    """Return what two roots share that have the same cause."""
    reason = root.reason
    match reason:
        case NoCache():
            return (reason.KIND,)
        case FlagsMismatch():
            return (reason.KIND, reason.made_with)
        case IncompatibleHeader(made_by) if made_by is not None:
            return (reason.KIND, made_by)
        case DependencyLoaded() | DependencyMissing():
            return (reason.KIND, reason.uuid)
        case DependencyBuildMissing():
            return (reason.KIND, reason.uuids)
        case PreferencesChanged():
            return (reason.KIND, reason.keys)
        case _:
            return (reason.KIND, place, root.unit.id)


def _versions(checks: CacheChecks, root: PendingUnit) -> tuple[str | None, str | None] | None:
    """Return the version of a package that a cache was made from, and the one that is wanted."""
    if not isinstance(root.reason, OtherSource):
        return None
    level = checks.stack.owner(root.unit.uuid)
    entry = level.environment.entry(root.unit.uuid) if level is not None else None
    wanted = str(entry.version) if entry is not None and entry.version is not None else None
    return checks.version_of_source(root.reason.recorded), wanted
