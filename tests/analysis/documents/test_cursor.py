"""What is being written at a cursor, in texts that are not TOML yet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.documents.cursor import Cursor, cursor_at


def at(text: str) -> Cursor:
    found = cursor_at(text.replace("¦", ""), text.index("¦"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "where", "path", "word"),
    [
        ("¦", "key", (), ""),
        ("na¦", "key", (), "na"),
        ("[de¦", "header", (), "de"),
        ("[preferences.C¦]\n", "header", ("preferences",), "C"),
        ("[[deps.¦", "header", ("deps",), ""),
        ("[deps]\nC¦\nB = 1\n", "key", ("deps",), "C"),
        ("[deps]\n# none\n\n¦", "key", ("deps",), ""),
        ('[deps] # all\n"C¦', "key", ("deps",), "C"),
        ("[a]\nx = 1\n[b.'c d']\nb.c¦ = 1", "key", ("b", "c d", "b"), "c"),
        ("[deps]\nB = ¦\n", "value", ("deps", "B"), ""),
        ('[deps]\nB = "1¦2"\n', "value", ("deps", "B"), "1"),
        ("[a]\nx = [¦", "value", ("a", "x"), ""),
        ('[a]\nx = [\n  "b",\n  "c¦\n]\ny = 2', "value", ("a", "x"), "c"),
        ("[a]\nx = [\ny = 1\nz¦", "key", ("a",), "z"),
        ("[s]\nA = {¦", "key", ("s", "A"), ""),
        ("[s]\nA = {path = 'b', u¦}", "key", ("s", "A"), "u"),
        ("[s]\nA = {path = 'b¦", "value", ("s", "A", "path"), "b"),
        ("[s]\nA = {x = 1}\nB¦", "key", ("s",), "B"),
        ("[s]\nA = {x = 1\nB¦", "key", ("s",), "B"),
        ("[s\nB¦", "key", (), "B"),
        ("[s]\r\nA = fa¦\r\n", "value", ("s", "A"), "fa"),
    ],
)
def test_the_place_of_a_cursor(text: str, where: str, path: tuple[str, ...], word: str) -> None:
    found = at(text)
    assert (found.where, found.path, found.word) == (where, path, word)


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("[deps]\nCS¦V = 1", "CSV"),
        ("[deps]\n¦CSV", "CSV"),
        ('x = "a b¦ c"', "a b c"),
        ('x = ["a¦]', "a"),
        ('x = ["a¦, "b"]', "a"),
        ("x = tr¦ # why", "tr"),
    ],
)
def test_the_word_reaches_behind_the_cursor(text: str, replaced: str) -> None:
    span = at(text).span
    assert text.replace("¦", "")[span.start : span.end] == replaced


def test_quotes_and_arrays_are_told() -> None:
    inside = at('x = ["a", "b¦"] # c')
    assert (inside.quote, inside.is_closed, inside.in_array, inside.rest) == (
        '"',
        True,
        True,
        "] # c",
    )
    outside = at("x = [¦\n")
    assert (outside.quote, outside.is_closed, outside.in_array) == ("", False, True)
    unfinished = at('x = "b¦')
    assert (unfinished.quote, unfinished.is_closed) == ('"', False)


@pytest.mark.parametrize("text", ["# de¦ps", "x = 1 # a¦", '"""\nx¦\n"""', "x = '''¦", 'x = "a"¦'])
def test_nothing_is_written_in_comments_and_long_texts(text: str) -> None:
    assert cursor_at(text.replace("¦", ""), text.index("¦")) is None


def test_a_backslash_at_the_end_of_a_line_does_not_carry_a_string_over() -> None:
    found = at('a = "b\\\nc¦')
    assert (found.where, found.word) == ("key", "c")


@given(st.text(alphabet="ab.=[]{}\"'#,\n\r \\é", max_size=60), st.integers(0, 60))
def test_any_text_is_read(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    found = cursor_at(text, offset)
    if found is not None:
        assert found.span.start <= offset <= found.span.end
        assert "\n" not in text[found.span.start : found.span.end]
        assert found.word == text[found.span.start : offset]


@pytest.mark.parametrize(
    "text",
    [
        "[deps]¦",
        "[deps] ¦",
        "[a]\nb ¦= 1",
        "a = 1 ¦",
        "a = [] ¦",
        'a = ["b" ¦]',
        'a = """b""" ¦',
        "a = {b = 1 ¦}",
    ],
)
def test_behind_a_header_a_key_or_a_value_nothing_can_be_written(text: str) -> None:
    assert cursor_at(text.replace("¦", ""), text.index("¦")) is None


def test_a_string_may_hold_brackets_and_commas() -> None:
    assert at('a = "1¦], 2"\n').is_closed
    assert not at('a = ["1¦, "2"]\n').is_closed
