"""Which files a workspace has, where its folders hold far more than projects."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from precompass.files import disk, workspace
from precompass.files.workspace import Wide, WorkspaceFiles, wide, workspace_files


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "people" / "ana"
    for depth in range(5):
        inner = folder.joinpath(*"abcd"[:depth])
        inner.mkdir(parents=True)
        (inner / "Project.toml").write_text("")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


def names(found: WorkspaceFiles, folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in found.files]


def test_the_home_folder_is_looked_into_two_folders_deep(home: Path) -> None:
    found = workspace_files([home])
    assert names(found, home) == ["Project.toml", "a/Project.toml", "a/b/Project.toml"]
    assert found.wide == ((home, Wide.HOME),)


def test_so_is_what_is_above_it(home: Path) -> None:
    found = workspace_files([home.parent])
    assert names(found, home.parent) == ["ana/Project.toml", "ana/a/Project.toml"]
    assert found.wide == ((home.parent, Wide.ABOVE_HOME),)


def test_a_folder_below_is_looked_into_as_a_whole(home: Path) -> None:
    found = workspace_files([home / "a", home])
    assert len(found.files) == 5
    assert found.files[0] == home / "a" / "Project.toml"
    assert found.stopped_at is None


def test_the_root_of_a_file_system(home: Path) -> None:
    assert wide(Path(home.anchor), home) is Wide.ROOT
    assert wide(home / "a", home) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such folders")
def test_folders_of_the_system_are_looked_into_only_if_they_are_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def list_folder(folder: Path) -> list[disk.Entry]:
        looked.append(str(folder))
        entries = [disk.Entry(name, f"/{name}", True, False) for name in ("dev", "src")]
        return entries if folder == Path("/") else []

    monkeypatch.setattr(disk, "list_folder", list_folder)
    workspace_files([Path("/")])
    assert looked == ["/", "/src"]
    looked.clear()
    workspace_files([Path("/dev")])
    assert looked == ["/dev"]


def test_a_folder_on_a_drive_may_have_such_a_name() -> None:
    walk = workspace._Walk(frozenset(), 10, lambda: 0.0)
    assert walk.may_look(cast("Path", PureWindowsPath("C:/dev")))


def test_a_walk_ends_after_so_many_folders(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / "all" / f"{number:02}").mkdir(parents=True)
        (tmp_path / "all" / f"{number:02}" / "Project.toml").write_text("")
    found = workspace_files([tmp_path / "all"], most=6)
    assert len(found.files) == 5  # of the folder itself, and of five of those in it
    assert found.stopped_at == tmp_path / "all" / "05"


def test_a_walk_ends_after_so_many_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "MOST_FILES", 2)
    found = workspace_files([home / "a"])
    assert names(found, home) == ["a/Project.toml", "a/b/Project.toml"]
    assert found.stopped_at == home / "a" / "b"


def test_a_walk_ends_after_so_long(home: Path) -> None:
    seconds = itertools.count(step=4)
    found = workspace_files([home / "a"], clock=lambda: float(next(seconds)))
    assert names(found, home) == ["a/Project.toml", "a/b/Project.toml"]
    assert found.stopped_at == home / "a" / "b" / "c"
