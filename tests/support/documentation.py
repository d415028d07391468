"""Pages of the documentation, and the programs that make some of them, for tests."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from support.shared_data import ROOT

PAGES = sorted(
    [
        *ROOT.joinpath("docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        *ROOT.glob("examples/*.md"),
        *ROOT.glob("editors/*.md"),
        *ROOT.glob("editors/*/*.md"),
    ]
)
"""All pages of the documentation, those of the editors and of the example among them."""

CODE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
"""A block of code: its language, its text."""


def prose(page: Path) -> str:
    """Return the text of a page without its blocks of code."""
    return CODE.sub("", page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of code in a language that stand on a page."""
    found = CODE.findall(page.read_text(encoding="utf-8"))
    return [text for of, text in found if of == language]


def module(path: str) -> ModuleType:
    """Return a Python file of the repository as a module, whether or not it can be imported."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
