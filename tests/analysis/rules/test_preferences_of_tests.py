"""Preferences in what ``Pkg.test`` runs: tables that count only there, and tables that do not."""

from __future__ import annotations

from pathlib import Path

from precompass.findings import Severity
from support.environments import manifest, project, uuid, write
from support.rule_findings import expect, findings, fixed, titles

RUNTESTS = {"test/runtests.jl": "using Test\n"}
NOT_IN_TESTS = "preferences-not-in-tests"


def meadow(target: str = "", **more: str) -> dict[str, str]:
    """Return a package whose dependency MPI uses MPIPreferences, which only [extras] lists."""
    text = project("Meadow", deps="MPI", extras="MPIPreferences Test")
    return {
        "Project.toml": f"{text}\n[targets]\ntest = [{target}]\n" if target else text,
        "Manifest.toml": manifest(
            {"MPI": "MPIPreferences", "MPIPreferences": "Preferences", "Preferences": ""},
            julia="1.11.2",
        ),
        **more,
    }


# ignored-preferences


def test_a_table_of_the_tested_package(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow"),
        "test/Project.toml": project(deps="CSV") + "[preferences.Meadow]\ndepth = 3\n",
        "test/LocalPreferences.toml": "[Meadow]\ndepth = 4\n",
    }
    write(tmp_path, files | RUNTESTS)
    for name in ("test/Project.toml", "test/LocalPreferences.toml"):
        assert findings(tmp_path, "ignored-preferences", files, of=name) == []


def test_a_table_that_the_tests_do_not_list(tmp_path: Path) -> None:
    files = meadow(
        **{"test/Project.toml": project(deps="CSV") + "[preferences.⟦MPIPreferences⟧]\na = 1\n"}
    )
    write(tmp_path, RUNTESTS | {name: files[name] for name in ("Project.toml", "Manifest.toml")})
    found = expect(tmp_path, "ignored-preferences", files, of="test/Project.toml")
    assert "Project.toml does not list MPIPreferences" in found[0].message
    assert titles(found)[0].startswith("List MPIPreferences in [extras] of Project.toml, ")


def test_a_folder_that_tests_nothing(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow"),
        "docs/Project.toml": project(deps="CSV") + "[preferences.Meadow]\ndepth = 3\n",
    }
    write(tmp_path, files | RUNTESTS)
    assert len(findings(tmp_path, "ignored-preferences", files, of="docs/Project.toml")) == 1


def test_before_1_8_the_copied_project_alone_has_preferences_for_the_tests(tmp_path: Path) -> None:
    table = "[Meadow]\ndepth = 3\n"
    files = {
        "Project.toml": project("Meadow"),
        "test/Project.toml": project(deps="CSV") + table.replace("[", "[preferences."),
        "test/LocalPreferences.toml": table,
    }
    write(tmp_path, files | RUNTESTS)
    ignored = [
        len(findings(tmp_path, "ignored-preferences", files, of=file, julia="1.7.3"))
        for file in ("test/Project.toml", "test/LocalPreferences.toml")
    ]
    assert ignored == [0, 1]


def test_in_a_workspace_a_table_counts_where_its_own_project_lists_the_package(
    tmp_path: Path,
) -> None:
    files = {
        "Project.toml": project("Meadow") + '[workspace]\nprojects = ["test"]\n',
        "test/Project.toml": project(deps="CSV") + "[preferences.Meadow]\ndepth = 3\n",
    }
    write(tmp_path, files | RUNTESTS)
    found = findings(tmp_path, "ignored-preferences", files, of="test/Project.toml", julia="1.12.2")
    assert len(found) == 1


# preferences-not-in-tests


def test_preferences_that_the_target_leaves_out(tmp_path: Path) -> None:
    table = '[⟦MPIPreferences⟧]\nbinary = "system"\n'
    files = meadow('"Test"', **{"LocalPreferences.toml": table})
    write(tmp_path, RUNTESTS)
    found = expect(tmp_path, NOT_IN_TESTS, files, Severity.INFORMATION, of="LocalPreferences.toml")
    assert "the target `test` does not list MPIPreferences" in found[0].message


def test_the_target_gets_the_package(tmp_path: Path) -> None:
    text = meadow('"Test"')["Project.toml"] + "[preferences.⟦MPIPreferences⟧]\na = 1\n"
    files = meadow() | {"Project.toml": text}
    write(tmp_path, RUNTESTS)
    changed = fixed(tmp_path, NOT_IN_TESTS, files, "Add MPIPreferences to the target test")
    assert 'test = ["Test", "MPIPreferences"]' in changed


def test_preferences_that_the_project_of_the_tests_leaves_out(tmp_path: Path) -> None:
    files = meadow(
        **{
            "LocalPreferences.toml": "[MPIPreferences]\na = 1\n",
            "test/Project.toml": project(deps="Test"),
        }
    )
    write(tmp_path, RUNTESTS | files)
    found = findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml")
    assert "test/Project.toml does not list MPIPreferences" in found[0].message
    files["test/Project.toml"] = project(deps="Test", extras="MPIPreferences")
    write(tmp_path, files)
    assert findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml") == []


def test_preferences_of_a_dependency_reach_the_tests(tmp_path: Path) -> None:
    files = meadow('"Test"', **{"LocalPreferences.toml": "[MPI]\na = 1\n"})
    write(tmp_path, RUNTESTS)
    assert findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml") == []


def test_what_the_tests_do_not_use_need_not_reach_them(tmp_path: Path) -> None:
    files = meadow('"Test"', **{"LocalPreferences.toml": "[MPIPreferences]\na = 1\n"})
    files["Manifest.toml"] = manifest({"MPI": ""}, julia="1.11.2")
    write(tmp_path, RUNTESTS)
    assert findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml") == []


def test_in_a_workspace_the_base_reaches_its_tests(tmp_path: Path) -> None:
    files = meadow(
        **{
            "LocalPreferences.toml": "[MPIPreferences]\na = 1\n",
            "test/Project.toml": project(deps="Test"),
        }
    )
    files["Project.toml"] += '[workspace]\nprojects = ["test"]\n'
    write(tmp_path, RUNTESTS | files)
    found = findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml", julia="1.12.2")
    assert found == []


def test_without_tests_nothing_has_to_reach_them(tmp_path: Path) -> None:
    files = meadow('"Test"', **{"LocalPreferences.toml": "[MPIPreferences]\na = 1\n"})
    assert findings(tmp_path, NOT_IN_TESTS, files, of="LocalPreferences.toml") == []


def test_a_table_for_the_package_above_is_an_information(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Meadow"),
        "benchmark/Project.toml": project(deps="CSV") + "[preferences.⟦Meadow⟧]\ndepth = 3\n",
    }
    write(tmp_path, {"Project.toml": files["Project.toml"]})
    found = expect(
        tmp_path,
        "ignored-preferences",
        files,
        Severity.INFORMATION,
        of="benchmark/Project.toml",
    )
    assert titles(found)[0] == f"List Meadow in [extras] ({uuid('Meadow')})"
