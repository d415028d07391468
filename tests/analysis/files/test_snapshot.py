"""Files as they are at one moment: an editor's open texts over the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import precompass.files.snapshot
from precompass.files.listings import MOST_NAMES
from precompass.files.snapshot import (
    MAX_FILE_SIZE,
    MAX_WRITTEN_SIZE,
    MOST_MARKS,
    Disk,
    Snapshot,
)
from precompass.julia.files import Files
from support.special_files import make_pipe, may_read_everything


def read(path: Path, disk: Disk | None = None) -> tuple[str | None, str]:
    """Return the text of a file, and why it cannot be read."""
    snapshot = Snapshot(disk or Disk())
    source = snapshot.read(path)
    return (source.text if source is not None else None), snapshot.unreadable(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    path.write_bytes(b"\xef\xbb\xbfname = 1\r\n")
    assert read(path) == ("name = 1\r\n", "")


def test_what_is_not_there_has_no_text_and_no_reason(tmp_path: Path) -> None:
    assert read(tmp_path / "Project.toml") == (None, "")
    assert read(tmp_path) == (None, "")


def test_an_open_text_lies_over_the_disk(tmp_path: Path) -> None:
    on_disk, only_open = tmp_path / "Project.toml", tmp_path / "LocalPreferences.toml"
    on_disk.write_text("old")
    snapshot = Snapshot(Disk(), {on_disk: "new", only_open: ""})
    source = snapshot.read(on_disk)
    assert source is not None
    assert source.text == "new"
    assert snapshot.is_file(only_open)
    assert snapshot.is_open(only_open)
    assert not Snapshot(Disk()).is_file(only_open)


def test_a_snapshot_stays_as_it_is(tmp_path: Path) -> None:
    path, other = tmp_path / "Project.toml", tmp_path / "Manifest.toml"
    path.write_text("one")
    disk = Disk()
    snapshot = Snapshot(disk)  # one moment
    snapshot.read(path)
    assert not snapshot.is_file(other)
    path.write_text("another")
    other.write_text("new")
    source = snapshot.read(path)
    assert source is not None
    assert source.text == "one"
    assert not snapshot.is_file(other)
    assert read(path, disk) == ("another", "")


def test_an_answer_about_a_path_is_computed_once_for_each_moment(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    path.write_text("one")
    asked: list[Path] = []

    def length(files: Files, path: Path) -> int:
        asked.append(path)
        source = files.read(path)
        return len(source.text) if source is not None else 0

    disk = Disk()
    snapshot = Snapshot(disk)
    assert [snapshot.once(length, path) for _ in range(2)] == [3, 3]
    path.write_text("another")
    assert snapshot.once(length, path) == 3
    assert Snapshot(disk).once(length, path) == 7
    assert len(asked) == 2


def test_without_open_texts_the_files_are_as_they_are_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    path.write_text("old")
    closed, opened = Snapshot(Disk()), Snapshot(Disk(), {path: "new"})
    assert closed.saved() is closed
    source = opened.saved().read(path)
    assert source is not None
    assert source.text == "old"


def test_the_disk_is_read_again_only_when_the_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Project.toml"
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    disk = Disk()
    assert read(path, disk) == ("one", "")
    opened: list[Path] = []
    real = Path.open

    def counted(self: Path, *args: object, **kwargs: object) -> object:
        opened.append(self)
        return real(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", counted)
    assert read(path, disk) == ("one", "")
    assert opened == []
    for time, change in enumerate(("two", "longer"), 2):
        path.write_text(change)
        os.utime(path, ns=(time, time))
        assert read(path, disk) == (change, "")
    path.rename(tmp_path / "moved")
    assert read(path, disk) == (None, "")


# What cannot be read


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    make_pipe(path)
    assert read(path) == (None, "it is not a regular file")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "Manifest.toml"
    path.symlink_to("/dev/zero")
    assert read(path) == (None, "it is not a regular file")


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precompass.files.snapshot, "MAX_FILE_SIZE", 2**20)
    path = tmp_path / "Manifest.toml"
    with path.open("wb") as stream:
        stream.truncate(2**20 + 1)
    assert read(path) == (None, "it is larger than 1 MiB")


def test_a_file_that_people_write_is_not_read_sooner(tmp_path: Path) -> None:
    for name, is_read in (("Project.toml", False), ("Manifest.toml", True)):
        path = tmp_path / name
        path.write_text("#" * (MAX_WRITTEN_SIZE + 1))
        assert (read(path)[0] is not None) == is_read


def test_a_huge_text_in_an_editor_is_not_looked_at() -> None:
    path = Path("/no/such/folder/Manifest.toml")
    fitting, huge = "#" * MAX_FILE_SIZE, "#" * (MAX_FILE_SIZE + 1)
    assert Snapshot(Disk(), {path: fitting}).read(path) is not None
    snapshot = Snapshot(Disk(), {path: huge})
    assert snapshot.read(path) is None
    assert snapshot.unreadable(path) == "it is larger than 4 MiB"
    assert snapshot.is_too_large(path)
    assert not Snapshot(Disk(), {path: fitting}).is_too_large(path)


def test_a_manifest_of_a_hundred_thousand_lines_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "Manifest.toml"
    fitting, huge = "# a\n" * MOST_MARKS, "# a\n" * (MOST_MARKS + 1)
    for text, is_read in ((fitting, True), (huge, False)):
        path.write_text(text)
        for snapshot in (Snapshot(Disk()), Snapshot(Disk(), {path: text})):
            assert (snapshot.read(path) is not None) == is_read
            assert snapshot.is_too_large(path) == (not is_read)
    assert read(path) == (None, "it has more than 150,000 lines, brackets and commas")


def test_a_circle_of_links_is_told(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    path.symlink_to(path)
    text, reason = read(path)
    assert text is None
    assert "symbolic links" in reason
    assert not Snapshot(Disk()).is_file(path)


@pytest.mark.skipif(may_read_everything(), reason="root may read everything")
def test_a_forbidden_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "Project.toml"
    path.write_text("")
    path.chmod(0)
    assert read(path) == (None, "Permission denied")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_names_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    text, reason = read(path)
    assert text is None
    assert reason
    assert not Snapshot(Disk()).is_file(path)
    assert not Snapshot(Disk()).same_folder(path, tmp_path)


def test_folders_are_the_same_whatever_they_are_called(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    snapshot = Snapshot(Disk())
    assert snapshot.same_folder(tmp_path / "real", tmp_path / "link" / ".")
    assert not snapshot.same_folder(tmp_path / "real", tmp_path)
    assert not snapshot.same_folder(tmp_path / "real", tmp_path / "missing")


# The names in a folder


def test_the_names_in_a_folder_are_those_on_disk_and_those_that_are_open(tmp_path: Path) -> None:
    """In lower case: some file systems do not tell ``manifest.toml`` from ``Manifest.toml``."""
    (tmp_path / "Manifest.toml").write_text("")
    (tmp_path / "src").mkdir()
    snapshot = Snapshot(Disk(), {tmp_path / "Project.toml": "", tmp_path / "src" / "a.toml": ""})
    assert snapshot.toml_names_in(tmp_path) == frozenset({"manifest.toml", "project.toml"})


def test_the_names_in_a_folder_that_is_not_there_are_not_known(tmp_path: Path) -> None:
    assert Snapshot(Disk()).toml_names_in(tmp_path / "nowhere") is None


def test_the_names_in_a_folder_with_too_many_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "Manifest.toml").touch()
    for number in range(MOST_NAMES - 1):
        (tmp_path / f"{number}").touch()
    assert Snapshot(Disk()).toml_names_in(tmp_path) == frozenset({"manifest.toml"})
    (tmp_path / "one-more").touch()
    assert Snapshot(Disk()).toml_names_in(tmp_path) is None


def test_files_with_the_same_bytes_share_their_text(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path, text in zip(paths, ("a = 1", "a = 1", "a = 2"), strict=True):
        path.write_text(text)
    one, two, three = (Snapshot(disk).read(path) for disk in [Disk()] for path in paths)
    assert one is two
    assert three is not None
    assert three.text == "a = 2"
