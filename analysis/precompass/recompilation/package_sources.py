"""Where the sources of an environment's packages are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from precompass.depot.installations import Installation
from precompass.depot.sources import (
    developed_package,
    installed_package,
    stdlib_package,
    with_packages,
)
from precompass.files import disk
from precompass.julia.environment import Environment
from precompass.julia.slugs import version_slug
from precompass.julia.syntax_version import syntax_byte
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import Unit


class Source(msgspec.Struct, frozen=True):
    """The source of one unit.

    Attributes:
        folder: of the package; of an extension, its parent's.
        entry: the file with its module.
        is_installed: whether it is in a depot, under a name made of its content's hash, so
            that it does not change; what is developed does.
    """

    folder: Path
    entry: Path
    is_installed: bool


class PackageSources:
    """Finds the sources of the units of one environment.

    Args:
        environment: with the manifest that says where they are.
        depots: where packages are installed, in Julia's order.
        installation: the Julia whose standard library counts, if one was found.
    """

    is_nowhere: ClassVar[bool] = False
    """Whether no source can be there, because nobody looks at the disk."""

    def __init__(
        self,
        environment: Environment,
        depots: Sequence[str],
        installation: Installation | None,
    ) -> None:
        self._environment = environment
        self._depots = with_packages(depots)
        self._installation = installation
        self._folders: dict[UUID, tuple[Path, bool] | None] = {}

    def of(self, unit: Unit) -> Source | None:
        """Return the source of a unit, or None if it is not there."""
        folder = self.folder(unit.uuid)
        if folder is None:
            return None
        path, is_installed = folder
        entry = self._entry(unit, path)
        return Source(path, entry, is_installed) if entry is not None else None

    @property
    def stdlib(self) -> Path | None:
        """The folder of the standard library, if a Julia was found."""
        return self._installation.stdlib if self._installation is not None else None

    @classmethod
    def nowhere(cls, environment: Environment) -> PackageSources:
        """Return that no source of an environment is there."""
        return _Nowhere(environment, (), None)

    def syntax(self, unit: Unit) -> int | None:
        """Return the syntax version that a unit's cache must have; None before Julia 1.14.

        An extension has that of its parent.
        """
        return syntax_byte(self._environment, unit.uuid)

    def slugs(self, unit: Unit) -> frozenset[str]:
        """Return the names that the folder of a unit's installed version may have; or none.

        They are made of the tree hash in the manifest (``Base.version_slug``), and differ from
        one version to the next.
        """
        entry = self._environment.loaded_entry(unit.uuid)
        if entry is None or entry.tree_sha1 is None:
            return frozenset()
        try:
            slug = version_slug(unit.uuid, entry.tree_sha1)
        except ValueError:
            return frozenset()
        return frozenset({slug, slug[:4]})

    def folder(self, uuid: UUID) -> tuple[Path, bool] | None:
        """Return a package's folder, and whether it is an installed one that does not change."""
        if uuid not in self._folders:
            self._folders[uuid] = self._find(uuid)
        return self._folders[uuid]

    def _find(self, uuid: UUID) -> tuple[Path, bool] | None:
        environment = self._environment
        project = environment.project_with(uuid)
        if project is not None:
            return project.path.parent, False
        entry = environment.loaded_entry(uuid)
        if entry is None or environment.manifest is None:
            return None
        if entry.path is not None:
            folder = developed_package(entry.path, environment.manifest.path.parent)
            return (folder, False) if folder is not None else None
        if entry.tree_sha1 is not None:
            minor = environment.julia.minor
            folder = installed_package(entry.name, uuid, entry.tree_sha1, self._depots, minor)
        else:
            stdlib = self.stdlib
            folder = stdlib_package(entry.name, stdlib) if stdlib is not None else None
        return (folder, True) if folder is not None else None

    def _entry(self, unit: Unit, folder: Path) -> Path | None:
        if unit.is_extension:
            candidates = [folder / "ext" / unit.name / f"{unit.name}.jl"]
            candidates.append(folder / "ext" / f"{unit.name}.jl")
        else:
            environment = self._environment
            known = environment.project_with(unit.uuid) or environment.loaded_entry(unit.uuid)
            named = known.entryfile if known is not None else None
            candidates = [folder / (named or f"src/{unit.name}.jl")]
        return next((path for path in candidates if disk.is_file(path)), None)


class _Nowhere(PackageSources):
    """No source at all: where nobody looks at the disk, a developed package is not there either."""

    is_nowhere: ClassVar[bool] = True

    def folder(self, uuid: UUID) -> None:  # noqa: ARG002 - whichever it is
        """Return that there is none."""
        return
