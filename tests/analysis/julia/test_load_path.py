"""The load path: where Julia looks for environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.behaviour import Julia
from precompass.julia.load_path import (
    active_project,
    enclosing_project,
    expand_load_path,
    named_environment,
    project_in,
    read_load_path,
    walk_up,
)
from precompass.julia.versions import VersionNumber
from support.environments import write

JULIA = Julia(VersionNumber((1, 11, 5)))


@pytest.fixture
def files() -> Snapshot:
    return Snapshot(Disk())


# JULIA_LOAD_PATH


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (None, ("@", "@v#.#", "@stdlib")),
        ("", ()),
        (":", ("@", "@v#.#", "@stdlib")),
        ("@", ("@",)),
        ("@:/env", ("@", "/env")),
        ("/env:", ("/env", "@", "@v#.#", "@stdlib")),
        (":/env", ("@", "@v#.#", "@stdlib", "/env")),
        ("@stdlib:", ("@stdlib", "@", "@v#.#")),
        ("/env:/env:@:@", ("/env", "@")),
        ("::", ("@", "@v#.#", "@stdlib")),
    ],
)
def test_what_the_variable_stands_for(text: str | None, entries: tuple[str, ...]) -> None:
    variables = {} if text is None else {"JULIA_LOAD_PATH": text}
    assert read_load_path(variables, ":") == entries


def test_on_windows_a_semicolon_separates() -> None:
    assert read_load_path({"JULIA_LOAD_PATH": r"@;C:\env"}, ";") == ("@", r"C:\env")


# Expansion


def expand(
    entries: tuple[str, ...],
    folder: Path,
    files: Snapshot,
    *,
    active: Path | None = None,
    julia: Julia = JULIA,
) -> list[str]:
    found = expand_load_path(
        entries,
        active=active,
        working_directory=folder / "work" / "sub",
        depots=[folder / "depot1", folder / "depot2"],
        julia=julia,
        files=files,
    )
    return [str(path.relative_to(folder)) for path in found]


@pytest.fixture
def places(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "work/Project.toml": "",
            "work/sub/file.jl": "",
            "both/JuliaProject.toml": "",
            "both/Project.toml": "",
            "env/Project.toml": "",
            "packages/A/src/A.jl": "",
            "depot1/environments/v1.10/Project.toml": "",
            "depot2/environments/v1.11/Project.toml": "",
            "depot2/environments/v1.11.5/JuliaProject.toml": "",
            "depot2/environments/stdlib/Project.toml": "",
        },
    )
    return tmp_path


def test_entries_become_project_files_in_their_order(places: Path, files: Snapshot) -> None:
    entries = ("@", "@v#.#", "@stdlib", str(places / "env"))
    active = places / "work" / "Project.toml"
    assert expand(entries, places, files, active=active) == [
        "work/Project.toml",
        "depot2/environments/v1.11/Project.toml",
        "env/Project.toml",
    ]


def test_nothing_is_active(places: Path, files: Snapshot) -> None:
    assert expand(("@",), places, files) == []


def test_the_nearest_project_upward(places: Path, files: Snapshot) -> None:
    assert expand(("@.",), places, files) == ["work/Project.toml"]


def test_the_same_project_counts_once(places: Path, files: Snapshot) -> None:
    path = str(places / "env")
    entries = (path, f"{path}/Project.toml", path)
    assert expand(entries, places, files) == ["env/Project.toml"]


def test_a_folder_with_both_names_has_the_first(places: Path, files: Snapshot) -> None:
    assert expand((str(places / "both"),), places, files) == ["both/JuliaProject.toml"]
    explicit = str(places / "both" / "Project.toml")
    assert expand((explicit,), places, files) == ["both/Project.toml"]


def test_paths_are_relative_to_the_working_directory(places: Path, files: Snapshot) -> None:
    assert expand(("../../env", "./../../env/."), places, files) == ["env/Project.toml"]


def test_folders_without_a_project_file_have_no_preferences(places: Path, files: Snapshot) -> None:
    assert expand((str(places / "packages"), "/nowhere"), places, files) == []


def test_a_file_of_another_name_is_no_project(places: Path, files: Snapshot) -> None:
    write(places, {"env/Other.toml": ""})
    assert expand((str(places / "env" / "Other.toml"),), places, files) == []


@pytest.mark.parametrize("entry", ["@stdlib", "@temp", "@script", "~nobody-has-this-name/env"])
def test_what_files_cannot_tell_is_left_out(entry: str, places: Path, files: Snapshot) -> None:
    assert expand((entry,), places, files) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v#.#", "depot2/environments/v1.11/Project.toml"),
        ("v#.#.#", "depot2/environments/v1.11.5/JuliaProject.toml"),
        ("v1.10", "depot1/environments/v1.10/Project.toml"),
        ("v1.9", None),
    ],
)
def test_named_environments(name: str, expected: str | None, places: Path, files: Snapshot) -> None:
    depots = [places / "depot1", places / "depot2"]
    found = named_environment(name, depots, JULIA, files)
    assert found == (None if expected is None else places / expected)


# Upward


def test_the_search_ends_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    write(tmp_path, {"Project.toml": "", "home/work/file.jl": ""})
    assert enclosing_project(home / "work", Snapshot(Disk())) is None
    assert list(walk_up(home / "work")) == [home / "work", home]
    write(home, {"Project.toml": ""})
    assert enclosing_project(home / "work", Snapshot(Disk())) == home / "Project.toml"


def test_outside_home_it_ends_at_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    walked = list(walk_up(tmp_path / "elsewhere"))
    assert walked[0] == tmp_path / "elsewhere"
    assert walked[-1] == Path(tmp_path.anchor)


def test_a_project_file_that_is_a_folder_is_none(tmp_path: Path, files: Snapshot) -> None:
    (tmp_path / "Project.toml").mkdir()
    assert project_in(tmp_path, files) is None


# JULIA_PROJECT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("@.", "work/Project.toml"),
        ("@v#.#", "depot2/environments/v1.11/Project.toml"),
        ("../../env", "env/Project.toml"),
        ("../../env/Project.toml", "env/Project.toml"),
        ("../../both", "both/JuliaProject.toml"),
        ("../../new", "new/Project.toml"),
        ("../../new/JuliaProject.toml", "new/JuliaProject.toml"),
    ],
)
def test_the_active_project(text: str, expected: str | None, places: Path, files: Snapshot) -> None:
    found = active_project(
        {"JULIA_PROJECT": text},
        working_directory=places / "work" / "sub",
        depots=[places / "depot1", places / "depot2"],
        julia=JULIA,
        files=files,
    )
    assert found == (None if expected is None else places / expected)
