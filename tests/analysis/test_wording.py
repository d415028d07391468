"""How counts and lists are said."""

from __future__ import annotations

import pytest

from precompass.wording import counted, listed, recompiles_once


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 packages"), (1, "1 package"), (2, "2 packages"), (4165, "4,165 packages")],
)
def test_numbers_with_their_nouns(number: int, text: str) -> None:
    assert counted(number, "package") == text


def test_a_plural_of_its_own() -> None:
    assert counted(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["A"], "A"),
        (["B", "A"], "A and B"),
        (["c", "A", "B", "A"], "A, B and c"),
        ([*"ABCDEF"], "A, B, C, D, E and F"),
        ([*"ABCDEFG"], "A, B, C, D, E and 2 more"),
    ],
)
def test_lists_of_names(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_what_an_edit_recompiles() -> None:
    assert recompiles_once(0) == "recompiles nothing now"
    assert recompiles_once(1234) == "recompiles 1,234 packages once"
