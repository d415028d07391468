"""Pkg's project hash: which text each version hashes, and that real manifests carry it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.environment import Environment
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.project_hash import HashedText, is_current, project_hash, recorded_hash
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, session, uuid
from support.shared_data import shared

BOTH = """\
[compat]
CSV = "0.9.4, 0.11"
DataFrames = "1"
julia = "1.6, 1.9"
"""


def read(text: str, folder: str = "/home/ada/App") -> ProjectFile:
    return parse_project(Path(folder) / "Project.toml", text)


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


@pytest.fixture
def app() -> ProjectFile:
    return read(project(deps="DataFrames CSV", weakdeps="CSV") + BOTH)


def test_dependencies_and_compat_in_order(app: ProjectFile) -> None:
    assert project_hash((app,), HashedText.DEPENDENCIES) == sha1(
        f"CSV={uuid('CSV')}\n"
        f"DataFrames={uuid('DataFrames')}\n"
        "CSV=[0.9.4-0.9, 0.11]\n"
        "DataFrames=1\n"
        "julia=1.6.0-1\n"
    )


def test_a_dependency_that_is_weak_too_does_not_count_since_1_9(app: ProjectFile) -> None:
    assert project_hash((app,), HashedText.STRONG_DEPENDENCIES) == sha1(
        f"DataFrames={uuid('DataFrames')}\nCSV=[0.9.4-0.9, 0.11]\nDataFrames=1\njulia=1.6.0-1\n"
    )


def test_ranges_are_printed_with_spaces_since_1_11(app: ProjectFile) -> None:
    assert project_hash((app,), HashedText.SPACED_RANGES) == sha1(
        f"DataFrames={uuid('DataFrames')}\nCSV=[0.9.4 - 0.9, 0.11]\nDataFrames=1\njulia=1.6.0 - 1\n"
    )


def test_a_workspace_counts_as_a_whole_since_1_12(app: ProjectFile) -> None:
    """Itself as a dependency, weak ones too, and what all of its projects allow."""
    tests = read(
        project("Lab", deps="DataFrames TOML") + '[compat]\nDataFrames = "1.3"\n',
        "/home/ada/App/test",
    )
    expected = sha1(
        f"DataFrames={uuid('DataFrames')}\n"
        f"Lab={uuid('Lab')}\n"
        f"TOML={uuid('TOML')}\n"
        "\n"
        f"CSV={uuid('CSV')}\n"
        "\n"
        "CSV=[0.9.4 - 0.9, 0.11]\n"
        "DataFrames=1.3.0 - 1\n"
        "Lab=*\n"
        "TOML=*\n"
    )
    assert project_hash((app, tests), HashedText.WORKSPACE) == expected
    assert project_hash((tests, app), HashedText.WORKSPACE) == expected


def test_bounds_that_nothing_meets() -> None:
    found = read('[compat]\nA = ">= 1.2"\nB = "2 - 1"\n')
    assert project_hash((found,), HashedText.SPACED_RANGES) == sha1("A=1.2.0 - *\nB=∅\n")


def test_an_empty_project_has_a_hash() -> None:
    assert project_hash((read(""),), HashedText.DEPENDENCIES) == sha1("")


def test_none_where_pkg_cannot_read_a_compat_entry() -> None:
    found = read('[compat]\nA = "1.*"\n')
    assert [project_hash((found,), way) for way in HashedText] == [None] * len(HashedText)


@pytest.mark.parametrize("way", list(HashedText))
def test_current_whichever_version_wrote_it(tmp_path: Path, way: HashedText) -> None:
    text = project("App", deps="CSV") + BOTH
    recorded = project_hash((read(text),), way)
    assert current(tmp_path, text, f'project_hash = "{recorded}"\n') is True
    assert (
        current(tmp_path, text.replace("0.9.4", "0.9.5"), f'project_hash = "{recorded}"\n') is False
    )


def test_the_order_of_lines_and_the_way_of_writing_a_range_do_not_count(tmp_path: Path) -> None:
    one = project(deps="CSV TOML") + '[compat]\nCSV = "0.10, 0.11"\njulia = "1.9"\n'
    same = project(deps="TOML CSV") + '[compat]\njulia = "^1.9.0"\nCSV = "0.11, 0.10.0"\n'
    recorded = project_hash((read(one),), HashedText.SPACED_RANGES)
    assert current(tmp_path, same, f'project_hash = "{recorded}"\n') is True


def test_without_a_hash_nobody_can_tell(tmp_path: Path) -> None:
    assert current(tmp_path, project(deps="CSV"), "") is None


def current(folder: Path, text: str, head: str) -> bool | None:
    files = {"Project.toml": text, "Manifest.toml": head + manifest({"CSV": Package()})}
    return is_current(environment(session(folder, files), folder / "Project.toml"))


def environment(of: Session, path: Path) -> Environment:
    found = of.environment(path)
    assert found is not None
    return found


def test_real_manifests_carry_the_hash_of_their_project() -> None:
    """All but the two that were not resolved again after a change of their project."""
    folder = shared("corpus")
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    files = Session(Snapshot(Disk()), settings)
    found = {}
    for path in sorted(folder.glob("*/*Project.toml")):
        there = environment(files, path)
        is_readable = there.manifest is not None and not there.manifest.document.faults
        if there.manifest is not None and is_readable and recorded_hash(there.manifest):
            found[path.parent.name] = is_current(there)
    stale = {name for name, is_it in found.items() if not is_it}
    assert stale == {
        "0samuraiE__LCS.jl__multi",  # only one project of the workspace is there
        "DARPA-ASKEM__sciml-service",
        "JuliaGPU__julia-ngc",
        "Teslos__NetworkDynamics__duplicate-key",  # the project is no TOML
    }
    assert len(found) - len(stale) >= 30


# [sources], which count from Julia 1.13.1 on

SOURCES = project("App", deps="Basins") + '[sources]\nBasins = {path = "Basins"}\n'


def test_a_path_is_hashed_behind_the_compat_entries() -> None:
    app = read(SOURCES)
    assert project_hash((app,), HashedText.WORKSPACE_WITH_SOURCES) == sha1(
        f"App={uuid('App')}\nBasins={uuid('Basins')}\n\n\nApp=*\nBasins=*\n\nBasins=path=Basins\n"
    )


@pytest.mark.parametrize(
    ("source", "written_by", "expected"),
    [
        ('{path = "Basins"}', "1.13.1", False),
        ('{url = "https://example.org/Basins.jl", rev = "main"}', "1.13.1", None),
        ('{url = "https://example.org/Basins.jl"}', "1.14.0-DEV", None),
        ('{url = "https://example.org/Basins.jl"}', None, None),
        ('{url = "https://example.org/Basins.jl"}', "1.13.0", False),
        ('{url = "https://example.org/Basins.jl"}', "1.12.7", False),
    ],
)
def test_nobody_can_tell_where_a_source_is_hashed_in_an_unknown_way(
    tmp_path: Path, source: str, written_by: str | None, expected: bool | None
) -> None:
    text = manifest({"Basins": ""}, julia=written_by)
    files = {
        "Project.toml": project("App", deps="Basins") + f"[sources]\nBasins = {source}\n",
        "Manifest.toml": f'project_hash = "{"0" * 40}"\n{text}',
    }
    found = session(tmp_path, files).invalidations(tmp_path / "Project.toml")
    assert found is not None
    assert is_current(found.environment) is expected


def test_a_manifest_that_counts_the_path_of_a_source_is_current(tmp_path: Path) -> None:
    hashed = project_hash((read(SOURCES),), HashedText.WORKSPACE_WITH_SOURCES)
    text = manifest({"Basins": ""}, julia="1.13.1")
    files = {"Project.toml": SOURCES, "Manifest.toml": f'project_hash = "{hashed}"\n{text}'}
    found = session(tmp_path, files).invalidations(tmp_path / "Project.toml")
    assert found is not None
    assert is_current(found.environment) is True
