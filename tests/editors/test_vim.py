"""Vim with ALE and with vim-lsp, from opening a file to the bytes on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from support.editor_instructions import code_block, follow_installation
from support.environments import write
from support.patience import PATIENCE, SESSION

HERE = Path(__file__).parent
VIM = shutil.which("vim")

pytestmark = pytest.mark.skipif(VIM is None, reason="vim is not on the PATH")

MARKS = {"ale": "packadd! ale", "vim-lsp": "packadd! vim-lsp"}
"""What tells the two parts of editors/vim/README.md from each other, by client."""


def _in_terminal(
    *arguments: str | Path, cwd: Path, variables: Mapping[str, str]
) -> tuple[int, str]:
    """Run Vim in a terminal; return its exit code and what it showed, escape sequences and all."""
    assert VIM is not None
    if sys.platform == "win32":
        pytest.skip("needs a terminal")
    ours, its = os.openpty()
    process = subprocess.Popen(
        [VIM, *arguments],
        cwd=cwd,
        env={**variables, "TERM": "xterm"},
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    shown: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # the end of a terminal
            while part := os.read(ours, 65536):
                shown.append(part)

    reader = Thread(target=read)
    reader.start()
    try:
        code = process.wait(SESSION)
    finally:
        process.kill()
        reader.join()
        os.close(ours)
    return code, b"".join(shown).decode(errors="replace")


@cache
def _has(client: str) -> bool:
    assert VIM is not None
    found = subprocess.run(
        [VIM, "-Nu", "NONE", "-es", "-c", f"packadd {client}", "-c", "qall"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return found.returncode == 0


@pytest.fixture(params=list(MARKS))
def client(request: pytest.FixtureRequest, variables: Mapping[str, str]) -> str:
    """The LSP client, set up as editors/vim/README.md says."""
    name = str(request.param)
    if not _has(name):
        pytest.skip(f"this Vim has no {name}")
    follow_installation("vim", variables)
    Path(variables["HOME"], ".vimrc").write_text(code_block("vim", "vim", MARKS[name]))
    return name


def _session(variables: Mapping[str, str], file: Path, **task: object) -> dict[str, Any]:
    """Let Vim do a task in a file; return its report, and with it what was shown."""
    report = file.parent.with_name("report.json")
    code, shown = _in_terminal(
        file.name,
        "-S",
        HERE / "vim_session.vim",
        cwd=file.parent,
        variables={
            **variables,
            "PRECOMPASS_TASK": json.dumps(task),
            "PRECOMPASS_REPORT": str(report),
            "PRECOMPASS_PATIENCE": str(PATIENCE),
        },
    )
    assert code == 0, shown
    told = json.loads(report.read_text())
    assert isinstance(told, dict)
    assert "failure" not in told, (told["failure"], shown)
    return {**told, "shown": shown}


@pytest.mark.parametrize("line_ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_user_sees_the_cost_and_moves_the_list_to_flags(
    client: str, variables: Mapping[str, str], environment: Path, after: Mapping[str, bytes]
) -> None:
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        client=client,
        diagnostic="recompiles 2 of 6 packages",
        hover="skip_precompile",
    )
    assert "2 of 6 packages" in " ".join(told["hover"].replace("*", "").split())
    assert "Move 2 packages to per-package flags" in told["shown"]
    assert {path.name: path.read_bytes() for path in environment.iterdir()} == after


def test_the_server_is_attached_to_its_own_files_alone(
    client: str, variables: Mapping[str, str], environment: Path
) -> None:
    served = ["JuliaManifest.toml", "Manifest-v1.11.toml", "precompass.toml"]
    others = ["Cargo.toml", "Manifest-old.toml", "MyProject.toml", "Project.jl"]
    write(environment / "other", dict.fromkeys([*served, *others], ""))
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        client=client,
        diagnostic="of 6 packages",
        visit=[f"other/{name}" for name in [*served, *others]],
        served=[f"other/{name}" for name in served],
    )
    # vim-lsp knows nothing but file types, as the README says.
    expected = served if client == "ale" else [*served, *others[:-1]]
    assert told["attached"] == [f"other/{name}" for name in expected]


def test_the_settings_reach_the_server(
    client: str, variables: Mapping[str, str], environment: Path
) -> None:
    settings = code_block("vim", "vim", "g:precompass_settings")
    assert "{'wideThreshold': 20}" in settings
    settings = settings.replace("20", "1").replace("/full/path/to/precompass-lsp", "precompass-lsp")
    vimrc = Path(variables["HOME"], ".vimrc")
    vimrc.write_text(vimrc.read_text() + settings)
    # CSV.threads, of which one package is too few to tell of by default.
    _session(
        variables,
        environment / "LocalPreferences.toml",
        client=client,
        diagnostic="Changing this preference recompiles 1 of 6 packages",
        visit=[],
    )


def test_what_the_server_does_is_in_a_log(
    client: str, variables: Mapping[str, str], environment: Path
) -> None:
    settings = code_block("vim", "vim", "g:precompass_log_file")
    assert "'~/precompass.log'" in settings
    vimrc = Path(variables["HOME"], ".vimrc")
    trace = "let g:precompass_settings = {'trace': 'messages'}\n"
    vimrc.write_text(vimrc.read_text() + trace + settings)
    _session(
        variables,
        environment / "LocalPreferences.toml",
        client=client,
        diagnostic="of 6 packages",
        visit=[],
    )
    log = Path(variables["HOME"], "precompass.log").read_text()
    assert "initialize: " in log
    assert "diagnostics LocalPreferences.toml: " in log


def test_one_server_serves_all_environments_of_a_repository(
    variables: Mapping[str, str], environment: Path
) -> None:
    follow_installation("vim", variables)
    repository = environment.parent
    (repository / ".git").mkdir()
    (repository.parent / "Project.toml").touch()
    (repository / "JuliaProject.toml").touch()
    write(repository, {"plain/deep/LocalPreferences.toml": ""})
    answers = repository / "answers"
    asked = [environment / "Manifest.toml", repository / "plain" / "deep" / "LocalPreferences.toml"]
    roots = ", ".join(f"precompass#root('{file}')" for file in asked)
    code, shown = _in_terminal(
        "-c",
        f"call writefile([{roots}], '{answers}')",
        "-c",
        "qall",
        cwd=repository,
        variables=variables,
    )
    assert code == 0, shown
    assert answers.read_text().splitlines() == [str(repository), str(repository)]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("PrecompassStatus", "packages"),
        ("PrecompassWhy", "The next `using`"),
        ("PrecompassCaches", "cache"),
    ],
)
def test_a_command_shows_what_the_program_says(
    command: str, said: str, variables: Mapping[str, str], environment: Path
) -> None:
    assert VIM is not None
    follow_installation("vim", variables)
    report = environment.with_name("shown.txt")
    steps = [command, "setlocal buftype=", f"silent write! {report}", "qall!"]
    subprocess.run(
        [VIM, "-es", "-i", "NONE", "Project.toml", *(f"+{step}" for step in steps)],
        cwd=environment,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        timeout=SESSION,
        check=False,
    )
    assert said in report.read_text()
    assert "Traceback" not in report.read_text()
