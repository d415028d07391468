"""Emacs with Eglot and with lsp-mode, from opening a file to the bytes on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.editor_instructions import EDITORS, code_block, follow_installation
from support.environments import write
from support.patience import PATIENCE, SESSION

HERE = Path(__file__).parent
EMACS = shutil.which("emacs")

pytestmark = pytest.mark.skipif(EMACS is None, reason="emacs is not on the PATH")


def _run(*arguments: str | Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    assert EMACS is not None
    return subprocess.run(
        [EMACS, "--batch", *arguments],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SESSION,
        check=False,
    )


MARKS = {"eglot": "#'eglot-ensure", "lsp-mode": "#'lsp)"}
"""What tells the two parts of editors/emacs/README.md from each other, by client."""


@cache
def _has(client: str) -> bool:
    found = _run("-f", "package-activate-all", "-l", client, variables=os.environ)
    return found.returncode == 0


@pytest.fixture(params=list(MARKS))
def client(request: pytest.FixtureRequest, variables: Mapping[str, str]) -> str:
    """The LSP client, set up as editors/emacs/README.md says."""
    name = str(request.param)
    if not _has(name):
        pytest.skip(f"this Emacs has no {name}")
    Path(variables["HOME"], ".emacs.d").mkdir()
    follow_installation("emacs", variables)
    init = Path(variables["HOME"], ".emacs.d", "init.el")
    init.write_text(code_block("emacs", "elisp", MARKS[name]))
    return name


def _session(variables: Mapping[str, str], file: Path, **task: object) -> dict[str, Any]:
    """Let Emacs do a task in a file; return its report."""
    report = file.parent.with_name("report.json")
    # Batch mode leaves out what Emacs does by itself when it is started by a user: to activate
    # the packages, and to load the init file.
    ended = _run(
        "-f",
        "package-activate-all",
        "-l",
        Path(variables["HOME"], ".emacs.d", "init.el"),
        "-l",
        HERE / "emacs_session.el",
        variables={
            **variables,
            "PRECOMPASS_TASK": json.dumps({"file": str(file), **task}),
            "PRECOMPASS_REPORT": str(report),
            "PRECOMPASS_PATIENCE": str(PATIENCE),
        },
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(report.read_text())
    assert isinstance(told, dict)
    assert "failure" not in told, (told["failure"], ended.stderr)
    return told


@pytest.mark.parametrize("line_ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_user_sees_the_cost_and_moves_the_list_to_flags(
    client: str,
    line_ending: str,
    variables: Mapping[str, str],
    environment: Path,
    after: Mapping[str, bytes],
) -> None:
    # Where Eglot itself opens a file for an edit, it doubles the CR of each inserted line.
    opens_both = client == "eglot" and line_ending == "\r\n"
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="recompiles 2 of 6 packages",
        visit=[str(environment / "Project.toml")] if opens_both else [],
        hover="skip_precompile",
        action="Move 2 packages",
    )
    assert "2 of 6 packages" in told["hover"].replace("*", "")
    assert told["offered"][0].startswith("Move 2 packages to per-package flags")
    assert {path.name: path.read_bytes() for path in environment.iterdir()} == after


@pytest.mark.usefixtures("client")
def test_the_server_is_attached_to_its_own_files_alone(
    variables: Mapping[str, str], environment: Path
) -> None:
    served = ["JuliaManifest.toml", "Manifest-v1.11.toml", "precompass.toml"]
    others = ["Cargo.toml", "Manifest-old.toml", "MyProject.toml", "Project.jl"]
    visited = [environment / "other" / name for name in [*served, *others]]
    write(environment / "other", {file.name: "" for file in visited})
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        visit=[str(file) for file in visited],
        served=served,
    )
    assert told["attached"] == served


@pytest.mark.usefixtures("client")
def test_the_settings_reach_the_server(variables: Mapping[str, str], environment: Path) -> None:
    init = Path(variables["HOME"], ".emacs.d", "init.el")
    settings = code_block("emacs", "elisp", "precompass-settings")
    assert ":wideThreshold 20" in settings
    init.write_text(settings.replace("20", "1") + init.read_text())
    # CSV.threads, of which one package is too few to tell of by default.
    _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="Changing this preference recompiles 1 of 6 packages",
    )


@pytest.mark.usefixtures("client")
def test_what_the_server_does_is_shown(variables: Mapping[str, str], environment: Path) -> None:
    init = Path(variables["HOME"], ".emacs.d", "init.el")
    settings = code_block("emacs", "elisp", "precompass-settings")
    init.write_text(settings.replace(":wideThreshold 20", ':trace "messages"') + init.read_text())
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        explain="threads",
        trace="workspace/executeCommand: ",
    )
    assert "workspace/executeCommand: " in told["trace"]


SERVER_THAT_SENDS_TWO_AT_ONCE = """\
import json, sys

