"""What Julia recompiles between two states of the files of one environment."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

import msgspec
from msgspec.structs import replace

from precompass.documents.values import TomlValue
from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment, Gap
from precompass.julia.equality import identical
from precompass.julia.manifest import PackageEntry
from precompass.julia.preferences import CLEAR, LookupFailure, Preference
from precompass.julia.syntax_version import syntax_byte
from precompass.julia.uuids import UUID
from precompass.recompilation.acceptance import rejecting_keys
from precompass.recompilation.evidence import Evidence, weakest
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.recompilation.known_failures import failing_units
from precompass.recompilation.observers import Observation, evidence_of
from precompass.recompilation.precompilation import own_extensions_left_out, visited
from precompass.recompilation.reads import UnitReads
from precompass.recompilation.workload_flags import reads_flag


class PreferenceChange(msgspec.Struct, frozen=True):
    """A preference whose value in effect is another one now.

    Attributes:
        preference: what changed.
        before, after: the values; None means that the key is not set.
        observers: the units that read it while they compile.
        noticed: whether one of them is recompiled because of it.
    """

    preference: Preference
    before: TomlValue | None
    after: TomlValue | None
    observers: tuple[Observation, ...]
    noticed: bool


class Difference(msgspec.Struct, frozen=True):
    """What is recompiled between two states of the files of one environment.

    Attributes:
        changes: the preferences that changed.
        in_any_case: what of it had lost its caches, so that it is recompiled whatever changed.
        between: the two minor versions of Julia of the two states, which share no caches; None if
            there is one only.
        is_everything: whether the second of two minor versions has a cache of no package yet, so
            that everything is recompiled.
        failed: units that can no longer be compiled or loaded, so they are not recompiled.
        errors: what makes Julia throw when it looks for preferences.
    """

    recompilation: Recompilation
    changes: tuple[PreferenceChange, ...]
    in_any_case: tuple[Unit, ...]
    between: tuple[Julia, Julia] | None
    is_everything: bool
    failed: tuple[Unit, ...]
    errors: tuple[LookupFailure, ...]


def difference(before: Invalidations, after: Invalidations) -> Difference:
    """Return what is recompiled when the files of *before* become those of *after*.

    What was compiled is taken to have been compiled with the files of *before*, unless a
    cache is there that fits those of *after*. What lost its caches since is recompiled too.
    """
    rejected, broken = _rejected_units(before, after)
    replaced = _replaced_packages(before, after)
    fitting = _fitting_after(before, after, replaced)
    looked_at = visited(after.graph)
    direct = {
        unit: found for unit, found in rejected.items() if unit in looked_at and unit not in fitting
    }
    evidence = [one for found in direct.values() for one in found.values()]
    changed = {unit for unit in rejected if unit in looked_at} | {*replaced}
    compiled = _compiled_again(before, after, changed, fitting, evidence)
    failing = failing_units(
        after.environment,
        after.graph,
        lambda uuid: reads_flag(after.reads, uuid),
        compiled.compiled,
    )
    failed = after.graph.dependents(failing)
    lost = failed | after.graph.dependents(broken)
    noticed = {key for found in direct.values() for key in found}
    changes = tuple(
        PreferenceChange(one, old, new, before.observers_of(one), one in noticed)
        for one, (old, new) in _changed_keys(before, after).items()
    )
    for change in changes:
        silent = () if change.observers else (before.observers.silence(change.preference),)
        evidence += [*evidence_of(change.observers), *(read.evidence for read in silent)]
    between = _two_minors(before, after)
    recompilation = compiled.without(lost, Evidence.KNOWN if between else weakest(evidence))
    recompilation = replace(recompilation, gaps=_gaps(before.environment, after.environment))
    unserved = after.caches.lost - fitting if after.caches is not None else ()
    return Difference(
        recompilation,
        changes,
        tuple(unit for unit in recompilation.units if unit.id in unserved),
        between,
        between is not None and _nothing_fits(after, fitting),
        tuple(unit for unit in compiled.units if unit.id in failed),
        _errors(after),
    )


def _gaps(before: Environment, after: Environment) -> tuple[Gap, ...]:
    """Return what is not known of the two states; of files that say the same, nothing matters."""
    if _texts(before) == _texts(after):
        return ()
    gaps = (*before.gaps, *after.gaps, *before.value_gaps, *after.value_gaps)
    return tuple(dict.fromkeys(gaps))


def _texts(environment: Environment) -> tuple[str | None, ...]:
    """Return what the files say that an environment is made of."""
    manifest, nearer = environment.manifest, environment.nearer
    locals_ = (layer.local for layer in environment.layers)
    return (
        manifest.document.text if manifest is not None else None,
        *(one.manifest.document.text for one in nearer if one.manifest is not None),
        *(project.document.text for project in environment.projects),
        *(layer.project.document.text for layer in environment.layers),
        *(local.document.text if local is not None else None for local in locals_),
    )


def _rejected_units(
    before: Invalidations, after: Invalidations
) -> tuple[dict[UnitId, dict[Preference, Evidence]], set[UnitId]]:
    """Return the units whose own reads changed, and those whose check makes Julia throw."""
    rejected: dict[UnitId, dict[Preference, Evidence]] = {}
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
        reads = _reads(before, after, identity)
        if _lookup_fails(after, own, reads):
            broken.add(identity)
        elif found := _rejecting(before, after, identity, reads):
            rejected[identity] = found
    return rejected, broken


def _reads(before: Invalidations, after: Invalidations, identity: UnitId) -> UnitReads:
    """Return what a unit reads while it compiles: as recorded, in whichever state it has a cache.

    The project's own package has caches of one place only, and two states may be two folders.
    """
    for state in (before, after):
        if state.caches is not None and identity in state.caches.cached:
            return state.reads[identity]
    return before.reads[identity]


def _fitting_after(
    before: Invalidations, after: Invalidations, replaced: Collection[UnitId]
) -> frozenset[UnitId]:
    """Return the units with a cache that fits the new files, whenever it was made."""
    if after.caches is None:
        return frozenset()

    def is_the_same(identity: UnitId) -> bool:
        reads = before.reads.get(identity)
        return reads is not None and not _rejecting(before, after, identity, reads)

    return after.caches.usable(lambda uuid: after.preferences(uuid).values, is_the_same, replaced)


def _compiled_again(
    before: Invalidations,
    after: Invalidations,
    changed: set[UnitId],
    fitting: frozenset[UnitId],
    evidence: Iterable[Evidence],
) -> Recompilation:
    if _two_minors(before, after) is not None:
        units = after.graph.subset(after.graph.units) - fitting
        stale = None if after.caches is None else units
        return after.recompilation(own_extensions_left_out(units), stale, (Evidence.KNOWN,))
    if after.caches is None:
        skipped = before.on_skip_list(changed)
        return after.compiled_without_caches({*changed, *skipped}, evidence)
    # What changed may be loaded from an older cache; what was built on it meanwhile then is not.
    rejected = after.caches.stale_above(after.graph.subset(changed))
    rejected |= after.graph.subset(before.usable) | after.caches.lost
    return after.compiled_with_caches(rejected - fitting, evidence)


def _nothing_fits(after: Invalidations, fitting: frozenset[UnitId]) -> bool:
    """Return whether no unit has a cache that fits, but for the libraries that Julia ships."""
    units = after.graph.units
    return all(units[unit].kind == "stdlib" for unit in fitting if unit in units)


def _two_minors(before: Invalidations, after: Invalidations) -> tuple[Julia, Julia] | None:
    """Return the versions of Julia of two states, if these are known and of two minors."""
    old, new = before.environment, after.environment
    is_known = "newest" not in (old.julia_from, new.julia_from)
    return (old.julia, new.julia) if is_known and old.julia.minor != new.julia.minor else None


def _changed_keys(
    before: Invalidations, after: Invalidations
) -> dict[Preference, tuple[TomlValue | None, TomlValue | None]]:
    uuids = {
        *before.environment.described_uuids(),
        *after.environment.described_uuids(),
    }
    changed: dict[Preference, tuple[TomlValue | None, TomlValue | None]] = {}
    for uuid in sorted(uuids):
        old, new = before.preferences(uuid).values, after.preferences(uuid).values
        for key in sorted({*old, *new} - {CLEAR}):
            one, other = old.get(key), new.get(key)
            if one is None or other is None or not identical(one, other):
                changed[Preference(uuid, key)] = (one, other)
    return changed


def _lookup_fails(after: Invalidations, own: UUID, reads: UnitReads) -> bool:
    """Tell whether Julia throws when it checks a unit's cache against the new files."""
    owners = {own}
    if after.environment.julia.records_blob:
        owners = {uuid for uuid, _ in reads.keys}
        if reads.others is not None:
            owners.add(own)
    return any(after.preferences(uuid).errors for uuid in owners)


