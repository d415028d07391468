"""Which units are bound to a preference in one environment, and why none is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from precompass.julia.behaviour import Julia
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, PREFERENCES, UUID
from precompass.julia.workload_tools import THE_SWITCH
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId, package_id
from precompass.recompilation.reads import Read, UnitReads


class Observation(msgspec.Struct, frozen=True):
    """That a unit's cache is bound to a preference."""

    unit: Unit
    read: Read


class Observers:
    """Which units are bound to which preferences, in one environment.

    Args:
        graph: of the environment.
        reads: what each unit reads.
        julia: whose rules apply.
    """

    def __init__(
        self, graph: DependencyGraph, reads: Mapping[UnitId, UnitReads], julia: Julia
    ) -> None:
        self._graph = graph
        self._records_blob = julia.records_blob
        self.reads = reads
        self._owners: dict[UUID, tuple[Unit, UnitReads] | None] = {}

    def of(self, preference: Preference) -> tuple[Observation, ...]:
        """Return the units whose caches are bound to a preference."""
        owner = self._owner(preference.package)
        found = [] if owner is None else self._observation(*owner, preference)
        if self._records_blob and self._foreign:
            found += self._foreign.get(preference, ())
        return tuple(found)

    @cached_property
    def _foreign(self) -> Mapping[Preference, Sequence[Observation]]:
        """Which units are bound to which preferences of others; only blobs hold such."""
        found: dict[Preference, list[Observation]] = {}
        for unit in self._possible_readers():
            own = self._graph.compiled_uuid(unit)
            for key, read in self.reads[unit.id].keys.items():
                if key.package != own:
                    found.setdefault(key, []).append(Observation(unit, read))
        return found

    def unbound_readers(self, preference: Preference) -> tuple[Observation, ...]:
        """Return the units that are known to read a preference without being bound to it.

        Before caches recorded a blob, only keys of a package's own counted. Of preferences of
        other packages, it is PrecompileTools' switch that many read.
        """
        if self._records_blob or preference != THE_SWITCH:
            return ()
        readers = (
            self._graph.units[one] for one in self._graph.direct_dependents(PRECOMPILE_TOOLS)
        )
        return tuple(
            Observation(unit, read)
            for unit in readers
            if (read := self.reads[unit.id].keys.get(preference)) is not None
        )

    def _owner(self, package: UUID) -> tuple[Unit, UnitReads] | None:
        """Return the unit whose preferences a package's are, with what it reads; None without."""
        if package not in self._owners:
            unit = self._graph.unit_of(package)
            self._owners[package] = None if unit is None else (unit, self.reads[unit.id])
        return self._owners[package]

    def _observation(
        self, unit: Unit, reads: UnitReads, preference: Preference
    ) -> list[Observation]:
        read = reads.keys.get(preference)
        if read is None and reads.others is not None and preference.key not in reads.unread:
            is_own = preference.package == self._graph.compiled_uuid(unit)
            read = reads.others if is_own else None
        return [] if read is None else [Observation(unit, read)]

    def _possible_readers(self) -> Iterable[Unit]:
        """Return the units that can have asked for preferences at all."""
        if self._graph.package(PREFERENCES) is None:
            return self._graph.order
        return self._graph.dependents([package_id(PREFERENCES)]).units

    def silence(self, preference: Preference) -> Read:
        """Return why nothing is bound to a preference that nothing is known to read."""
        owner = self._owner(preference.package)
        if owner is None:
            from precompass.recompilation.read_reasons import NotInManifest

            return Read(Evidence.KNOWN, NotInManifest())
        _, reads = owner
        found = reads.unread.get(preference.key, reads.otherwise)
        if self._records_blob and self._some_reader_is_unknown:
            from precompass.recompilation.read_reasons import AssumedUnread

            return Read(Evidence.ASSUMED, AssumedUnread(found.because))
        return found

    @cached_property
    def _some_reader_is_unknown(self) -> bool:
        """Tell whether some package's reads are unknown."""
        return any(self.reads[unit.id].others is not None for unit in self._possible_readers())


def evidence_of(observations: Iterable[Observation]) -> tuple[Evidence, ...]:
    """Return what each of several observations rests on."""
    return tuple(observation.read.evidence for observation in observations)
