"""One environment, and the stack that it is on.

Source: ``base/loading.jl`` (``project_file_manifest_path``, ``base_project``,
``get_preferences``), Julia 1.6 to 1.14-dev; spec of workspaces: Pkg's manual, "Workspaces".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec.structs import replace

from precompass.julia.behaviour import NEWEST_KNOWN, Julia, Series
from precompass.julia.files import Files
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.loaded_manifest import NearerEnvironment, loaded_manifest
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.preferences import (
    PREFERENCES_NAMES,
    Layer,
    Preferences,
    PreferencesFile,
    parse_preferences,
    preferences_of,
)
from precompass.julia.project import MOST_MEMBERS, ProjectFile, ProjectShape, parse_project
from precompass.julia.stdlib_versions import stdlib_version
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.julia.workspace import Members, Workspace
from precompass.memo import kept_with


class Gap(msgspec.Struct, frozen=True):
    """Why not all of an environment is known, so that no answer may rest on what it lacks.

    Attributes:
        file: the manifest that is not there, the file that is broken, or the manifest that has
            no entry of a package.
        line: of a broken file, the line, from 0, from which on something may be missing.
        missing: the name of the package without an entry.
    """

    file: Path
    line: int | None = None
    missing: str | None = None

    @property
    def hides_names(self) -> bool:
        """Whether any package may be missing, so that nothing may rest on what is absent.

        Without an entry of one package, only what depends on that package is unknown.
        """
        return self.missing is None


class Environment(msgspec.Struct, frozen=True, eq=False, dict=True):
    """An environment as the active one, with everything that its answers rest on.

    Attributes:
        project: the active project file.
        manifest: the manifest in use, if there is one.
        julia: whose rules apply.
        julia_from: how that version was found: ``manifest``, ``setting`` or ``newest``.
        layers: the stack of project files whose preferences count, nearest first: those that
            the load path has before this one, this one, the rest of the load path; behind the
            first of them, the bases of its workspace.
        members: the other projects of its workspace, the base among them.
        hidden: a ``LocalPreferences.toml`` that Julia does not read, because a
            ``JuliaLocalPreferences.toml`` is beside it.
        nearer: the environments that the load path has before this one, nearest first.
        is_on_load_path: whether ``JULIA_LOAD_PATH`` has a place for the project; where it has
            none, Julia loads nothing from it, and answers are as if it were the first.
    """

    project: ProjectFile
    manifest: Manifest | None
    julia: Julia
    julia_from: str
    layers: tuple[Layer, ...]
    members: Sequence[ProjectFile]
    hidden: PreferencesFile | None
    nearer: tuple[NearerEnvironment, ...] = ()
    is_on_load_path: bool = True

    @property
    def folder(self) -> Path:
        """The folder of the project file."""
        return self.project.path.parent

    @property
    def layer_paths(self) -> Sequence[Path]:
        """The project files of the stack whose preferences count."""
        return [layer.project.path for layer in self.layers]

    @property
    def own_layer(self) -> Layer:
        """The project file in the stack, with the preferences file beside it."""
        return next(layer for layer in self.layers if layer.project.path == self.project.path)

    @property
    def projects(self) -> tuple[ProjectFile, ...]:
        """The project file and the others of its workspace."""
        return (self.project, *self.members)

    @property
    def workspace(self) -> Workspace | None:
        """All projects with what they share; None if this one is not as the workspace has it.

        So it is with the sandbox of tests.
        """
        members = self.members
        if isinstance(members, Members) and members.are_beside(self.project):
            return members.workspace
        return None

    @property
    def shapes(self) -> frozenset[ProjectShape]:
        """What a dependency graph takes from the project and from the others of its workspace."""
        if self.workspace is not None:
            return self.workspace.all_shapes
        return frozenset(project.shape for project in self.projects)

    @property
    def uuids(self) -> frozenset[UUID | None]:
        """The UUIDs of the project and of the others of its workspace."""
        if self.workspace is not None:
            return self.workspace.uuids
        return frozenset(project.uuid for project in self.projects)

    def project_with(self, uuid: UUID) -> ProjectFile | None:
        """Return the project with a UUID, this one or another of its workspace; None without it."""
        if self.project.uuid == uuid:
            return self.project
        if self.workspace is not None:
            return self.workspace.with_uuid.get(uuid)
        return next((one for one in self.members if one.uuid == uuid), None)

    @cached_property
    def names_in_sources(self) -> frozenset[str]:
        """The names of the packages that ``[sources]`` of some project says to be elsewhere."""
        if self.workspace is not None:
            return self.workspace.names_in_sources
        return frozenset(name for project in self.projects for name in project.sources)

    @property
    def text_size(self) -> int:
        """The characters of all project files of the workspace."""
        if self.workspace is not None:
            return self.workspace.text_size
        return sum(len(project.document.text) for project in self.projects)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What is not known of it: a manifest that is not there, files that broke off."""
        manifest = self.manifest
        found: list[Gap] = []
        if manifest is None:
            found.append(Gap(self.folder / "Manifest.toml"))
        elif manifest.first_loss is not None:
            found.append(Gap(manifest.path, line=manifest.first_loss))
        listings = (layer.project for layer in self.layers)
        members = self.members if self.workspace is None else self.workspace.broken
        found += [
            Gap(project.path, line=project.first_loss)
            for project in dict.fromkeys((self.project, *members, *listings))
            if project.first_loss is not None
        ]
        found += [
            Gap(one.manifest.path, line=one.manifest.first_loss)
            for one in self.nearer
            if one.manifest is not None and one.manifest.first_loss is not None
        ]
        if manifest is not None:
            loaded = self.loaded or manifest
            missing = [*self._missing_of_projects(loaded), *loaded.missing]
            found += [Gap(manifest.path, missing=name) for name in dict.fromkeys(missing)]
        return tuple(found)

    @property
    def value_gaps(self) -> tuple[Gap, ...]:
        """The preferences files that broke off: which values are in effect is not known.

        What a change recompiles does not depend on that; what changed, and what fits, does.
        """
        files = (layer.local for layer in self.layers if layer.local is not None)
        return tuple(
            Gap(file.path, line=file.first_loss) for file in files if file.first_loss is not None
        )

    def _missing_of_projects(self, manifest: Manifest) -> Iterator[str]:
        missing = _missing_of(manifest, self.shapes)
        for project in self.projects if missing else ():
            yield from missing.get(project.shape, ())

    def preferences(self, uuid: UUID) -> Preferences:
        """Return the preferences of a package in effect."""
        return preferences_of(uuid, self.layers, self.julia)

    def if_listed(self, uuid: UUID, name: str) -> Environment:
        """Return the environment as it would be with a package in ``[extras]`` of the project."""
        project = replace(self.project, extras={**self.project.extras, name: uuid})
        own = replace(self.own_layer, project=project)
        layers = (own if layer is self.own_layer else layer for layer in self.layers)
        return replace(self, project=project, layers=tuple(layers))

    def entry(self, uuid: UUID) -> PackageEntry | None:
        """Return the manifest's entry of a package."""
        return self.manifest.packages.get(uuid) if self.manifest else None

    def named(self, name: str) -> UUID | None:
        """Return the UUID that a name means: in the projects, else in the manifest."""
        for project in self.projects:
            if project.name == name and project.uuid is not None:
                return project.uuid
            for section in ("deps", "extras", "weakdeps"):
                uuid = project.section(section).get(name)
                if uuid is not None:
                    return uuid
        entry = self.manifest.named(name) if self.manifest else None
        return entry.uuid if entry else None

    @cached_property
    def loaded(self) -> Manifest | None:
        """The manifest as a session loads it: of some packages, a nearer environment decides."""
        if self.manifest is None or not self.nearer:
            return self.manifest
        listed = (uuid for project in self.projects for uuid in project.strong_deps.values())
        return loaded_manifest(self.manifest, self.nearer, frozenset(listed) - self.uuids)

    def loaded_entry(self, uuid: UUID) -> PackageEntry | None:
        """Return the entry that decides which version of a package a session loads."""
        return self.loaded.packages.get(uuid) if self.loaded else None

    def comes_with_julia(self, uuid: UUID) -> bool:
        """Tell whether a package is a standard library, in the version that Julia brings along."""
        name, entry = STDLIBS.get(uuid), self.entry(uuid)
        if name is None or entry is not None:
            return name is not None and entry is not None and entry.is_stdlib
        return stdlib_version(name, self.julia.version) is not None

    def extension_parents(self, name: str) -> dict[UUID, str]:
        """Return the packages that declare an extension of this name, loaded or not."""
        parents = [(project.uuid, project.name, project.extensions) for project in self.projects]
        entries = self.manifest.packages.values() if self.manifest is not None else ()
        parents += [(entry.uuid, entry.name, entry.extensions) for entry in entries]
        return {
            uuid: parent
            for uuid, parent, extensions in parents
            if uuid is not None and parent is not None and name in extensions
        }

    def name_of(self, uuid: UUID) -> str:
        """Return a package's name, or its UUID where no file names it."""
        entry = self.entry(uuid)
        if entry is not None:
            return entry.name
        for project in self.projects:
            if project.uuid == uuid and project.name is not None:
                return project.name
            for section in ("deps", "extras", "weakdeps"):
                for name, listed in project.section(section).items():
                    if listed == uuid:
                        return name
        return str(uuid)

    def described_uuids(self) -> Sequence[UUID]:
        """Return every package for which some table of the stack has a say."""
        found: dict[UUID, None] = {}
        for layer in self.layers:
            listed = layer.listing.listed(self.julia)
            in_project = layer.project.preferences
            names = [*in_project] if isinstance(in_project, dict) else []
            names += [*layer.local.values] if layer.local else []
            for name in names:
                if name in listed:
                    found[listed[name]] = None
        return list(found)


