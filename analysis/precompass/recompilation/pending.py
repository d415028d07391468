"""What Julia recompiles next, with the root cause of each unit.

A unit is *pending* if Julia finds no cache of it that fits. Its *root cause* is the first unit
below it, itself included, that is pending for a separate reason; a unit that is pending only
because of another one is a *consequence*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from precompass.julia.behaviour import PrecompileScope
from precompass.julia.preferences import Preference
from precompass.julia.uuids import UUID
from precompass.julia.workload_tools import FLAG
from precompass.recompilation.cache_checks import CacheChecks, CheckedCache
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.known_failures import failing_units
from precompass.recompilation.loading import LoadingSession, Recompiled
from precompass.recompilation.precompilation import (
    own_extensions_left_out,
    precompiled_again,
    visited,
)
from precompass.recompilation.reasons import (
    DependencyBuildMissing,
    Reason,
    SourceContent,
    SourceMissing,
)
from precompass.recompilation.source_evidence import refuses_precompilation
from precompass.source.missing_files import missing_files

_COMPILED = ("package", "extension")
Hindrance: TypeAlias = Literal[
    "refuses", "missing_files", "source_gone", "unreadable_cache", "wrong_preferences"
]
"""Why Julia makes no cache: ``__precompile__(false)``, files that the code includes are missing,
the source of the package is gone, Julia fails when it reads a cache file that broke off, or the
preferences of the package make it fail."""

_OF_SOURCES = range(SourceMissing.CHECK, SourceContent.CHECK + 1)
"""The checks that a source file fails; only then the files of an installed package are read."""


class PendingUnit(msgspec.Struct, frozen=True):
    """A unit that Julia recompiles.

    Attributes:
        reason: why its nearest cache is not used.
        root: the unit that is the root cause; itself if the reason is its own.
        below: of a consequence, the recompiled units that its cache was built on.
        caches: all its caches, in the order in which Julia tries them.
    """

    unit: Unit
    reason: Reason
    root: Unit
    below: tuple[Unit, ...]
    caches: tuple[CheckedCache, ...]

    @property
    def is_root(self) -> bool:
        """Whether it is pending for a separate reason."""
        return self.root.id == self.unit.id


class NotCompiled(msgspec.Struct, frozen=True):
    """A unit that has no cache that fits, and gets none.

    Attributes:
        because_of: the unit because of which it is not compiled, perhaps itself.
        hindrance: why that one is not compiled. One that refuses is loaded from its source; the
            others are not loaded at all.
        files: the files that are missing, or the file at which Julia fails.
        message: of wrong preferences, what is wrong with them, as a part of a sentence.
    """

    unit: Unit
    because_of: Unit
    hindrance: Hindrance
    files: tuple[Path, ...]
    message: str = ""


class Pending(msgspec.Struct, frozen=True, dict=True):
    """What the next start of Julia recompiles.

    Attributes:
        units: the units, in the order in which Julia comes to them.
        not_compiled: the units that have no cache that fits, and get none.
        considered: the units that were looked at.
        session: what was loaded.
    """

    units: tuple[PendingUnit, ...]
    not_compiled: tuple[NotCompiled, ...]
    considered: tuple[Unit, ...]
    session: LoadingSession

    @property
    def roots(self) -> tuple[PendingUnit, ...]:
        """The units that are pending for a reason of their own."""
        return tuple(pending for pending in self.units if pending.is_root)

    def consequences(self, root: PendingUnit) -> tuple[PendingUnit, ...]:
        """Return the units that are pending because of another one."""
        return tuple(self._consequences.get(root.unit.id, ()))

    def of(self, unit: UnitId) -> PendingUnit | None:
        """Return what is said of a unit; None if it is not recompiled."""
        return self._by_unit.get(unit)

    @cached_property
    def _consequences(self) -> Mapping[UnitId, Sequence[PendingUnit]]:
        found: dict[UnitId, list[PendingUnit]] = {}
        for one in self.units:
            if not one.is_root:
                found.setdefault(one.root.id, []).append(one)
        return found

    @cached_property
    def _by_unit(self) -> Mapping[UnitId, PendingUnit]:
        return {one.unit.id: one for one in reversed(self.units)}


def pending_for_using(
    checks: CacheChecks, preloaded: Sequence[Unit] = (), session: LoadingSession | None = None
) -> Pending:
    """Return what a session recompiles that loads the project's direct dependencies by name.

    Args:
        checks: of the caches of the environment.
        preloaded: loaded before, in this order; what of it is recompiled is in the answer.
        session: a session that has loaded something in another environment already.
    """
    session = session or LoadingSession(checks)
    for unit in preloaded:
        session.load(unit)
    before = session.recompiled
    session.begin()
    for unit in direct_units(checks):
        session.load(unit)
    loaded = (checks.stack.unit(uuid) for uuid in session.loaded)
    considered = [one for one in loaded if one is not None and one.kind in _COMPILED]
    return _pending(checks, session, {**before, **session.recompiled}, considered)


def pending_for_precompile(checks: CacheChecks) -> Pending:
    """Return what ``Pkg.precompile()`` recompiles: all that has no cache that fits by itself."""
    graph = checks.stack.graph
    session = LoadingSession(checks)
    considered = [unit for unit in visited(graph).units if unit.kind in _COMPILED]
    order = {unit.id: position for position, unit in enumerate(_dependencies_first(checks))}
    considered.sort(key=lambda unit: order.get(unit.id, 0))
    left_out = graph.subset(graph.units) - own_extensions_left_out(graph.subset(graph.units))
    considered = [unit for unit in considered if unit.id not in left_out]
    found: dict[UnitId, Recompiled] = {}
    for unit in considered:
        if session.fitting(unit) is None:
            found[unit.id] = session.explain(unit)
    if graph.julia.precompile_scope is PrecompileScope.MANIFEST:
        for unit in precompiled_again(graph, graph.subset(found)).units:
            if unit.kind in _COMPILED and unit.id not in found:
                found[unit.id] = _by_manifest(checks, unit, found)
    return _pending(checks, session, found, considered)


def _by_manifest(
    checks: CacheChecks,
    unit: Unit,
    found: Mapping[UnitId, Recompiled],
) -> Recompiled:
    """Describe a unit that Pkg recompiles because of the manifest alone (up to 1.9.3)."""
    below = [
        one
        for identity in checks.stack.graph.dependencies(unit.id)
        if (one := checks.stack.graph.units[identity]).id in found
    ]
    below.sort(key=lambda one: one.name)
    uuids = tuple(checks.stack.compiled_uuid(one) for one in below)
    reason = DependencyBuildMissing(tuple(one.name for one in below), uuids)
    return Recompiled(unit, reason, uuids, checks.of(unit))


def direct_units(checks: CacheChecks) -> tuple[Unit, ...]:
    """Return what ``using`` of everything that the active project lists loads, in this order.

    That is the project itself, if it is a package, and its direct dependencies by name. A
    project that lists nothing represents its workspace.
    """
    stack = checks.stack
    project = stack.active.project
    uuids = [project.uuid] if project.is_package and project.uuid is not None else []
    uuids += [uuid for _, uuid in sorted(project.deps.items())]
    if not uuids:
        return tuple(sorted(visited(stack.graph).units, key=lambda unit: unit.name))
    found = (stack.unit(uuid) for uuid in uuids)
    return tuple(unit for unit in found if unit is not None)


def _dependencies_first(checks: CacheChecks) -> Iterable[Unit]:
    graph = checks.stack.graph
    depth = {unit.id: len(graph.dependencies(unit.id)) for unit in graph.order}
    return sorted(graph.order, key=lambda unit: (depth[unit.id], unit.name))


def _pending(
    checks: CacheChecks,
    session: LoadingSession,
    recompiled: Mapping[UnitId, Recompiled],
    considered: Sequence[Unit],
) -> Pending:
    not_compiled = _not_compiled(checks, recompiled)
    roots: dict[UnitId, Unit] = {}
    units: list[PendingUnit] = []
    places = {unit: place for place, unit in enumerate(recompiled)}
    for found in recompiled.values():
        below = tuple(
            unit
            for uuid in found.missing
            if (unit := checks.stack.unit(uuid)) is not None and unit.id in recompiled
        )
        below = tuple(sorted(below, key=lambda unit: places[unit.id]))
        root = roots.get(below[0].id, below[0]) if below else found.unit
        roots[found.unit.id] = root
        if found.unit.id not in not_compiled:
            units.append(PendingUnit(found.unit, found.reason, root, below, found.caches))
    return Pending(tuple(units), tuple(not_compiled.values()), tuple(considered), session)


def _not_compiled(
    checks: CacheChecks, recompiled: Mapping[UnitId, Recompiled]
) -> dict[UnitId, NotCompiled]:
    """Return the units that cannot be compiled, or refuse it, and what depends on them."""
    found: dict[UnitId, NotCompiled] = {}
    failing = _failing(checks, recompiled)
    for identity, one in recompiled.items():
        own = _hindrance(checks, one) or failing.get(identity)
        if own is not None:
            found[identity] = own
            continue
        below = [unit.id for unit in checks.stack.dependencies(one.unit)]
        cause = next((found[unit] for unit in below if unit in found), None)
        if cause is not None:
            found[identity] = replace(cause, unit=one.unit)
    return found


def _failing(
    checks: CacheChecks, recompiled: Mapping[UnitId, Recompiled]
) -> Mapping[UnitId, NotCompiled]:
    """Return the units that a value of a preference is known to make fail while they compile."""
    environment, graph = checks.stack.active, checks.stack.graph

    def reads_flag(uuid: UUID) -> bool:
        unit = checks.stack.unit(uuid)
        return unit is not None and checks.has_recorded(unit, Preference(uuid, FLAG))

    found: dict[UnitId, NotCompiled] = {}
    for identity, (uuid, key) in failing_units(environment, graph, reads_flag, recompiled).items():
        unit, origin = recompiled[identity].unit, environment.preferences(uuid).origin(key)
        files = (origin.file,) if origin is not None else ()
        message = f"`{key}` has a value with which {unit.name} does not compile"
        found[identity] = NotCompiled(unit, unit, "wrong_preferences", files, message)
    return found


def _hindrance(checks: CacheChecks, one: Recompiled) -> NotCompiled | None:
    """Return why a unit itself gets no cache; None if nothing in it hinders that."""
    unit = one.unit
    broken = checks.breaking(unit)
    if broken is not None:
        return NotCompiled(unit, unit, "unreadable_cache", (Path(broken.file.path),))
    if checks.is_gone(unit):
        return NotCompiled(unit, unit, "source_gone", checks.stack.expected_source(unit))
    wrong = checks.lookup_failure(unit)
    if wrong is not None:
        return NotCompiled(unit, unit, "wrong_preferences", (wrong.file,), wrong.message)
    source = checks.stack.source(unit)
    if source is None:
        return None
    if refuses_precompilation(source.entry):
        return NotCompiled(unit, unit, "refuses", ())
    if not source.is_installed or one.reason.CHECK in _OF_SOURCES:
        minor = checks.stack.graph.julia.minor
        missing = missing_files(unit.name, source.folder, source.entry, minor)
        if missing:
            return NotCompiled(unit, unit, "missing_files", missing)
    return None
