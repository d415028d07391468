"""Project files: ``Project.toml`` and ``JuliaProject.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.documents.toml import TomlDocument, parse_toml, plain
from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.behaviour import Julia
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.versions import VersionNumber
from precompass.memo import memoised

_NO_EXTENSIONS: Mapping[str, tuple[str, ...]] = {}
MOST_MEMBERS = 5_000
"""Folders of a workspace that are looked into; the largest known have under a hundred."""
PROJECT_NAMES = ("JuliaProject.toml", "Project.toml")
"""Names of a project file; of two in one folder Julia reads the first (``project_names``)."""

LISTING_SECTIONS = ("deps", "weakdeps", "extras")
"""The sections that list packages by name and UUID; ``[weakdeps]`` is one from Julia 1.9 on."""


class ProjectShape(msgspec.Struct, frozen=True, cache_hash=True):
    """What a dependency graph takes from a project file; equal shapes have equal graphs.

    Attributes:
        path, name, uuid, entryfile: as the project file has them.
        deps, weakdeps: pairs of name and UUID, in the order of the file.
        extensions: pairs of the name of the extension and the names of its triggers.
    """

    path: Path
    name: str | None
    uuid: UUID | None
    entryfile: str | None
    deps: tuple[tuple[str, UUID], ...]
    weakdeps: tuple[tuple[str, UUID], ...]
    extensions: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def own_uuid(self) -> UUID | None:
        """The UUID of the package that the project is; None if it is none."""
        return self.uuid if self.name is not None else None

    @property
    def strong_deps(self) -> Iterator[tuple[str, UUID]]:
        """``[deps]`` without what ``[weakdeps]`` lists too, as Pkg reads it since 1.9."""
        return _strong(self.deps, self.weakdeps)


class Requirements(msgspec.Struct, frozen=True, cache_hash=True):
    """What Pkg's resolver is given of a project file; equal requirements have equal hashes.

    Attributes:
        name, uuid: as the project file has them.
        deps, weakdeps: pairs of name and UUID, in the order of the file.
        compat: pairs of name and entry, in the order of the file.
        sources: pairs of name and path; None where a source is more than a path, or something
            else.
    """

    name: str | None
    uuid: UUID | None
    deps: tuple[tuple[str, UUID], ...]
    weakdeps: tuple[tuple[str, UUID], ...]
    compat: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str | None], ...]

    @property
    def strong_deps(self) -> Iterator[tuple[str, UUID]]:
        """``[deps]`` without what ``[weakdeps]`` lists too, as Pkg reads it since 1.9."""
        return _strong(self.deps, self.weakdeps)


def _strong(
    deps: tuple[tuple[str, UUID], ...], weakdeps: tuple[tuple[str, UUID], ...]
) -> Iterator[tuple[str, UUID]]:
    weak = frozenset(weakdeps)
    return (one for one in deps if one not in weak)


class ProjectFile(msgspec.Struct, frozen=True, eq=False, dict=True, weakref=True):
    """A project file. What has the wrong type is as if it were not there.

    Attributes:
        path: where it is.
        document: its text with positions.
        name, uuid, version: of the package, if the project is one.
        deps, weakdeps, extras: name to UUID.
        extensions: name of the extension to the names of its triggers.
        manifest: the file that its top-level key ``manifest`` names, relative to its folder.
        workspace: the folders that ``[workspace] projects`` lists, relative to its own, as far
            as they are looked at.
    """

    path: Path
    document: TomlDocument
    name: str | None
    uuid: UUID | None
    version: VersionNumber | None
    deps: Mapping[str, UUID]
    weakdeps: Mapping[str, UUID]
    extras: Mapping[str, UUID]
    extensions: Mapping[str, tuple[str, ...]]
    manifest: str | None
    entryfile: str | None
    workspace: tuple[str, ...]

    @property
    def is_package(self) -> bool:
        """Whether the project is a package: it has a name and a UUID."""
        return self.name is not None and self.uuid is not None

    @cached_property
    def strong_deps(self) -> Mapping[str, UUID]:
        """``[deps]`` without what ``[weakdeps]`` lists too, as Pkg reads it since 1.9."""
        return dict(self.shape.strong_deps)

    @cached_property
    def shape(self) -> ProjectShape:
        """What a dependency graph takes from it."""
        return ProjectShape(
            self.path,
            self.name,
            self.uuid,
            self.entryfile,
            tuple(self.deps.items()),
            tuple(self.weakdeps.items()),
            tuple(self.extensions.items()),
        )

    @cached_property
    def requirements(self) -> Requirements:
        """What Pkg's resolver is given of it."""
        paths = ((name, _only_path(source)) for name, source in self.sources.items())
        return Requirements(
            self.name,
            self.uuid,
            tuple(self.deps.items()),
            tuple(self.weakdeps.items()),
            tuple(self.compat.items()),
            tuple(paths),
        )

    @cached_property
    def preferences(self) -> TomlValue | None:
        """The value of the top-level key ``preferences``, with Julia's types."""
        entry = self.document.root.get("preferences")
        return None if entry is None else plain(entry.node)

    @cached_property
    def compat(self) -> Mapping[str, str]:
        """The entries of ``[compat]`` as they are written, by name; ``julia`` is one of them."""
        table = _table(self.document.values.get("compat"))
        return {name: text for name, text in table.items() if isinstance(text, str)}

    @cached_property
    def syntax(self) -> VersionNumber | None:
        """The version of Julia's syntax that ``[syntax]`` says it is written in (1.14)."""
        value = _table(self.document.values.get("syntax")).get("julia_version")
        return VersionNumber.parse(value) if isinstance(value, str) else None

    @cached_property
    def sources(self) -> Mapping[str, TomlTable]:
        """What ``[sources]`` says of each package that it names: a path, or a repository."""
        sources = _table(self.document.values.get("sources"))
        return {name: _table(source) for name, source in sources.items()}

    @property
    def is_readable(self) -> bool:
        """Whether no line was lost in reading: what is not in it is really not in it."""
        return all(fault.first is not None for fault in self.document.faults)

    @cached_property
    def first_loss(self) -> int | None:
        """The line, from 0, from which on something may be missing; None if all was read."""
        lost = (fault for fault in self.document.faults if fault.first is None)
        fault = next(lost, None)
        return self.document.lines.line_of(fault.span.start) if fault is not None else None

    def table_name(self, uuid: UUID, julia: Julia) -> str | None:
        """Return the name of the preferences table that belongs to *uuid* in this project.

        None means that this project does not list the package, and Julia ignores whatever
        tables there are for it (``get_uuid_name``, ``base/loading.jl``).
        """
        if self.is_package and uuid == self.uuid:
            return self.name
        for section in julia.listing_sections:
            name = self._first_names[section].get(uuid)
            if name is not None:
                return name
        return None

    def listed(self, julia: Julia) -> Mapping[str, UUID]:
        """Return the packages whose preferences this project makes visible, by table name."""
        names: dict[UUID, str] = {}
        if self.name is not None and self.uuid is not None:
            names[self.uuid] = self.name
        for section in julia.listing_sections:
            for name, uuid in self.section(section).items():
                names.setdefault(uuid, name)
        return {name: uuid for uuid, name in names.items()}

    def section(self, name: str) -> Mapping[str, UUID]:
        """Return ``[deps]``, ``[weakdeps]`` or ``[extras]``."""
        return {"deps": self.deps, "weakdeps": self.weakdeps, "extras": self.extras}[name]

    @cached_property
    def names_of_listed(self) -> Mapping[UUID, str]:
        """The first name under which each package is listed, in any section."""
        names: dict[UUID, str] = {}
        for section in reversed(LISTING_SECTIONS):
            names |= self._first_names[section]
        return names

    @cached_property
    def _first_names(self) -> Mapping[str, Mapping[UUID, str]]:
        """The first name under which each section lists each package."""
        return {
            section: {uuid: name for name, uuid in reversed(list(self.section(section).items()))}
            for section in LISTING_SECTIONS
        }

    def lists_in(self, name: str) -> str | None:
        """Return the section that lists a package of this name, whatever its UUID."""
        sections = (section for section in LISTING_SECTIONS if name in self.section(section))
        return next(sections, None)


