"""What a project file says of other files: entry files, extensions, sources, workspaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import Package, manifest, project, uuid, write
from support.rule_findings import expect, findings, fixed, titles

CSV = uuid("CSV")
LAB = project("Lab", weakdeps="CSV").replace('"Lab"', '⟦"Lab"⟧', 1)
PLAIN_LAB = project("Lab", weakdeps="CSV")


# missing-entry-file


def test_a_package_without_its_file(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lab_utilities.jl").touch()
    files = {"Project.toml": LAB}
    found = expect(tmp_path, "missing-entry-file", files, Severity.WARNING)
    assert "src/Lab.jl does not exist" in found[0].message


def test_a_project_without_sources_is_left_alone(tmp_path: Path) -> None:
    assert findings(tmp_path, "missing-entry-file", {"Project.toml": PLAIN_LAB}) == []


def test_a_package_with_its_file(tmp_path: Path) -> None:
    files = {"Project.toml": PLAIN_LAB, "src/Lab.jl": "module Lab end"}
    assert findings(tmp_path, "missing-entry-file", files) == []


@pytest.mark.parametrize("key", ["entryfile", "path"])
def test_an_entry_file_of_another_name(tmp_path: Path, key: str) -> None:
    head = f'{key} = "lab/main.jl"\n'
    files = {"Project.toml": head + PLAIN_LAB, "lab/main.jl": ""}
    assert findings(tmp_path, "missing-entry-file", files) == []
    files = {"Project.toml": head + LAB, "src/Lab.jl": ""}
    found = expect(tmp_path, "missing-entry-file", files)
    assert "lab/main.jl does not exist" in found[0].message


@pytest.mark.parametrize("text", ['name = "Lab"\n', f'uuid = "{CSV}"\n', project(deps="CSV")])
def test_an_environment_needs_no_file(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "missing-entry-file", text) == []


# missing-extension-file


EXTENSIONS = '\n[extensions]\n⟦LabCSVExt⟧ = "CSV"\nLabTOMLExt = "CSV"\nLabFolderExt = "CSV"\n'


def test_an_extension_without_its_file(tmp_path: Path) -> None:
    files = {
        "Project.toml": PLAIN_LAB + EXTENSIONS,
        "src/Lab.jl": "",
        "ext/LabTOMLExt.jl": "",
        "ext/LabFolderExt/LabFolderExt.jl": "",
        "src/LabCSVExt.jl": "",
    }
    expect(tmp_path, "missing-extension-file", files, Severity.WARNING)


def test_where_the_package_itself_is_not_there_that_is_said_once(tmp_path: Path) -> None:
    files = {"Project.toml": (PLAIN_LAB + EXTENSIONS).replace("⟦", "").replace("⟧", "")}
    assert findings(tmp_path, "missing-extension-file", files) == []


# missing-source-path


def test_a_source_whose_folder_is_not_there(tmp_path: Path) -> None:
    text = project(deps="CSV TOML") + (
        '\n[sources]\nCSV = {path = ⟦"../CSV.jl"⟧}\nTOML = {path = "lib/TOML"}\n'
    )
    files = {"Project.toml": text, "lib/TOML/Project.toml": project("TOML")}
    expect(tmp_path, "missing-source-path", files, Severity.ERROR, julia="1.11.0")
    plain = {**files, "Project.toml": text.replace("⟦", "").replace("⟧", "")}
    assert findings(tmp_path, "missing-source-path", plain, julia="1.10.0") == []


@pytest.mark.parametrize("there", ["lib/CSV/src/CSV.jl", "lib/CSV/JuliaProject.toml", "lib/CSV"])
def test_what_julia_takes_for_a_package(tmp_path: Path, there: str) -> None:
    text = project(deps="CSV") + '\n[sources]\nCSV = {path = "lib/CSV"}\n'
    files = {"Project.toml": text, there: project("CSV") if there.endswith(".toml") else ""}
    assert findings(tmp_path, "missing-source-path", files, julia="1.11.0") == []


@pytest.mark.parametrize("written", [".", "src/..", "/home/ada/Survey", "../docs"])
def test_a_source_that_misses_the_package_around_it(tmp_path: Path, written: str) -> None:
    """In `docs/Project.toml`, "." is the folder of the documentation, which is no package."""
    where = "docs/Project.toml"
    source = f'\n[sources]\nSurvey = {{path = ⟦"{written}"⟧}}\n'
    files = {
        "Project.toml": project("Survey"),
        "src/Survey.jl": "",
        where: project(deps="Survey") + source,
    }
    write(tmp_path, {name: text.replace("⟦", "").replace("⟧", "") for name, text in files.items()})
    (found,) = expect(tmp_path, "missing-source-path", files, Severity.ERROR, of=where)
    assert found.message.endswith("The path is relative to this file, and Survey is at `..`.")
    fix = fixed(tmp_path, "missing-source-path", files, "Write", of=where)
    assert 'Survey = {path = ".."}' in fix


def test_a_source_with_a_package_of_another_name(tmp_path: Path) -> None:
    text = project(deps="CSV") + '\n[sources]\nCSV = {path = ⟦"lib"⟧}\n'
    files = {"Project.toml": text, "lib/Project.toml": project("CSVFiles")}
    (found,) = expect(tmp_path, "missing-source-path", files, Severity.ERROR, julia="1.11.0")
    assert "The package at this path is CSVFiles, and has no src/CSV.jl" in found.message
    plain = text.replace("⟦", "").replace("⟧", "")
    there = {**files, "Project.toml": plain, "lib/src/CSV.jl": ""}
    write(tmp_path, there)
    assert findings(tmp_path, "missing-source-path", there, julia="1.11.0") == []


def test_a_source_of_a_package_that_is_not_listed_is_reported_once(tmp_path: Path) -> None:
    text = project(deps="JSON") + '\n[sources]\nCSV = {path = "gone"}\n'
    assert findings(tmp_path, "missing-source-path", text, julia="1.11.0") == []
    assert len(findings(tmp_path, "invalid-source", text, julia="1.11.0")) == 1


def test_a_developed_package_of_a_manifest(tmp_path: Path) -> None:
    packages = {"CSV": Package(path="/home/ada/CSV.jl"), "TOML": Package(path="lib")}
    text = manifest(packages).replace('"/home/ada/CSV.jl"', '⟦"/home/ada/CSV.jl"⟧')
    files = {"Manifest.toml": text, "lib/Project.toml": ""}
    expect(tmp_path, "missing-source-path", files, Severity.ERROR, of="Manifest.toml")


# missing-workspace-project


WORKSPACE = '[workspace]\nprojects = ["test", ⟦"doc"⟧]\n'


def test_a_project_of_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    files = {"Project.toml": WORKSPACE, "test/Project.toml": "", "docs/Project.toml": ""}
    expect(tmp_path, "missing-workspace-project", files, Severity.WARNING, julia="1.12.0")
    assert fixed(tmp_path, "missing-workspace-project", files, "Delete", julia="1.12.0") == (
        '[workspace]\nprojects = ["test"]\n'
    )


def test_there_are_workspaces_since_1_12(tmp_path: Path) -> None:
    text = WORKSPACE.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "missing-workspace-project", text, julia="1.11.0") == []


@pytest.mark.parametrize("projects", ["[]", '"test"', "[1]"])
def test_a_workspace_that_is_no_list_of_folders(tmp_path: Path, projects: str) -> None:
    text = f"[workspace]\nprojects = ⟦{projects}⟧\n"
    expect(tmp_path, "missing-workspace-project", text, Severity.ERROR, julia="1.12.0")


def test_workspace_has_to_be_a_table(tmp_path: Path) -> None:
    text = '⟦workspace⟧ = ["test"]\n'
    expect(tmp_path, "missing-workspace-project", text, Severity.ERROR, julia="1.12.0")


# stale-manifest


OLD_HASH = "11f6ad8ec52a2984abaafd7c3b516503785c2072"
EMPTY_HASH = "da39a3ee5e6b4b0d3255bfef95601890afd80709"  # of a project without any dependency


def hashed(packages: str, julia: str, recorded: str = OLD_HASH) -> str:
    return f'project_hash = "{recorded}"\n' + manifest({packages: ""}, julia=julia)


@pytest.mark.parametrize("julia", ["1.8.5", "1.10.4", "1.11.2", "1.12.1", "1.13.0"])
def test_a_manifest_of_another_project(tmp_path: Path, julia: str) -> None:
    files = {
        "Project.toml": f'[⟦deps⟧]\nCSV = "{CSV}"\n',
        "Manifest.toml": hashed("CSV", julia),
    }
    found = expect(tmp_path, "stale-manifest", files, Severity.WARNING)
    related = found[0].related[0]
    assert files["Manifest.toml"][related.span.start : related.span.end] == f'"{OLD_HASH}"'


def test_the_manifest_of_this_project(tmp_path: Path) -> None:
    files = {"Project.toml": 'name = "App"\n', "Manifest.toml": hashed("CSV", "1.10.4", EMPTY_HASH)}
    assert findings(tmp_path, "stale-manifest", files) == []


@pytest.mark.parametrize("damage", ["<<<<<<< HEAD\n", '[compat]\njulia = "x"\n'])
def test_a_project_that_pkg_does_not_read_has_no_hash(tmp_path: Path, damage: str) -> None:
    files = {"Project.toml": project(deps="CSV") + damage, "Manifest.toml": hashed("CSV", "1.10.4")}
    assert findings(tmp_path, "stale-manifest", files) == []


def test_a_workspace_is_reported_beside_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    files = {
        "Project.toml": '[⟦workspace⟧]\nprojects = ["test"]\n',
        "Manifest.toml": hashed("CSV", "1.12.1"),
        "test/Project.toml": project(deps="CSV"),
    }
    found = expect(tmp_path, "stale-manifest", files)
    assert "the projects of this workspace were changed" in found[0].message
    plain = {**files, "Project.toml": '[workspace]\nprojects = ["test"]\n'}
    assert findings(tmp_path, "stale-manifest", plain, of="test/Project.toml") == []


def test_a_workspace_of_which_a_part_is_not_here_cannot_be_judged(tmp_path: Path) -> None:
    files = {
        "Project.toml": '[workspace]\nprojects = ["test"]\n\n' + project(deps="CSV"),
        "Manifest.toml": hashed("CSV", "1.12.1"),
    }
    assert findings(tmp_path, "stale-manifest", files) == []


# Many missing at once


def test_missing_paths_are_reported_as_one(tmp_path: Path) -> None:
    names = ("A", "B", "C")
    sources = "".join(f'{name} = {{path = "lib/{name}"}}\n' for name in names)
    text = f"{project(deps='A B C')}\n[sources]\n{sources}".replace('"lib/A"', '⟦"lib/A"⟧')
    (found,) = expect(tmp_path, "missing-source-path", text, julia="1.11.2")
    assert "no package at the paths of A, B and C" in found.message
    assert [related.message for related in found.related] == ["B, too.", "C, too."]
    entries = {name: Package(path=f"lib/{name}") for name in names}
    files = {"Project.toml": "", "Manifest.toml": manifest(entries)}
    assert len(findings(tmp_path, "missing-source-path", files, of="Manifest.toml")) == 1


def test_three_missing_projects_of_a_workspace_are_reported_as_one(tmp_path: Path) -> None:
    text = '[workspace]\nprojects = [⟦"a"⟧, "b", "c"]\n'
    (found,) = expect(tmp_path, "missing-workspace-project", text, julia="1.12.2")
    assert "no project file in a, b and c, so Pkg silently skips these folders" in found.message
    assert titles([found]) == [f'Delete "{name}" from the list' for name in "abc"]
