"""All registries of a user's depots, in the order in which Pkg finds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.registry.folder import IndexFolder
from precompass.registry.sources import RegistryProblem, find_registries

if TYPE_CHECKING:
    from precompass.registry.archive import Progress
    from precompass.registry.index import PackageSummary, Registry
    from precompass.registry.packages import RegisteredPackage


class Registries(msgspec.Struct, frozen=True):
    """The registries that could be opened, and what is wrong with the others."""

    found: tuple[Registry, ...]
    problems: tuple[RegistryProblem, ...]

    def packages(self, uuid: UUID) -> tuple[RegisteredPackage, ...]:
        """Return the package ``uuid`` as each registry that has it tells it."""
        packages = (registry.package(uuid) for registry in self.found)
        return tuple(package for package in packages if package is not None)

    def summaries(self, uuid: UUID) -> tuple[PackageSummary, ...]:
        """Return the package ``uuid`` in brief, from each registry that has it."""
        summaries = [registry.summary(uuid) for registry in self.found]
        return tuple([summary for summary in summaries if summary is not None])

    def named(self, name: str) -> tuple[PackageSummary, ...]:
        """Return every package of exactly this name, from every registry that has one."""
        return tuple(summary for registry in self.found for summary in registry.named(name))

    def starting_with(self, prefix: str, limit: int = 100) -> tuple[PackageSummary, ...]:
        """Return packages whose name starts so, in any case, by name; at most ``limit``.

        A package of several registries is there once, as the first of them tells it.
        """
        packages: dict[UUID, PackageSummary] = {}
        for registry in self.found:
            for summary in registry.starting_with(prefix, limit):
                packages.setdefault(summary.uuid, summary)
        return tuple(sorted(packages.values(), key=lambda s: (s.name.lower(), s.uuid)))[:limit]

    def newest(self, uuid: UUID) -> VersionNumber | None:
        """Return the newest version of a package that is not yanked, in any registry."""
        versions = (summary.newest for summary in self.summaries(uuid))
        return max((version for version in versions if version is not None), default=None)

    def close(self) -> None:
        """Let go of all indexes."""
        for registry in self.found:
            registry.close()


def open_registries(
    depots: Iterable[Path],
    cache: Path | IndexFolder | None,
    progress: Progress | None = None,
) -> Registries:
    """Open every registry of ``depots``, building the indexes that ``cache`` does not have.

    ``progress`` is called with the share of all of it that is done, from 0 to 1, only while
    something is built. See :func:`~precompass.registry.index.open_registry`.
    """
    sources, problems = find_registries(depots)
    if not sources:
        return Registries((), tuple(problems))
    from precompass.registry.index import open_registry

    folder = cache.path if isinstance(cache, IndexFolder) else cache
    found: list[Registry] = []
    all_problems = list(problems)
    for number, source in enumerate(sources):

        def share(done: float, number: int = number) -> None:
            if progress:
                progress((number + done) / len(sources))

        registry, more = open_registry(source, folder, share)
        all_problems += more
        if registry is not None:
            found.append(registry)
    return Registries(tuple(found), tuple(all_problems))