def send(*messages):
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    parts = [b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body) for body in bodies]
    sys.stdout.buffer.write(b"".join(parts))
    sys.stdout.buffer.flush()

def diagnostic(message):
    start = {"line": 0, "character": 0}
    return {"range": {"start": start, "end": start}, "message": message}

page = {"title": "a page", "markdown": "what is asked", "html": "<!doctype html>"}
capabilities = {"textDocumentSync": 1, "executeCommandProvider": {"commands": []}}
answers = {"initialize": {"capabilities": capabilities}, "workspace/executeCommand": page}
uri, pages = None, 0
while header := sys.stdin.buffer.readline():
    length = int(header.split()[1])
    while sys.stdin.buffer.readline().strip():
        pass
    message = json.loads(sys.stdin.buffer.read(length))
    sent = []
    if message.get("id") is not None and "method" in message:
        sent.append({"id": message["id"], "result": answers.get(message["method"])})
    if message.get("method") == "textDocument/didOpen":
        uri = message["params"]["textDocument"]["uri"]
        found = {"uri": uri, "diagnostics": [diagnostic("the first finding")]}
        sent.append({"method": "textDocument/publishDiagnostics", "params": found})
    if message.get("method") == "workspace/executeCommand":
        pages += 1
        found = {"uri": uri, "diagnostics": [diagnostic(f"what came with answer {pages}")]}
        sent.append({"method": "textDocument/publishDiagnostics", "params": found})
    if sent:
        send(*sent)
    if message.get("method") == "exit":
        break
"""


@pytest.mark.usefixtures("client")
def test_nothing_that_comes_together_with_an_answer_is_lost(
    variables: Mapping[str, str], environment: Path, tmp_path: Path
) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER_THAT_SENDS_TWO_AT_ONCE)
    init = Path(variables["HOME"], ".emacs.d", "init.el")
    command = f'(setq precompass-command \'("{sys.executable}" "{server}"))\n'
    init.write_text(command + init.read_text())
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="the first finding",
        explain="threads",
        later="what came with answer 2",
    )
    assert told["explanation"] == "what is asked"


@pytest.mark.usefixtures("client")
def test_a_preference_is_explained_and_drawn(
    variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        explain="threads",
    )
    assert "Changing it recompiles 1 of 6 packages" in told["explanation"]
    assert told["picture"].startswith("<!doctype html>")
    assert "CSV.threads" in told["picture"]


@pytest.mark.usefixtures("client")
def test_the_project_its_caches_and_what_is_pending_are_shown(
    variables: Mapping[str, str], environment: Path
) -> None:
    told = _session(
        variables,
        environment / "LocalPreferences.toml",
        diagnostic="of 6 packages",
        project=True,
    )
    assert "**manifest:** Manifest.toml" in told["status"]
    assert "precompass caches PACKAGE --delete" in told["caches"]
    assert told["pending"].startswith("<!doctype html>")
    assert "The next using" in told["pending"]


@pytest.mark.parametrize("loaded", ["", *MARKS])
def test_it_compiles_without_a_warning(
    tmp_path: Path, variables: Mapping[str, str], loaded: str
) -> None:
    if loaded and not _has(loaded):
        pytest.skip(f"this Emacs has no {loaded}")
    shutil.copy(EDITORS / "emacs" / "precompass.el", tmp_path)
    ended = _run(
        *(["-f", "package-activate-all", "-l", loaded] if loaded else ["-Q"]),
        "--eval",
        "(setq byte-compile-error-on-warn t)",
        "-f",
        "batch-byte-compile",
        tmp_path / "precompass.el",
        variables=variables,
    )
    assert ended.returncode == 0, ended.stderr
    assert "precompass.el" not in ended.stderr


def test_its_documentation_is_in_the_form_of_emacs(variables: Mapping[str, str]) -> None:
    file = EDITORS / "emacs" / "precompass.el"
    ended = _run("-Q", "--eval", f'(checkdoc-file "{file}")', variables=variables)
    assert not ended.stderr


def test_it_is_a_package_like_others() -> None:
    found = _run(
        "-f",
        "package-activate-all",
        "-l",
        "package-lint",
        "--eval",
        "(setq package-lint-batch-fail-on-warnings nil)",
        "-f",
        "package-lint-batch-and-exit",
        EDITORS / "emacs" / "precompass.el",
        variables=os.environ,
    )
    if "Cannot open load file" in found.stderr:
        pytest.skip("this Emacs has no package-lint")
    assert found.returncode == 0, found.stderr
    # A client may be loaded late or never, so it cannot be told of the server at once.
    told = [line for line in found.stderr.splitlines() if line.startswith("precompass.el:")]
    assert all("`with-eval-after-load' is for use in configurations" in line for line in told)
