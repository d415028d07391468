"""What is in folders is remembered until something comes, goes, or gets another name in them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.listings import SETTLED, Listings
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.installed import DepotMemory
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass_lsp.observed_snapshot import ObservedSnapshot
from support.environments import Package, manifest, project, write


def an_hour_later() -> int:
    """Return a time at which every folder of a test has been left alone for long."""
    return time.time_ns() + 3_600_000_000_000


def changed(folder: Path, number: int = 1) -> None:
    """Let a change in a folder be seen: the clock of a file system may be too coarse for it."""
    os.utime(folder, ns=(number, number))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were listed, and the places whose status was asked for."""
    found: list[str] = []
    for name in ("list_names", "list_folder", "examine"):
        really: Callable[..., object] = getattr(disk, name)

        def noting(*arguments: object, really: Callable[..., object] = really) -> object:
            found.append(str(arguments[0]))
            return really(*arguments)

        monkeypatch.setattr(disk, name, noting)
    return found


def test_a_folder_that_stays_as_it_is_is_listed_once(tmp_path: Path, looks: list[str]) -> None:
    write(tmp_path, {"Manifest.toml": "", "src/a.jl": ""})
    listings = Listings(an_hour_later)
    for _ in range(3):
        found = listings.listing(tmp_path)
        assert found is not None
        assert found.toml_names == frozenset({"manifest.toml"})
        assert listings.folders_in(tmp_path) == (tmp_path / "src",)
    status, lists = 1, 1
    assert len(looks) == 2 * lists + 6 * status


def test_a_name_that_comes_or_goes_is_seen(tmp_path: Path) -> None:
    listings = Listings(an_hour_later)
    for number, names in enumerate((set(), {"a.toml"}, {"b.toml"}, set()), start=1):
        for path in tmp_path.iterdir():
            path.unlink()
        for name in names:
            (tmp_path / name).touch()
        changed(tmp_path, number)
        found = listings.listing(tmp_path)
        assert found is not None
        assert found.toml_names == frozenset(names)


def test_a_folder_that_comes_or_goes_is_seen(tmp_path: Path) -> None:
    listings = Listings(an_hour_later)
    for number, names in enumerate(([], ["a"], ["a", "b"]), start=1):
        for name in names:
            (tmp_path / name).mkdir(exist_ok=True)
        changed(tmp_path, number)
        assert listings.folders_in(tmp_path) == tuple(tmp_path / name for name in names)


@pytest.mark.parametrize("age", [SETTLED - 1, 0, -SETTLED])
def test_nothing_is_remembered_of_a_folder_that_has_just_changed(tmp_path: Path, age: int) -> None:
    """A second change could have the same time; nor is one remembered whose time is to come."""
    status = tmp_path.stat()
    now = max(status.st_mtime_ns, status.st_ctime_ns) + age
    listings = Listings(lambda: now)
    assert listings.listing(tmp_path) is None
    assert listings.folders_in(tmp_path) == ()
    (tmp_path / "new").mkdir()
    assert listings.folders_in(tmp_path) == (tmp_path / "new",)


def test_a_folder_that_is_not_there_has_no_listing(tmp_path: Path) -> None:
    listings = Listings(an_hour_later)
    assert listings.listing(tmp_path / "nowhere") is None
    assert listings.folders_in(tmp_path / "nowhere") == ()


# What a keystroke in a preferences file looks at


NEIGHBOURS = 40
OWN = {
    "own/Project.toml": project("Own", deps="CSV"),
    "own/Manifest.toml": manifest({"CSV": ""}),
    "own/LocalPreferences.toml": "[CSV]\nfast = true\n",
}
APP = {
    "app/Project.toml": project("App", deps="Own"),
    "app/Manifest.toml": manifest({"Own": Package("CSV", path="../own"), "CSV": ""}),
}


