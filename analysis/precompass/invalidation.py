"""What Julia compiles again: for one preference, one package, or between two states of files.

Two sets answer the question, and they can differ. *Recompiled* is what ``Pkg.precompile()``
compiles again; *stale* is what has no compile cache that fits any more, and what loading
compiles. Up to Julia 1.13 the first follows the dependencies in the manifest; the second
follows the modules that were loaded while each cache was made, so only caches can tell it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from precompass.compile_caches import CompileCaches
from precompass.documents.values import TomlTable, TomlValue
from precompass.evidence import Evidence, weakest
from precompass.gathered_reads import GatheredReads
from precompass.graph import DependencyGraph, Unit, UnitId, UnitSet, dependency_graph
from precompass.installed import Installed
from precompass.julia.behaviour import PrecompileScope
from precompass.julia.environment import Environment
from precompass.julia.equality import equal_by_hash, identical, is_zero_like
from precompass.julia.manifest import PackageEntry
from precompass.julia.preferences import CLEAR, Preferences
from precompass.julia.uuids import UUID
from precompass.known_failures import failing_units
from precompass.observers import (
    Observation,
    Observers,
    PreferenceKey,
    UnitReads,
    evidence_of,
)
from precompass.precompilation import (
    loaded_again,
    own_extensions_left_out,
    precompiled_again,
    visited,
)


@dataclass(frozen=True, slots=True)
class Recompilation:
    """What is compiled again.

    Attributes:
        compiled: all of it, packages and extensions.
        cached: what of it has no cache that fits, or None where no cache was there to look at.
        evidence: the weakest thing that the answer rests on.
    """

    compiled: UnitSet
    cached: UnitSet | None
    evidence: Evidence

    @property
    def units(self) -> tuple[Unit, ...]:
        """All of it, in the order of the graph."""
        return self.compiled.units

    @property
    def packages(self) -> tuple[Unit, ...]:
        """The packages among them."""
        return tuple(unit for unit in self.units if unit.is_package)

    @property
    def extensions(self) -> tuple[Unit, ...]:
        """The extensions among them."""
        return tuple(unit for unit in self.units if unit.is_extension)

    @property
    def stale(self) -> tuple[Unit, ...] | None:
        """What of it has no cache that fits, or None where no cache was there to look at."""
        return None if self.cached is None else self.cached.units

    @property
    def only_by_pkg(self) -> tuple[Unit, ...]:
        """What ``Pkg.precompile()`` compiles again and loading does not, as far as caches tell."""
        return () if self.cached is None else (self.compiled - self.cached).units

    @property
    def only_by_loading(self) -> tuple[Unit, ...]:
        """What loading compiles again and ``Pkg.precompile()`` does not."""
        return () if self.cached is None else (self.cached - self.compiled).units

    @property
    def count(self) -> int:
        """How many packages."""
        return (self.compiled.bits & self.compiled.graph.packages).bit_count()

    @property
    def of(self) -> int:
        """How many packages the environment has; standard libraries do not count."""
        return self.compiled.graph.package_count

    def without(self, lost: UnitSet, evidence: Evidence) -> Recompilation:
        """Return the same without units that can no longer be compiled."""
        cached = None if self.cached is None else self.cached - lost
        return Recompilation(self.compiled - lost, cached, evidence)


@dataclass(frozen=True, slots=True)
class Invalidation:
    """What is compiled again when a preference changes to a value that Julia tells apart.

    Attributes:
        uuid, key: the preference.
        observers: the units whose caches are bound to it.
        recompilation: they and their dependents.
        why_not: why Julia does not notice a change, where nothing observes the preference.
    """

    uuid: UUID
    key: str
    observers: tuple[Observation, ...]
    recompilation: Recompilation
    why_not: str | None

    @property
    def noticed(self) -> bool:
        """Whether Julia notices a change at all."""
        return bool(self.observers)


@dataclass(frozen=True, slots=True)
class PreferenceChange:
    """A preference whose value in effect is another one now.

    Attributes:
        before, after: the values; None means that the key is not set.
        observers: the units whose caches are bound to it.
        noticed: whether one of them is compiled again because of it.
    """

    uuid: UUID
    key: str
    before: TomlValue | None
    after: TomlValue | None
    observers: tuple[Observation, ...]
    noticed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What is compiled again between two states of the files of one environment.

    Attributes:
        changes: the preferences that changed.
        failed: units that can no longer be compiled or loaded, so they are not compiled again.
        errors: what makes Julia throw, one sentence each.
    """

    recompilation: Recompilation
    changes: tuple[PreferenceChange, ...]
    failed: tuple[Unit, ...]
    errors: tuple[str, ...]


