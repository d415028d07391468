from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from precompass import __version__, cli
from precompass.cli import COMMANDS
from support.command_line import Command


def test_the_version(precompass: Command) -> None:
    assert precompass("--version") == (0, f"precompass {__version__}\n", "")
    assert precompass("check", "--version").out == f"precompass {__version__}\n"
    assert precompass("-V") == precompass("check", "-V") == precompass("--version")


def test_help_names_every_command(precompass: Command) -> None:
    outcome = precompass("--help")
    assert outcome.code == 0
    for command, purpose in COMMANDS.items():
        assert f"{command} " in outcome.out
        assert purpose in outcome.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_and_exit_codes(
    precompass: Command, command: str
) -> None:
    outcome = precompass(command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"usage: precompass {command} ")
    assert "examples:\n" in outcome.out
    assert "exit codes:\n" in outcome.out


def test_without_a_command_there_is_help_and_exit_code_2(precompass: Command) -> None:
    outcome = precompass()
    assert outcome.code == 2
    assert outcome.err == precompass("--help").out


def test_a_command_that_is_none(precompass: Command) -> None:
    assert precompass("chek") == (2, "", "error: there is no command chek; did you mean check?\n")


@pytest.mark.parametrize("word", ["Project.toml", "nowhere/LocalPreferences.toml", "."])
def test_a_file_in_the_place_of_a_command(precompass: Command, app: Path, word: str) -> None:
    assert (app / "Project.toml").is_file()
    expected = f"error: there is no command {word}; did you mean precompass check {word}?\n"
    assert precompass(word) == (2, "", expected)


def test_help_is_a_command_as_in_other_programs(precompass: Command) -> None:
    assert precompass("help") == (0, precompass("--help").out, "")
    assert precompass("help", "check") == (0, precompass("check", "--help").out, "")
    assert "did you mean check?" in precompass("help", "chek").err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["check", "--formt", "json"], "--format"),
        (["check", "--format", "jsn"], "json"),
        (["check", "--severity", "warnin"], "warning"),
        (["check", "--rule", "missing-compt=off"], "missing-compat"),
        (["check", "--rule", "missing-compat=warnin"], "warning"),
        (["rule", "missing-compt"], "missing-compat"),
        (["fix", "--code", "missing-compt"], "missing-compat"),
        (["explain", "Splnes"], "Splines"),
        (["explain", "Splnes.order"], "Splines"),
        (["graph", "Splnes", "--html", "x.html"], "Splines"),
        (["graph", "splines.x", "--html", "x.html", "--sevrity", "x"], ""),
        (["check", "--json"], "--format json"),
        (["graph", "Splines", "--format", "svg"], "--svg"),
        (["check", "--pdf"], ""),
        (["status", "."], "--project ."),
        (["status", "src"], "--project src"),
        (["status", "LocalPreferences.toml"], "--project ."),
        (["status", "nowhere"], ""),
        (["explain", "src"], "--project src"),
        (["why", "src"], "--project src"),
        (["version"], "--version"),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_is_misspelt_is_named_as_it_was_probably_meant(
    precompass: Command, arguments: list[str], meant: str
) -> None:
    outcome = precompass(*arguments)
    assert outcome.code == 2
    assert (f"did you mean {meant}?" in outcome.err) is bool(meant)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1.5", "warning: Precompass knows Julia 1.6 to 1.14; 1.5 is taken to behave as 1.6\n"),
        ("1.99", "warning: Precompass knows Julia 1.6 to 1.14; 1.99 is taken to behave as 1.14\n"),
        (
            "2.0.0",
            "warning: Precompass knows Julia 1.6 to 1.14; 2.0.0 is taken to behave as 1.14\n",
        ),
        ("1.6", ""),
        ("1.14.0-DEV", ""),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_julia_that_is_not_known(precompass: Command, version: str, sentence: str) -> None:
    assert precompass("check", "--no-depot", "--julia", version).err == sentence


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["check", "--nonsense"], ["check", "--format", "xml"]]
)
def test_an_option_that_is_none(precompass: Command, arguments: list[str]) -> None:
    outcome = precompass(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") <= 2  # no page of usage before the error
    assert "--help" in outcome.err


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        ("nowhere", "there is no folder nowhere"),
        ("src", "there is no project file in src"),
        ("LocalPreferences.toml", "LocalPreferences.toml is not a project file; name its folder"),
        ("Manifest.toml", "Manifest.toml is not a project file; name its folder"),
        ("@v1.11", "there is no environment @v1.11"),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_project_that_is_none(precompass: Command, project: str, reason: str) -> None:
    assert precompass("status", "--project", project) == (2, "", f"error: {reason}\n")


def test_a_depot_and_none_exclude_each_other(precompass: Command) -> None:
    assert "not allowed with" in precompass("check", "--depot", "x", "--no-depot").err


def test_a_failure_of_the_system_is_one_sentence(
    precompass: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: list[str]) -> int:
        raise PermissionError(13, "Permission denied", "/root/x")

    monkeypatch.setattr(cli, "_run", fail)
    assert precompass("check") == (2, "", "error: /root/x: Permission denied\n")


def test_an_interruption_gives_130(precompass: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupt)
    assert precompass("check") == (130, "", "error: interrupted\n")


COMMAND = [sys.executable, "-m", "precompass.cli"]


@pytest.mark.usefixtures("app")
def test_as_a_process() -> None:
    done = subprocess.run([*COMMAND, "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("LocalPreferences.toml:2:1: warning[global-skip-list]")
    assert done.stderr == ""


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.usefixtures("app")
def test_a_reader_that_goes_away_is_no_traceback(form: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "check", "--format", form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.usefixtures("app")
def test_text_that_the_terminal_cannot_write_is_said_in_ascii() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*COMMAND, "explain", "Meshes"], capture_output=True, check=False, env=environment
    )
    assert done.returncode == 0
    assert b"App -> Fields -> Meshes" in done.stdout


@pytest.mark.usefixtures("app")
def test_a_name_that_the_terminal_cannot_write_is_escaped(app: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    (app / "Grün").mkdir()
    done = subprocess.run(
        [*COMMAND, "check", "Grün"], capture_output=True, check=False, env=environment
    )
    assert done.stderr == b"warning: there are no Julia project files in Gr\\xfcn\n"


@pytest.mark.skipif(os.name == "nt", reason="a shell closes a stream")
@pytest.mark.usefixtures("app")
def test_a_standard_output_that_is_closed_is_no_traceback() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *COMMAND, "check"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.usefixtures("app")
def test_a_terminal_that_does_not_know_its_width(
    precompass: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "0")
    assert "App → Fields → Meshes" in precompass("explain", "Meshes").out


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    script = (
        "import os, sys; from precompass.cli import main;"
        f"os.mkdir({str(tmp_path / 'gone')!r}); os.chdir({str(tmp_path / 'gone')!r});"
        f"os.rmdir({str(tmp_path / 'gone')!r}); sys.exit(main(['check']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: ")
    assert done.stderr.count(b"\n") == 1


def test_help_and_version_load_nothing_that_takes_long() -> None:
    script = (
        "import sys; from precompass.cli import main; main(['--version']); main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('networkx', 'rich', 'tree_sitter')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_forms_for_programs_do_not_load_what_draws_text(form: str) -> None:
    script = (
        f"import sys; from precompass.cli import main; main(['check', '--format', {form!r}]);"
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0
