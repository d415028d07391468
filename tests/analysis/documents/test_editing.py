"""Changes of TOML texts: what they do, and above all what they leave alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from precompass.documents.editing import (
    Path,
    add_array_item,
    remove_array_items,
    remove_value,
    set_value,
    smallest_edits,
    string_in_place_of,
)
from precompass.documents.text import TextEdit, apply_edits
from precompass.documents.toml import Table, parse_toml
from support.toml_documents import comparable, documents, statement_lists, written

PREFERENCES = """\
# Preferences of this machine
[SnoopPrecompile]  # see issue 356
skip_precompile = ["A", "B"]

[CSV]
# how many
threads = 4 # enough

[FFTW]
provider = "mkl"
"""


# Setting


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", ("A", "x"), "[A]\nx = false\n"),
        ("\n", ("A", "x"), "\n[A]\nx = false\n"),
        ("[A]\n", ("A", "x"), "[A]\nx = false\n"),
        ("[A]", ("A", "x"), "[A]\nx = false\n"),
        ("[A] # note", ("A", "x"), "[A] # note\nx = false\n"),
        ("[A]\r\ny = 1\r\n", ("A", "x"), "[A]\r\ny = 1\r\nx = false\r\n"),
        ("[A]\n  y = 1\n", ("A", "x"), "[A]\n  y = 1\n  x = false\n"),
        ("[A]\ny = 1 # note\n# end\n", ("A", "x"), "[A]\ny = 1 # note\nx = false\n# end\n"),
        ("[A]\ny = 1\n\n[B]\n", ("A", "x"), "[A]\ny = 1\nx = false\n\n[B]\n"),
        ("[A]\ny = [\n  1,\n]\n[B]\n", ("A", "x"), "[A]\ny = [\n  1,\n]\nx = false\n[B]\n"),
        ("[A]\n[A.b]\n", ("A", "x"), "[A]\nx = false\n[A.b]\n"),
        ("[A.b]\n", ("A", "x"), "[A.b]\n\n[A]\nx = false\n"),
        ("[A]\nx = true # note\n", ("A", "x"), "[A]\nx = false # note\n"),
        ('[A]\nx = """\ntrue"""\n', ("A", "x"), "[A]\nx = false\n"),
        ("A = {}\n", ("A", "x"), "A = { x = false }\n"),
        ("A = {y = 1}\n", ("A", "x"), "A = {y = 1, x = false}\n"),
        ("A = { y = 1 } # note\n", ("A", "x"), "A = { y = 1, x = false } # note\n"),
        ("A = {y = 1}\n", ("A", "b", "x"), "A = {y = 1, b.x = false}\n"),
        ("A = {b.y = 1}\n", ("A", "b", "x"), "A = {b.y = 1, b.x = false}\n"),
        ("A.y = 1\n", ("A", "x"), "A.y = 1\nA.x = false\n"),
        ("  A.b.y = 1\n", ("A", "b", "x"), "  A.b.y = 1\n  A.b.x = false\n"),
        ("[p]\nA.y = 1\n[q]\n", ("p", "A", "x"), "[p]\nA.y = 1\np.A.x = false\n[q]\n"),
        ("name = 1\n[B]\n", ("x",), "name = 1\nx = false\n[B]\n"),
        ("[B]\n", ("x",), "x = false\n\n[B]\n"),
        ("# note\n", ("A", "x"), "# note\n\n[A]\nx = false\n"),
        ("[B]\n\n", ("A", "x"), "[B]\n\n[A]\nx = false\n"),
        ("", ("a b", "x.y"), '["a b"]\n"x.y" = false\n'),
        ("", ("p", "A", "x"), "[p.A]\nx = false\n"),
    ],
)
def test_a_value_is_set_where_it_belongs(text: str, path: Path, expected: str) -> None:
    # A dotted key is written from its own table on.
    expected = expected.replace("p.A.x", "A.x")
    assert set_value(text, path, value=False) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "true"), (-3, "-3"), ('a "b"\n\\', '"a \\"b\\"\\n\\\\"'), (1.5, "1.5")],
)
def test_values_are_written_as_toml(value: bool | str | float, expected: str) -> None:
    assert set_value("", ("A", "x"), value) == f"[A]\nx = {expected}\n"


def test_a_new_table_may_have_a_place() -> None:
    changed = set_value(PREFERENCES, ("A", "x"), value=False, after=("SnoopPrecompile",))
    assert changed == PREFERENCES.replace('"B"]\n', '"B"]\n\n[A]\nx = false\n')
    assert set_value("[B]\n", ("A", "x"), value=False, after=("C",)) == "[B]\n\n[A]\nx = false\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[d]\nA = 1\nC = 1\n", "[d]\nA = 1\nB = 2\nC = 1\n"),
        ("[d]\nC = 1\n", "[d]\nB = 2\nC = 1\n"),
        ("[d]\nA = 1\n", "[d]\nA = 1\nB = 2\n"),
        ("[d]\n  C = 1\n", "[d]\n  B = 2\n  C = 1\n"),
        ("[d]\nZ = 1\nC = 1\n", "[d]\nZ = 1\nC = 1\nB = 2\n"),
        ("[d]\n# about C\nC = 1\n", "[d]\n# about C\nB = 2\nC = 1\n"),
        ("[d]\n", "[d]\nB = 2\n"),
    ],
)
def test_a_new_key_may_have_its_place_in_the_alphabet(text: str, expected: str) -> None:
    assert set_value(text, ("d", "B"), 2, in_order=True) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[A", ("A", "x")),
        ("A = 1\n", ("A", "x")),
        ("[[A]]\n", ("A", "x")),
        ("[A]\nx = 1\nx = 1\n", ("A", "y")),
        ("[A.x]\n", ("A", "x")),
        ("[A]\nx = [ # note\n]\n", ("A", "x")),
    ],
)
def test_what_cannot_be_set_safely_is_not_set(text: str, path: Path) -> None:
    assert set_value(text, path, value=False) is None


# Removing


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("[A]\nx = 1\ny = 2\n", ("A", "x"), "[A]\ny = 2\n"),
        ("[A]\nx = 1\n", ("A", "x"), ""),
        ("[A]\nx = 1", ("A", "x"), ""),
        ("[A]\nx = 1\n\n[B]\n", ("A", "x"), "[B]\n"),
        ("[B]\ny = 1\n\n[A]\nx = 1\n", ("A", "x"), "[B]\ny = 1\n"),
        ("[B]\r\n\r\n[A]\r\nx = 1\r\n\r\n[C]\r\n", ("A", "x"), "[B]\r\n\r\n[C]\r\n"),
        ("[B]\n\n\n[A]\nx = 1\n\n[C]\n", ("A", "x"), "[B]\n\n\n[C]\n"),
        ("[A]\nx = 1 # why\n", ("A", "x"), "# why\n"),
        ("[A] # note\n# about x\nx = 1 # why\n", ("A", "x"), "# note\n# about x\n# why\n"),
        ("[A]\nx = [ # one\n  1, # two\n]\ny = 1\n", ("A", "x"), "[A]\n# one\n# two\ny = 1\n"),
        ("[A]\nx = 1\n[A.b]\n", ("A", "x"), "[A]\n[A.b]\n"),
        ("[A]\n[A.b]\nx = 1\n", ("A", "b", "x"), ""),
        ("[A]\n[A.b]\nx = 1\n", ("A", "b"), ""),
        ("[A]\nx = 1\n[A.b]\ny = 1\n[C]\n", ("A",), "[C]\n"),
        ("[A.b]\nx = 1\n[C]\n[A.d]\n", ("A",), "[C]\n"),
        ("[[A]]\nx = 1\n[C]\n[[A]]\n[A.b]\n", ("A",), "[C]\n"),
        ("A.x = 1\nB = 1\nA.y = 2\n", ("A",), "B = 1\n"),
        ("A.x = 1\nA.y = 2\n", ("A", "x"), "A.y = 2\n"),
        ("[p]\nA.x = 1\n", ("p", "A", "x"), ""),
        ("A = {x = 1, y = 2}\n", ("A", "x"), "A = {y = 2}\n"),
        ("A = {x = 1, y = 2}\n", ("A", "y"), "A = {x = 1}\n"),
        ("A = {x = 1} # note\nB = 1\n", ("A", "x"), "# note\nB = 1\n"),
        ("A = {b = {x = 1}, y = 2}\n", ("A", "b", "x"), "A = {y = 2}\n"),
        ("A = {b.x = 1, y = 2}\n", ("A", "b", "x"), "A = {y = 2}\n"),
        ("x = 1\n\n[A]\n", ("x",), "[A]\n"),
    ],
)
def test_a_value_is_removed_with_what_it_leaves_empty(text: str, path: Path, expected: str) -> None:
    assert remove_value(text, path) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[A]\n", ("A", "x")),
        ("[A]\nx = 1\n[B", ("A", "x")),
        ("A = {b.x = 1, y = 1, b.z = 1}", ("A", "b")),
    ],
)
def test_what_cannot_be_removed_safely_stays(text: str, path: Path) -> None:
    assert remove_value(text, path) is None


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ('["A", "B", "C"]', '["A", "C"]'),
        ('["B", "A"]', '["A"]'),
        ('["A", "B"]', '["A"]'),
        ('["A", "B",]', '["A",]'),
        ('[ "A" , "B" ]', '[ "A" ]'),
        ('["A","B","C"]', '["A","C"]'),
        ('["B"]', "[]"),
        ('["B", "B"]', "[]"),
        ('["B", "A", "B"]', '["A"]'),
        ('["A", "B", "B"]', '["A"]'),
        ('[\n  "A",\n  "B",\n  "C",\n]', '[\n  "A",\n  "C",\n]'),
        ('[\n  "A",\n  "B"\n]', '[\n  "A",\n]'),
        ('[\n  "A",\n  "B", # why\n  "C",\n]', '[\n  "A",\n  # why\n  "C",\n]'),
        ('[\n  "A", # about A\n  "B"]', '[\n  "A", # about A\n  ]'),
        ('[ # "B", no\n  "B" , # why\n]', '[ # "B", no\n  # why\n]'),
        ("['B', \"A\"]", '["A"]'),
    ],
)
@pytest.mark.parametrize("around", ["l = {}\n", "t = {{ l = {}, y = [1, 2] }}\n"])
def test_elements_are_removed_from_an_array(array: str, expected: str, around: str) -> None:
    path = ("l",) if around.startswith("l") else ("t", "l")
    changed = remove_array_items(around.format(array), path, ["B"])
    assert changed == around.format(expected)


@pytest.mark.parametrize("text", ['l = ["A"]', "l = 1", "[[l]]", "x = 1", 'l = ["B"'])
def test_where_there_is_nothing_to_remove_nothing_is_removed(text: str) -> None:
    assert remove_array_items(text, ("l",), ["B"]) is None


# What holds of every change


def paths_of(table: Table, prefix: Path = ()) -> list[Path]:
    found = []
    for name, entry in table.entries.items():
        found.append((*prefix, name))
        if isinstance(entry.node, Table):
            found += paths_of(entry.node, (*prefix, name))
    return found


def comments_of(text: str) -> list[str]:
    return [comment.text.rstrip() for comment in parse_toml(text).comments]


def assigned(values: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    changed = dict(deepcopy(values))
    below = changed
    for name in path[:-1]:
        below = below.setdefault(name, {})
    below[path[-1]] = value
    return changed


def deleted(values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    changed = dict(values)
    if len(path) > 1:
        below = deleted(changed[path[0]], path[1:])
        if below:
            return {**changed, path[0]: below}
    del changed[path[0]]
    return changed


def has_one_kind_of_newline(before: str, after: str) -> bool:
    return "\r\n" not in before or "\n" not in after.replace("\r\n", "")


valid_documents = documents.filter(lambda text: not parse_toml(text).faults)
new_keys = st.sampled_from(("new", "new key", "é", "😀"))


@settings(max_examples=150)
@given(valid_documents, new_keys, st.booleans(), st.data())
def test_setting_a_new_key_only_inserts(
    text: str, key: str, in_order: bool, data: st.DataObject
) -> None:
    tables = [path for path in paths_of(parse_toml(text).root) if is_table(text, path)]
    path = (*data.draw(st.sampled_from([(), ("fresh",), ("fresh", "x"), *tables])), key)
    assume(parse_toml(text).root.get(*path) is None)
    after = set_value(text, path, value=False, in_order=in_order)
    if after is None:
        # Only a table without a place of its own is left alone.
        assert form_of(text, path[:-1]) == "dotted"
        return
    assert comparable(tomllib.loads(after)) == comparable(
        assigned(tomllib.loads(text), path, False)
    )
    assert is_insertion(*(re.sub(r"\{[ \t]*\}", "{  }", one) for one in (text, after)))
    assert comments_of(after) == comments_of(text)
    assert has_one_kind_of_newline(text, after)
    assert set_value(after, path, value=False) == after


def is_table(text: str, path: Path) -> bool:
    return parse_toml(text).root.table(*path) is not None


def form_of(text: str, path: Path) -> str | None:
    table = parse_toml(text).root.table(*path)
    return table.form if table is not None else None


def is_insertion(before: str, after: str) -> bool:
    added = len(after) - len(before)
    start = next((i for i, c in enumerate(before) if after[i] != c), len(before))
    return added > 0 and any(
        before == after[:at] + after[at + added :] for at in range(max(0, start - added), start + 1)
    )


@settings(max_examples=150)
@given(valid_documents, st.data())
def test_setting_a_key_anew_changes_its_value_only(text: str, data: st.DataObject) -> None:
    root = parse_toml(text).root
    scalars = [path for path in paths_of(root) if not is_table(text, path)]
    assume(scalars)
    path = data.draw(st.sampled_from(scalars))
    entry = root.get(*path)
    assert entry is not None
    after = set_value(text, path, value=False)
    if after is None:
        assert entry.statement is None or "#" in text[entry.node.span.start : entry.node.span.end]
        return
    span = entry.node.span
    assert after == text[: span.start] + "false" + text[span.end :]
    assert comparable(tomllib.loads(after)) == comparable(
        assigned(tomllib.loads(text), path, False)
    )
    assert comments_of(after) == comments_of(text)


@settings(max_examples=200)
@given(valid_documents, st.data())
def test_removing_takes_lines_and_leaves_comments(text: str, data: st.DataObject) -> None:
    paths = paths_of(parse_toml(text).root)
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    after = remove_value(text, path)
    if after is None:
        assert any(form_of(text, path[:depth]) == "inline" for depth in range(len(path)))
        return
    assert comparable(tomllib.loads(after)) == comparable(deleted(tomllib.loads(text), path))
    assert comments_of(after) == comments_of(text)
    assert has_one_kind_of_newline(text, after)
    assert remove_value(after, path) is None
    kept = after.splitlines()
    for line in text.splitlines():
        while kept and kept[0] in (line, *comments_of(text)):
            is_line = kept.pop(0) == line
            if is_line:
                break
    is_within_a_line = any(form_of(text, path[:depth]) == "inline" for depth in range(len(path)))
    assert is_within_a_line or not kept, "a line is there that was not there before"


@settings(max_examples=100)
@given(statement_lists, st.sampled_from(("A", "new key")))
def test_what_was_set_in_a_table_of_its_own_can_be_removed_again(
    parts: list[str], name: str
) -> None:
    """Back to the byte, but for blank lines at the end that nobody misses."""
    text = written(parts, "\n")
    assume(not parse_toml(text).faults and name not in parse_toml(text).root.entries)
    changed = set_value(text, (name, "x"), value=True)
    assert changed is not None
    back = remove_value(changed, (name, "x"))
    assert back is not None
    assert back.rstrip() == text.rstrip()
    assert text.startswith(back)


names = st.sampled_from(("A", "B", "C", "D"))


@st.composite
def lists_of_names(draw: st.DrawFn) -> str:
    """A skip list as people write them: on a line, on several, with comments."""
    items = [f'"{name}"' for name in draw(st.lists(names, min_size=1, max_size=4))]
    if draw(st.booleans()):
        return f"[{', '.join(items)}{draw(st.sampled_from(('', ',', ' ,')))}]"
    note = st.sampled_from(("", " # why", "  # B, C"))
    lines = [f"  {item},{draw(note)}\n" for item in items]
    if draw(st.booleans()):
        lines[-1] = f"  {items[-1]}{draw(note)}\n"
    return "[" + draw(note) + "\n" + "".join(lines) + "]"


@settings(max_examples=150)
@given(lists_of_names(), st.sets(names, min_size=1), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_removing_elements_leaves_the_others(
    array: str, unwanted: set[str], newline: str, is_inline: bool
) -> None:
    text = (
        f"# top\nt = {{ l = {array}, y = [1, 2] }}\n"
        if is_inline
        else f"l = {array} # end\ny = 1\n"
    )
    text = text.replace("\n", newline)
    path = ("t", "l") if is_inline else ("l",)
    entry = parse_toml(text).root.get(*path)
    assert entry is not None
    old = tomllib.loads(text.replace("\r\n", "\n"))
    items = old["t"]["l"] if is_inline else old["l"]
    keep = [item for item in items if item not in unwanted]
    after = remove_array_items(text, path, sorted(unwanted))
    if keep == items:
        assert after is None
        return
    assert after is not None
    assert tomllib.loads(after) == assigned(tomllib.loads(text), path, keep)
    assert comments_of(after) == comments_of(text)
    assert has_one_kind_of_newline(text, after)
    start, behind = entry.node.span.start, len(text) - entry.node.span.end
    assert after[:start] == text[:start]
    assert after[len(after) - behind :] == text[len(text) - behind :]


@given(documents, documents)
def test_smallest_edits_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    edits = smallest_edits(before, after)
    assert apply_edits(before, edits) == after
    assert bool(edits) == (before != after)


def test_smallest_edits_touch_only_what_changed() -> None:
    after = PREFERENCES.replace(', "B"', "").replace("mkl", "fftw")
    name, provider = smallest_edits(PREFERENCES, after)
    assert (at(name), name.new_text) == (', "B"', "")
    assert (at(provider), provider.new_text) == ("mkl", "fftw")


def at(edit: TextEdit) -> str:
    return PREFERENCES[edit.span.start : edit.span.end]


def test_an_item_at_the_end_of_a_line_leaves_no_blank_behind() -> None:
    text = 'projects = ["a", "gone",\n            "b"]\n'
    changed = remove_array_items(text, ("projects",), ["gone"])
    assert changed == 'projects = ["a",\n            "b"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('test = ["Test"]\n', 'test = ["Test", "CSV"]\n'),
        ("test = []\n", 'test = ["CSV"]\n'),
        ('test = [\n    "Test",\n]\n', 'test = [\n    "Test",\n    "CSV",\n]\n'),
        ('test = ["Test" # why\n]\n', 'test = ["Test", "CSV" # why\n]\n'),
    ],
)
def test_an_item_is_added_at_the_end(before: str, after: str) -> None:
    assert add_array_item(before, ("test",), "CSV") == after


def test_nothing_is_added_where_there_is_no_array() -> None:
    assert add_array_item("test = 1\n", ("test",), "CSV") is None


@pytest.mark.parametrize(
    ("literal", "value", "written"),
    [
        ('"a"', "b", '"b"'),
        ("'a'", "b", "'b'"),
        ("'a'", "C:\\b", "'C:\\b'"),
        ('"a"', "C:\\b", '"C:\\\\b"'),
        ("'a'", "it's", '"it\'s"'),
        ("'a'", "b\tc", '"b\\tc"'),
    ],
)
def test_a_string_keeps_its_quotes_where_they_can_hold_it(
    literal: str, value: str, written: str
) -> None:
    assert string_in_place_of(literal, value) == written
