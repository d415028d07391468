"""What installed sources tell of preferences: where each is read, and which keys there are.

Unlike the observers of a preference, this includes what is read at run time only.
"""

from __future__ import annotations

from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.workload_tools import SKIP_LIST, SWITCH, PrecompileTools
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from precompass.source.preference_reads import PreferenceRead


def reads_of(invalidations: Invalidations, preference: Preference) -> tuple[PreferenceRead, ...]:
    """Return the places in installed sources where a preference is read."""
    if invalidations.installed is None:
        return ()
    evidence = invalidations.installed.source_evidence
    owner = invalidations.graph.unit_of(preference.package)
    observers = [seen.unit for seen in invalidations.observers.of(preference)]
    units: dict[str, Unit] = {unit.id: unit for unit in (owner, *observers) if unit is not None}
    found: list[PreferenceRead] = []
    for unit in units.values():
        found += [
            read for read in evidence.places(unit) if _is_about(read, unit, owner, preference.key)
        ]
    package = evidence.package(owner) if owner is not None else None
    if package is not None and owner is not None:
        found += [read for read in package.reads if _is_about(read, owner, owner, preference.key)]
    return tuple(found)


def _is_about(read: PreferenceRead, unit: Unit, owner: Unit | None, key: str) -> bool:
    if read.key != key or owner is None:
        return False
    if read.owner.uuid is not None:
        return read.owner.uuid == owner.uuid or unit.id == owner.id
    return read.owner.name in (None, owner.name)


def known_keys(invalidations: Invalidations, unit: Unit) -> frozenset[str] | None:
    """Return all keys that a package reads, ever; None where that is not known."""
    if unit.uuid == SNOOP_PRECOMPILE and not unit.is_extension:
        return frozenset({SKIP_LIST})
    if unit.uuid == PRECOMPILE_TOOLS and not unit.is_extension:
        tools = PrecompileTools.of(invalidations.environment.manifest)
        return frozenset({SWITCH} if tools.has_switch else ())
    installed = invalidations.installed
    package = installed.source_evidence.package(unit) if installed is not None else None
    if package is None or package.problems:
        return None
    own = invalidations.graph.compiled_uuid(unit)
    reads = [*package.reads, *installed.source_evidence.places(unit)] if installed else []
    keys = set()
    for read in reads:
        if read.owner.uuid not in (None, own):
            continue
        if read.key is None:
            return None
        keys.add(read.key)
    keys |= {key for owner, key in invalidations.reads[unit.id].keys if owner == own}
    return frozenset(keys)