class Invalidations:
    """Answers about one environment; what several of them need is computed once.

    Args:
        environment: the environment as it is.
        installed: what the depots hold of it, if they were looked into.
    """

    def __init__(self, environment: Environment, installed: Installed | None = None) -> None:
        self.environment = environment
        self.graph: DependencyGraph = dependency_graph(environment)
        self.installed = installed
        self._preferences: dict[UUID, Preferences] = {}

    @property
    def caches(self) -> CompileCaches | None:
        """The compile caches of the environment, if there are any."""
        if self.installed is None or self.installed.caches.is_empty:
            return None
        return self.installed.caches

    @cached_property
    def reads(self) -> Mapping[UnitId, UnitReads]:
        """What each unit reads while it compiles: the strongest evidence that there is."""
        return GatheredReads(self.environment, self.graph, self.installed)

    @cached_property
    def observers(self) -> Observers:
        """Which units are bound to which preferences."""
        return Observers(self.graph, self.reads, self.environment.julia)

    @cached_property
    def usable(self) -> frozenset[UnitId]:
        """The units of which a cache fits the preferences now in effect."""
        if self.caches is None:
            return frozenset()
        return self.caches.usable(lambda uuid: self.preferences(uuid).values, lambda _: True)

    def preferences(self, uuid: UUID) -> Preferences:
        """Return the preferences of a package in effect."""
        found = self._preferences.get(uuid)
        if found is None:
            found = self._preferences[uuid] = self.environment.preferences(uuid)
        return found

    def of_preference(self, uuid: UUID, key: str, *, if_listed: bool = False) -> Invalidation:
        """Return what is compiled again when a preference changes.

        Args:
            uuid: the package that owns it.
            key: its key.
            if_listed: answer as if a project of the stack listed the package; otherwise, where
                none does, Julia sees no change.
        """
        if not if_listed and not self.is_listed(uuid):
            return self._invisible(uuid, key)
        bound = self.observers.of(uuid, key)
        observers = self._visited(bound)
        why_not = None
        evidence = evidence_of(observers)
        if bound and not observers:
            project = self.environment.project.path.name
            why_not = f"it is read by {_listed(bound)}, on which {project} does not depend"
        elif not observers:
            silence = self.observers.silence(uuid, key)
            why_not, evidence = silence.because, (silence.evidence,)
            unbound = self.observers.unbound_readers(uuid, key)
            if unbound:
                why_not = self._why_unbound(uuid, key, unbound)
                evidence = evidence_of(unbound)
        recompilation = self.above((seen.unit.id for seen in observers), evidence)
        return Invalidation(uuid, key, observers, recompilation, why_not)

    def of_values(self, values: Mapping[UUID, TomlTable]) -> Recompilation:
        """Return what is compiled again when the preferences of some packages become these.

        Args:
            values: by package, all of its preferences that would then be in effect.
        """
        after = copy(self)
        after._preferences = self._preferences | {
            uuid: replace(self.preferences(uuid), values=table) for uuid, table in values.items()
        }
        concerned = {
            seen.unit.id
            for uuid, table in values.items()
            for key in {*self.preferences(uuid).values, *table}
            for seen in self.observers.of(uuid, key)
        }
        rejected = {
            unit: _rejecting_keys(self, after, unit, self.reads[unit]) for unit in concerned
        }
        evidence = [found for keys in rejected.values() for found in keys.values()]
        return self.above([unit for unit, keys in rejected.items() if keys], evidence)

    def is_listed(self, uuid: UUID) -> bool:
        """Tell whether a project of the stack lists a package, so that its preferences count."""
        julia = self.environment.julia
        layers = self.environment.layers
        return any(layer.project.table_name(uuid, julia) is not None for layer in layers)

    def _invisible(self, uuid: UUID, key: str) -> Invalidation:
        otherwise = self.of_preference(uuid, key, if_listed=True)
        project = self.environment.project.path.name
        name = self.environment.name_of(uuid)
        why_not = f"{project} does not list {name}, so Julia ignores its preferences"
        if otherwise.noticed:
            number = otherwise.recompilation.count
            why_not += (
                f"; if it did, a change would recompile {number} of "
                f"{otherwise.recompilation.of} packages"
            )
        nothing = self.recompilation(self.graph.subset(()), None, (Evidence.KNOWN,))
        return Invalidation(uuid, key, (), nothing, why_not)

    def of_package(self, uuid: UUID) -> Recompilation:
        """Return what is compiled again when a package itself changes."""
        unit = self.graph.unit_of(uuid)
        return self.above([unit.id] if unit else [], (Evidence.KNOWN,))

    def above(self, direct: Iterable[UnitId], evidence: Iterable[Evidence]) -> Recompilation:
        """Return what is compiled again when some units have to be.

        Args:
            direct: these units.
            evidence: what it rests on that they have to be.
        """
        caches = self.caches
        if caches is None:
            return self.compiled_without_caches(direct, evidence)
        stale = caches.stale_above(self.graph.subset(direct))
        return self.compiled_with_caches(stale, evidence)

    def compiled_without_caches(
        self, direct: Iterable[UnitId], evidence: Iterable[Evidence]
    ) -> Recompilation:
        """Return what is compiled again above some units, by the manifest and the sources."""
        unloaded = self.installed.source_evidence.unloaded if self.installed else frozenset()
        return self.recompilation(precompiled_again(self.graph, direct, unloaded), None, evidence)

    def compiled_with_caches(self, stale: UnitSet, evidence: Iterable[Evidence]) -> Recompilation:
        """Return what is compiled again when just these units have no cache that fits.

        Units without any cache are taken to have been built on what the manifest says.
        """
        cached = self.caches.cached if self.caches is not None else self.graph.subset(())
        if self.graph.julia.precompile_scope is PrecompileScope.MANIFEST:
            again = precompiled_again(self.graph, stale)
        else:
            without_cache = loaded_again(self.graph, stale) - cached
            again = own_extensions_left_out(stale | without_cache)
        return self.recompilation(again, stale & cached, evidence)

    def recompilation(
        self, compiled: UnitSet, stale: UnitSet | None, evidence: Iterable[Evidence]
    ) -> Recompilation:
        """Return sets of units as an answer.

        Only packages and extensions are in it, and of those only what Julia looks at and what
        can have a cache.
        """
        counted = visited(self.graph) & UnitSet(
            self.graph, self.graph.packages | self.graph.extensions
        )
        cached = None if stale is None else stale & counted
        return Recompilation(self._precompilable(compiled & counted), cached, weakest(evidence))

    def observers_of(self, uuid: UUID, key: str) -> tuple[Observation, ...]:
        """Return the units bound to a preference, as far as Julia looks at them."""
        return self._visited(self.observers.of(uuid, key))

    def _visited(self, observers: Iterable[Observation]) -> tuple[Observation, ...]:
        looked_at = visited(self.graph)
        return tuple(seen for seen in observers if seen.unit.id in looked_at)

    def _precompilable(self, units: UnitSet) -> UnitSet:
        """Leave out what is never precompiled, by its source, and what depends on that."""
        if self.installed is None:
            return units
        evidence = self.installed.source_evidence
        cached = self.installed.caches.cached
        never = [unit.id for unit in (units - cached).units if not evidence.is_precompilable(unit)]
        return units - (self.graph.dependents(never) - cached) if never else units

    def _why_unbound(self, uuid: UUID, key: str, readers: tuple[Observation, ...]) -> str:
        owner = self.environment.name_of(uuid)
        julia = self.environment.julia.series
        return (
            f"Julia {julia} binds a cache only to the preferences of its own package, and "
            f"`{key}` of {owner} is read by {_listed(readers)}"
        )


