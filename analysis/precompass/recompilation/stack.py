"""The environments of a load path, as Julia looks packages up in them.

The preferences of a stack are merged elsewhere; here is where a package's source is found. Source:
``base/loading.jl`` (``identify_package``, ``locate_package``, ``manifest_uuid_path``), Julia 1.9
to 1.14-dev: the first environment whose project or manifest has a package's UUID, even as an
indirect dependency, says where its source is. So a tool that only the shared environment lists
gets the project's version of what both have.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.depot.installations import Installation
from precompass.julia.environment import Environment
from precompass.julia.hashing import extension_uuid
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import (
    DependencyGraph,
    Unit,
    UnitId,
    dependency_graph,
    extension_id,
)
from precompass.recompilation.package_sources import PackageSources, Source

_STDLIB_UUIDS = frozenset(STDLIBS)


class Level(msgspec.Struct, frozen=True):
    """One environment of a stack, with its graph and the places of its packages' sources."""

    environment: Environment
    graph: DependencyGraph
    sources: PackageSources

    def has(self, uuid: UUID) -> bool:
        """Tell whether this environment knows a package: it is a project, or in the manifest."""
        environment = self.environment
        return environment.entry(uuid) is not None or any(
            project.is_package and project.uuid == uuid for project in environment.projects
        )


