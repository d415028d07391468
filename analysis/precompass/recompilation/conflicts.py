"""Caches that fit by themselves and do not go together.

Two caches that would be loaded now may have been built on different builds of a third package.
Julia keeps the build that is loaded first, so whichever comes second is recompiled. Before Julia
1.8, which did not choose caches by their build, it was found out only when it was loaded.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from precompass.julia.uuids import UUID
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.graph import Unit
from precompass.recompilation.loading import LoadingSession


class Conflict(msgspec.Struct, frozen=True):
    """Builds of one package on which caches were built that would be loaded now.

    Attributes:
        unit: the package.
        newest: the units that go together with its newest cache that fits, itself included.
        others: for each other build, the units whose caches want it.
    """

    unit: Unit
    newest: tuple[Unit, ...]
    others: tuple[tuple[Unit, ...], ...]


def find_conflicts(checks: CacheChecks, units: Iterable[Unit]) -> tuple[Conflict, ...]:
    """Return the conflicts among the caches of some units that Julia would take one by one.

    Args:
        checks: of the caches.
        units: those that are loaded and not recompiled.
    """
    session = LoadingSession(checks)
    wanted: dict[UUID, dict[int, dict[str, Unit]]] = {}
    first: dict[UUID, int] = {}
    for unit in units:
        cache = next((one for one in checks.of(unit) if session.fits(one)), None)
        if cache is None or cache.header is None:
            continue
        own = checks.stack.compiled_uuid(unit)
        first[own] = cache.header.package.build_id
        wanted.setdefault(own, {}).setdefault(first[own], {})[unit.id] = unit
        for module, uuid, _ in checks.required(cache.header):
            wanted.setdefault(uuid, {}).setdefault(module.build_id, {})[unit.id] = unit
    found = []
    for uuid, builds in wanted.items():
        third = checks.stack.unit(uuid)
        if len(builds) < 2 or third is None:
            continue
        newest = first.get(uuid, next(iter(builds)))
        others = tuple(tuple(units.values()) for build, units in builds.items() if build != newest)
        found.append(Conflict(third, tuple(builds.get(newest, {}).values()), others))
    return tuple(sorted(found, key=lambda one: one.unit.label))
