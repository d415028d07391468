"""What ``Base.isidentifier`` says of names, and what the parser keeps for itself."""

from __future__ import annotations

import pytest

from precompass.julia.identifiers import can_be_module, is_identifier


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "_",
        "push!",
        "a!b",
        "x2",
        "Größe",
        "Δ",
        "x\u2032",
        "x̂",
        "xₙ",
        "€",
        "变量",
        "end",
        "where",
    ],
)
def test_identifiers(name: str) -> None:
    assert is_identifier(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "!",
        "!a",
        "2a",
        "a b",
        "a.b",
        "a-b",
        "a/b",
        "a\\b",
        "a\x00",
        "a\n",
        "a\xa0b",
        "a\u2013b",
        "«a»",
    ],
)
def test_texts_that_are_no_identifiers(name: str) -> None:
    assert not is_identifier(name)


def test_a_reserved_word_is_an_identifier_that_names_no_module() -> None:
    """``Meta.isidentifier("end")`` holds, and ``using end`` is a syntax error."""
    assert is_identifier("end")
    assert not can_be_module("end")
    assert can_be_module("where")  # no word of the language at the beginning of a statement
