"""What there is to draw of an invalidation: its units, how far each is from the change, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, TypeAlias

import msgspec
import networkx as nx

from precompass.answers.explanation import Explanation, Origin, explain
from precompass.depot.cache_size import cache_size
from precompass.documents.values import TomlValue
from precompass.julia.preferences import Preference
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.compiled_size import CompiledShare
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Kind, Unit, UnitId, UnitSet, package_id
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.precompilation import recompilation_network
from precompass.wording import approximately, read_reasons, recompiled, recompiles
from precompass.wording.read_reasons import rests_on

Relation: TypeAlias = Literal["depends", "extends", "triggered", "loads"]
"""Why one unit is recompiled with another: it depends on it; it is an extension of it; it is
an extension that it triggers; or it loads it while it compiles."""


class PictureUnit(msgspec.Struct, frozen=True):
    """A unit that is recompiled, or because of which others are.

    Attributes:
        uuid: under which Julia compiles it; extensions have one of their own.
        label: ``CSV``, ``StaticArrays/StaticArraysStatisticsExt``.
        name: the same without the parent.
        version: of the package; of an extension, of its parent.
        kind: ``project`` is the active project, or a member of its workspace.
        is_recompiled: whether it is recompiled itself; a standard library, and what is never
            precompiled, is not.
        is_developed: whether its source is worked on here: the project, and what the manifest
            has by a path; and their extensions.
        is_observer: whether its cache is bound to the preference.
        distance: how many steps it is from the nearest observer, or from the package that
            changes.
        cache_bytes: the size of its compile cache, if a depot holds one.
        chain: the UUIDs of the units by which the change reaches it: the first is where the
            change is noticed, the last is the unit itself.
        why: the same as a sentence.
        cause: in a picture of what is recompiled next, the number of its root cause, from 1; it
            is in the label, too.
    """

    uuid: UUID
    label: str
    name: str
    version: VersionNumber | None
    kind: Kind
    is_recompiled: bool
    is_developed: bool
    is_observer: bool
    distance: int
    cache_bytes: int | None
    chain: tuple[UUID, ...]
    why: str
    cause: int | None = None

    @property
    def kind_in_words(self) -> str:
        """What it is: ``package``, ``standard library``, ``package developed here``."""
        words = "standard library" if self.kind == "stdlib" else self.kind
        return f"{words} developed here" if self.is_developed and words != "project" else words


class PictureEdge(msgspec.Struct, frozen=True):
    """That a unit, by its position in the picture, is recompiled with another one."""

    unit: int
    on: int
    relation: Relation


class Picture(msgspec.Struct, frozen=True):
    """The invalidation of a preference, or of a package, to be drawn.

    Attributes:
        package, uuid, key: what changes; without a key, the package itself.
        title: what a change recompiles, in one line.
        basis: what that rests on, as a sentence; where nothing is recompiled, why.
        count, of: how many packages are recompiled, of how many.
        evidence: the weakest thing that the answer rests on.
        noticed: whether Julia notices a change at all.
        value: of the preference in effect.
        origin: where it is set.
        units: by distance, then by label.
        edges: between them.
        is_complete: whether that is all, and not only what is known.
        share: the share of the compiled code that is thrown away; None without caches.
    """

    package: str
    uuid: UUID
    key: str | None
    title: str
    basis: str
    count: int
    of: int
    evidence: Evidence
    noticed: bool
    value: TomlValue | None
    origin: Origin | None
    units: tuple[PictureUnit, ...]
    edges: tuple[PictureEdge, ...]
    is_complete: bool = True
    share: CompiledShare | None = None

    @property
    def subject(self) -> str:
        """What the picture is about: ``CSV``, ``CSV.precompile_workload``."""
        return self.package if self.key is None else f"{self.package}.{self.key}"

    @property
    def depth(self) -> int:
        """The largest distance."""
        return max((unit.distance for unit in self.units), default=0)


def picture(
    invalidations: Invalidations,
    uuid: UUID,
    key: str | None,
    approximation: Approximation | None = None,
) -> Picture:
    """Draw up the picture of a preference or, where *key* is None, of a package or extension.

    Args:
        invalidations: of the environment.
        uuid: the package, or the extension, that the picture is about.
        key: of the preference.
        approximation: what the environment would hold, where it has no manifest; then the
            picture is of that.
    """
    explanation = explain(invalidations, uuid, key, approximation)
    recompilation = explanation.recompilation
    title, basis = _sentences(explanation)
    if explanation.approximate is not None and approximation is not None:
        invalidations, recompilation = approximation.invalidations, explanation.approximate[0]
        title = (
            f"{explanation.subject}: changing it would recompile about {recompiled(recompilation)}"
        )
        basis = approximately(*explanation.approximate)
    reasons = _reasons(invalidations, uuid, key, basis)
    units, edges = drawn(invalidations, reasons, recompilation.compiled, are_observers=bool(key))
    return Picture(
        package=explanation.package,
        uuid=uuid,
        key=key,
        title=title,
        basis=basis,
        is_complete=recompilation.is_complete and explanation.approximate is None,
        count=recompilation.count,
        of=recompilation.of,
        evidence=recompilation.evidence,
        noticed=bool(units),
        value=explanation.value,
        origin=explanation.origin,
        units=units,
        edges=edges,
        share=recompilation.share,
    )


def _sentences(explanation: Explanation) -> tuple[str, str]:
    """Return the title, and what the answer rests on."""
    environment = explanation.environment
    if explanation.why_not is not None:
        reason = read_reasons.why_not(explanation.why_not, environment)
        is_known = explanation.is_known
        known = (
            "changing it recompiles nothing" if is_known else "the effect of a change is unknown"
        )
        return f"{explanation.subject}: {known}", f"{reason[0].upper()}{reason[1:]}."
    recompilation = explanation.recompilation
    cost = f"{recompiles(recompilation)} {recompiled(recompilation)}"
    title = f"{explanation.subject}: changing it {cost}"
    if explanation.key is None:
        return title, "The manifest shows its dependents."
    basis = rests_on(recompilation.evidence, explanation.observers, environment.julia)
    return title, f"{basis[0].upper()}{basis[1:]}."


# Units and edges


def drawn(
    invalidations: Invalidations,
    reasons: Mapping[UnitId, str],
    compiled: UnitSet,
    *,
    are_observers: bool,
) -> tuple[tuple[PictureUnit, ...], tuple[PictureEdge, ...]]:
    """Return the units of a picture, and what leads from one to the other.

    These are what is recompiled, and what brings it about, which may have no cache itself.

    Args:
        invalidations: of the environment.
        reasons: the units in which it begins, each with the reason as the rest of a sentence.
        compiled: what is recompiled.
        are_observers: whether it begins in observers of a preference.
    """
    graph = invalidations.graph
    network = _network(invalidations, compiled | graph.subset(reasons), list(reasons))
    chains = _chains(network, list(reasons), graph.units)
    nodes = map(graph.units.__getitem__, network)
    order = sorted(nodes, key=lambda unit: (len(chains[unit.id]), unit.label, unit.id))
    units = []
    for unit in order:
        chain = [graph.units[step] for step in chains[unit.id]]
        units.append(
            PictureUnit(
                uuid=graph.compiled_uuid(unit),
                label=unit.label,
                name=unit.name,
                version=_version_of(invalidations, unit),
                kind=_kind_of(invalidations, unit),
                is_recompiled=unit.id in compiled,
                is_developed=_is_developed(invalidations, unit),
                is_observer=are_observers and unit.id in reasons,
                distance=len(chain) - 1,
                cache_bytes=_cache_bytes(invalidations, unit),
                chain=tuple(graph.compiled_uuid(step) for step in chain),
                why=_why(chain, network, reasons[chain[0].id]),
            )
        )
    positions = {unit.id: position for position, unit in enumerate(order)}
    edges = [
        PictureEdge(positions[unit], positions[on], data["relation"])
        for unit, on, data in network.edges(data=True)
    ]
    return tuple(units), tuple(sorted(edges, key=lambda edge: (edge.unit, edge.on)))


def _reasons(
    invalidations: Invalidations, uuid: UUID, key: str | None, basis: str
) -> Mapping[UnitId, str]:
    """Return the units in which it begins, each with the reason as the rest of a sentence.

    Evidence that the basis names, above the picture, is not repeated at each unit.
    """
    if key is None:
        changed = invalidations.graph.unit_of(uuid)
        return {changed.id: "is what changes"} if changed is not None else {}
    observers = invalidations.of_preference(Preference(uuid, key)).observers
    reasons = {}
    for seen in observers:
        because = read_reasons.because(seen.read.because)
        is_said = because.casefold() in basis.casefold()
        verb = _VERBS.get(seen.read.evidence, "reads")
        reasons[seen.unit.id] = f"{verb} `{key}`" + ("" if is_said else f" ({because})")
    return reasons


_VERBS = {Evidence.ASSUMED: "is assumed to read", Evidence.POSSIBLE: "may read"}


def _network(
    invalidations: Invalidations, drawn: UnitSet, centres: Sequence[UnitId]
) -> nx.DiGraph[UnitId]:
    """Return the units of a picture, each with an edge to those in it that it depends on.

    A unit that depends on none of them loads one while it compiles: an extension, or what only
    its cache tells of.
    """
    graph = invalidations.graph
    network: nx.DiGraph[UnitId] = nx.DiGraph()
    network.add_nodes_from(drawn)
    for unit, on in graph.network.edges:
        if unit in network and on in network:
            network.add_edge(unit, on, relation=_relation(graph.units[unit], on))
    loading = recompilation_network(graph)
    for unit in _unreached(network, centres):
        loaded = [on for on in loading.succ[unit] if on in network and on != unit]
        network.add_edges_from(((unit, on) for on in loaded), relation="loads")
    for unit in _unreached(network, centres):
        below = graph.dependencies(unit)
        loaded = [centre for centre in centres if centre in below] or list(centres)
        network.add_edge(unit, loaded[0], relation="loads")
    return network


def _unreached(network: nx.DiGraph[UnitId], centres: Sequence[UnitId]) -> Sequence[UnitId]:
    """Return the units that no edges lead from to a centre."""
    reached = set(centres).union(*(nx.ancestors(network, centre) for centre in centres))
    return [unit for unit in network if unit not in reached]


def _relation(unit: Unit, on: UnitId) -> Relation:
    if not unit.is_extension:
        return "depends"
    return "extends" if on == package_id(unit.uuid) else "triggered"


_RELATIONS: Sequence[Relation] = ("depends", "extends", "triggered", "loads")


def _chains(
    network: nx.DiGraph[UnitId], centres: Sequence[UnitId], units: Mapping[UnitId, Unit]
) -> Mapping[UnitId, tuple[UnitId, ...]]:
    """Return, for each unit, a shortest chain from a centre to it; the first by name of several."""
    chains: dict[UnitId, tuple[UnitId, ...]] = {centre: (centre,) for centre in centres}
    level = set(centres)

    def order(unit: UnitId, on: UnitId) -> tuple[int, str, UnitId]:
        relation: Relation = network.edges[unit, on]["relation"]
        return _RELATIONS.index(relation), units[on].label, on

    while level:
        above = {unit for one in level for unit in network.pred[one]} - chains.keys()
        for unit in above:
            below = (on for on in network.succ[unit] if on in level)
            chains[unit] = (*chains[min(below, key=partial(order, unit))], unit)
        level = above
    return chains


_STEPS: Mapping[Relation, str] = {
    "depends": "depends on {}",
    "extends": "is an extension of {}",
    "triggered": "is an extension that {} triggers",
    "loads": "loads {} while it compiles",
}


def _why(chain: Sequence[Unit], network: nx.DiGraph[UnitId], reason: str) -> str:
    """Say why the last unit of a chain is recompiled.

    ``Plots depends on GR, which depends on PrecompileTools, which ...``
    """
    steps = [
        _STEPS[network.edges[unit.id, on.id]["relation"]].format(on.label)
        for on, unit in reversed(list(pairwise(chain)))
    ]
    return f"{chain[-1].label} {', which '.join([*steps, reason])}."


def _version_of(invalidations: Invalidations, unit: Unit) -> VersionNumber | None:
    entry = invalidations.environment.entry(unit.uuid)
    if entry is not None and entry.version is not None:
        return entry.version
    projects = invalidations.environment.projects
    return next((project.version for project in projects if project.uuid == unit.uuid), None)


def _kind_of(invalidations: Invalidations, unit: Unit) -> Kind:
    return "project" if unit in invalidations.graph.projects else unit.kind


def _is_developed(invalidations: Invalidations, unit: Unit) -> bool:
    if any(unit.uuid == project.uuid for project in invalidations.environment.projects):
        return True
    entry = invalidations.environment.entry(unit.uuid)
    return entry is not None and entry.path is not None


def _cache_bytes(invalidations: Invalidations, unit: Unit) -> int | None:
    caches = invalidations.caches
    cache = caches.recorded(unit.id) if caches is not None else None
    return cache_size(cache.file) if cache is not None else None
