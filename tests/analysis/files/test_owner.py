"""Whose a folder is decides whether its word counts; and whose a file above it is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.owner import is_kept_safely, is_of_one_owner, is_own
from precompass.files.reach import Reach
from precompass.files.snapshot import Disk, Snapshot
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.cache import SourceCache
from precompass.source.package_reads import PackageSource
from precompass.trust import reach_for

if sys.platform == "win32":
    pytest.skip("Windows does not say whose a folder is", allow_module_level=True)

STRANGER = 4_000_001


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Path]]:
    """The files and folders that belong to a stranger, whom only root could make them for."""
    paths: set[Path] = set()

    def owned(path: object, found: os.stat_result | None) -> os.stat_result | None:
        if found is None or Path(str(path)) not in paths:
            return found
        return os.stat_result((*found[:4], STRANGER, *found[5:]))

    for name in ("status", "link_status"):
        look = getattr(disk, name)
        monkeypatch.setattr(disk, name, lambda path, _look=look: owned(path, _look(path)))
    yield paths
    disk.confine(Reach())


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o755, True), (0o775, True), (0o777, True), (stat.S_ISVTX | 0o777, False)],
)
def test_a_folder_for_everybody_is_nobodys(tmp_path: Path, mode: int, expected: bool) -> None:
    tmp_path.chmod(mode)
    assert is_own(tmp_path) is expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o700, True), (0o775, True), (0o777, False), (stat.S_ISVTX | 0o777, False)],
)
def test_a_cache_in_which_anybody_may_write_is_not_used(
    tmp_path: Path, mode: int, expected: bool
) -> None:
    above = tmp_path / "cache"
    folder = above / "precompass"
    folder.mkdir(parents=True)
    for place in (folder, above):
        place.chmod(mode)
        assert is_kept_safely(folder) is expected
        place.chmod(0o755)


def test_a_folder_of_the_systems_where_anybody_may_write_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o757)
    found = tmp_path.stat()
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    systems = os.stat_result((*found[:4], 0, *found[5:]))
    monkeypatch.setattr(disk, "status", lambda _: systems)
    assert not is_own(tmp_path)


def test_the_owner_of_a_link_is_its_own(tmp_path: Path, strangers: set[Path]) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert is_of_one_owner(tmp_path / "link", tmp_path)
    strangers.add(tmp_path / "link")
    assert not is_of_one_owner(tmp_path / "link", tmp_path)


def reached(opened: Path, path: Path) -> bool:
    """Tell whether a path may be looked at when a folder that is not trusted is opened."""
    return reach_for([opened], None, {}, is_trusted=False).allows(path)


def test_the_repository_around_a_folder_counts_whole(tmp_path: Path) -> None:
    opened = tmp_path / "repository" / "docs"
    opened.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    assert reached(opened, tmp_path / "repository" / "Project.toml")
    assert not reached(opened, tmp_path / "other")


@pytest.mark.parametrize("theirs", [".git", "."])
def test_the_repository_of_somebody_else_above_does_not_count(
    tmp_path: Path, strangers: set[Path], theirs: str
) -> None:
    """Anybody can make a \".git\" in \"/tmp\"."""
    opened = tmp_path / "clone"
    opened.mkdir()
    (tmp_path / ".git").mkdir()
    assert reached(opened, tmp_path / "private")
    strangers.add(tmp_path / theirs)
    assert not reached(opened, tmp_path / "private")
    assert reached(opened, opened / "Project.toml")


def test_the_home_folder_is_not_opened_by_a_folder_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    (tmp_path / "Downloads").mkdir()
    assert not reached(tmp_path / "Downloads", tmp_path / ".ssh")


def depots(folder: Path) -> str | None:
    """Return the depots that count for a trusted project in a folder."""
    session = Session(Snapshot(Disk()), Settings(variables={"JULIA_LOAD_PATH": "@"}))
    return session.configured_for(folder / "Project.toml").settings.depots


def test_a_strangers_settings_above_a_folder_name_no_depot(
    tmp_path: Path, strangers: set[Path]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "Project.toml").write_text("")
    above = tmp_path / "precompass.toml"
    above.write_text('depot = "/srv/depot"\nwide-threshold = 3\n')
    assert depots(folder) == "/srv/depot"
    strangers.add(above)
    assert depots(folder) is None
    strangers.add(folder)  # which the user trusts
    assert depots(folder) == "/srv/depot"


@pytest.mark.parametrize("theirs", ["kept", "."])
def test_a_cache_that_others_may_write_to_is_not_used(
    tmp_path: Path, strangers: set[Path], theirs: str
) -> None:
    """An answer could be one that they chose."""
    kept, package = tmp_path / "kept", tmp_path / "Foo"
    (package / "src").mkdir(parents=True)
    entry = package / "src" / "Foo.jl"
    entry.write_text("module Foo\nend\n")
    source = PackageSource("Foo", None, package, entry, "ab" * 20)
    SourceCache(kept).read(source)
    assert len(list(kept.iterdir())) == 1
    assert kept.stat().st_mode & 0o077 == 0
    entry.write_text('module Foo\nusing Preferences\nconst a = @load_preference("a")\nend\n')
    assert not SourceCache(kept).read(source).reads
    strangers.add(tmp_path / theirs)
    assert SourceCache(kept).read(source).reads
    assert len(list(kept.iterdir())) == 1