def _listed(readers: Iterable[Observation], limit: int = 3) -> str:
    names = sorted(seen.unit.label for seen in readers)
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


# Between two states


def difference(before: Invalidations, after: Invalidations) -> Difference:
    """Return what is compiled again when the files of *before* become those of *after*.

    What was compiled is taken to have been compiled with the files of *before*, unless a
    cache is there that fits those of *after*.
    """
    rejected, broken = _rejected_units(before, after)
    replaced = _replaced_packages(before, after)
    fitting = _fitting_after(before, after, replaced)
    looked_at = visited(after.graph)
    direct = {
        unit: found for unit, found in rejected.items() if unit in looked_at and unit not in fitting
    }
    evidence = [one for found in direct.values() for one in found.values()]
    compiled = _compiled_again(before, after, {*direct, *replaced}, fitting, evidence)
    failing = failing_units(after.environment, after.graph, after.reads, compiled.compiled)
    failed = after.graph.dependents(failing)
    lost = failed | after.graph.dependents(broken)
    noticed = {key for found in direct.values() for key in found}
    changes = tuple(
        PreferenceChange(
            uuid, key, old, new, before.observers_of(uuid, key), (uuid, key) in noticed
        )
        for (uuid, key), (old, new) in _changed_keys(before, after).items()
    )
    for change in changes:
        silent = () if change.observers else (before.observers.silence(change.uuid, change.key),)
        evidence += [*evidence_of(change.observers), *(read.evidence for read in silent)]
    return Difference(
        compiled.without(lost, weakest(evidence)),
        changes,
        tuple(unit for unit in compiled.units if unit.id in failed),
        _errors(after),
    )


