"""Where the demo is played: the terminal, copies of the example, and the claims that are made."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from example_files import EXAMPLE, PREFERENCES
from rich.text import Text

from precompass.report.console import make_console, print_hanging

_WIDTH = 100  # columns of what is shown


class Stage:
    """The terminal, a folder for the copies, and how many claims did not hold.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.console = make_console()
        self.console.width = min(self.console.width, _WIDTH)  # a pipe has no width of its own
        self.failures = 0
        self._answers: dict[tuple[str, ...], dict[str, Any]] = {}
        # Nothing of this machine's Julia may change the numbers.
        self.variables = {
            **os.environ,
            "JULIA_DEPOT_PATH": str(folder / "depot"),
            "JULIA_LOAD_PATH": "@",
            "COLUMNS": str(self.console.width),
        }
        self.variables.pop("JULIA_PROJECT", None)

    def heading(self, title: str) -> None:
        """Begin a part."""
        self.console.print()
        self.console.rule(Text(title, "bold"), align="left", style="blue")

    def say(self, text: str) -> None:
        """Tell something."""
        self.console.print(Text(text))

    def claim(self, sentence: str, holds: bool) -> None:
        """Say whether something holds that has just been looked at."""
        self.failures += not holds
        mark = Text("✓ ", "bold green") if holds else Text("✗ NOT TRUE: ", "bold red")
        print_hanging(self.console, mark, Text(sentence))

    def show(self, *arguments: str, where: str) -> None:
        """Run ``precompass`` in a copy, and show the command and what it says."""
        self.console.print()
        self.console.print(Text(f"$ precompass {shlex.join(arguments)}", "bold"))
        self.console.file.flush()
        color = "always" if self.console.is_terminal else "never"
        self.run(*arguments, "--color", color, where=where)

    def ask(self, *arguments: str, where: str) -> dict[str, Any]:
        """Return what ``precompass`` answers in a copy, as data; the same question once only."""
        question = (where, *arguments)
        if question not in self._answers:
            result = self.run(*arguments, "--format", "json", where=where, output=subprocess.PIPE)
            self._answers[question] = json.loads(result.stdout)
        return self._answers[question]

    def explain(self, preference: str, where: str) -> dict[str, Any]:
        """Return what a change of a preference costs in a copy."""
        return self.ask("explain", preference, where=where)

    def run(
        self, *arguments: str, where: str, output: int | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``precompass`` in a copy; its output goes to the terminal or where *output* says."""
        command = [sys.executable, "-m", "precompass.cli", *arguments]
        result = subprocess.run(  # noqa: S603
            command,
            cwd=self.folder / where,
            env=self.variables,
            stdout=output,
            stderr=subprocess.STDOUT if output is None else subprocess.DEVNULL,
            check=False,
        )
        if result.returncode not in (0, 1):
            raise SystemExit(f"{shlex.join(command)} ended with {result.returncode}")
        return result

    def copy(self, name: str, preferences: str | None = None) -> Path:
        """Make a copy of the example, or one with other preferences, and return its folder."""
        shutil.copytree(EXAMPLE, self.folder / name)
        if preferences is not None:
            (self.folder / name / PREFERENCES).write_bytes(preferences.encode())
        return self.folder / name