@kept_with
def _missing_of(
    manifest: Manifest, projects: frozenset[ProjectShape]
) -> Mapping[ProjectShape, tuple[str, ...]]:
    """Return what projects of a workspace depend on that neither it nor the manifest has."""
    known = {*manifest.packages, *STDLIBS, *(project.uuid for project in projects)}
    missing = {
        project: tuple(name for name, uuid in project.strong_deps if uuid not in known)
        for project in projects
    }
    return {project: names for project, names in missing.items() if names}


class ManifestAndJulia(msgspec.Struct, frozen=True):
    """The manifest in use, and whose rules apply: a manifest names a Julia, a Julia a manifest.

    Attributes:
        manifest: the manifest, if there is one.
        julia: the version of Julia.
        julia_from: how that version was found: ``manifest``, ``setting`` or ``newest``.
    """

    manifest: Manifest | None
    julia: Julia
    julia_from: str


def manifest_and_julia(
    project: ProjectFile, files: Files, julia: VersionNumber | None = None
) -> ManifestAndJulia:
    """Find the manifest of a project, and the version of Julia whose rules apply.

    Args:
        project: the project file.
        files: where to read.
        julia: the version that the user has chosen; otherwise it is the one that wrote the
            manifest, or the newest known one. The manifest also tells which version of a series
            it is.
    """
    if julia is None:
        manifest = _manifest_of_any_version(project, files)
        written_by = _version_written_in(manifest)
        if manifest is not None and written_by is not None:
            named = Julia(written_by, of_series=manifest.names_series)
            # The Julia that this manifest names may itself load another one, named after it.
            loaded = _find_manifest(project, named, files)
            if loaded is None and (named.has_workspaces or _is_beside(manifest, project)):
                loaded = manifest  # else a Julia before workspaces, which sees no manifest here
            version = _version_written_in(loaded)
            if loaded is not None and version is not None and version.minor == written_by.minor:
                named = Julia(version, of_series=loaded.names_series)
            return ManifestAndJulia(loaded, named, "manifest")
        # No manifest names a Julia: it is the newest known, and the manifest is the one it loads.
        rules = Julia(NEWEST_KNOWN)
        return ManifestAndJulia(_find_manifest(project, rules, files) or manifest, rules, "newest")
    of_series = False
    if isinstance(julia, Series):
        manifest = _manifest_of_any_version(project, files)
        written_by = _version_written_in(manifest)
        of_series = written_by is None or written_by.minor != julia.minor
        of_series = of_series or (manifest is not None and manifest.names_series)
        julia = julia.version(written_by)
    rules = Julia(julia, of_series=of_series)
    return ManifestAndJulia(_find_manifest(project, rules, files), rules, "setting")


