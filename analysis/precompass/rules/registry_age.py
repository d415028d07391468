"""Whether a registry on this machine is older than the project that it is asked about.

A registry is a copy, and may be years old. Packages that it does not know, and versions above all
that it has, are then no faults of the project. One of them alone may be; several together show the
age of the registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from precompass.fixes.registered_uuid import uuids_of
from precompass.julia.compat import parse_compat
from precompass.julia.load_path import project_in, walk_up

if TYPE_CHECKING:
    from precompass.documents.toml import Entry
    from precompass.file_context import EnvironmentContext
    from precompass.julia.uuids import UUID
    from precompass.julia.version_ranges import VersionSpec
    from precompass.julia.versions import VersionNumber
    from precompass.registry.registries import Registries

_UNKNOWN_PACKAGES = 3
"""Listed packages that a registry does not know from which on it is taken to be old."""


@dataclass(frozen=True, slots=True)
class UnfulfilledEntry:
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


@dataclass(frozen=True, slots=True)
class BesideRegistry:
    """What a project file names that the registries do not have.

    Attributes:
        unknown: listed packages that no registry knows, by name.
        unfulfilled: entries of ``[compat]`` that no registered version fulfils.
    """

    unknown: dict[str, Entry]
    unfulfilled: tuple[UnfulfilledEntry, ...]

    @property
    def newer(self) -> tuple[UnfulfilledEntry, ...]:
        """The entries above all registered versions."""
        return tuple(one for one in self.unfulfilled if one.is_above)

    @property
    def shows_age(self) -> bool:
        """Whether so much is unknown that the registries have to be older than the project."""
        return (
            len(self.newer) > 1
            or len(self.unknown) >= _UNKNOWN_PACKAGES
            or bool(self.newer and self.unknown)
        )


def beside_registry(context: EnvironmentContext, registries: Registries) -> BesideRegistry:
    """Return what a project file names that the registries do not have."""
    unknown: dict[str, Entry] = {}
    for _, name, uuid, entry in context.listed_packages():
        if registries.summaries(uuid) or uuids_of(registries, name):
            continue
        if context.is_from_registry(name, uuid):
            unknown.setdefault(name, entry)
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


def is_outermost(context: EnvironmentContext) -> bool:
    """Tell whether no folder above has a project file: of a repository, one is enough to ask."""
    files = context.session.snapshot
    folders = walk_up(context.path.parent.parent)
    return all(project_in(folder, files) is None for folder in folders)


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
