"""``precompass completion``: what the shells themselves complete with the scripts.

Shells that are not installed are skipped; every script names every command and option.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from precompass.cli import COMMANDS
from precompass.rules import RULES
from support.command_line import Command
from support.patience import PATIENCE

SHELLS = ("bash", "zsh", "fish")
PROGRAMS = {shell: shutil.which(shell) for shell in SHELLS}

ASK_BASH = """\
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { :; }
_precompass
printf '%s\\n' "${COMPREPLY[@]}"
"""

CASES = [
    (["ch"], {"check"}),
    (["check", "--sev"], {"--severity"}),
    (["check", "--severity", "w"], {"warning"}),
    (["check", "--format", "git"], {"github", "gitlab"}),
    (["why", "--for", "p"], {"precompile"}),
    (["why", "--inline", "y"], {"yes"}),
    (["fix", "--code", "global-"], {"global-skip-list", "global-workload-switch"}),
    (["rule", "missing-c"], {"missing-compat"}),
    (["completion", "f"], {"fish"}),
]


@pytest.fixture
def script(request: pytest.FixtureRequest, precompass: Command, tmp_path: Path) -> Path:
    """The script of a shell, in a file."""
    found = precompass("completion", request.param)
    assert (found.code, found.err) == (0, "")
    file = tmp_path / "script"
    file.write_text(found.out)
    return file


def output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_a_script_names_every_command_option_and_rule(script: Path) -> None:
    text = script.read_text()
    for command in COMMANDS:
        assert command in text
        for action in import_module(f"precompass.cli.{command}").parser()._actions:
            for option in action.option_strings:
                assert option.lstrip("-") in text
    assert all(code in text for code in RULES)


@pytest.mark.skipif(PROGRAMS["bash"] is None, reason="bash is not installed")
@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize(("words", "expected"), CASES)
def test_bash(script: Path, words: list[str], expected: set[str]) -> None:
    bash = PROGRAMS["bash"]
    assert bash is not None
    said = output(bash, "-c", ASK_BASH, "bash", str(script), "precompass", *words)
    assert set(said.split()) == expected


@pytest.mark.skipif(PROGRAMS["bash"] is None, reason="bash is not installed")
@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_splits_words_at_an_equals_sign(script: Path) -> None:
    bash = PROGRAMS["bash"]
    assert bash is not None
    ask = (bash, "-c", ASK_BASH, "bash", str(script), "precompass", "check", "--severity")
    assert "warning" in output(*ask, "=").split()
    assert output(*ask, "=", "inf").split() == ["information"]


@pytest.mark.skipif(PROGRAMS["fish"] is None, reason="fish is not installed")
@pytest.mark.parametrize("script", ["fish"], indirect=True)
@pytest.mark.parametrize(("words", "expected"), CASES)
def test_fish(script: Path, words: list[str], expected: set[str]) -> None:
    fish = PROGRAMS["fish"]
    assert fish is not None
    ask = f"source {script}; complete -C 'precompass {' '.join(words)}'"
    said = output(fish, "--no-config", "-c", ask)
    assert expected <= {line.partition("\t")[0] for line in said.splitlines()}


@pytest.mark.skipif(PROGRAMS["zsh"] is None, reason="zsh is not installed")
@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_reads_the_script(script: Path) -> None:
    zsh = PROGRAMS["zsh"]
    assert zsh is not None
    ask = f"autoload -Uz compinit && compinit -u -D; source {script}; print $_comps[precompass]"
    assert output(zsh, "-f", "-c", ask) == "_precompass\n"


def test_a_shell_that_is_none(precompass: Command) -> None:
    found = precompass("completion", "bsh")
    assert found.code == 2
    assert "'bsh'" in found.err