def _rejected_units(
    before: Invalidations, after: Invalidations
) -> tuple[dict[UnitId, dict[PreferenceKey, Evidence]], set[UnitId]]:
    """Return the units whose own reads changed, and those whose check makes Julia throw."""
    rejected: dict[UnitId, dict[PreferenceKey, Evidence]] = {}
    broken: set[UnitId] = set()
    described = {
        *before.environment.described_uuids(),
        *after.environment.described_uuids(),
    }
    for identity, unit in before.graph.units.items():
        if identity not in after.graph.units or unit.kind in ("project", "stdlib"):
            continue
        own = after.graph.compiled_uuid(after.graph.units[identity])
        if not after.environment.julia.records_blob:
            if after.preferences(own).errors:
                broken.add(identity)
                continue
            if own not in described:
                continue
        reads = before.reads[identity]
        if _lookup_fails(after, own, reads):
            broken.add(identity)
        elif found := _rejecting_keys(before, after, identity, reads):
            rejected[identity] = found
    return rejected, broken


def _fitting_after(
    before: Invalidations, after: Invalidations, replaced: Collection[UnitId]
) -> frozenset[UnitId]:
    """Return the units of which some cache fits the new files, whenever it was made."""
    if after.caches is None:
        return frozenset()

    def is_the_same(identity: UnitId) -> bool:
        reads = before.reads.get(identity)
        return reads is not None and not _rejecting_keys(before, after, identity, reads)

    return after.caches.usable(lambda uuid: after.preferences(uuid).values, is_the_same, replaced)


def _compiled_again(
    before: Invalidations,
    after: Invalidations,
    direct: set[UnitId],
    fitting: frozenset[UnitId],
    evidence: Iterable[Evidence],
) -> Recompilation:
    if after.caches is None:
        return after.compiled_without_caches(direct, evidence)
    present = after.graph.subset(direct)
    rejected = after.caches.stale_above(present) | after.graph.subset(before.usable)
    return after.compiled_with_caches(present | (rejected - fitting), evidence)


def _changed_keys(
    before: Invalidations, after: Invalidations
) -> dict[PreferenceKey, tuple[TomlValue | None, TomlValue | None]]:
    uuids = {
        *before.environment.described_uuids(),
        *after.environment.described_uuids(),
    }
    changed: dict[PreferenceKey, tuple[TomlValue | None, TomlValue | None]] = {}
    for uuid in sorted(uuids):
        old, new = before.preferences(uuid).values, after.preferences(uuid).values
        for key in sorted({*old, *new} - {CLEAR}):
            one, other = old.get(key), new.get(key)
            if one is None or other is None or not identical(one, other):
                changed[uuid, key] = (one, other)
    return changed


def _lookup_fails(after: Invalidations, own: UUID, reads: UnitReads) -> bool:
    """Tell whether Julia throws when it checks a unit's cache against the new files."""
    owners = {own}
    if after.environment.julia.records_blob:
        owners = {uuid for uuid, _ in reads.keys}
        if reads.others is not None:
            owners.add(own)
    return any(after.preferences(uuid).errors for uuid in owners)


