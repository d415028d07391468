"""What ``Pkg.test`` shows the tests of a package: which preferences, and which packages."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.environment import environment_of, manifest_and_julia, read_project
from precompass.julia.sandbox import TestEnvironment, TestStyle, environment_of_tests
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from support.environments import Package, manifest, project, uuid, write
from support.measured import MEASUREMENTS

MEASURED = tomllib.loads((MEASUREMENTS / "pkg-test-1.12" / "cases.toml").read_text("utf-8"))
MEADOW = UUID("22222222-2222-4222-8222-222222222222")
INNER = UUID("11111111-1111-4111-8111-111111111111")
RUNTESTS = {"test/runtests.jl": "using Test\n"}


def look(path: Path, julia: str | None = None, *further: Path) -> TestEnvironment | None:
    """Return what the tests of the package with this project file see."""
    files = Snapshot(Disk())
    project_file = read_project(path, files)
    assert project_file is not None
    version = VersionNumber.parse(julia) if julia is not None else None
    found = manifest_and_julia(project_file, files, version)
    return environment_of_tests(environment_of(project_file, found, files, further), files, further)


def seen_by_tests(
    folder: Path, files: dict[str, str], julia: str | None = None, *further: Path
) -> TestEnvironment:
    """Return what the tests of the package of these files see."""
    write(folder, RUNTESTS | files)
    found = look(folder / "Project.toml", julia, *further)
    assert found is not None
    return found


@pytest.mark.parametrize("case", MEASURED["case"], ids=lambda case: str(case["name"]))
def test_the_preferences_are_those_that_julia_was_measured_to_see(
    tmp_path: Path, case: dict[str, Any]
) -> None:
    write(tmp_path, {"Meadow/test/runtests.jl": "", **case["files"]})
    found = look(tmp_path / "Meadow" / "Project.toml", MEASURED["julia_version"])
    assert found is not None
    environment = found.environment
    assert environment.preferences(MEADOW).values.get("depth", 0) == case["depth"]
    assert environment.preferences(INNER).values.get("color", "default") == case["color"]


def test_before_1_8_tests_saw_no_preferences(tmp_path: Path) -> None:
    files = {"Project.toml": project("Meadow", deps="CSV") + '[preferences.CSV]\nmode = "fast"\n'}
    assert seen_by_tests(tmp_path, files, "1.7.3").environment.preferences(uuid("CSV")).values == {}
    seen = seen_by_tests(tmp_path, files, "1.8.5").environment.preferences(uuid("CSV"))
    assert seen.values == {"mode": "fast"}
    assert seen.sources[0].file == tmp_path / "Project.toml"


@pytest.mark.parametrize("julia", ["1.7.3", "1.12.5"])
def test_a_project_of_the_tests_is_copied_with_the_preferences_in_it(
    tmp_path: Path, julia: str
) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV"),
        "test/Project.toml": project(deps="CSV") + '\n[preferences.CSV]\nmode = "tests"\n',
    }
    seen = seen_by_tests(tmp_path, files, julia).environment.preferences(uuid("CSV"))
    assert seen.values == {"mode": "tests"}


CLEARED = '__clear__ = ["CSV"]\n[CSV]\nnear = 1\n'


def test_files_merged_by_names_of_tables_may_clear_whole_tables(tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "Project.toml"
    write(tmp_path, {"shared/Project.toml": project(deps="CSV") + "[preferences.CSV]\nfar = 1\n"})
    files = {
        "Project.toml": project("Meadow", deps="CSV") + "\n[preferences.CSV]\nown = 1\n",
        "LocalPreferences.toml": CLEARED,
    }
    seen = seen_by_tests(tmp_path, files, "1.12.5", shared).environment.preferences(uuid("CSV"))
    assert seen.values == {"near": 1}


def test_what_a_project_of_the_tests_says_of_preferences_is_there_twice(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV") + "\n[preferences.CSV]\nfar = 1\n",
        "test/Project.toml": project(deps="CSV") + "\n[preferences.CSV]\nown = 1\n",
        "test/LocalPreferences.toml": CLEARED,
    }
    seen = seen_by_tests(tmp_path, files, "1.12.5").environment.preferences(uuid("CSV"))
    assert seen.values == {"own": 1, "near": 1}


def test_the_target_lists_what_the_tests_add(tmp_path: Path) -> None:
    text = project("Meadow", deps="CSV", weakdeps="FFTW", extras="Parsers Example")
    text += '\n[targets]\ntest = ["Parsers", "FFTW"]\n'
    found = seen_by_tests(tmp_path, {"Project.toml": text, "Manifest.toml": manifest({"CSV": ""})})
    assert found.style is TestStyle.TARGET
    assert set(found.environment.project.deps) == {"CSV", "FFTW", "Meadow", "Parsers"}
    assert found.environment.project.extras == {}
    assert set(found.unresolved) == {"Parsers", "FFTW"}


def test_only_what_the_tests_reach_is_in_their_manifest(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV"),
        "Manifest.toml": manifest({"CSV": "Parsers", "Parsers": "", "FFTW": ""}),
        "test/Project.toml": project(deps="TOML"),
    }
    environment = seen_by_tests(tmp_path, files).environment
    assert environment.manifest is not None
    names = {entry.name for entry in environment.manifest.packages.values()}
    assert names == {"CSV", "Parsers", "TOML"}


def test_a_manifest_of_the_tests_tells_versions_that_the_package_lacks(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow", deps="CSV"),
        "Manifest.toml": manifest({"CSV": Package(version="1.0.0")}, julia="1.11.2"),
        "test/Project.toml": project(deps="CSV Example"),
        "test/Manifest.toml": manifest(
            {"CSV": Package(version="2.0.0"), "Example": "Parsers", "Parsers": ""}
        ),
    }
    found = seen_by_tests(tmp_path, files)
    manifest_ = found.environment.manifest
    assert manifest_ is not None
    assert str(manifest_.packages[uuid("CSV")].version) == "1.0.0"
    assert uuid("Parsers") in manifest_.packages
    assert not found.unresolved
    older = seen_by_tests(tmp_path, files, "1.10.4")
    assert set(older.unresolved) == {"Example"}


def test_the_rest_of_the_load_path_has_a_say_in_a_sandbox_only(tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "Project.toml"
    table = '[preferences.CSV]\nmode = "shared"\n'
    write(tmp_path, {"shared/Project.toml": project(deps="FFTW") + table})
    text = project("Meadow", deps="CSV")
    files = {"Project.toml": text, "Manifest.toml": manifest({"CSV": ""}, julia="1.12.2")}
    sandbox = seen_by_tests(tmp_path, files, None, shared).environment
    assert sandbox.preferences(uuid("CSV")).values == {"mode": "shared"}
    files["Project.toml"] += '[workspace]\nprojects = ["test"]\n'
    files["test/Project.toml"] = project(deps="CSV")
    member = seen_by_tests(tmp_path, files, None, shared)
    assert member.style is TestStyle.WORKSPACE
    assert member.environment.preferences(uuid("CSV")).values == {}


def test_a_project_that_is_no_package_has_no_tests(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": project(deps="CSV"), **RUNTESTS})
    assert look(tmp_path / "Project.toml") is None


def test_without_runtests_there_is_nothing_to_test(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": project("Meadow"), "test/Project.toml": ""})
    assert look(tmp_path / "Project.toml") is None