def environment_of(
    project: ProjectFile,
    found: ManifestAndJulia,
    files: Files,
    further: Sequence[Path] = (),
    nearer: Sequence[Path] = (),
) -> Environment:
    """Return the environment of a project file.

    Args:
        project: the project file.
        found: its manifest, and whose rules apply.
        files: where to read.
        further: the rest of the load path, project files, nearest first.
        nearer: the project files that the load path has before this one, nearest first.
    """
    bases = bases_of(project, found.julia, files)
    before = [read_project(path, files) for path in nearer if path != project.path]
    stack = [*before, project]
    stack += [read_project(path, files) for path in further if path != project.path]
    layers: list[Layer] = []
    for entry in filter(None, stack):
        layers.append(layer_of(entry, files))
        if len(layers) == 1:  # the bases of the first entry alone are in the stack
            layers += [layer_of(base, files) for base in bases_of(entry, found.julia, files)]
    return Environment(
        project=project,
        manifest=found.manifest,
        julia=found.julia,
        julia_from=found.julia_from,
        layers=tuple(layers),
        members=_members(project, bases, found.julia, files),
        hidden=_hidden_preferences(project.path.parent, files),
        nearer=tuple(
            NearerEnvironment(one, _find_manifest(one, found.julia, files))
            for one in filter(None, before)
        ),
    )


