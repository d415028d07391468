"""Developed packages: a manifest's entry beside the project file at its path.

For a developed package, Pkg copies its dependencies, weak dependencies and extensions into the
manifest when it resolves. Loading goes by the copy (``explicit_manifest_deps_get`` and
``insert_extension_triggers`` in ``base/loading.jl``, Julia 1.6 to 1.14-dev), not by the project
file of the package, so a change to that file has no effect until the next ``Pkg.resolve()``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from precompass.documents.toml import Entry, TomlDocument, parse_toml
from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment, local_preferences_path
from precompass.julia.files import Files
from precompass.julia.load_path import project_in
from precompass.julia.manifest import Manifest, PackageEntry
from precompass.julia.project import ProjectFile, entry_file, parse_project
from precompass.julia.uuids import UUID


class OutdatedEntry(msgspec.Struct, frozen=True):
    """An entry of a manifest that says something else than the package's own project file.

    Attributes:
        entry: of the manifest.
        project: the project file at its path.
        missing_deps: dependencies that the entry lacks, or has under another UUID.
        missing_extensions: extensions that the entry lacks, or has with other triggers.
        lost_extensions: extensions of the entry that the package no longer has.
        leftover_deps: dependencies of the entry that the package no longer has.
        other_uuid: whether the package has another UUID.
        missing_entry_file: the file that Julia looks for under the entry's name and ``entryfile``
            and that is not there, while the package's own one is; else None.
        other_version: whether the package has another version.
    """

    entry: PackageEntry
    project: ProjectFile
    missing_deps: tuple[str, ...]
    missing_extensions: tuple[str, ...]
    lost_extensions: tuple[str, ...]
    leftover_deps: tuple[str, ...]
    other_uuid: bool
    missing_entry_file: str | None
    other_version: bool

    @property
    def breaks_loading(self) -> bool:
        """Whether Julia throws an error when it loads the package, or what depends on it."""
        return bool(self.missing_deps) or self.missing_entry_file is not None

    @property
    def changes_loading(self) -> bool:
        """Whether Julia loads something else than the package's project file says."""
        return self.breaks_loading or bool(
            self.missing_extensions or self.lost_extensions or self.other_uuid
        )

    @property
    def is_outdated(self) -> bool:
        """Whether anything differs at all."""
        return self.changes_loading or bool(self.leftover_deps) or self.other_version


def outdated_entries(manifest: Manifest, julia: Julia, files: Files) -> Iterator[OutdatedEntry]:
    """Yield the entries of developed packages that are not what their project files say.

    A project file that is not there, or cannot be read in full, is left alone.
    """
    for entry in manifest.packages.values():
        project = developed_project(manifest, entry, files)
        if project is not None:
            found = compare_entry(entry, project, julia, files)
            if found.is_outdated:
                yield found


def developed_project(manifest: Manifest, entry: PackageEntry, files: Files) -> ProjectFile | None:
    """Return the project file at the path of an entry; None if it is not there, or damaged."""
    if entry.path is None:
        return None
    folder = Path(os.path.normpath(manifest.path.parent / entry.path))
    path = project_in(folder, files)
    source = files.read(path) if path is not None else None
    if path is None or source is None:
        return None
    project = parse_project(path, source.text)
    return None if project.document.faults else project


def preferences_in_developed(
    environment: Environment, uuid: UUID, key: str, files: Files
) -> Iterator[tuple[Path, TomlDocument, Entry]]:
    """Yield where files of developed packages set a preference of another package.

    Those are the project file and the preferences file beside it. Julia reads the preferences of
    the load path alone (``get_preferences`` in ``base/loading.jl``), so what a dependency's own
    files set has no effect, unless that is a project of the workspace whose preferences count.
    """
    if environment.manifest is None:
        return
    read = {layer.project.path for layer in environment.layers}
    for developed in environment.manifest.packages.values():
        project = developed_project(environment.manifest, developed, files)
        name = project.table_name(uuid, environment.julia) if project is not None else None
        if project is None or name is None or project.path in read:
            continue
        entry = project.document.root.get("preferences", name, key)
        if entry is not None:
            yield project.path, project.document, entry
        path = local_preferences_path(project.path.parent, files)
        source = files.read(path) if path is not None else None
        document = parse_toml(source.text) if source is not None else None
        entry = document.root.get(name, key) if document is not None else None
        if path is not None and document is not None and entry is not None:
            yield path, document, entry


def compare_entry(
    entry: PackageEntry, project: ProjectFile, julia: Julia, files: Files
) -> OutdatedEntry:
    """Return how an entry differs from the project file at its path.

    Args:
        entry: of a developed package.
        project: the package's own project file.
        julia: whose rules apply: before 1.9 a manifest has no extensions.
        files: where to look for the entry file.
    """
    deps: Mapping[str, UUID] = project.deps
    if julia.has_extensions:
        deps = project.strong_deps
    extensions: Mapping[str, tuple[str, ...]] = {}
    if julia.has_extensions:
        extensions = project.extensions
    written = entry.extensions if julia.has_extensions else {}
    return OutdatedEntry(
        entry=entry,
        project=project,
        missing_deps=tuple(name for name, uuid in deps.items() if entry.deps.get(name) != uuid),
        missing_extensions=tuple(
            name
            for name, triggers in extensions.items()
            if name not in written or set(written[name]) != set(triggers)
        ),
        lost_extensions=tuple(name for name in written if name not in extensions),
        leftover_deps=tuple(name for name in entry.deps if name not in deps),
        other_uuid=project.uuid is not None and project.uuid != entry.uuid,
        missing_entry_file=_missing_entry_file(entry, project, files),
        other_version=(
            project.version is not None
            and entry.version is not None
            and project.version != entry.version
        ),
    )


def _missing_entry_file(entry: PackageEntry, project: ProjectFile, files: Files) -> str | None:
    folder: Path = project.path.parent
    name = entry.entryfile if entry.entryfile is not None else f"src/{entry.name}.jl"
    is_moved = not files.is_file(folder / name) and files.is_file(entry_file(project))
    return name if is_moved else None