class Stack:
    """The environments that a session loads packages from, in the order of the load path.

    Args:
        environments: the expanded load path, without what has no project file.
        active: the active one of them, which need not be the first.
        depots: where packages and caches are, in Julia's order.
        installation: the Julia whose standard library counts, if one was found.
    """

    def __init__(
        self,
        environments: Sequence[Environment],
        active: Environment,
        depots: Sequence[str],
        installation: Installation | None,
    ) -> None:
        self.levels = tuple(
            Level(one, dependency_graph(one), PackageSources(one, depots, installation))
            for one in environments
        )
        self.active_level = next(one for one in self.levels if one.environment is active)
        self.depots = tuple(depots)
        self.installation = installation
        self._owners: dict[UUID, Level | None] = {}
        self._units: dict[UUID, Unit | None] = {}
        self._sources: dict[UnitId, Source | None] = {}

    @property
    def active(self) -> Environment:
        """The active environment."""
        return self.active_level.environment

    @property
    def graph(self) -> DependencyGraph:
        """The graph of the active environment."""
        return self.active_level.graph

    def owner(self, uuid: UUID) -> Level | None:
        """Return the first environment that knows a package; None if none does."""
        if uuid not in self._owners:
            self._owners[uuid] = next((one for one in self.levels if one.has(uuid)), None)
        return self._owners[uuid]

    def unit(self, uuid: UUID) -> Unit | None:
        """Return the package, or the extension, that Julia compiles under a UUID."""
        if uuid not in self._units:
            level = self.owner(uuid)
            known = level.graph.package(uuid) if level is not None else self.extensions.get(uuid)
            self._units[uuid] = known
        return self._units[uuid]

    def compiled_uuid(self, unit: Unit) -> UUID:
        """Return the UUID under which Julia compiles a unit of this stack."""
        if unit.is_extension:
            return extension_uuid(unit.uuid, unit.name, self.graph.julia.minor)
        return unit.uuid

    def source(self, unit: Unit) -> Source | None:
        """Return the source of a unit, or None if it is not on this machine."""
        if unit.id not in self._sources:
            level = self.owner(unit.uuid)
            self._sources[unit.id] = level.sources.of(unit) if level is not None else None
        return self._sources[unit.id]

    def expected_source(self, unit: Unit) -> tuple[Path, ...]:
        """Return where the source of a developed unit would be; nothing of an installed one."""
        level = self.owner(unit.uuid)
        if level is None:
            return ()
        folder = level.sources.folder(unit.uuid)
        if folder is not None:
            below = "ext" if unit.is_extension else "src"
            return (folder[0] / below / f"{unit.name}.jl",)
        entry, manifest = level.environment.entry(unit.uuid), level.environment.manifest
        if entry is None or entry.path is None or manifest is None:
            return ()
        return (Path(os.path.normpath(manifest.path.parent / entry.path)),)

    def is_known(self, uuid: UUID) -> bool:
        """Tell whether some environment has a package or extension, or Julia comes with it."""
        return self.owner(uuid) is not None or uuid in self.extensions or uuid in _STDLIB_UUIDS

    @cached_property
    def extensions(self) -> Mapping[UUID, Unit]:
        """The extensions of all packages, by their own UUID, even without their triggers."""
        if not self.graph.julia.has_extensions:
            return {}
        found: dict[UUID, Unit] = {}
        for level in self.levels:
            for uuid, name, extensions in _with_extensions(level.environment):
                if self.owner(uuid) is level:
                    for unit in self._extensions(level, uuid, name, extensions):
                        found.setdefault(self.compiled_uuid(unit), unit)
        return found

    def _extensions(
        self, level: Level, parent: UUID, name: str, extensions: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Unit]:
        names = self._named(level, parent, ("weakdeps", "deps"))
        for extension, triggers in extensions.items():
            uuids = tuple(uuid for one in triggers if (uuid := names.get(one)) is not None)
            known = level.graph.units.get(extension_id(parent, extension))
            yield known or Unit(
                extension_id(parent, extension), parent, extension, "extension", name, uuids
            )

    def is_complete(self, extension: Unit) -> bool:
        """Tell whether all triggers of an extension are known."""
        level = self.owner(extension.uuid)
        if level is None:
            return False
        declared = _declared(level.environment, extension.uuid).get(extension.name, ())
        return bool(declared) and len(declared) == len(extension.triggers)

    def dependencies(self, unit: Unit) -> tuple[Unit, ...]:
        """Return what a unit depends on directly, by the environment that knows it."""
        level = self.owner(unit.uuid)
        if level is None:
            return ()
        if unit.id in level.graph.units:
            below = (level.graph.units[one] for one in level.graph.network.succ[unit.id])
            uuids = [level.graph.compiled_uuid(one) for one in below]
        else:
            uuids = [unit.uuid, *unit.triggers]
        found = (self.unit(uuid) for uuid in uuids)
        return tuple(one for one in found if one is not None)

    def identify(self, importer: Unit, name: str) -> UUID | None:
        """Return the package that a name means where *importer* says ``using`` it.

        The first environment that knows the importer decides, even if it has no such name
        (``identify_package``).
        """
        if not importer.is_extension and importer.name == name:
            return importer.uuid
        level = self.owner(importer.uuid)
        if level is None:
            return None
        sections = ("deps", "weakdeps") if importer.is_extension else ("deps",)
        if importer.is_extension and importer.parent == name:
            return importer.uuid
        return self._named(level, importer.uuid, sections).get(name)

    def syntax_version(self, unit: Unit) -> int | None:
        """Return the syntax version that a unit's cache must have; None before Julia 1.14."""
        level = self.owner(unit.uuid)
        return level.sources.syntax(unit) if level is not None else None

    def named(self, name: str) -> UUID | None:
        """Return the package that ``using`` loads by a name: of the first project that lists it."""
        for level in self.levels:
            project = level.environment.project
            if project.name == name and project.uuid is not None:
                return project.uuid
            uuid = project.deps.get(name)
            if uuid is not None:
                return uuid
        return None

    @staticmethod
    def _named(level: Level, uuid: UUID, sections: Sequence[str]) -> Mapping[str, UUID]:
        """Return the names in the given sections of a package, with what they mean."""
        found: dict[str, UUID] = {}
        for project in level.environment.projects:
            if project.is_package and project.uuid == uuid:
                for section in sections:
                    for name, listed in project.section(section).items():
                        found.setdefault(name, listed)
                return found
        entry = level.environment.entry(uuid)
        if entry is not None:
            for section in sections:
                names = entry.deps if section == "deps" else entry.weakdeps
                for name, known in names.items():
                    if known is not None:
                        found.setdefault(name, known)
        return found


def _with_extensions(
    environment: Environment,
) -> Iterator[tuple[UUID, str, Mapping[str, tuple[str, ...]]]]:
    """Yield the packages of an environment that have extensions, with these."""
    for project in environment.projects:
        if project.uuid is not None and project.name is not None and project.extensions:
            yield project.uuid, project.name, project.extensions
    for entry in environment.manifest.packages.values() if environment.manifest else ():
        if entry.extensions:
            yield entry.uuid, entry.name, entry.extensions


def _declared(environment: Environment, uuid: UUID) -> Mapping[str, tuple[str, ...]]:
    for project in environment.projects:
        if project.uuid == uuid and project.name is not None:
            return project.extensions
    entry = environment.entry(uuid)
    return entry.extensions if entry is not None else {}
