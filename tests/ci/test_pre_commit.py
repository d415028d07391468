"""The hook for pre-commit is started for the files that we understand, and starts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from precompass.cli import main
from precompass.files.kinds import file_kind
from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.shared_data import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
(HOOK,) = HOOKS

NAMES = [
    "JuliaLocalPreferences.toml",
    "JuliaManifest-v1.11.toml",
    "JuliaManifest.toml",
    "JuliaProject.toml",
    "LocalPreferences.toml",
    "Manifest-v1.12.toml",
    "Manifest.toml",
    "Project.toml",
    "precompass.toml",
    "Cargo.toml",
    "JuliaPrecompass.toml",
    "Juliaprecompass.toml",
    "Manifest-v1.toml",
    "Manifest-v1.11.1.toml",
    "Manifest.toml.orig",
    "MyProject.toml",
    "Project-v1.11.toml",
    "Project_toml",
    "precompass-toml",
    "project.toml",
    "pyproject.toml",
]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_started_for_the_files_that_check_takes(name: str) -> None:
    is_ours = file_kind(Path(name)) is not None
    for path in (name, f"docs/{name}", f"a b/Julia/{name}"):
        assert bool(re.search(HOOK["files"], path)) is is_ours, path


def test_its_command_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pre-commit starts it at the root of the repository, and names the files behind it."""
    for name, text in (("Project.toml", PROJECT), ("Manifest.toml", MANIFEST)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(HOOK["entry"])
    assert (program, HOOK["language"]) == ("precompass", "python")
    monkeypatch.setenv("JULIA_DEPOT_PATH", "")
    arguments += HOOK["args"]
    assert arguments[-1] == "--"  # a file may have a name that begins with a dash
    assert main([*arguments, "Project.toml", "Manifest.toml"]) == 0
    (tmp_path / "LocalPreferences.toml").write_text(PREFERENCES)
    assert main([*arguments, "LocalPreferences.toml"]) == 1
    assert "warning[global-skip-list]" in capsys.readouterr().out
