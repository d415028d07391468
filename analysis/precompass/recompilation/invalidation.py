"""What Julia recompiles: for one preference, one package, or values of preferences.

Two sets answer the question, and they can differ. *Recompiled* is what ``Pkg.precompile()``
recompiles; *stale* is what has no compile cache that fits any more, and what loading
compiles. Up to Julia 1.13 the first follows the dependencies in the manifest; the second
follows the modules that were loaded while each cache was made, so only caches can tell it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from precompass.documents.values import TomlTable
from precompass.julia.behaviour import PrecompileScope
from precompass.julia.environment import Environment, Gap
from precompass.julia.preferences import Preference, Preferences
from precompass.julia.uuids import SNOOP_PRECOMPILE, UUID
from precompass.julia.workload_tools import SKIP_LIST
from precompass.recompilation.acceptance import rejecting_keys
from precompass.recompilation.compile_caches import CompileCaches
from precompass.recompilation.compiled_size import CompiledShare, compiled_share
from precompass.recompilation.evidence import Evidence, weakest
from precompass.recompilation.graph import (
    DependencyGraph,
    Unit,
    UnitId,
    UnitSet,
    dependency_graph,
    package_id,
)
from precompass.recompilation.installed import Installed
from precompass.recompilation.observers import Observation, Observers, evidence_of
from precompass.recompilation.precompilation import (
    loaded_again,
    own_extensions_left_out,
    precompiled_again,
    visited,
)
from precompass.recompilation.reads import UnitReads

if TYPE_CHECKING:
    from precompass.recompilation.read_reasons import NotAllKnown, WhyNot


class Recompilation(msgspec.Struct, frozen=True):
    """What is recompiled.

    Attributes:
        compiled: all of it, packages and extensions.
        cached: what of it has no cache that fits, or None where no cache was there to look at.
        evidence: the weakest thing that the answer rests on.
        sizes: the bytes of compiled code of each unit, where caches are there.
        gaps: what of the environment is not known, so that there may be more.
    """

    compiled: UnitSet
    cached: UnitSet | None
    evidence: Evidence
    sizes: Mapping[UnitId, int] | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def share(self) -> CompiledShare | None:
        """The share of the compiled code that is thrown away; None without caches."""
        return compiled_share(self.sizes, self.compiled) if self.sizes else None

    @property
    def is_complete(self) -> bool:
        """Whether it is all of it, and not only what is known."""
        return not self.gaps

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
        """What ``Pkg.precompile()`` recompiles and loading does not, as far as caches tell."""
        return () if self.cached is None else (self.compiled - self.cached).units

    @property
    def only_by_loading(self) -> tuple[Unit, ...]:
        """What loading recompiles and ``Pkg.precompile()`` does not."""
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
        return replace(self, compiled=self.compiled - lost, cached=cached, evidence=evidence)


class Invalidation(msgspec.Struct, frozen=True):
    """What is recompiled when a preference changes to a value that Julia tells apart.

    Attributes:
        preference: what changes.
        observers: the units that read it while they compile.
        recompilation: they and their dependents.
        why_not: why Julia does not notice a change, where nothing observes the preference.
    """

    preference: Preference
    observers: tuple[Observation, ...]
    recompilation: Recompilation
    why_not: WhyNot | None

    @property
    def noticed(self) -> bool:
        """Whether Julia notices a change at all."""
        return bool(self.observers)


class Invalidations:
    """Answers about one environment; what several of them need is computed once.

    Args:
        environment: the environment as it is.
        installed: what the depots hold of it, if they were looked into.
    """

    def __init__(self, environment: Environment, installed: Installed | None = None) -> None:
        self.environment = environment
        self.graph: DependencyGraph = dependency_graph(environment)
        self.installed = installed or Installed.nothing(environment)
        self._preferences: dict[UUID, Preferences] = {}
        self._of_preference: dict[tuple[Preference, bool], Invalidation] = {}
        self._above: dict[tuple[tuple[UnitId, ...], Evidence], Recompilation] = {}
        self._is_listed: dict[UUID, bool] = {}

    @property
    def caches(self) -> CompileCaches | None:
        """The compile caches of the environment, if there are any."""
        caches = self.installed.caches
        return None if caches.is_empty else caches

    @cached_property
    def reads(self) -> Mapping[UnitId, UnitReads]:
        """What each unit reads while it compiles: the strongest evidence that there is."""
        from precompass.recompilation.unit_reads import GatheredReads

        return GatheredReads(self.environment, self.graph, self.installed)

    @cached_property
    def observers(self) -> Observers:
        """Which units are bound to which preferences."""
        return Observers(self.graph, self.reads, self.environment.julia)

    @cached_property
    def usable(self) -> frozenset[UnitId]:
        """The units with a cache that fits the preferences now in effect."""
        if self.caches is None:
            return frozenset()
        return self.caches.usable(lambda uuid: self.preferences(uuid).values, lambda _: True)

    def preferences(self, uuid: UUID) -> Preferences:
        """Return the preferences of a package in effect."""
        found = self._preferences.get(uuid)
        if found is None:
            found = self._preferences[uuid] = self.environment.preferences(uuid)
        return found

    def of_preference(self, preference: Preference, *, if_listed: bool = False) -> Invalidation:
        """Return what is recompiled when a preference changes.

        Args:
            preference: what changes.
            if_listed: answer as if a project of the stack listed the package; otherwise, where
                none does, Julia sees no change.
        """
        key = preference, if_listed
        found = self._of_preference.get(key)
        if found is None:
            found = self._of_preference[key] = self._compute(preference, if_listed=if_listed)
        return found

    def _compute(self, preference: Preference, *, if_listed: bool) -> Invalidation:
        if not if_listed and not self.is_listed(preference.package):
            return self._invisible(preference)
        bound = self.observers.of(preference)
        observers = self._visited(bound) if bound else ()
        why_not: WhyNot | None = None
        evidence = evidence_of(observers)
        if bound and not observers:
            from precompass.recompilation.read_reasons import NotDependedOn

            why_not = NotDependedOn(tuple(seen.unit for seen in bound))
            if self.environment.gaps:  # what is not known may depend on them
                why_not = self.not_all_known()
        elif not observers:
            silence = self.observers.silence(preference)
            why_not, evidence = silence.because, (silence.evidence,)
            unbound = self.observers.unbound_readers(preference)
            if unbound:
                from precompass.recompilation.read_reasons import BoundToOwnOnly

                why_not = BoundToOwnOnly(preference, tuple(seen.unit for seen in unbound))
                evidence = evidence_of(unbound)
            elif self.environment.gaps and Evidence.ASSUMED not in evidence:
                why_not, evidence = self.not_all_known(), (Evidence.ASSUMED,)
        recompilation = self.above((seen.unit.id for seen in observers), evidence)
        return Invalidation(preference, observers, recompilation, why_not)

    def of_values(self, values: Mapping[UUID, TomlTable]) -> Recompilation:
        """Return what is recompiled when the preferences of some packages become these.

        Args:
            values: by package, all of its preferences that would then be in effect.
        """

        def after(uuid: UUID) -> Preferences:
            found = self.preferences(uuid)
            return replace(found, values=values[uuid]) if uuid in values else found

        julia = self.environment.julia
        concerned = {
            seen.unit.id
            for uuid, table in values.items()
            for key in {*self.preferences(uuid).values, *table}
            for seen in self.observers.of(Preference(uuid, key))
        }
        rejected = {
            unit: rejecting_keys(
                self.preferences,
                after,
                julia,
                self.graph.compiled_uuid(self.graph.units[unit]),
                self.reads[unit],
            )
            for unit in concerned
        }
        evidence = [found for keys in rejected.values() for found in keys.values()]
        return self.above([unit for unit, keys in rejected.items() if keys], evidence)

    def is_listed(self, uuid: UUID) -> bool:
        """Tell whether a project of the stack lists a package, so that its preferences count."""
        found = self._is_listed.get(uuid)
        if found is None:
            julia, layers = self.environment.julia, self.environment.layers
            found = any(layer.listing.table_name(uuid, julia) is not None for layer in layers)
            self._is_listed[uuid] = found
        return found

    def _invisible(self, preference: Preference) -> Invalidation:
        from precompass.recompilation.read_reasons import IfListed, NotListed

        otherwise = self.of_preference(preference, if_listed=True)
        whole = otherwise.recompilation
        if_listed = IfListed(whole.count, whole.of) if otherwise.noticed else None
        nothing = self.recompilation(self.graph.subset(()), None, (Evidence.KNOWN,))
        why_not: WhyNot = NotListed(preference.package, if_listed)
        if any(gap.line is not None for gap in self.environment.gaps):
            why_not = self.not_all_known()
        return Invalidation(preference, (), nothing, why_not)

    def not_all_known(self) -> NotAllKnown:
        """Return the first reason why there may be more than is known."""
        from precompass.recompilation.read_reasons import NotAllKnown

        gap = self.environment.gaps[0]
        return NotAllKnown(gap.file, gap.line, gap.missing)

    def why_not_of_package(self, uuid: UUID) -> WhyNot | None:
        """Return why nothing is recompiled when a package itself changes; None if something is."""
        from precompass.recompilation.read_reasons import NoDependency, NoManifest, NotInManifest

        unit = self.graph.unit_of(uuid)
        if unit is not None and unit.id in visited(self.graph):
            return None
        if unit is None and self.environment.manifest is None:
            return NoManifest()
        if self.environment.gaps:  # what is not known may depend on it
            return self.not_all_known()
        return NotInManifest() if unit is None else NoDependency()

    def of_package(self, uuid: UUID) -> Recompilation:
        """Return what is recompiled when a package itself changes."""
        unit = self.graph.unit_of(uuid)
        return self.above([unit.id] if unit else [], (Evidence.KNOWN,))

    def above(self, direct: Iterable[UnitId], evidence: Iterable[Evidence]) -> Recompilation:
        """Return what is recompiled when some units have to be.

        Args:
            direct: these units.
            evidence: what it rests on that they have to be.
        """
        key = tuple(direct), weakest(evidence)
        found = self._above.get(key)
        if found is None:
            found = self._above[key] = self._compiled_above(*key)
        return found

    def _compiled_above(self, direct: tuple[UnitId, ...], evidence: Evidence) -> Recompilation:
        caches = self.caches
        if caches is None:
            return self.compiled_without_caches(direct, (evidence,))
        stale = caches.stale_above(self.graph.subset(direct))
        return self.compiled_with_caches(stale, (evidence,))

    def compiled_without_caches(
        self, direct: Collection[UnitId], evidence: Iterable[Evidence]
    ) -> Recompilation:
        """Return what is recompiled above some units, by the manifest and the sources."""
        unloaded = self.installed.source_evidence.unloaded
        direct = [*direct, *self.on_skip_list(direct)]
        return self.recompilation(precompiled_again(self.graph, direct, unloaded), None, evidence)

    def on_skip_list(self, direct: Iterable[UnitId]) -> Iterable[UnitId]:
        """Return the packages on the skip list, where no manifest says what depends on it.

        Whoever put a package there knew that it uses SnoopPrecompile.
        """
        if self.environment.manifest is not None or package_id(SNOOP_PRECOMPILE) not in direct:
            return ()
        skipped = self.preferences(SNOOP_PRECOMPILE).values.get(SKIP_LIST)
        names = set(map(str, skipped)) if isinstance(skipped, list) else set()
        return [unit.id for unit in self.graph.order if unit.is_package and unit.name in names]

    def compiled_with_caches(self, stale: UnitSet, evidence: Iterable[Evidence]) -> Recompilation:
        """Return what is recompiled when just these units have no cache that fits.

        Units without any cache are taken to have been built on what the manifest says.
        """
        cached = self.caches.cached if self.caches is not None else self.graph.subset(())
        loaded = stale | (loaded_again(self.graph, stale) - cached)
        if self.graph.julia.precompile_scope is PrecompileScope.MANIFEST:
            again = precompiled_again(self.graph, stale)
        else:
            again = own_extensions_left_out(loaded)
        return self.recompilation(again, loaded, evidence)

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
        cached = None if stale is None else self._precompilable(stale & counted)
        sizes = self.caches.sizes if self.caches is not None else None
        again = self._precompilable(compiled & counted)
        gaps = self.environment.gaps
        return Recompilation(again, cached, weakest(evidence), sizes, gaps)

    def observers_of(self, preference: Preference) -> tuple[Observation, ...]:
        """Return the units bound to a preference, as far as Julia looks at them."""
        return self._visited(self.observers.of(preference))

    def _visited(self, observers: Iterable[Observation]) -> tuple[Observation, ...]:
        return tuple(seen for seen in observers if seen.unit.id in self._looked_at)

    @cached_property
    def _looked_at(self) -> UnitSet:
        """The units that Julia looks at."""
        return visited(self.graph)

    def _precompilable(self, units: UnitSet) -> UnitSet:
        """Leave out what is never precompiled, by its source, and what depends on that."""
        evidence = self.installed.source_evidence
        cached = self.installed.caches.cached
        never = evidence.never_precompiled((units - cached).units)
        return units - (self.graph.dependents(never) - cached) if never else units
