"""The page on the library shows what happens, and its surface is what the page says."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass import library
from precompass.cli import main
from precompass.files import disk
from precompass.files.reach import Reach
from precompass.library import (
    Answer,
    ProjectError,
    UnknownPackageError,
    compare,
    open_project,
)
from precompass.recompilation.evidence import Evidence
from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.documentation import blocks
from support.shared_data import ROOT

PAGE = ROOT / "docs" / "library.md"
HERE: dict[str, str] = {"JULIA_LOAD_PATH": "@"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST, "LocalPreferences.toml": ""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_examples_of_the_page_show_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks are one session, as a reader would type them, at the root of the repository."""
    monkeypatch.chdir(ROOT)
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    session = "\n".join(blocks(PAGE, "python"))
    example = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    assert len(example.examples) > 15
    problems: list[str] = []
    result = doctest.DocTestRunner(optionflags=flags).run(example, out=problems.append)
    assert result.failed == 0, "".join(problems)


def test_the_page_names_the_whole_surface_or_a_reader_meets_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    classes_of_answers = {"Answer", "Change", "Difference", "Origin"}
    for name in set(library.__all__) - classes_of_answers:
        assert name in text, name
    assert set(library.__all__) <= vars(library).keys()


def test_every_public_name_has_types_and_documentation() -> None:
    tree = ast.parse(Path(library.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert node.returns is not None, node.name
            assert ast.get_docstring(node), node.name


def test_an_answer_is_that_of_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "LocalPreferences.toml").write_text(PREFERENCES)
    monkeypatch.chdir(folder)
    subject = "SnoopPrecompile.skip_precompile"
    assert main(["explain", subject, "--no-depot", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    answer = open_project(folder, use_depot=False).preference(*subject.split("."))
    assert answer.count == printed["count"] == 4
    for field in ("package", "key", "of", "noticed", "why", "value", "stale"):
        assert getattr(answer, field) == printed[field], field
    for field in ("recompiled", "extensions", "observers", "chain"):
        assert list(getattr(answer, field)) == printed[field], field
    assert answer.evidence.word == printed["evidence"]
    assert answer.origin is not None
    assert answer.origin.line == printed["origin"]["line"]
    fields = {field.name for field in dataclasses.fields(Answer)}
    assert fields <= printed.keys()


def test_a_state_that_is_not_on_disk(folder: Path) -> None:
    before = open_project(folder, use_depot=False, variables=HERE)
    after = before.with_texts({"LocalPreferences.toml": PREFERENCES})
    found = compare(before, after)
    assert found.recompiled == ("App", "Fields", "Meshes", "SnoopPrecompile")
    assert found.extensions == ("Splines/SplinesMeshesExt",)
    assert found.evidence is Evidence.KNOWN
    (change,) = found.changes
    assert (change.package, change.key) == ("SnoopPrecompile", "skip_precompile")
    assert (change.before, change.after) == (None, ["Splines", "Meshes"])
    assert change.noticed
    assert change.observers == ("SnoopPrecompile",)
    assert (folder / "LocalPreferences.toml").read_text() == ""
    nothing = compare(after, after)
    assert (nothing.count, nothing.changes) == (0, ())


def test_two_folders(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    for file in folder.iterdir():
        (other / file.name).write_text(file.read_text())
    (other / "LocalPreferences.toml").write_text(PREFERENCES)
    states = [open_project(place, use_depot=False, variables=HERE) for place in (folder, other)]
    assert compare(*states).count == 4


def test_a_project_is_a_view_of_one_moment(folder: Path) -> None:
    project = open_project(folder / "Project.toml", use_depot=False, variables=HERE)
    assert project.preferences() == ()
    (folder / "LocalPreferences.toml").write_text(PREFERENCES)
    assert project.preferences() == ()
    (answer,) = project.refreshed().preferences()
    assert (answer.key, answer.count) == ("skip_precompile", 4)


def test_a_package_an_extension_and_a_uuid(folder: Path) -> None:
    project = open_project(folder, use_depot=False, variables=HERE)
    assert project.package("Splines").recompiled == ("App", "Fields", "Splines")
    assert project.package("Splines/SplinesMeshesExt").extensions == ("Splines/SplinesMeshesExt",)
    by_name = project.package("Meshes")
    assert project.package(by_name.uuid) == by_name
    assert project.packages == (
        "App",
        "Fields",
        "Meshes",
        "PrecompileTools",
        "Preferences",
        "SnoopPrecompile",
        "Splines",
    )


def test_the_version_of_julia(folder: Path) -> None:
    assert open_project(folder, use_depot=False, variables=HERE).julia == "1.11.2"
    assert open_project(folder, julia="1.9.0", use_depot=False, variables=HERE).julia == "1.9.0"
    with pytest.raises(ValueError, match=r"'new' is not a version of Julia"):
        open_project(folder, julia="new")


def test_what_cannot_be_opened_says_why(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="there is no project file in"):
        open_project(tmp_path / "nowhere")
    project = open_project(folder, use_depot=False, variables=HERE)
    with pytest.raises(UnknownPackageError, match="no package Spline in its environment"):
        project.package("Spline")
    (folder / "Project.toml").write_bytes(b"#" * (2**18 + 1))
    with pytest.raises(ProjectError, match="larger than 256 KiB"):
        project.refreshed()


def test_what_is_missing_is_noted(folder: Path) -> None:
    (folder / "Manifest.toml").unlink()
    project = open_project(folder, use_depot=False, variables=HERE)
    (note,) = project.notes
    assert "has no manifest" in note


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Path]:
    """A project whose package and preferences are elsewhere."""
    for name, texts in {
        "elsewhere": {"Project.toml": 'name = "Foo"\n', "LocalPreferences.toml": "[Foo]\na = 1\n"},
        "clone": {
            "Project.toml": f'[deps]\nFoo = "{FOO}"\n',
            "Manifest.toml": f'[[deps.Foo]]\npath = "../elsewhere"\nuuid = "{FOO}"\n',
        },
    }.items():
        (tmp_path / name).mkdir()
        for file, text in texts.items():
            (tmp_path / name / file).write_text(text)
    (tmp_path / "clone" / "LocalPreferences.toml").symlink_to(
        tmp_path / "elsewhere" / "LocalPreferences.toml"
    )
    yield tmp_path / "clone"
    disk.confine(Reach())


FOO = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"


def test_a_folder_that_is_not_trusted_leads_nowhere_else(stranger: Path) -> None:
    trusting = open_project(stranger, use_depot=False, trust=True, variables=HERE)
    assert trusting.preference("Foo", "a").value == 1
    with pytest.raises(ProjectError, match="cannot be read: it is out of the trusted places"):
        open_project(stranger, use_depot=False, trust=False, variables=HERE)
    assert trusting.refreshed().preference("Foo", "a").value == 1
    (stranger / "LocalPreferences.toml").unlink()
    wary = open_project(stranger, use_depot=False, trust=False, variables=HERE)
    assert wary.preference("Foo", "a").value is None


def test_two_projects_are_trusted_together_if_both_are(stranger: Path) -> None:
    (stranger / "LocalPreferences.toml").unlink()
    trusting = open_project(stranger, use_depot=False, trust=True, variables=HERE)
    wary = open_project(stranger, use_depot=False, trust=False, variables=HERE)
    compare(trusting, wary)
    assert not disk.is_file(stranger.parent / "elsewhere" / "Project.toml")
    compare(trusting, trusting.refreshed())
    assert disk.is_file(stranger.parent / "elsewhere" / "Project.toml")
