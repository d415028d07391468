"""Whether the cache of a unit still fits when the values of preferences change.

Julia compares what a cache records of the preferences that were read: their values (a blob, from
Julia 1.13 on, as the caches say) or one hash over the values (before).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from precompass.documents.values import TomlValue
from precompass.julia.behaviour import Julia
from precompass.julia.equality import identical, is_zero_like, same_hash
from precompass.julia.preferences import CLEAR, Preference, Preferences
from precompass.julia.uuids import UUID
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.reads import UnitReads

PreferencesOf: TypeAlias = Callable[[UUID], Preferences]
"""Returns the preferences of a package in effect, in one state of the files."""


def rejecting_keys(
    before: PreferencesOf, after: PreferencesOf, julia: Julia, own: UUID, reads: UnitReads
) -> dict[Preference, Evidence]:
    """Return the keys that make the cache of a unit stale.

    Args:
        before: the preferences that the cache was made with.
        after: the preferences now.
        julia: whose rules apply.
        own: the UUID for which the unit was compiled.
        reads: what the unit reads while it compiles.
    """
    keys = {
        key: read.evidence
        for key, read in reads.keys.items()
        if julia.records_blob or key.package == own
    }
    if reads.others is not None:
        for name in {*before(own).values, *after(own).values} - {CLEAR}:
            if name not in reads.unread:
                keys.setdefault(Preference(own, name), reads.others.evidence)
    if julia.records_blob:
        return {key: found for key, found in keys.items() if not _same_in_blob(before, after, key)}
    names = reads.order or tuple(sorted(key for _, key in keys))
    if _same_hash(before(own), after(own), julia, names):
        return {}
    return {key: found for key, found in keys.items() if not _same_by_hash(before, after, key)}


def _same_in_blob(before: PreferencesOf, after: PreferencesOf, key: Preference) -> bool:
    uuid, name = key
    old, new = before(uuid), after(uuid)
    if name not in old.values or name not in new.values:
        return (name in old.values) == (name in new.values)
    return identical(old.recorded_value(name), new.values[name])


def _same_by_hash(before: PreferencesOf, after: PreferencesOf, key: Preference) -> bool:
    uuid, name = key
    old, new = before(uuid), after(uuid)
    if name not in old.values or name not in new.values:
        return (name in old.values) == (name in new.values)
    return same_hash(old.recorded_value(name), new.values[name])


def _same_hash(old: Preferences, new: Preferences, julia: Julia, names: tuple[str, ...]) -> bool:
    """Tell whether the hash over the values of some keys stays the same.

    The hash runs over the values that are set, one after the other, without their keys.
    """
    recorded = [old.recorded_value(name) for name in names if name in old.values]
    seen = [new.values[name] for name in names if name in new.values]
    if julia.forgets_leading_zeros:
        recorded, seen = _without_leading_zeros(recorded), _without_leading_zeros(seen)
    return len(recorded) == len(seen) and all(map(same_hash, recorded, seen))


def _without_leading_zeros(values: list[TomlValue]) -> list[TomlValue]:
    first = next((i for i, value in enumerate(values) if not is_zero_like(value)), len(values))
    return values[first:]