def _replaced_packages(before: Invalidations, after: Invalidations) -> list[UnitId]:
    """Return what has another source or syntax, or was not loaded before: packages, extensions.

    A package that came with Julia is another one where it has its own version, and the
    other way round; of what comes with Julia in both states nothing changes.
    """
    kinds = ("package", "stdlib")
    loaded_before = visited(before.graph)
    return [
        identity
        for identity, unit in after.graph.units.items()
        if identity not in loaded_before
        or (
            unit.kind in kinds
            and not _has_same_source(before.environment, after.environment, unit.uuid)
        )
        or (
            unit.kind in ("package", "extension")
            and syntax_byte(before.environment, unit.uuid)
            != syntax_byte(after.environment, unit.uuid)
        )
    ]


def _has_same_source(before: Environment, after: Environment, uuid: UUID) -> bool:
    """Tell whether a package has one source in two states, wherever the environment lies."""
    old, new = before.loaded_entry(uuid), after.loaded_entry(uuid)
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


def _errors(after: Invalidations) -> tuple[LookupFailure, ...]:
    found: dict[LookupFailure, None] = {}
    for layer in after.environment.layers:
        for uuid in layer.listing.listed(after.environment.julia).values():
            found |= dict.fromkeys(after.preferences(uuid).errors)
    return tuple(found)


def _rejecting(
    before: Invalidations, after: Invalidations, identity: UnitId, reads: UnitReads
) -> dict[Preference, Evidence]:
    own = before.graph.compiled_uuid(before.graph.units[identity])
    julia = before.environment.julia
    return rejecting_keys(before.preferences, after.preferences, julia, own, reads)
