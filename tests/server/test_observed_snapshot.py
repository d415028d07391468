"""Whether the disk has changed where an answer came from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk
from precompass_lsp.observed_snapshot import ObservedSnapshot


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "Project.toml"
    path.write_text('name = "Survey"\n')
    return path


def _write(path: Path) -> None:
    path.write_text('name = "Forest"\n')
    os.utime(path, ns=(1, 1))  # a file system may be too coarse to tell two writes apart


def _replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_text("x")
    other.replace(path)


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [_write, _replace, _make_folder, Path.unlink])
def test_a_file_that_was_read_changes(project: Path, change: Callable[[Path], None]) -> None:
    snapshot = ObservedSnapshot(Disk())
    assert snapshot.read(project) is not None
    assert not snapshot.has_changed()
    change(project)
    assert snapshot.has_changed()


def test_a_file_that_was_looked_for_appears(project: Path) -> None:
    snapshot = ObservedSnapshot(Disk())
    assert not snapshot.is_file(project.with_name("Manifest.toml"))
    assert not snapshot.has_changed()
    project.with_name("Manifest.toml").touch()
    assert snapshot.has_changed()


def test_a_file_where_nobody_looked_does_not_count(project: Path) -> None:
    snapshot = ObservedSnapshot(Disk())
    snapshot.read(project)
    project.with_name("Manifest.toml").touch()
    assert not snapshot.has_changed()


def test_an_open_text_counts_whatever_the_disk_says(project: Path) -> None:
    snapshot = ObservedSnapshot(Disk(), {project: ""})
    assert snapshot.is_file(project)
    assert snapshot.unreadable(project) == ""
    project.unlink()
    assert not snapshot.has_changed()


def test_a_snapshot_answers_with_what_it_saw_first(project: Path) -> None:
    snapshot = ObservedSnapshot(Disk())
    before = snapshot.read(project)
    _write(project)
    assert snapshot.read(project) == before
    assert snapshot.has_changed()
