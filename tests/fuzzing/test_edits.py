"""A few of the edits that ``make attack`` makes: each leaves a right file behind."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from precompass.documents.text import Span, TextEdit
from precompass.findings import FileEdit


@pytest.fixture(scope="module")
def edits() -> ModuleType:
    """The program that makes every edit that is offered."""
    spec = importlib.util.spec_from_file_location("edits", Path(__file__).with_name("edits.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["edits"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [0, 1])
def test_the_edits_of_sixty_inputs(
    edits: ModuleType, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "SLOWEST", float("inf"))  # which a slow machine would exceed
    (said,) = edits.go(seed, 60)
    assert "60 inputs; " in said


@pytest.mark.parametrize(
    ("before", "changes", "message"),
    [
        ("a = 1", [(0, 9, "")], "is not in the text"),
        ("a = 1", [(0, 3, ""), (2, 4, "")], "overlaps another one"),
        ("a = 1", [(4, 5, "")], "what was valid is no longer"),
        ("b = 1", [(0, 1, "c")], "the edit is of another text"),
    ],
)
def test_a_wrong_edit_is_noticed(
    edits: ModuleType, before: str, changes: list[tuple[int, int, str]], message: str
) -> None:
    made = tuple(TextEdit(Span(start, end), text) for start, end, text in changes)
    edit = FileEdit(Path("/x/Project.toml"), before, made)
    with pytest.raises(edits.WrongEditError, match=message):
        edits.applied({"Project.toml": "a = 1"}, (edit,))
