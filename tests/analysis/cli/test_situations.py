"""What surrounds a command is gone, closed or full: an answer or one sentence, never a stack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from precompass.cli import main
from precompass.user_cache import home_folder, user_cache
from support.patience import PATIENCE

PROJECT = 'name = "Survey"\n'

if sys.platform == "win32":
    pytest.skip("situations of POSIX", allow_module_level=True)


def run(
    folder: Path,
    *arguments: str,
    prepare: Callable[[], object] | None = None,
    output: str | None = None,
    variables: Mapping[str, str] = {},
) -> tuple[int, str]:
    """Run the command line in a folder; return its exit code, and what it said on both streams."""
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        **variables,
    }
    with open(output or os.devnull, "wb") as full:  # noqa: PTH123 - a device
        ran = subprocess.run(
            [sys.executable, "-m", "precompass.cli", *arguments],
            cwd=folder,
            env=environment,
            preexec_fn=prepare,
            stdin=subprocess.DEVNULL,
            stdout=full if output else subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    said = (ran.stdout or b"") + ran.stderr
    assert b"Traceback" not in said
    return ran.returncode, said.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Survey"
    folder.mkdir()
    (folder / "Project.toml").write_text(PROJECT)
    return folder


@pytest.mark.parametrize("command", ["check", "status", "fix"])
def test_a_working_directory_that_is_gone(tmp_path: Path, command: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    said = run(gone, command, prepare=gone.rmdir)
    assert said == (2, "error: the working directory is gone\n")


@pytest.mark.parametrize("command", ["check", "status"])
def test_an_output_without_room(folder: Path, command: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    said = run(folder, command, output="/dev/full")
    assert said == (2, "error: No space left on device\n")


PLACES = ("HOME", "XDG_CACHE_HOME", "PRECOMPASS_CACHE", "JULIA_DEPOT_PATH", "JULIA_LOAD_PATH")


@pytest.mark.parametrize("home", ["", "x", "/dev/null", "/nowhere", "/\udcff", "/" + "x" * 5000])
def test_places_of_the_users_that_are_none(folder: Path, home: str) -> None:
    code, _ = run(folder, "status", variables=dict.fromkeys(PLACES, home))
    assert code == 0


@pytest.mark.parametrize("command", ["check", "status", "why", "fix", "caches"])
def test_a_user_whom_the_system_does_not_know(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A container may run with ``--user 54321``, and without ``HOME``."""
    for name in ("HOME", "XDG_CACHE_HOME", "PRECOMPASS_CACHE", "JULIA_DEPOT_PATH"):
        monkeypatch.delenv(name, raising=False)

    def unknown(uid: int) -> object:
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.chdir(folder)
    assert main([command]) in (0, 1)
    assert "error" not in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["Project.toml"]


@pytest.mark.parametrize("home", [None, "", "x", "~"])
def test_a_home_that_is_none_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    """Neither does the working directory, which may be a repository."""
    monkeypatch.setattr(Path, "home", lambda: Path(home or ""))
    monkeypatch.delenv("PRECOMPASS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", home or "")
    assert home_folder().is_relative_to(os.devnull)
    if sys.platform == "linux":
        assert user_cache().is_relative_to(os.devnull)
