"""Why an environment does not have the newest version of a package: who excludes it.

Pkg takes, together, versions that the compat entries of the projects and of all packages allow. A
package that depends on another one, in the version that the manifest has, may exclude the newest
version of it. Registries say so for every registered version.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from precompass.julia.behaviour import Julia
from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.julia.version_ranges import VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from precompass.registry.registries import Registries


class Holder(msgspec.Struct, frozen=True):
    """A package that excludes the newest version of another one.

    Attributes:
        name, version: of the package, as the manifest has it.
        allowed: the versions that it works with, as its registered compat says.
        chain: how the project depends on it, from the project to the package itself.
    """

    name: str
    version: VersionNumber
    allowed: VersionSpec
    chain: tuple[Unit, ...]


class NotNewest(msgspec.Struct, frozen=True):
    """A package of which there is a newer version than the manifest has.

    Attributes:
        version: in the manifest; None where there is no manifest.
        newest: the newest registered version for this Julia that is not yanked.
        holders: the packages that exclude the newest version.
        projects: the projects of the workspace whose own compat entries exclude it.
    """

    name: str
    uuid: UUID
    version: VersionNumber | None
    newest: VersionNumber
    holders: tuple[Holder, ...]
    projects: tuple[ProjectFile, ...]

    @property
    def is_held_back(self) -> bool:
        """Whether anything excludes the newest version; otherwise it is only not updated."""
        return bool(self.holders or self.projects)


def not_newest(
    invalidations: Invalidations, registries: Registries, name: str, uuid: UUID
) -> NotNewest | None:
    """Return why a package is not at its newest version; None if it is, or that is not known.

    Args:
        invalidations: the answers about the environment.
        registries: what is registered.
        name: of the package, as the project lists it.
        uuid: of the package.
    """
    environment = invalidations.environment
    newest = newest_for(registries, uuid, environment.julia)
    entry = environment.entry(uuid)
    if newest is None or (environment.manifest is not None and entry is None):
        return None
    version = entry.version if entry is not None else None
    if entry is not None and (
        version is None or not entry.is_registered_version or version >= newest
    ):
        return None
    projects = tuple(
        project
        for project in environment.projects
        if project.section("deps").get(name) == uuid
        and (spec := parse_compat(project.compat.get(name, ""))) is not None
        and _lies_below(spec, newest)
    )
    if version is None and not projects:
        return None  # without a manifest nothing else is known
    holders = tuple(_holders(invalidations, registries, uuid, newest))
    return NotNewest(name, uuid, version, newest, holders, projects)


def _lies_below(spec: VersionSpec, version: VersionNumber) -> bool:
    """Tell whether an entry allows only versions below one: what is above is no older version."""
    return all(part.upper < version.release[: len(part.upper)] for part in spec.ranges)


def newest_for(registries: Registries, uuid: UUID, julia: Julia) -> VersionNumber | None:
    """Return the newest version of a package for a Julia that is not yanked, in any registry."""
    return max(
        (
            registered.version
            for package in registries.packages(uuid)
            for registered in package.versions
            if not registered.yanked and julia.version in package.julia_compat(registered.version)
        ),
        default=None,
    )


def _holders(
    invalidations: Invalidations, registries: Registries, uuid: UUID, newest: VersionNumber
) -> Iterator[Holder]:
    graph = invalidations.graph
    for identity in sorted(graph.direct_dependents(uuid)):
        unit = graph.units[identity]
        entry = invalidations.environment.entry(unit.uuid) if unit.is_package else None
        if entry is None or entry.version is None or not entry.is_registered_version:
            continue
        for package in registries.packages(unit.uuid):
            if package.find(entry.version) is None:
                continue
            for dependency in package.dependencies(entry.version):
                if dependency.uuid == uuid and newest not in dependency.versions:
                    chain = graph.chain(identity)
                    yield Holder(entry.name, entry.version, dependency.versions, chain)
            break
