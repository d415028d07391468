"""A session that loads packages one after the other, as Julia does it, without running it.

Julia keeps the first build of a package that a session loads; caches that were built on another
one do not fit any more. So what is recompiled depends on what is loaded before. Source:
``_require_search_from_serialized``, ``__require_prelocked`` and ``run_extension_callbacks`` in
``base/loading.jl``, Julia 1.10 to 1.14-dev.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from precompass.depot.cache_header import CacheHeader
from precompass.julia.uuids import UUID
from precompass.recompilation.cache_checks import CacheChecks, CheckedCache
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.reasons import (
    DependencyBuildMissing,
    DependencyLoaded,
    FlagsMismatch,
    IncompatibleHeader,
    NoCache,
    Reason,
)

NEW_BUILD = None
"""What means the build of a package that the session itself has compiled."""


class Recompiled(msgspec.Struct, frozen=True):
    """A unit of which the session found no cache that fits.

    Attributes:
        reason: the first of Julia's checks that the nearest cache fails.
        missing: the packages whose builds the nearest cache wants, and of which no cache fits;
            only where it passes all checks of its own.
        caches: all its caches, in Julia's order.
    """

    unit: Unit
    reason: Reason
    missing: tuple[UUID, ...]
    caches: tuple[CheckedCache, ...]


class LoadingSession:
    """The packages that a session has loaded, and those that it had to compile.

    Args:
        checks: of the caches; a session that activates another project goes on with others.
    """

    def __init__(self, checks: CacheChecks) -> None:
        self._checks = checks
        self.loaded: dict[UUID, int | None] = {}
        self._before: Mapping[UUID, int | None] = {}
        self.recompiled: dict[UnitId, Recompiled] = {}
        self._present: set[UUID] = set()
        self._waiting = _extensions_by_member(checks)

    def activate(self, checks: CacheChecks) -> None:
        """Go on in another environment; what is loaded stays loaded."""
        self._checks = checks
        self._waiting = _extensions_by_member(checks)
        self.begin()

    def begin(self) -> None:
        """Count from here on: what is loaded was loaded before, and is itself no answer."""
        self._before = dict(self.loaded)
        self.recompiled = {}

    def load(self, unit: Unit) -> None:
        """Load a unit from the first cache that fits, or else compile it and what is below."""
        pending = [self._begin(unit)]
        begun = {unit.id}
        while pending:
            below = next(pending[-1], None)
            if below is None:
                pending.pop()
            elif below.id not in begun:
                begun.add(below.id)
                pending.append(self._begin(below))

    def _begin(self, unit: Unit) -> Iterator[Unit]:
        """Load a unit; yield what has to be loaded before it is compiled, and after it is there."""
        uuid = self._checks.stack.compiled_uuid(unit)
        if uuid in self.loaded or unit.kind in ("project", "stdlib"):
            if unit.kind == "stdlib":
                yield from self._arrived([uuid])
            return
        fitting = self.fitting(unit)
        if fitting is not None and fitting.header is not None:
            yield from self._arrived(self._take(uuid, fitting.header))
            return
        explained = self.explain(unit)
        yield from self._checks.stack.dependencies(unit)
        if uuid in self.loaded:
            return
        self.recompiled[unit.id] = explained
        self.loaded[uuid] = NEW_BUILD
        yield from self._arrived([uuid])

    def _take(self, uuid: UUID, header: CacheHeader) -> list[UUID]:
        new = [uuid]
        new += [one.uuid for one in header.required if one.uuid is not None]
        for module, required, _ in self._checks.required(header):
            self.loaded.setdefault(required, module.build_id)
        self.loaded[uuid] = header.package.build_id
        return new

    def _arrived(self, uuids: Iterable[UUID]) -> Iterator[Unit]:
        """Yield the extensions whose parent and triggers are all loaded now."""
        new = [uuid for uuid in uuids if uuid not in self._present]
        self._present.update(new)
        for uuid in new:
            for members, extension in self._waiting.get(uuid, ()):
                if members <= self._present:
                    yield extension

    def fitting(self, unit: Unit) -> CheckedCache | None:
        """Return the cache from which a unit is loaded after what is loaded already, or None."""
        if self._checks.is_gone(unit) or self._checks.ends_loading(unit):
            return None
        return next((cache for cache in self._checks.of(unit) if self.fits(cache)), None)

    def fits(self, cache: CheckedCache) -> bool:
        """Tell whether a cache can be loaded after what is loaded already."""
        if cache.reason is not None or cache.header is None:
            return False
        for module, required, unit in self._checks.required(cache.header):
            if required in self.loaded:
                if self.loaded[required] != module.build_id:
                    return False
            elif unit is None or module.build_id not in self._checks.fitting_builds(unit):
                return False
        return True

    def reason(self, cache: CheckedCache) -> Reason | None:
        """Return the first of Julia's checks that a cache fails after what was loaded before."""
        own = cache.reason_with(self._loaded_otherwise(cache, self._before))
        if own is not None or cache.header is None:
            return own
        missing = self._missing(cache.header, self._before)
        return _builds_missing(missing) if missing else None

    def explain(self, unit: Unit) -> Recompiled:
        """Say why none of the caches of a unit fits.

        That is asked as before anything of this session was loaded, as far as that tells: which
        of two packages is loaded first only decides where the order of loading is the cause.
        """
        caches = self._checks.of(unit)
        if not caches:
            return Recompiled(unit, NoCache(), (), caches)
        nearest = min(caches, key=_distance)
        for loaded in (self._before, self.loaded):
            own = nearest.reason_with(self._loaded_otherwise(nearest, loaded))
            if own is not None:
                return Recompiled(unit, own, (), caches)
            missing = self._fewest_missing(caches, loaded)
            if missing:
                return Recompiled(unit, _builds_missing(missing), tuple(missing), caches)
        return Recompiled(unit, NoCache(), (), caches)

    def _fewest_missing(
        self, caches: Sequence[CheckedCache], loaded: Mapping[UUID, int | None]
    ) -> Mapping[UUID, str]:
        found = [
            self._missing(cache.header, loaded)
            for cache in caches
            if cache.reason is None and cache.header is not None
        ]
        return min(found, key=len, default={})

    def _loaded_otherwise(
        self, cache: CheckedCache, loaded: Mapping[UUID, int | None]
    ) -> DependencyLoaded | None:
        """Check 12: no required module may be loaded in another build that was there before."""
        if cache.header is None or cache.early is not None:
            return None
        for module, required, _ in self._checks.required(cache.header):
            build = loaded.get(required)
            if build is not None and build != module.build_id:
                return DependencyLoaded(module.name, required)
        return None

    def _missing(self, header: CacheHeader, loaded: Mapping[UUID, int | None]) -> dict[UUID, str]:
        """Return the required packages of which the wanted build is nowhere."""
        found: dict[UUID, str] = {}
        for module, required, unit in self._checks.required(header):
            if required in loaded:
                is_there = loaded[required] == module.build_id
            else:
                is_there = unit is not None and module.build_id in self._checks.fitting_builds(unit)
            if not is_there:
                found[required] = module.name
        return found


def _builds_missing(missing: Mapping[UUID, str]) -> DependencyBuildMissing:
    ordered = sorted(missing.items(), key=lambda item: (item[1], item[0]))
    return DependencyBuildMissing(
        tuple(name for _, name in ordered), tuple(uuid for uuid, _ in ordered)
    )


def _distance(cache: CheckedCache) -> int:
    """Return how far a cache is from what is wanted: its cause is the one that a user looks for.

    A cache of another Julia, for other options, or of another project's version says little of
    why this one is missing; of several equally near ones Julia tries the newest first.
    """
    return (
        4 * isinstance(cache.early, IncompatibleHeader)
        + 2 * isinstance(cache.early, FlagsMismatch)
        + (not cache.is_of_source)
    )


def _extensions_by_member(
    checks: CacheChecks,
) -> Mapping[UUID, list[tuple[frozenset[UUID], Unit]]]:
    found: dict[UUID, list[tuple[frozenset[UUID], Unit]]] = {}
    for extension in checks.stack.extensions.values():
        if checks.stack.is_complete(extension):
            members = frozenset({extension.uuid, *extension.triggers})
            for member in members:
                found.setdefault(member, []).append((members, extension))
    return found
