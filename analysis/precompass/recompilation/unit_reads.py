"""What each unit reads while it compiles, from the strongest evidence that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from precompass.julia.environment import Environment
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import FLAG, SKIP_LIST
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId
from precompass.recompilation.installed import Installed
from precompass.recompilation.published import known_reads
from precompass.recompilation.published_keys import published_of
from precompass.recompilation.read_reasons import PublishedKeys
from precompass.recompilation.reads import Read, UnitReads
from precompass.recompilation.source_evidence import SourceEvidence
from precompass.recompilation.workload_flags import is_switched_off


class GatheredReads(Mapping[UnitId, UnitReads]):
    """For each unit: what its cache records, else what its source says, else what is usual.

    Caches and sources are looked at when a unit is asked for.

    Args:
        environment: with the preferences in effect, on which it depends what workloads run.
        graph: of the environment.
        installed: its caches and sources, if the depots were looked into.
    """

    def __init__(
        self, environment: Environment, graph: DependencyGraph, installed: Installed
    ) -> None:
        self._environment = environment
        self._graph = graph
        self._installed = installed
        self._is_switched_off = is_switched_off(environment)
        self._usual = known_reads(graph, environment.loaded, switched_off=self._is_switched_off)
        self._known: dict[UnitId, UnitReads] = {}

    def __getitem__(self, unit: UnitId) -> UnitReads:
        known = self._known.get(unit)
        if known is None:
            known = self._known[unit] = self._gather(self._graph.units[unit])
        return known

    def __iter__(self) -> Iterator[UnitId]:
        return iter(self._graph.units)

    def __len__(self) -> int:
        return len(self._graph.units)

    def _gather(self, unit: Unit) -> UnitReads:
        usual = self._usual[unit.id]
        if unit.kind in ("project", "stdlib"):
            return usual
        cache = self._installed.caches.recorded(unit.id)
        if cache is not None:
            return _with_foreign_reads(self._installed.caches.reads(unit, cache), usual, unit)
        if unit.uuid in (PRECOMPILE_TOOLS, SNOOP_PRECOMPILE):
            return usual  # what is published of these is as sure as their source
        evidence = self._installed.source_evidence
        if not evidence.has_source(unit):
            return self._published(unit, usual)
        own = self._graph.compiled_uuid(unit)
        found = evidence.reads(
            unit,
            runs_workload=self._runs_workload(unit, evidence),
            preferences=self._environment.preferences(own).values,
        )
        # What nothing reads, by the versions here, an open source does not read either.
        read = {key for owner, key in found.keys if owner == own and not self._is_switched_off}
        unread = {key: why for key, why in usual.unread.items() if key not in read}
        keys = {key: read for key, read in found.keys.items() if key[1] not in unread}
        return replace(found, keys=keys, unread={**found.unread, **unread})

    def _published(self, unit: Unit, usual: UnitReads) -> UnitReads:
        """Return what is published of a unit without a source, with what is usual besides."""
        published = published_of(self._environment, unit)
        if published is None:
            return usual
        reads, unread = (
            Read(Evidence.KNOWN, PublishedKeys(published.name, published.versions, is_read=is_read))
            for is_read in (True, False)
        )
        keys = {Preference(unit.uuid, key): reads for key in sorted(published.compile)}
        running = {key: unread for key in published.keys - published.compile if key != FLAG}
        return replace(
            usual,
            keys={**usual.keys, **keys},
            others=usual.others if published.products else None,
            otherwise=unread,
            unread={**usual.unread, **running},
        )

    def _runs_workload(self, unit: Unit, evidence: SourceEvidence) -> bool:
        """Tell whether the preferences in effect let a unit's workload run."""
        uses = evidence.workloads(unit) or ()
        if any(use.package == "SnoopPrecompile" for use in uses):
            skipped = self._environment.preferences(SNOOP_PRECOMPILE).values.get(SKIP_LIST)
            return not isinstance(skipped, list) or unit.name not in skipped
        uuid = self._graph.compiled_uuid(unit)
        flag = self._environment.preferences(uuid).values.get(FLAG)
        return not self._is_switched_off and flag is not False


def _with_foreign_reads(recorded: UnitReads, usual: UnitReads, unit: Unit) -> UnitReads:
    """Add what a unit is known to read of other packages, which its cache may not record.

    What is known to be read by nothing stays known: a cache that does not list it agrees.
    """
    foreign = {key: read for key, read in usual.keys.items() if key[0] != unit.uuid}
    keys = {**foreign, **recorded.keys}
    read = {key for owner, key in recorded.keys if owner == unit.uuid}
    known = {key: why for key, why in usual.unread.items() if why.evidence is Evidence.KNOWN}
    is_silent = usual.others is None and usual.otherwise.evidence is Evidence.KNOWN
    return replace(
        recorded,
        keys=keys,
        unread={key: why for key, why in known.items() if key not in read},
        otherwise=usual.otherwise if is_silent else recorded.otherwise,
    )
