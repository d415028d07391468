"""The steps that a README of ``editors/`` tells, for tests that follow them to the letter."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from textwrap import dedent

from support.shared_data import ROOT

EDITORS = ROOT / "editors"

_BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def code_blocks(editor: str, language: str) -> list[str]:
    """Return the code in a language that stands in an editor's README."""
    text = EDITORS.joinpath(editor, "README.md").read_text()
    return [dedent(code) for of, code in _BLOCK.findall(text) if of == language]


def code_block(editor: str, language: str, mark: str) -> str:
    """Return the one piece of code in an editor's README that contains a mark."""
    (found,) = [code for code in code_blocks(editor, language) if mark in code]
    return found


def follow_installation(editor: str, variables: Mapping[str, str]) -> None:
    """Run the first piece of shell code of an editor's README at the root of the repository."""
    subprocess.run(
        ["sh", "-e", "-c", code_blocks(editor, "sh")[0]],
        cwd=ROOT,
        env=variables,
        check=True,
        stdin=subprocess.DEVNULL,
    )
