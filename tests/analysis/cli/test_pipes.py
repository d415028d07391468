"""What goes into a pipe has whole lines, in which a place is one piece of text.

The folder has blanks in its name and is longer than a terminal is wide.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.command_line import Command

NAME = "a folder with blanks in its name/" + " and ".join(["another that is long"] * 6)
FILE = f"{NAME}/LocalPreferences.toml"


@pytest.fixture
def elsewhere(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application in a folder with a long name; the working directory is far above it."""
    shutil.copytree(app, app.parent / "far" / NAME)
    monkeypatch.chdir(app.parent / "far")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["check", NAME], f"{FILE}:2:1: warning[global-skip-list] Changing this list recompiles "),
        (
            ["explain", "--project", NAME, "SnoopPrecompile.skip_precompile"],
            f'  value         ["Splines", "Meshes"], from {FILE}:2\n',
        ),
        (["status", "--project", NAME], f"  project       {NAME}/Project.toml\n"),
        (["status", "--project", NAME], f" from {FILE}:2: changing it recompiles "),
        (["fix", "--diff", "--code", "global-skip-list", NAME], f"--- a/{FILE}\n+++ b/{FILE}\n"),
        (["why", "--project", NAME], f"{NAME}/src/App.jl"),
        (
            ["caches", "--project", NAME],
            "No cache files found. Run `Pkg.precompile()` to make them.\n",
        ),
        (["diff", "../App", NAME], "2 preferences changed: "),
    ],
)
@pytest.mark.usefixtures("elsewhere")
def test_no_line_is_wrapped(precompass: Command, arguments: list[str], line: str) -> None:
    if arguments[0] == "why":
        Path(NAME, "src", "App.jl").unlink()
    if arguments[0] == "diff":
        Path(FILE).write_text("[Splines]\norder = 2\n")
    shown = precompass(*arguments).out
    assert line in shown
    further = [text for text in shown.splitlines() if text.startswith(" " * 12 + "and ")]
    assert not further  # a wrapped line goes on below its first word
