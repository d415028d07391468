"""A small application in a folder of its own, and the command line run in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.cli import main
from support.command_line import MANIFEST, PREFERENCES, PROJECT, Command, Outcome

SOURCE = "module App\nusing Fields, PrecompileTools, SnoopPrecompile, Splines\nend\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application that uses both generations of precompilation tools; we are in its folder."""
    folder = tmp_path / "App"
    folder.mkdir()
    (folder / "Project.toml").write_text(PROJECT)
    (folder / "Manifest.toml").write_text(MANIFEST)
    (folder / "LocalPreferences.toml").write_text(PREFERENCES)
    (folder / "src").mkdir()
    (folder / "src" / "App.jl").write_text(SOURCE)
    for name in ("JULIA_PROJECT", "JULIA_LOAD_PATH", "JULIA_DEPOT_PATH", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def precompass(app: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, run in the working directory."""
    assert app.is_dir()

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run
