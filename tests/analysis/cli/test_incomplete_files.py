"""Every command says that it cannot tell, where a file is broken or not there.

A manifest that broke off has lost entries, and names within entries: that no package is pending,
that a package is not here, that nothing reads a preference would all be said of what is absent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from precompass.cli import main
from support.reasons_oracle import ReasonsScenario, scenarios
from support.shared_data import ROOT

PROJECT = "envs/prefs"
SCHEMAS = ROOT / "docs" / "schemas" / "output"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of which everything has caches that fit; we are in its world."""
    told = next(one for one in scenarios() if one["name"] == "two-causes")
    scenario = ReasonsScenario(told, tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", f"{scenario.depot}")
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    return scenario.world


def cut_off(path: Path) -> int:
    """Cut a file off in the middle of its last value; return the line of the fault, from 1."""
    text = path.read_text().rstrip()
    path.write_text(text[:-3])
    return text.count("\n") + 1


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, capsys.readouterr().out


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, text = run(capsys, *arguments, "--format", "json")
    found = json.loads(text)
    Draft202012Validator(
        json.loads((SCHEMAS / f"{arguments[0]}.schema.json").read_text())
    ).validate(found)
    return code, found


@pytest.mark.parametrize("name", ["Manifest.toml", "Project.toml"])
def test_why_cannot_tell_from_a_file_that_broke_off(
    world: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    line = cut_off(world / PROJECT / name)
    code, text = run(capsys, "why", "--project", PROJECT)
    unknown = f"{name} has a syntax error in line {line}; the rest is unknown"
    assert " ".join(text.split()) == f"Cannot tell what is recompiled: {unknown}."
    assert code == 1
    code, found = answer(capsys, "why", "--project", PROJECT)
    assert (found["complete"], found["pending"], found["roots"]) == (False, [], [])
    assert found["unknown"] == [unknown]
    assert code == 1


def test_why_of_a_package_cannot_tell_from_a_file_that_broke_off(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(world / PROJECT / "Manifest.toml")
    code, found = answer(capsys, "why", "Paint", "--project", PROJECT)
    assert (found["complete"], found["recompiled"]) == (False, None)
    assert code == 1
    _, text = run(capsys, "why", "Paint", "--project", PROJECT)
    assert "Cannot tell whether Paint is recompiled: Manifest.toml has a syntax error" in text
    assert main(["why", "Beyond", "--project", PROJECT]) == 2
    assert "cannot tell anything about Beyond: Manifest.toml has" in capsys.readouterr().err


def test_without_a_manifest_nothing_is_said_to_fit(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / PROJECT / "Manifest.toml").unlink()
    code, found = answer(capsys, "why", "--project", PROJECT)
    assert (code, found["complete"], found["pending"]) == (1, False, [])
    assert found["unknown"] == ["there is no manifest, so its dependents are unknown"]


def test_without_an_entry_of_a_dependency_the_number_is_a_least_one(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = world / PROJECT / "Project.toml"
    added = '[deps]\nElsewhere = "0e0e0e0e-1111-4222-8333-444455556603"'
    project.write_text(project.read_text().replace("[deps]", added))
    code, text = run(capsys, "why", "--project", PROJECT)
    assert "The next `using` recompiles at least 2 packages, " in text
    said = " ".join(text.split())
    assert "cannot tell Manifest.toml has no entry of Elsewhere, so its dependencies" in said
    assert code == 1


@pytest.mark.parametrize("name", ["Manifest.toml", "Project.toml"])
def test_status_says_what_it_does_not_know(
    world: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    line = cut_off(world / PROJECT / name)
    _, text = run(capsys, "status", "--project", PROJECT)
    said = " ".join(text.split())
    assert f"manifest {name} has a syntax error in line {line}; the rest is unknown" in said
    assert "packages at least " in said
    assert "next Cannot tell what is recompiled: " in said
    assert "recompiles nothing" not in said
    _, found = answer(capsys, "status", "--project", PROJECT)
    assert found["manifest"]["up_to_date"] is None
    assert found["why"]["complete"] is False
    assert all(not one["complete"] for one in found["preferences"])


def test_the_picture_of_what_is_pending_is_not_complete(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(world / PROJECT / "Manifest.toml")
    _, found = answer(capsys, "graph", "--pending", "--project", PROJECT)
    assert (found["complete"], found["noticed"]) == (False, None)
    assert found["title"].startswith("Cannot tell what is recompiled: Manifest.toml has ")


@pytest.mark.parametrize("broken", ["before", "after", "both"])
def test_a_change_beside_a_broken_manifest_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    states = {"before": '"a"', "after": '"b"'}
    for state, value in states.items():
        folder = tmp_path / state
        folder.mkdir()
        (folder / "Project.toml").write_text(SURVEY)
        (folder / "Manifest.toml").write_text(FOREST)
        (folder / "LocalPreferences.toml").write_text(f"[Forest]\ntree = {value}\n")
        if broken in (state, "both"):
            text = FOREST[: FOREST.index('uuid = "5') + 12]
            (folder / "Manifest.toml").write_text(text)
    folders = (str(tmp_path / "before"), str(tmp_path / "after"), "--no-depot")
    code, found = answer(capsys, "diff", *folders)
    assert (code, found["complete"]) == (1, False)
    (change,) = found["changes"]
    assert change["noticed"] is not False
    _, text = run(capsys, "diff", *folders)
    assert "nothing is recompiled" not in text
    assert "not noticed" not in text


@pytest.mark.parametrize("broken", ["before", "after"])
def test_what_changed_beside_a_broken_preferences_file_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    for state in ("before", "after"):
        folder = tmp_path / state
        folder.mkdir()
        (folder / "Project.toml").write_text(SURVEY)
        (folder / "Manifest.toml").write_text(FOREST)
        value = '"a' if state == broken else '"a"'
        (folder / "LocalPreferences.toml").write_text(f"[Forest]\ntree = {value}\n")
    folders = (str(tmp_path / "before"), str(tmp_path / "after"), "--no-depot")
    code, found = answer(capsys, "diff", *folders)
    assert (code, found["complete"]) == (1, False)
    assert found["changes"][0]["noticed"] is not False
    _, text = run(capsys, "diff", *folders)
    assert "nothing is recompiled" not in text
    project = ("--project", str(tmp_path / broken), "--no-depot")
    _, text = run(capsys, "explain", "Forest.tree", *project)
    assert "unknown: LocalPreferences.toml has a syntax error in line 2" in " ".join(text.split())


def test_why_cannot_tell_from_a_broken_preferences_file(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(world / PROJECT / "LocalPreferences.toml")
    code, found = answer(capsys, "why", "--project", PROJECT)
    assert (code, found["complete"], found["pending"]) == (1, False, [])


def test_a_state_that_is_broken_and_the_same_recompiles_nothing(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(world / PROJECT / "Manifest.toml")
    code, found = answer(capsys, "diff", PROJECT, PROJECT, "--no-depot")
    assert (code, found["complete"], found["count"]) == (0, True, 0)


SURVEY = """\
[deps]
Forest = "50000000-0000-4000-8000-000000000005"
"""
FOREST = """\
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Forest]]
deps = ["Preferences"]
git-tree-sha1 = "1111111111111111111111111111111111111111"
uuid = "50000000-0000-4000-8000-000000000005"
version = "1.0.0"

[[deps.Preferences]]
git-tree-sha1 = "9306f6085165d270f7e3db02af26a400d580f5c6"
uuid = "21216c6a-2e73-6563-6e65-726566657250"
version = "1.4.3"
"""
