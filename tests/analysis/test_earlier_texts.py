"""What is left of a text when later ones have taken its place: nothing.

An editor makes a new text at every keystroke, and asks most of them for only some answers. If each
kind of answer kept the last text that it was asked about, the memory would grow with every kind.
"""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ReferenceType, ref

import pytest

from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.manifest import Manifest
from precompass.julia.project import ProjectFile
from precompass.memo import CHARACTERS, VERSIONS
from precompass.recompilation.graph import dependency_graph
from precompass.recompilation.installed import DepotMemory
from precompass.recompilation.precompilation import precompiled_again, visited
from precompass.registry.memory import RegistryMemory
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.made_environments import made_manifest, made_preferences, made_project

PACKAGES = 671
SETTINGS = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})


def _session(folder: Path, julia: str, later: int = 0) -> Session:
    version = f'julia_version = "{julia}"\n'
    written = made_manifest(PACKAGES).partition("\n")[2]
    texts = {
        "Project.toml": made_project(PACKAGES),
        "Manifest.toml": f"{version}{written}# {later}\n",
        "LocalPreferences.toml": made_preferences(PACKAGES, 50),
    }
    assert 2 * len(texts["Manifest.toml"]) > CHARACTERS * 0.8
    open_texts = {folder / name: text for name, text in texts.items()}
    return Session(Snapshot(Disk(), open_texts), SETTINGS)


def _ask_much(folder: Path, julia: str) -> ReferenceType[Manifest]:
    """Ask for what rests on a manifest and its graph; return the manifest, held by nobody."""
    session = _session(folder, julia)
    project = folder / "Project.toml"
    environment = session.environment(project)
    assert environment is not None
    assert environment.manifest is not None
    check(session, project)
    preferences = folder / "LocalPreferences.toml"
    check(session, preferences)
    hover(session, preferences, 2)
    inlay_hints(session, preferences, Span(0, 500))
    graph = dependency_graph(environment)
    assert precompiled_again(graph, [graph.order[0].id]) <= visited(graph)
    session.let_go()
    return ref(environment.manifest)


@pytest.mark.parametrize("julia", ["1.9.1", "1.11.2"])
def test_a_large_manifest_goes_when_later_ones_are_read(tmp_path: Path, julia: str) -> None:
    first = _ask_much(tmp_path, julia)
    for later in range(1, 4):
        session = _session(tmp_path, julia, later)
        environment = session.environment(tmp_path / "Project.toml")
        assert environment is not None
        dependency_graph(environment)
    gc.collect()
    assert first() is None


def _check_with_hash(folder: Path, edit: int) -> ReferenceType[ProjectFile]:
    """Check a project file whose manifest has a hash of it; return the file, held by nobody."""
    project = folder / "Project.toml"
    written = made_manifest(20).replace("\n\n", f'\nproject_hash = "{"0" * 40}"\n\n', 1)
    text = made_project(20, "Survey") + f"# {edit}\n"
    session = Session(
        Snapshot(Disk(), {project: text, folder / "Manifest.toml": written}), SETTINGS
    )
    assert "stale-manifest" in {finding.code for finding in check(session, project)}
    environment = session.environment(project)
    assert environment is not None
    session.let_go()
    return ref(environment.project)


def test_only_the_newest_texts_of_a_project_file_stay(tmp_path: Path) -> None:
    checked = [_check_with_hash(tmp_path, edit) for edit in range(20)]
    gc.collect()
    assert sum(project() is not None for project in checked) <= VERSIONS


def test_what_is_left_for_later_holds_no_open_text(tmp_path: Path) -> None:
    manifest = tmp_path / "Manifest.toml"
    manifest.write_text(made_manifest(20))
    (tmp_path / "Project.toml").write_text(made_project(20))
    memory = DepotMemory(leaves_for_later=True)
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    session = Session(
        Snapshot(Disk(), {manifest: made_manifest(21)}), settings, memory, RegistryMemory()
    )
    assert session.saved_why(tmp_path / "Project.toml") is None
    assert memory.has_left_something
    gone = ref(session)
    session.let_go()
    del session
    assert gone() is None
    memory.look_at_what_was_left()
    later = Session(Snapshot(Disk()), settings, memory, RegistryMemory())
    assert later.saved_why(tmp_path / "Project.toml") is not None
