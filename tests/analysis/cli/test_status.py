"""``precompass status``: a project at a glance."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from precompass.cli import main
from support.environments import manifest, project, write
from support.reasons_oracle import ReasonsScenario, scenarios
from support.shared_data import ROOT

SCREEN = 24
"""Lines of a terminal."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose preference was set, and a package of which was edited."""
    told = next(one for one in scenarios() if one["name"] == "two-causes")
    scenario = ReasonsScenario(told, tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", f"{scenario.depot}")
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    return scenario.world


def test_it_says_all_that_matters_on_one_screen(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = world / "envs/prefs/LocalPreferences.toml"
    ignored.write_text(f"{ignored.read_text()}\n[Ground]\nlevel = 3\n")
    assert main(["status", "--project", "envs/prefs"]) == 0
    output = capsys.readouterr().out
    assert len(output.splitlines()) <= SCREEN
    text = " ".join(output.split())
    for said in (
        "project envs/prefs/Project.toml",
        "Julia 1.12.2 (from the manifest); Julia 1.12 is ",
        "stack depot/environments/v1.12/Project.toml",
        "manifest envs/prefs/Manifest.toml; whether it is up to date is unknown: ",
        "packages 5 packages",
        "caches 3 fit, 2 do not fit (5 files)",
        "next The next `using` recompiles 2 of 5 packages, ",
        '`Paint.color = "red"` from envs/prefs/LocalPreferences.toml:2: changing it recompiles 2 '
        "packages (recorded)",
        "ignored envs/prefs/LocalPreferences.toml:4, `[Ground]`: ",
        "findings ",
    ):
        assert said in text


@pytest.mark.usefixtures("world")
def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--project", "envs/prefs", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1
    assert answer["julia"]["version"] == "1.12.2"
    assert answer["manifest"] == {"file": "envs/prefs/Manifest.toml", "up_to_date": None}
    assert answer["caches"] == {"fitting": 3, "stale": 2, "missing": 0, "files": 5}
    assert answer["why"]["count"] == 2
    (color,) = answer["preferences"]
    assert (color["package"], color["key"], color["value"]) == ("Paint", "color", "red")
    assert (color["file"], color["line"]) == ("envs/prefs/LocalPreferences.toml", 1)
    assert (color["count"], color["evidence"], color["noticed"]) == (2, "recorded", True)
    assert set(answer["findings"]) == {"error", "warning", "information", "hint"}


def test_what_is_not_installed_is_said_with_what_to_do(
    world: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code = main(["status", "--project", "envs/plain", "--depot", str(empty)])
    assert code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "packages 6 packages; 1 package is not installed: run `Pkg.instantiate()`" in text
    assert world.exists()


def test_the_example_fits_a_terminal_of_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path))
    monkeypatch.setenv("JULIA_LOAD_PATH", "@")
    assert main(["status", "--project", str(ROOT / "examples" / "CatchmentModels")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "more preferences: `--format json` lists them." in text


def test_what_cannot_be_loaded_is_said_under_next(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(world / "dev" / "Wall")
    assert main(["status", "--project", "envs/prefs"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Wall cannot be loaded: its source, dev/Wall, is gone. Restore it." in text


def seen(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> str:
    """Return the status of a project, in one line."""
    assert main(["status", "--project", str(folder), "--no-depot", *options]) == 0
    return " ".join(capsys.readouterr().out.split())


HASH = "2c2f6d0d7ec4ab8efb4d1a4c9c0c2f0b7a0f2a11"


@pytest.mark.parametrize(
    ("head", "packages", "julia", "said"),
    [
        ("", "Parsers", None, "unknown: it has no hash of the project"),
        (f'project_hash = "{HASH}"\n', "Parsers", None, ", older than the project file"),
        ("", "Dates", None, ", older than the project file: run `Pkg.resolve()`"),
        ("", "Parsers", "1.12", ", resolved with Julia 1.11.5; whether it is up to date"),
    ],
)
def test_what_is_known_of_the_manifest(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    head: str,
    packages: str,
    julia: str | None,
    said: str,
) -> None:
    """Only a hash tells that the versions are those of the project; a gap tells the opposite."""
    text = head + manifest({packages: ""}, julia="1.11.5")
    write(tmp_path, {"Project.toml": project(deps="Parsers"), "Manifest.toml": text})
    status = seen(capsys, tmp_path, *(["--julia", julia] if julia else []))
    assert said in status.partition(" manifest ")[2].partition(" packages ")[0]


def test_a_compat_entry_that_pkg_does_not_read_hides_whether_the_manifest_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f'project_hash = "{HASH}"\n' + manifest({"Parsers": ""}, julia="1.11.5")
    wrong = project(deps="Parsers") + '[compat]\nParsers = "two"\n'
    write(tmp_path, {"Project.toml": wrong, "Manifest.toml": text})
    assert "whether it is up to date is unknown packages" in seen(capsys, tmp_path)


def test_a_preference_counts_for_the_projects_of_the_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The base does not depend on CSV, whose preference it sets for its tests."""
    base = project("Survey", extras="CSV") + '\n[workspace]\nprojects = ["test"]\n'
    packages = {"CSV": "PrecompileTools", "PrecompileTools": "Preferences", "Preferences": ""}
    write(
        tmp_path,
        {
            "Project.toml": base,
            "test/Project.toml": project(deps="CSV"),
            "Manifest.toml": manifest(packages, julia="1.12.2"),
            "LocalPreferences.toml": "[CSV]\nprecompile_workload = false\n",
        },
    )
    assert "changing it recompiles nothing; for test, it recompiles 1 package findings" in seen(
        capsys, tmp_path
    )
    assert main(["status", "--project", str(tmp_path), "--no-depot", "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["preferences"]
    assert (one["count"], one["members"]) == (0, [{"name": "test", "count": 1}])
