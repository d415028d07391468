"""Whether a registry on this machine is older than the project that it is asked about.

A registry is a copy, and may be years old. Packages that it does not know, and versions above all
that it has, are then no faults of the project. One of them alone may be; several together show the
age of the registry: in one file, or in the outermost project of a repository and its workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from precompass.file_context import environment_context_of
from precompass.files.neighbours import places_near
from precompass.fixes.registered_uuid import uuids_of
from precompass.julia.compat import parse_compat
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.project import parse_project

if TYPE_CHECKING:
    from pathlib import Path

    from precompass.documents.toml import Entry
    from precompass.file_context import EnvironmentContext
    from precompass.julia.uuids import UUID
    from precompass.julia.version_ranges import VersionSpec
    from precompass.julia.versions import VersionNumber
    from precompass.registry.registries import Registries
    from precompass.session import Session

_UNKNOWN_PACKAGES = 3
"""Listed packages that a registry does not know from which on it is taken to be old."""


class UnfulfilledEntry(msgspec.Struct, frozen=True):
    """A compat entry that no registered version fulfils, and the versions that exist, ascending."""

    name: str
    text: str
    entry: Entry
    versions: tuple[VersionNumber, ...]

    @property
    def is_above(self) -> bool:
        """Whether it asks for versions above all registered ones, which may exist by now."""
        spec, newest = parse_compat(self.text), self.versions[-1].release
        return spec is not None and any(
            part.lower > newest[: len(part.lower)] for part in spec.ranges
        )

    @property
    def is_slip(self) -> bool:
        """Whether it is "5" where the newest version is 0.5: a zero was forgotten.

        From 0.1 to 1 packages go on purpose.
        """
        spec, newest = parse_compat(self.text), self.versions[-1].release
        lowest = min((part.lower for part in spec.ranges), default=()) if spec else ()
        return newest[0] == 0 and newest[1] > 1 and lowest[:1] == newest[1:2]


class UnknownPackage(msgspec.Struct, frozen=True):
    """A listed package that no registry knows, and the value of its line."""

    uuid: UUID
    entry: Entry


class BesideRegistry(msgspec.Struct, frozen=True):
    """What project files name that the registries do not have.

    Attributes:
        unknown: listed packages that no registry knows, by name.
        unfulfilled: entries of ``[compat]`` that no registered version fulfils.
    """

    unknown: dict[str, UnknownPackage]
    unfulfilled: tuple[UnfulfilledEntry, ...]

    @property
    def newer(self) -> tuple[UnfulfilledEntry, ...]:
        """The entries above all registered versions."""
        return tuple(one for one in self.unfulfilled if one.is_above)

    @property
    def shows_age(self) -> bool:
        """Whether so much is unknown that the registries have to be older than the project."""
        return (
            len({one.name for one in self.newer}) > 1
            or len(self.unknown) >= _UNKNOWN_PACKAGES
            or bool(self.newer and self.unknown)
        )


def beside_registry(context: EnvironmentContext, registries: Registries) -> BesideRegistry:
    """Return what a project file names that the registries do not have."""
    unknown: dict[str, UnknownPackage] = {}
    for _, name, uuid, entry in context.listed_packages():
        if registries.summaries(uuid) or uuids_of(registries, name):
            continue
        if context.is_from_registry(name, uuid) and not _is_near(context, uuid):
            unknown.setdefault(name, UnknownPackage(uuid, entry))
    project = context.project
    uuids = {**project.extras, **project.weakdeps, **project.deps}
    found: list[UnfulfilledEntry] = []
    for name, text in project.compat.items():
        listed_uuid, spec = uuids.get(name), parse_compat(text)
        place = context.document.root.get("compat", name)
        if listed_uuid is None or spec is None or place is None:
            continue
        if context.is_from_registry(name, listed_uuid):
            versions = _versions(registries, listed_uuid)
            if versions and not _fulfils(spec, versions):
                found.append(UnfulfilledEntry(name, text, place, versions))
    return BesideRegistry(unknown, tuple(found))


def repository_beside_registry(
    context: EnvironmentContext, registries: Registries
) -> BesideRegistry:
    """Return what a file and the outermost project around it name that the registries do not have.

    Of a workspace, all projects count.
    """
    own = beside_registry(context, registries)
    outermost = _outermost(context)
    if own.shows_age or (outermost == context.path and not context.environment.members):
        return own
    around = context.session.once(_of_workspace, outermost)
    return BesideRegistry(
        {**around.unknown, **own.unknown}, (*own.unfulfilled, *around.unfulfilled)
    )


def is_older(context: EnvironmentContext, registries: Registries) -> bool:
    """Tell whether the registries are older than the project, or than the repository it is in."""
    return repository_beside_registry(context, registries).shows_age


def is_outermost(context: EnvironmentContext) -> bool:
    """Tell whether no folder above has a project file: of a repository, one is enough to ask."""
    return _outermost(context) == context.path


def _outermost(context: EnvironmentContext) -> Path:
    files, found = context.session.snapshot, context.path
    for folder in walk_up(context.path.parent.parent):
        found = project_in(folder, files) or found
    return found


def _of_workspace(session: Session, path: Path) -> BesideRegistry:
    unknown: dict[str, UnknownPackage] = {}
    unfulfilled: list[UnfulfilledEntry] = []
    context, registries = environment_context_of(session, path), session.registries
    projects = context.environment.projects if context is not None else ()
    for project in projects:
        member = environment_context_of(session, project.path)
        if member is not None and registries is not None:
            found = beside_registry(member, registries)
            unknown.update(found.unknown)
            unfulfilled += found.unfulfilled
    return BesideRegistry(unknown, tuple(unfulfilled))


def _is_near(context: EnvironmentContext, uuid: UUID) -> bool:
    """Tell whether a package is developed next to the project: whoever uses it has it there."""
    session = context.session
    places = places_near(context.path.parent, session.snapshot)
    return any(uuid in session.once(_uuids_below, place) for place in places)


def _uuids_below(session: Session, folder: Path) -> frozenset[UUID | None]:
    files = session.snapshot
    paths = (project_in(one, files) for one in (folder, *files.folders_in(folder)))
    texts = ((path, files.read(path)) for path in paths if path is not None)
    return frozenset(parse_project(path, text.text).uuid for path, text in texts if text)


def _versions(registries: Registries, uuid: UUID) -> tuple[VersionNumber, ...]:
    return tuple(
        sorted(
            registered.version
            for package in registries.packages(uuid)
            for registered in package.versions
            if not registered.yanked
        )
    )


def _fulfils(spec: VersionSpec, versions: tuple[VersionNumber, ...]) -> bool:
    return any(version in spec for version in versions)
