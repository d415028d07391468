"""What cannot be seen, or turns the direction of writing, is written as TOML escapes it."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from precompass.report.visible import visible


def test_no_control_or_format_character_is_left() -> None:
    unseen = (
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    assert [hex(ord(one)) for one in unseen if one in visible(one)] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error title=a::b", r"\u003A:error title=a::b"),
        ("in ::stop-commands::b", r"in \u003A:stop-commands::b"),
        ("\u3000::debug::b", "\u3000\\u003A:debug::b"),
        ("a##[add-mask]b", r"a\u0023#[add-mask]b"),
        ("###vso[task.debug]b", r"#\u0023#vso[task.debug]b"),
    ],
)
def test_what_a_log_of_ci_obeys_is_written_otherwise(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["f(x::Int)", "Base.Iterators", "a ::Int", "x::Int, y::Int", "## a [b]"]
)
def test_julia_s_types_and_comments_stay(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "text", ["Größe", "磁場", "∇²ϕ", "e\u0301", "\N{BLACK HEART SUIT}\N{VARIATION SELECTOR-16}"]
)
def test_letters_signs_accents_and_emoji_stay(text: str) -> None:
    assert visible(text) == text
