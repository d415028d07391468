"""What pages show of the command line is what it prints.

A block of the language ``console`` holds commands, each behind ``$``, and what they print in the
folder of the example. A line with ``…`` alone stands for what is left out. In other blocks, and
within sentences, every command of the two programs has options that there are.
"""

from __future__ import annotations

import re
import shlex
from importlib import import_module

import pytest

from precompass.cli import COMMANDS, main
from precompass_lsp.__main__ import parser as server_parser
from support.documentation import PAGES, blocks
from support.shared_data import ROOT

EXAMPLE = ROOT / "examples" / "CatchmentModels"

SHOWN = [
    pytest.param(command, id=f"{page.name}: {command.splitlines()[0]}")
    for page in PAGES
    for block in blocks(page, "console")
    for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]
TOLD = sorted(
    {
        command
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for command in re.findall(
            r"(?:^ *|`|\$ )((?:precompass|precompass-lsp) [^`\n]+)", text, flags=re.MULTILINE
        )
    }
)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_command_prints_what_is_shown(
    shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    monkeypatch.setenv("COLUMNS", "80")
    command, _, output = shown.partition("\n")
    program, *arguments = shlex.split(command)
    assert program == "precompass"
    assert main(arguments) in (0, 1)
    printed = capsys.readouterr().out.rstrip("\n")
    pieces = [re.escape(piece.strip("\n")) for piece in re.split(r"(?m)^…$", output)]
    assert re.fullmatch("(?s:.*)".join(pieces), printed), printed


def test_the_readme_shows_a_real_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    monkeypatch.setenv("COLUMNS", "100")
    shown, *_ = blocks(ROOT / "README.md", "")
    assert main(["check", "LocalPreferences.toml"]) == 1
    assert capsys.readouterr().out.startswith(shown)


@pytest.mark.parametrize("command", TOLD)
def test_a_command_has_the_options_that_are_told(command: str) -> None:
    words = shlex.split(re.split(r" [|>#] | {2,}#?|#", command)[0].replace("\\", ""))
    if words[0] == "precompass-lsp":
        known = server_parser().format_help()
    elif words[1] in COMMANDS:
        known = import_module(f"precompass.cli.{words[1]}").parser().format_help()
    else:
        assert words[1] in ("--version", "--help", "COMMAND"), command
        return
    for option in words[1:]:
        if option.startswith("--"):
            assert re.search(rf"(?<![\w-]){re.escape(option.partition('=')[0])}\b", known), command
