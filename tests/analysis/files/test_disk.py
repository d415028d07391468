"""The gate to the disk: a regular file, a folder, or nothing; never an exception, never a wait."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.disk import NotRegularError

TOO_LONG = "x" * 300
ODD_NAMES = (TOO_LONG, "with\0nul", "\udcff not UTF-8")

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that may not be entered: for root, too, for whom no mode closes anything."""
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "Project.toml").touch()
    for name in ("stat", "lstat", "open", "scandir"):
        real = getattr(os, name)

        def refusing(path, *rest, _real=real, **named):  # type: ignore[no-untyped-def]
            if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(folder):
                raise PermissionError(13, "Permission denied", os.fspath(path))
            return _real(path, *rest, **named)

        monkeypatch.setattr(os, name, refusing)
    return folder


def test_a_place_that_may_not_be_entered_is_not_there(closed: Path) -> None:
    inside = closed / "Project.toml"
    assert not disk.is_file(inside)
    assert not disk.is_folder(inside)
    assert not disk.is_there(inside)
    assert disk.status(inside) is None
    assert disk.link_status(inside) is None
    assert not disk.is_same(inside, inside)
    assert disk.names(closed) == ()
    assert disk.entries(closed) == ()


def test_the_log_names_such_a_place_once(closed: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "precompass.files.disk"):
        disk.is_file(closed / "Project.toml")
        disk.is_folder(closed / "Project.toml")
        disk.is_file(closed.parent / "not there")
    (message,) = caplog.messages
    assert message.endswith("Project.toml cannot be entered or read: Permission denied")


@pytest.mark.parametrize("name", ODD_NAMES, ids=["too long", "NUL", "not UTF-8"])
def test_a_name_that_no_file_has_is_not_there(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert not disk.is_file(path)
    assert not disk.is_folder(path / "below")
    assert disk.entries(path) == ()
    assert disk.real_path(path)
    with pytest.raises(OSError):  # noqa: PT011 - of several kinds
        disk.read_file(path, 10)


def test_a_regular_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "Manifest.toml"
    path.write_bytes(b"0123456789")
    assert disk.is_file(path)
    assert disk.read_file(path, 4) == b"0123"
    assert disk.read_file(path, 100) == b"0123456789"
    assert disk.read_file(path, 0) == b""


def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such files")
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "socket", tmp_path / "link", tmp_path):
        assert not disk.is_file(path)
        with pytest.raises(OSError):  # noqa: PT011 - a socket cannot even be opened
            disk.read_file(path, 10)
    with pytest.raises(NotRegularError, match="not a regular file"):
        disk.open_file(tmp_path / "pipe")
    listening.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_the_stated_size_is_not_believed() -> None:
    stated = disk.status("/proc/self/status")
    assert stated is not None
    assert stated.st_size == 0
    assert disk.read_file("/proc/self/status", 5) == b"Name:"


@needs_posix
def test_entries_say_what_links_lead_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "to-folder").symlink_to("folder")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").touch()
    found = [(entry.name, entry.is_folder, entry.is_link) for entry in disk.entries(tmp_path)]
    assert found == [
        ("circle", False, True),
        ("file", False, False),
        ("folder", True, False),
        ("to-folder", True, True),
    ]
    assert [entry.name for entry in disk.entries(tmp_path, 0)] == []
