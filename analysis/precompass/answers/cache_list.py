"""The compile caches of an environment, and those that can be deleted: ``precompass caches``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from precompass.depot.cache_size import cache_size
from precompass.depot.sources import find_source
from precompass.recompilation.cache_checks import CacheChecks, CheckedCache
from precompass.recompilation.graph import Unit
from precompass.recompilation.loading import LoadingSession
from precompass.recompilation.pending import PendingUnit, pending_for_using
from precompass.recompilation.reasons import (
    CacheDamaged,
    DependencyBuildMissing,
    IncompatibleHeader,
    NativeCodeDamaged,
    NativeCodeMissing,
    OtherSource,
    Reason,
    SourceContent,
    SourceMissing,
    SourceSize,
    SourceTime,
)

_DEAD = (
    NativeCodeMissing,
    SourceMissing,
    SourceTime,
    SourceSize,
    SourceContent,
    CacheDamaged,
    NativeCodeDamaged,
)
"""Reasons that hold for every project: no session uses such a cache again."""


class ListedCache(msgspec.Struct, frozen=True):
    """One cache file.

    Attributes:
        reason: why Julia does not use it here; None if it fits.
        size: bytes, with the native library.
        is_dead: whether it no longer fits any project, whatever project is opened.
    """

    unit: Unit
    cache: CheckedCache
    reason: Reason | None
    size: int
    is_dead: bool


def list_caches(checks: CacheChecks, units: Iterable[Unit]) -> tuple[ListedCache, ...]:
    """Return the caches of some units, in the order in which Julia tries them."""
    session = LoadingSession(checks)
    found: list[ListedCache] = []
    everything: frozenset[int] | None = None
    for unit in units:
        for cache in checks.of(unit):
            reason = session.reason(cache)
            if isinstance(reason, DependencyBuildMissing) and everything is None:
                everything = _all_builds(checks)
            dead = _is_dead(checks, cache, reason, everything or frozenset())
            found.append(ListedCache(unit, cache, reason, cache_size(cache.file), dead))
    return tuple(found)


def environment_units(checks: CacheChecks) -> tuple[Unit, ...]:
    """Return the packages and extensions of an environment, by name."""
    units = [unit for unit in checks.stack.graph.order if unit.kind in ("package", "extension")]
    return tuple(sorted(units, key=lambda unit: (unit.label.casefold(), unit.label)))


def to_delete(
    caches: Sequence[ListedCache], *, stale: bool, own_depots: Sequence[str]
) -> tuple[ListedCache, ...]:
    """Return the caches that a deletion is about.

    Args:
        caches: of the packages that are asked for.
        stale: those that no longer fit any project; otherwise those that fit here.
        own_depots: depots of Julia itself, from which nothing is deleted.
    """
    return tuple(
        one
        for one in caches
        if (one.is_dead if stale else one.reason is None)
        and not any(one.cache.file.path.startswith(f"{depot}/") for depot in own_depots)
    )


def recompiled_without(
    checks: CacheChecks, without: CacheChecks
) -> tuple[tuple[PendingUnit, ...], int]:
    """Return what is recompiled if some caches are gone, and how much of it is so anyway.

    Args:
        checks: of the caches that are there.
        without: of those that are left.
    """
    before = {one.unit.id for one in pending_for_using(checks).units}
    after = pending_for_using(without).units
    return after, sum(1 for one in after if one.unit.id in before)


def _all_builds(checks: CacheChecks) -> frozenset[int]:
    return frozenset(
        cache.build_id
        for unit in environment_units(checks)
        for cache in checks.of(unit)
        if cache.build_id is not None
    )


def _is_dead(
    checks: CacheChecks, cache: CheckedCache, reason: Reason | None, builds: frozenset[int]
) -> bool:
    if isinstance(reason, IncompatibleHeader):
        return reason.made_by is None
    if isinstance(reason, OtherSource):
        return find_source(reason.recorded, checks.stack.depots, None) is None
    if isinstance(reason, DependencyBuildMissing) and cache.header is not None:
        wanted = {
            module.build_id
            for module, uuid, _ in checks.required(cache.header)
            if uuid in reason.uuids
        }
        return not wanted <= builds
    return isinstance(reason, _DEAD)
