"""What installed sources tell of preferences: where each is read, and which keys there are.

Unlike the observers of a preference, this includes what is read at run time only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.values import TomlValue
from precompass.julia.preferences import Preference
from precompass.julia.uuids import (
    JLL_WRAPPERS,
    PRECOMPILE_TOOLS,
    PREFERENCES,
    SNOOP_PRECOMPILE,
    UUID,
)
from precompass.julia.workload_tools import SKIP_LIST, SWITCH, PrecompileTools
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidation, Invalidations
from precompass.recompilation.precompilation import visited
from precompass.recompilation.published_keys import published_of
from precompass.recompilation.source_evidence import SourceEvidence
from precompass.source.preference_reads import UNKNOWN_OWNER, PreferenceRead, When


def reads_of(invalidations: Invalidations, preference: Preference) -> tuple[PreferenceRead, ...]:
    """Return the places in installed sources where a preference is read.

    A package that reads a key without Julia's noticing and records it elsewhere
    (``Base.get_preferences`` beside ``Base.record_compiletime_preference``) reads it recorded.
    """
    installed = invalidations.installed
    owner = invalidations.graph.unit_of(preference.package)
    if owner is None:
        return ()
    evidence = installed.source_evidence
    observers = (seen.unit for seen in invalidations.observers.of(preference))
    found: list[PreferenceRead] = []
    for reader in dict.fromkeys((owner, *observers, *_other_readers(invalidations, owner))):
        reads = [
            read
            for read in evidence.all_reads(reader)
            if read.key == preference.key and _owner(evidence, reader, read) == preference.package
        ]
        is_recorded = any(read.is_recorded and read.when is When.COMPILE for read in reads)
        found += [read for read in reads if read.is_recorded or not is_recorded]
    found += (read for read in evidence.reads_in_extensions(owner) if read.key == preference.key)
    return tuple(dict.fromkeys(found))


def reads_left_behind(
    invalidations: Invalidations, invalidation: Invalidation
) -> Iterator[tuple[Unit, PreferenceRead]]:
    """Yield the units that read a preference while they compile, and that keep its old value.

    Nothing recompiles them when it changes. Up to Julia 1.13, a cache depends only on the
    preferences of its own package, whatever else is recorded (``get_preferences_hash`` in
    ``base/loading.jl``); from 1.14 on, on all that are recorded. A unit that depends on what
    Julia recompiles is recompiled with it.

    Of packages that are installed, only those are looked at that use Preferences.jl or
    JLLWrappers themselves.
    """
    preference, whole = invalidation.preference, invalidation.recompilation
    evidence, graph = invalidations.installed.source_evidence, invalidations.graph
    again = whole.compiled | graph.dependents(seen.unit.id for seen in invalidation.observers)
    if whole.cached is not None:
        again |= whole.cached
    with_preferences = {
        *graph.direct_dependents(PREFERENCES),
        *graph.direct_dependents(JLL_WRAPPERS),
    }
    for unit in (visited(graph) - again).units:
        own = graph.compiled_uuid(unit)
        source = invalidations.installed.sources.of(unit)
        if source is None or own == preference.package or unit.kind in ("stdlib", "project"):
            continue
        if source.is_installed and unit.id not in with_preferences:
            continue
        if not evidence.can_mean(unit, preference.package):
            continue
        preferences = invalidations.preferences(own).values
        first = next(
            (
                read
                for read in evidence.all_reads(unit)
                if read.key == preference.key
                and evidence.owner(unit, read) == preference.package
                and read.when is When.COMPILE
                and not (read.is_open or read.in_workload)
                and not (read.is_recorded and graph.julia.records_blob)
                and read.is_reached(preferences)
            ),
            None,
        )
        below = (graph.units[one] for one in graph.dependencies(unit.id))
        if first is not None and not evidence.never_precompiled((unit, *below)):
            yield unit, first


def known_keys(invalidations: Invalidations, unit: Unit) -> frozenset[str] | None:
    """Return all keys of a package that are read, ever; None where that is not known.

    Its extensions and the packages that depend on it may read them as well.
    """
    if unit.uuid == SNOOP_PRECOMPILE and not unit.is_extension:
        return frozenset({SKIP_LIST})
    if unit.uuid == PRECOMPILE_TOOLS and not unit.is_extension:
        tools = PrecompileTools.of(invalidations.environment.loaded)
        return frozenset({SWITCH} if tools.has_switch else ())
    installed = invalidations.installed
    if not installed.source_evidence.has_source(unit):
        return _published_keys(invalidations, unit)
    if not installed.source_evidence.is_read_in_full(unit):
        return None
    evidence = installed.source_evidence
    own = invalidations.graph.compiled_uuid(unit)
    keys = {key for owner, key in invalidations.reads[unit.id].keys if owner == own}
    for reader in (unit, *_other_readers(invalidations, unit)):
        for read in evidence.all_reads(reader):
            if _owner(evidence, reader, read) == own:
                if read.key is None:
                    return None
                keys.add(read.key)
        if reader.is_extension and not evidence.is_read_in_full(reader):
            return None
    in_extensions = {read.key for read in evidence.reads_in_extensions(unit)}
    found = {key for key in keys | in_extensions if key is not None}
    return None if None in in_extensions else frozenset(found)


def allowed_values(invalidations: Invalidations, uuid: UUID) -> Mapping[str, tuple[TomlValue, ...]]:
    """Return the values that a package takes for its preferences; without those that may be any.

    By its source, if that is installed and each read of a preference rejects the same others.
    """
    unit = invalidations.graph.unit_of(uuid)
    evidence = invalidations.installed.source_evidence
    if unit is None or unit.is_extension:
        return {}
    if not evidence.has_source(unit):
        published = published_of(invalidations.environment, unit)
        return published.values if published is not None else {}
    package = evidence.package(unit)
    sets: dict[str, set[tuple[TomlValue, ...]]] = {}
    for read in package.reads if package is not None else ():
        if read.key is not None and read.values and _owner(evidence, unit, read) == uuid:
            sets.setdefault(read.key, set()).add(read.values)
    return {key: next(iter(found)) for key, found in sets.items() if len(found) == 1}


def _published_keys(invalidations: Invalidations, unit: Unit) -> frozenset[str] | None:
    published = published_of(invalidations.environment, unit)
    if published is None or published.products:
        return None
    own = {key for owner, key in invalidations.reads[unit.id].keys if owner == unit.uuid}
    return published.keys | own


def _owner(evidence: SourceEvidence, reader: Unit, read: PreferenceRead) -> UUID | None:
    """Return whose preference a unit reads; where that is computed, it may be its own."""
    if read.owner == UNKNOWN_OWNER and not reader.is_extension:
        return reader.uuid
    return evidence.owner(reader, read)


def _other_readers(invalidations: Invalidations, unit: Unit) -> tuple[Unit, ...]:
    """Return the units that may read the preferences of a package beside itself.

    These are its extensions and what depends on it directly, if they use Preferences.jl.
    """
    graph = invalidations.graph
    if unit.is_extension:
        return ()
    extensions = {one.id for one in graph.order if one.is_extension and one.uuid == unit.uuid}
    with_preferences = {*graph.direct_dependents(PREFERENCES), *extensions}
    above = {*graph.direct_dependents(unit.uuid), *extensions} & with_preferences
    return tuple(one for one in graph.order if one.id in above and one.id != unit.id)
