"""The environment in which ``Pkg.test`` runs the tests of a package.

There are two ways. Where ``test/`` is a project of the package's workspace (Julia 1.12 and
later), the tests run in that project, with nothing else on the load path. Otherwise Pkg makes a
*sandbox*, a temporary project: ``test/Project.toml`` with the tested package added, or, without
that file, the package's ``[deps]`` and the packages of its target ``test``. Beside it lie the
preferences that the session had (Julia 1.8 and later), copied by the name of their table,
whichever packages the files that they are from list.

Source: ``test``, ``sandbox``, ``sandbox_preserve`` and ``gen_target_project`` in
``src/Operations.jl`` of Pkg, 1.6 to master of May 2026; measured with Julia 1.12.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path

import msgspec
from msgspec.structs import replace

from precompass.julia.behaviour import Julia
from precompass.julia.environment import (
    Environment,
    ManifestAndJulia,
    bases_of,
    environment_of,
    layer_of,
    read_project,
)
from precompass.julia.files import Files
from precompass.julia.load_path import project_in
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.preferences import Layer
from precompass.julia.project import ProjectFile
from precompass.julia.session_flags import SessionFlags
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID

UNKNOWN_TREE = "0" * 40
"""The tree hash of a package that only Pkg's resolver chooses a version of."""


class TestStyle(Enum):
    """Where the packages of the tests are listed."""

    __test__ = False  # this is no class of tests, whatever its name

    WORKSPACE = "test/Project.toml, a project of the workspace"
    PROJECT = "test/Project.toml"
    TARGET = "the target test"


class TestEnvironment(msgspec.Struct, frozen=True, eq=False):
    """What the tests of a package see.

    Attributes:
        environment: the environment of the test process; its project is the one of the sandbox.
        style: where the packages of the tests are listed.
        package: the project file of the tested package.
        unresolved: packages of the tests that the manifest lacks, by name: Pkg chooses their
            versions, and what they depend on, when it makes the sandbox.
    """

    __test__ = False

    environment: Environment
    style: TestStyle
    package: ProjectFile
    unresolved: Mapping[str, UUID]


def environment_of_tests(
    active: Environment, files: Files, load_path: Sequence[Path] = ()
) -> TestEnvironment | None:
    """Return what ``Pkg.test`` shows the tests of a package.

    None where the project is no package, or has no ``test/runtests.jl``.

    Args:
        active: the environment of the package, which is the active one.
        files: where to read.
        load_path: the session's, project files, nearest first; without the package's project
            file, that is the first.
    """
    if active.project.path not in load_path:
        load_path = (active.project.path, *load_path)
    folder = active.folder / "test"
    if not active.project.is_package or not files.is_file(folder / "runtests.jl"):
        return None
    path = project_in(folder, files)
    own = read_project(path, files) if path is not None else None
    if own is not None and any(own.path == member.path for member in active.members):
        found = ManifestAndJulia(active.manifest, active.julia, active.julia_from)
        inside = environment_of(own, found, files)
        return TestEnvironment(inside, TestStyle.WORKSPACE, active.project, {})
    return _sandbox(active, own, files, load_path)


def flags_of_tests(flags: SessionFlags, julia: Julia) -> SessionFlags:
    """Return the options of the process that runs the tests, started from a session with *flags*.

    ``Pkg.test`` checks bounds up to Julia 1.12; later the tests share the session's caches
    (``gen_subprocess_flags``, Pkg #4494).
    """
    return replace(flags, check_bounds="yes") if julia.minor <= (1, 12) else flags


def tested_package(path: Path, files: Files) -> Path | None:
    """Return the project file of the package that the files in a folder ``test`` test, or None.

    Args:
        path: a file right in the folder.
        files: where to look.
    """
    folder = path.parent
    return project_in(folder.parent, files) if folder.name == "test" else None


def _sandbox(
    active: Environment, own: ProjectFile | None, files: Files, load_path: Sequence[Path]
) -> TestEnvironment:
    package = active.project
    listing = _sandbox_project(package, own, active)
    manifest, unresolved = _sandbox_manifest(active, listing, own, files)
    environment = replace(
        active,
        project=listing,
        manifest=manifest,
        layers=tuple(_sandbox_layers(active, own, listing, files, load_path)),
        members=(package,),
        hidden=None,
        nearer=(),
        is_on_load_path=True,
    )
    style = TestStyle.TARGET if own is None else TestStyle.PROJECT
    return TestEnvironment(environment, style, package, unresolved)