class Editor:
    """An editor that has the preferences file of the package ``own`` open."""

    def __init__(self, folder: Path) -> None:
        write(folder, OWN)
        self.path = folder / "own" / "LocalPreferences.toml"
        self._disk, self._memory = Disk(Listings(an_hour_later)), DepotMemory()
        self._settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
        self._text = OWN["own/LocalPreferences.toml"]
        self.type("")

    def type(self, text: str) -> set[str]:
        """Write something at the end, and return the rules that report something."""
        self._text += text
        self.snapshot = ObservedSnapshot(self._disk, {self.path: self._text})
        session = Session(self.snapshot, self._settings, self._memory)
        return {found.code for found in check(session, self.path)}


def test_a_keystroke_asks_once_about_each_folder_beside_the_project(
    tmp_path: Path, looks: list[str]
) -> None:
    write(tmp_path, {f"other{number}/x": "" for number in range(NEIGHBOURS)})
    editor = Editor(tmp_path)
    editor.type("# a")
    looks.clear()
    editor.type("# b")
    beside = [place for place in looks if "other" in place]
    assert sorted(beside) == sorted(str(path) for path in tmp_path.glob("other*"))


def test_a_keystroke_sees_what_has_come_beside_the_project(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    assert "preferences-of-dependency" not in editor.type("# a")
    write(tmp_path, APP)
    changed(tmp_path)
    assert "preferences-of-dependency" in editor.type("# b")
    (tmp_path / "app" / "Manifest.toml").unlink()
    changed(tmp_path / "app")
    assert "preferences-of-dependency" not in editor.type("# c")


def test_a_manifest_that_comes_beside_the_project_changes_the_disk(tmp_path: Path) -> None:
    write(tmp_path, {"app/Project.toml": APP["app/Project.toml"]})
    editor = Editor(tmp_path)
    assert not editor.snapshot.has_changed()
    write(tmp_path, {"app/notes.txt": ""})
    changed(tmp_path / "app")
    assert not editor.snapshot.has_changed()
    write(tmp_path, APP)
    changed(tmp_path / "app", 2)
    assert editor.snapshot.has_changed()
    editor.type("# a")
    assert not editor.snapshot.has_changed()


def test_folders_without_toml_files_may_come_and_go(tmp_path: Path) -> None:
    """As in ``/tmp`` at all times."""
    (tmp_path / "other").mkdir()
    editor = Editor(tmp_path)
    (tmp_path / "other").rmdir()
    changed(tmp_path)
    assert not editor.snapshot.has_changed()
    write(tmp_path, {"another/notes.txt": ""})
    changed(tmp_path, 2)
    assert not editor.snapshot.has_changed()


def test_a_folder_with_a_manifest_that_comes_changes_the_disk(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    (tmp_path / "app").mkdir()
    changed(tmp_path)
    assert not editor.snapshot.has_changed()
    write(tmp_path, APP)
    changed(tmp_path / "app")
    assert editor.snapshot.has_changed()


def test_a_folder_with_more_than_is_listed_is_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    editor = Editor(tmp_path)
    for number in range(300):
        (tmp_path / "other" / f"{number}").touch()
    changed(tmp_path / "other")
    assert editor.snapshot.has_changed()
    editor.type("# a")
    assert not editor.snapshot.has_changed()
    (tmp_path / "other" / "Manifest.toml").touch()
    assert editor.snapshot.has_changed()


def test_answers_are_the_same_without_a_memory(tmp_path: Path) -> None:
    write(tmp_path, OWN | APP)
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    path = tmp_path / "own" / "LocalPreferences.toml"
    found = [
        check(Session(Snapshot(Disk(Listings(clock))), settings), path)
        for clock in (an_hour_later, lambda: 0)
    ]
    assert found[0] == found[1] != ()


def test_a_folder_that_could_not_be_listed_once_is_listed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a process has too many open files for a moment."""
    (tmp_path / "own").mkdir()
    listings = Listings(an_hour_later)
    with monkeypatch.context() as for_a_moment:
        for_a_moment.setattr(disk, "list_folder", lambda _folder: (_ for _ in ()).throw(OSError))
        assert listings.folders_in(tmp_path) == ()
    assert listings.folders_in(tmp_path) == (tmp_path / "own",)