def _rejecting_keys(
    before: Invalidations, after: Invalidations, identity: UnitId, reads: UnitReads
) -> dict[PreferenceKey, Evidence]:
    """Return the keys because of which the cache of a unit no longer fits."""
    own = before.graph.compiled_uuid(before.graph.units[identity])
    julia = before.environment.julia
    keys = {
        key: read.evidence
        for key, read in reads.keys.items()
        if julia.records_blob or key[0] == own
    }
    if reads.others is not None:
        for name in {*before.preferences(own).values, *after.preferences(own).values} - {CLEAR}:
            if name not in reads.unread:
                keys.setdefault((own, name), reads.others.evidence)
    if julia.records_blob:
        return {key: found for key, found in keys.items() if not _same_in_blob(before, after, key)}
    names = reads.order or tuple(sorted(key for _, key in keys))
    if _same_hash(before, after, own, names):
        return {}
    return {key: found for key, found in keys.items() if not _same_by_hash(before, after, key)}


def _same_in_blob(before: Invalidations, after: Invalidations, key: PreferenceKey) -> bool:
    uuid, name = key
    old, new = before.preferences(uuid), after.preferences(uuid)
    if name not in old.values or name not in new.values:
        return (name in old.values) == (name in new.values)
    return identical(old.recorded_value(name), new.values[name])


def _same_by_hash(before: Invalidations, after: Invalidations, key: PreferenceKey) -> bool:
    uuid, name = key
    old, new = before.preferences(uuid), after.preferences(uuid)
    if name not in old.values or name not in new.values:
        return (name in old.values) == (name in new.values)
    return equal_by_hash(old.recorded_value(name), new.values[name])


def _same_hash(
    before: Invalidations, after: Invalidations, uuid: UUID, names: tuple[str, ...]
) -> bool:
    """Tell whether the hash over the values of some keys stays the same.

    The hash runs over the values that are set, one after the other, without their keys.
    """
    old, new = before.preferences(uuid), after.preferences(uuid)
    recorded = [old.recorded_value(name) for name in names if name in old.values]
    seen = [new.values[name] for name in names if name in new.values]
    if before.environment.julia.forgets_leading_zeros:
        recorded, seen = _without_leading_zeros(recorded), _without_leading_zeros(seen)
    return len(recorded) == len(seen) and all(map(equal_by_hash, recorded, seen))


def _without_leading_zeros(values: list[TomlValue]) -> list[TomlValue]:
    first = next((i for i, value in enumerate(values) if not is_zero_like(value)), len(values))
    return values[first:]


def _replaced_packages(before: Invalidations, after: Invalidations) -> list[UnitId]:
    """Return what has another source, or was not there before: packages and extensions.

    A package that came with Julia is another one where it has a version of its own, and the
    other way round; of what comes with Julia in both states nothing changes.
    """
    kinds = ("package", "stdlib")
    return [
        identity
        for identity, unit in after.graph.units.items()
        if identity not in before.graph.units
        or (
            unit.kind in kinds
            and not _has_same_source(before.environment, after.environment, unit.uuid)
        )
    ]


def _has_same_source(before: Environment, after: Environment, uuid: UUID) -> bool:
    """Tell whether a package has one source in two states, wherever the environment lies."""
    old, new = before.entry(uuid), after.entry(uuid)
    if old is None or new is None:
        return old is new
    if (old.tree_sha1, old.entryfile) != (new.tree_sha1, new.entryfile):
        return False
    return not _folders(before, old).isdisjoint(_folders(after, new))


def _folders(environment: Environment, entry: PackageEntry) -> frozenset[str | None]:
    """Return where a developed package is: as a whole path, and as seen from the project."""
    if entry.path is None or environment.manifest is None:
        return frozenset({None})
    whole = os.path.normpath(environment.manifest.path.parent / entry.path)
    if os.path.splitdrive(whole)[0] != os.path.splitdrive(environment.folder)[0]:
        return frozenset({whole})
    return frozenset({whole, os.path.relpath(whole, environment.folder)})


def _errors(after: Invalidations) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for layer in after.environment.layers:
        for uuid in layer.project.listed(after.environment.julia).values():
            for error in after.preferences(uuid).errors:
                found[f"{error.file.name}: {error.message}"] = None
    return tuple(found)