def _sandbox_project(
    package: ProjectFile, own: ProjectFile | None, active: Environment
) -> ProjectFile:
    """Return the project file of the sandbox: no name, and the tested package in ``[deps]``."""
    if own is not None:
        listed = own
    else:
        deps = dict(package.strong_deps if active.julia.has_extensions else package.deps)
        sections = (package.extras, package.weakdeps if active.julia.has_extensions else {})
        for name in _target(package):
            for section in sections:
                if name in section:
                    deps[name] = section[name]
                    break
        listed = replace(package, deps=deps, weakdeps={}, extras={})
    tested = {package.name: package.uuid} if package.name and package.uuid else {}
    return replace(
        listed,
        name=None,
        uuid=None,
        version=None,
        deps={**listed.deps, **tested},
        extensions={},
        workspace=(),
    )


def _target(package: ProjectFile) -> list[str]:
    targets = package.document.values.get("targets")
    names = targets.get("test") if isinstance(targets, Mapping) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _sandbox_layers(
    active: Environment,
    own: ProjectFile | None,
    listing: ProjectFile,
    files: Files,
    load_path: Sequence[Path],
) -> Iterator[Layer]:
    """Yield the files whose preferences Pkg copies, nearest first.

    That is the load path of the session behind the project of the tests. The bases of a workspace
    belong to its first entry alone.
    """
    if not active.julia.copies_preferences_to_tests:
        if own is not None:  # what is in it was copied with it
            yield Layer(own, None, listed_by=listing, is_copied=True)
        return
    first = active.project if own is None else own
    stack = [first, *bases_of(first, active.julia, files)]
    for path in load_path:
        project = active.project if path == active.project.path else read_project(path, files)
        if project is not None and not (project is first and path == load_path[0]):
            stack.append(project)
    for project in stack:
        yield replace(layer_of(project, files), listed_by=listing, is_copied=project is own)


def _sandbox_manifest(
    active: Environment, listing: ProjectFile, own: ProjectFile | None, files: Files
) -> tuple[Manifest | None, Mapping[str, UUID]]:
    """Return the part of the manifest that the tests reach, and what it lacks of them."""
    if active.manifest is None:
        return None, {}
    known = dict(active.manifest.packages)
    beside = _manifest_beside(own, files)
    for uuid, entry in beside.packages.items() if beside is not None else ():
        if active.julia.merges_test_manifests or not entry.is_registered_version:
            known.setdefault(uuid, entry)
    package = active.project
    wanted = [*listing.deps.items(), *package.strong_deps.items()]
    kept: dict[UUID, PackageEntry] = {}
    unresolved: dict[str, UUID] = {}
    pending = [(name, uuid) for name, uuid in wanted if uuid != package.uuid]
    while pending:
        name, uuid = pending.pop()
        if uuid in kept or uuid == package.uuid:
            continue
        is_stdlib = uuid in STDLIBS
        if uuid not in known and not is_stdlib:
            unresolved[name] = uuid
        unknown = _unknown_entry(name, uuid, None if is_stdlib else UNKNOWN_TREE)
        entry = kept[uuid] = known.get(uuid, unknown)
        pending += [(below, found) for below, found in entry.deps.items() if found is not None]
    manifest = replace(active.manifest, packages=kept, unresolved=frozenset(unresolved.values()))
    return manifest, unresolved


def _manifest_beside(own: ProjectFile | None, files: Files) -> Manifest | None:
    path = own.path.parent / "Manifest.toml" if own is not None else None
    source = files.read(path) if path is not None and files.is_file(path) else None
    return parse_manifest(path, source.text) if path is not None and source is not None else None


def _unknown_entry(name: str, uuid: UUID, tree: str | None) -> PackageEntry:
    return PackageEntry(
        name=name,
        uuid=uuid,
        version=None,
        tree_sha1=tree,
        path=None,
        entryfile=None,
        deps={},
        weakdeps={},
        extensions={},
        repo_url=None,
        index=0,
    )