def entry_file(project: ProjectFile) -> Path:
    """Return the file that Julia loads for a project (``base/loading.jl``, ``entry_path``)."""
    name = project.entryfile if project.entryfile is not None else f"src/{project.name}.jl"
    return project.path.parent / name


@memoised(
    size=lambda _, __, text: len(text), of=lambda path, _: path, ahead=lambda _, text: len(text)
)
def parse_project(path: Path, text: str) -> ProjectFile:
    """Read the text of a project file. Never raises: what could not be read is not there."""
    document = parse_toml(text)
    values = document.values
    workspace = _table(values.get("workspace")).get("projects")
    version = values.get("version")
    return ProjectFile(
        path=path,
        document=document,
        name=_string(values.get("name")),
        uuid=parse_uuid(values.get("uuid")),
        version=VersionNumber.parse(version) if isinstance(version, str) else None,
        deps=_uuids(values.get("deps")),
        weakdeps=_uuids(values.get("weakdeps")),
        extras=_uuids(values.get("extras")),
        extensions=read_extensions(values.get("extensions")),
        manifest=_string(values.get("manifest")),
        entryfile=_string(values.get("entryfile")) or _string(values.get("path")),
        workspace=_strings(workspace)[:MOST_MEMBERS],
    )


def read_extensions(value: object) -> Mapping[str, tuple[str, ...]]:
    """Read a table of extensions: a trigger, or several, to each name."""
    if value is None:
        return _NO_EXTENSIONS
    return {
        name: (triggers,) if isinstance(triggers, str) else _strings(triggers)
        for name, triggers in _table(value).items()
        if isinstance(triggers, str | list)
    }


def _uuids(value: object) -> Mapping[str, UUID]:
    found = {name: parse_uuid(text) for name, text in _table(value).items()}
    return {name: uuid for name, uuid in found.items() if uuid is not None}


def _table(value: object) -> TomlTable:
    return value if isinstance(value, Mapping) else {}


def _only_path(source: TomlTable) -> str | None:
    return _string(source.get("path")) if set(source) == {"path"} else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