def read_project(path: Path, files: Files) -> ProjectFile | None:
    """Return a project file; None if it is not there, or cannot be read."""
    source = files.read(path)
    return None if source is None else parse_project(path, source.text)


def layer_of(project: ProjectFile, files: Files) -> Layer:
    """Return a project file with the preferences file beside it."""
    path = local_preferences_path(project.path.parent, files)
    source = files.read(path) if path else None
    local = parse_preferences(path, source.text) if path and source else None
    return Layer(project, local)


def local_preferences_path(folder: Path, files: Files) -> Path | None:
    """Return the preferences file that Julia reads in a folder, or None."""
    paths = (folder / name for name in PREFERENCES_NAMES)
    return next((path for path in paths if files.is_file(path)), None)


def _hidden_preferences(folder: Path, files: Files) -> PreferencesFile | None:
    read, hidden = (folder / name for name in PREFERENCES_NAMES)
    if not files.is_file(read):
        return None
    source = files.read(hidden)
    return parse_preferences(hidden, source.text) if source else None


# Manifests


def _version_written_in(manifest: Manifest | None) -> VersionNumber | None:
    return manifest.julia_version if manifest is not None else None


def _is_beside(manifest: Manifest, project: ProjectFile) -> bool:
    return manifest.path.parent == project.path.parent


def _manifest_of_any_version(project: ProjectFile, files: Files) -> Manifest | None:
    """Find the manifest when no Julia is named: the plain name first, then the newest version."""
    base = bases_of(project, Julia(NEWEST_KNOWN), files)
    for owner in (*reversed(base), project):
        plain = _find_manifest_of(owner, ("JuliaManifest.toml", "Manifest.toml"), files)
        if plain is not None:
            return plain
        for minor in range(NEWEST_KNOWN.minor[1] + 5, 9, -1):
            names = (f"JuliaManifest-v1.{minor}.toml", f"Manifest-v1.{minor}.toml")
            versioned = _find_manifest_of(owner, names, files)
            if versioned is not None:
                return versioned
    return None


