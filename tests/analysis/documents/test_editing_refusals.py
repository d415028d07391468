"""What an edit refuses, because the text would not say what is meant any more."""

from __future__ import annotations

import pytest

from precompass.documents.editing import (
    _checked,
    add_array_item,
    remove_array_items,
    rename_key,
    replace_table,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("b = 1\nc = 2\n", ("b",)),
        ("[a]\nb = 1\nc = 2\n", ("a", "b")),
        ("[a.b]\nx = 1\n[a.c]\nx = 1\n", ("a", "b")),
        ("[x.a.b]\nk = 1\n[x.a.c]\n", ("x", "a", "b")),
        ("[a]\nb.x = 1\nc.y = 2\n", ("a", "b")),
        ("[[b]]\nx = 1\n[[c]]\nx = 2\n", ("b",)),
    ],
)
def test_a_key_gets_no_name_that_its_table_has(text: str, path: tuple[str, ...]) -> None:
    assert rename_key(text, path, "c") is None


@pytest.mark.parametrize(
    ("text", "path", "renamed"),
    [
        ("c = 0\n[a]\nb = 1\n", ("a", "b"), "c = 0\n[a]\nc = 1\n"),
        ("[c]\n[x.b]\nk = 1\n", ("x", "b"), "[c]\n[x.c]\nk = 1\n"),
    ],
)
def test_a_table_above_may_have_the_name(text: str, path: tuple[str, ...], renamed: str) -> None:
    assert rename_key(text, path, "c") == renamed


def replaced(text: str) -> str | None:
    return replace_table(text, ("a",), ("c", "d"), "k", value=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nb = 1\n", "[c.d]\nk = false\n"),
        ("[a]\nb = 1 # beside\n# below\n", "[c.d]\nk = false # beside\n# below\n"),
        ("# above\n[a]\nb = [\n  1, # within\n]\n", None),
        ("[a]\nb = 1\nc = 2\n", None),
        ("[a]\n", None),
        ("a.b = 1\n", None),
        ("[a]\nb = 1\n[c.d]\n", None),
    ],
)
def test_a_table_is_replaced_with_its_line(text: str, expected: str | None) -> None:
    assert replaced(text) == expected


def test_an_array_of_headers_is_no_list() -> None:
    text = "[[a]]\nx = 1\n\n[[a]]\nx = 2\n"
    assert remove_array_items(text, ("a",), [{"x": 1}]) is None
    assert add_array_item(text, ("a",), "x") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = ["x"]\n', 'a = ["x", "y"]\n'),
        ('a = [\n  "x"\n]\n', 'a = [\n  "x",\n  "y"\n]\n'),
        ('a = [\n  "w", "x",\n]\n', 'a = [\n  "w", "x", "y",\n]\n'),
        ('a = [\n"x"\n]\n', 'a = [\n"x",\n"y"\n]\n'),
    ],
)
def test_a_new_item_has_its_own_line_if_the_last_one_has(text: str, expected: str) -> None:
    assert add_array_item(text, ("a",), "y") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = [1, 2, 3]\n", "a = [1, 3]\n"),
        ("a = [\n  1, 2,\n  3,\n]\n", "a = [\n  1,\n  3,\n]\n"),
        ("a = [\n  2, 1,\n  3,\n]\n", "a = [\n  1,\n  3,\n]\n"),
        ("a = [\n  2,\n  3,\n]\n", "a = [\n  3,\n]\n"),
    ],
)
def test_items_go_where_several_are_on_a_line(text: str, expected: str) -> None:
    assert remove_array_items(text, ("a",), [2]) == expected


def read_back(before: str, after: str) -> str | None:
    """What becomes of a change that is to leave all values as they are."""
    return _checked(before, after, lambda _: None)


@pytest.mark.parametrize(
    "after",
    [
        "b = 1\n",
        "a = 2\n",
        "a = true\n",
        "a = 1.0\n",
        "a = 0x1\n",
        'a = "1"\n',
        "a = [1]\n",
        "[a]\n",
        "a = 1\nb = 1\n",
        "a = \n",
        "a = 1 # new\n",
    ],
)
def test_a_text_that_reads_back_as_anything_else_is_not_written(after: str) -> None:
    """Whatever way of writing led to it: this is what no edit gets past."""
    assert read_back("a = 1\n", after) is None
    assert read_back(after, "a = 1\n") is None


@pytest.mark.parametrize("after", ["a = 1", "\na = 1\n", '"a" = 1\n', "a = +1\n"])
def test_a_text_that_reads_back_the_same_is_written(after: str) -> None:
    assert read_back("a = 1\n", after) == after


def test_no_number_reads_back_as_no_number() -> None:
    assert read_back("a = nan\n", "a  = nan\n") is not None
    assert read_back("a = nan\n", "a = inf\n") is None
