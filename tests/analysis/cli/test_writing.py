"""All files are written, or none is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from precompass.cli.writing import CannotWrite, FileChange, write_all, write_output
from precompass.documents.text import SourceText
from support.special_files import make_pipe


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.toml").write_text("a = 1\n")
    (tmp_path / "two.toml").write_text("b = 1\n")
    return tmp_path


def change(path: Path, after: str) -> FileChange:
    return FileChange(path, SourceText(path.read_text()), after)


def state(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_are_written_and_made(folder: Path) -> None:
    write_all(
        [
            change(folder / "one.toml", "a = 2\n"),
            FileChange(folder / "new.toml", None, "c = 1\n"),
        ]
    )
    assert state(folder) == {"one.toml": "a = 2\n", "two.toml": "b = 1\n", "new.toml": "c = 1\n"}
    assert (folder / "new.toml").stat().st_mode & 0o777 == 0o666 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def refused(folder: Path, changes: list[FileChange]) -> CannotWrite:
    before = state(folder)
    with pytest.raises(CannotWrite) as caught:
        write_all(changes)
    assert state(folder) == before
    return caught.value


def test_nothing_is_written_if_one_file_has_changed(folder: Path) -> None:
    changes = [change(folder / "one.toml", "a = 2\n"), change(folder / "two.toml", "b = 2\n")]
    (folder / "two.toml").write_text("b = 3\n")
    failure = refused(folder, changes)
    assert failure.file == folder / "two.toml"
    assert failure.reason == "has changed since it was read"


def test_or_is_gone(folder: Path) -> None:
    changes = [change(folder / "one.toml", "a = 2\n"), change(folder / "two.toml", "b = 2\n")]
    (folder / "two.toml").unlink()
    assert refused(folder, changes).reason == "has changed since it was read"


def test_or_has_come(folder: Path) -> None:
    changes = [FileChange(folder / "two.toml", None, "b = 2\n")]
    assert refused(folder, changes).reason == "has changed since it was read"


def test_or_is_not_utf_8(folder: Path) -> None:
    source = SourceText("a = 1\n", invalid_utf8_at=0)
    assert refused(folder, [FileChange(folder / "one.toml", source, "")]).reason == "is not UTF-8"


def test_or_its_folder_is_gone(folder: Path) -> None:
    missing = FileChange(folder / "gone" / "x.toml", None, "x = 1\n")
    failure = refused(folder, [change(folder / "one.toml", "a = 2\n"), missing])
    assert failure.file == missing.file
    assert failure.reason.startswith("cannot be written (")


def test_or_may_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "two.toml")
    changes = [change(folder / "one.toml", "a = 2\n"), change(folder / "two.toml", "b = 2\n")]
    assert refused(folder, changes).reason == "may not be written"


def test_files_already_replaced_are_put_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's place may be taken between the last look at it and the replacement."""
    replace = Path.replace

    def fail_for_two(source: Path, target: Path) -> Path:
        if target.name == "two.toml":
            raise OSError(28, "No space left on device")
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", fail_for_two)
    changes = [
        change(folder / "one.toml", "a = 2\n"),
        FileChange(folder / "new.toml", None, "c = 1\n"),
        change(folder / "two.toml", "b = 2\n"),
    ]
    failure = refused(folder, changes)
    assert failure.file == folder / "two.toml"
    assert failure.reason == "cannot be replaced (No space left on device)"


def test_output_replaces_what_a_file_held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    write_output(Path("one.toml"), "é\n")
    assert (folder / "one.toml").read_bytes() == "é\n".encode()
    write_output(folder / "new.html", "x")
    assert (folder / "new.html").stat().st_mode & 0o777 == 0o666 & ~current_umask()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize(
    ("name", "link", "target"),
    [
        ("picture.html", "picture.html", "../secret"),
        ("picture.html", "picture.html", "one.toml"),
        ("picture.html", "picture.html", "../new"),
        ("out/secret", "out", ".."),
        ("./out/../out/secret", "out", ".."),
    ],
)
def test_output_does_not_follow_a_link_of_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, link: str, target: str
) -> None:
    clone = folder / "clone"
    clone.mkdir()
    (clone / "one.toml").write_text("a = 1\n")
    (folder / "secret").write_text("kept")
    (clone / link).symlink_to(target)
    monkeypatch.chdir(clone)
    with pytest.raises(OSError, match="name the file itself"):
        write_output(Path(name), "x")
    assert (folder / "secret").read_text() == "kept"
    assert (clone / "one.toml").read_text() == "a = 1\n"
    assert not (folder / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_links_in_the_root_are_the_systems(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many containers start programs in the root, where ``/dev/stdout`` is a link."""
    (folder / "link").symlink_to("real.svg")
    monkeypatch.chdir(folder.anchor)
    write_output(folder / "link", "x")
    assert (folder / "real.svg").read_text() == "x"


def test_output_into_a_pipe_that_nobody_reads_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pipe(folder / "picture.html")
    monkeypatch.chdir(folder)
    with pytest.raises(OSError, match="No such device"):
        write_output(Path("picture.html"), "x")


@pytest.mark.skipif(sys.platform == "win32", reason="devices of POSIX")
def test_output_may_go_to_a_device() -> None:
    write_output(Path("/dev/null"), "x")