def _find_manifest(project: ProjectFile, julia: Julia, files: Files) -> Manifest | None:
    """Find the manifest that this Julia uses: that of the outermost workspace, or its own."""
    for owner in (*reversed(bases_of(project, julia, files)), project):
        found = _find_manifest_of(owner, julia.manifest_names, files)
        if found is not None:
            return found
    return None


def manifest_of_workspace(project: ProjectFile, julia: Julia, files: Files) -> Path | None:
    """Return the manifest that a project has from the workspace above it, or None."""
    for owner in reversed(bases_of(project, julia, files)):
        found = _find_manifest_of(owner, julia.manifest_names, files)
        if found is not None:
            return found.path
    return None


def _find_manifest_of(project: ProjectFile, names: Sequence[str], files: Files) -> Manifest | None:
    folder = project.path.parent
    paths = [folder / name for name in names]
    if project.manifest is not None:
        paths.insert(0, folder / project.manifest)
    for path in paths:
        if files.is_file(path):
            source = files.read(path)
            return parse_manifest(path, source.text) if source else None
    return None


# Workspaces


def bases_of(project: ProjectFile, julia: Julia, files: Files) -> tuple[ProjectFile, ...]:
    """Return the base of a project's workspace, that one's base, and so on."""
    return files.once(_bases, project.path) if julia.has_workspaces else ()


def _bases(files: Files, path: Path) -> tuple[ProjectFile, ...]:
    bases: list[ProjectFile] = []
    current = path
    while True:
        base = files.once(_base, current)
        if base is None or base.path in {path, *(found.path for found in bases)}:
            return tuple(bases)
        bases.append(base)
        current = base.path


def _base(files: Files, path: Path) -> ProjectFile | None:
    """Return the nearest project above whose workspace lists the folder of a project file."""
    folder = path.parent
    for place in walk_up(folder.parent):
        found = project_in(place, files)
        above = read_project(found, files) if found else None
        if above is not None and _lists(above, folder, files):
            return above
        if place == place.parent:
            break
    return None


def _lists(above: ProjectFile, folder: Path, files: Files) -> bool:
    """Tell whether a workspace lists a folder, under that name or another."""
    listed = files.once(_listed_folders, above.path)
    if folder in listed and files.same_folder(folder, folder):
        return True
    return any(files.same_folder(one, folder) for one in listed)


def _listed_folders(files: Files, path: Path) -> Mapping[Path, None]:
    """Return the folders that the workspace of a project file lists, in its order."""
    project = read_project(path, files)
    return dict.fromkeys(path.parent / listed for listed in project.workspace) if project else {}


def _members(
    project: ProjectFile, bases: Sequence[ProjectFile], julia: Julia, files: Files
) -> Sequence[ProjectFile]:
    """Return every other project of the workspace."""
    if not julia.has_workspaces:
        return ()
    root = bases[-1] if bases else project
    return Members(files.once(_workspace_of, root.path), project.path)


def _workspace_of(files: Files, root: Path) -> Workspace:
    """Return the projects of a workspace, as many as are looked into."""
    base = read_project(root, files)
    found = {base.path: base} if base is not None else {}
    folders: set[Path] = set()
    pending = list(found.values())
    while pending:
        for folder in files.once(_listed_folders, pending.pop(0).path):
            if folder in folders or len(folders) == MOST_MEMBERS:
                continue
            folders.add(folder)
            path = project_in(folder, files)
            member = read_project(_normal(path), files) if path else None
            if member is not None and member.path not in found:
                found[member.path] = member
                pending.append(member)
    return Workspace(tuple(found.values()))


def _normal(path: Path) -> Path:
    """Drop ``.`` and ``..`` from a path, without looking at the disk."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return Path(*parts)
