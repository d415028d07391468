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
    "text", ["Größe", "磁場", "∇²ϕ", "e\u0301", "\N{BLACK HEART SUIT}\N{VARIATION SELECTOR-16}"]
)
def test_letters_signs_accents_and_emoji_stay(text: str) -> None:
    assert visible(text) == text
