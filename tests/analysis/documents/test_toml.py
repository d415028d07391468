"""Reading TOML with positions: what is valid, what is not, and what is left of broken files."""

from __future__ import annotations

import datetime
import inspect
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompass.documents.text import PositionEncoding, Span
from precompass.documents.toml import (
    Array,
    Key,
    Node,
    Scalar,
    Table,
    TomlDocument,
    parse_toml,
    plain,
)
from precompass.documents.values import UnsignedInteger
from support.toml_documents import comparable, documents, newlines, statement_lists, written


def values_of(text: str) -> dict[str, object] | None:
    """Python's own reading of a text, or None where it is not valid TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


# What is valid reads as it is meant


@settings(max_examples=150)
@given(documents)
def test_valid_is_what_tomllib_reads_and_the_values_are_the_same(text: str) -> None:
    expected = values_of(text)
    document = parse_toml(text)
    assert (expected is None) == bool(document.faults)
    if expected is not None:
        assert comparable(plain(document.root)) == comparable(expected)
        assert comparable(document.values) == comparable(expected)


def scalars_below(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    below = node.items if isinstance(node, Array) else [e.node for e in node.entries.values()]
    return [scalar for one in below for scalar in scalars_below(one)]


def keys_below(node: Node) -> list[tuple[str, Key]]:
    """Every key, and the name under which its table has it."""
    if isinstance(node, Scalar):
        return []
    if isinstance(node, Array):
        return [key for item in node.items for key in keys_below(item)]
    return [
        key
        for name, entry in node.entries.items()
        for key in [(name, entry.key), *keys_below(entry.node)]
    ]


@settings(max_examples=100)
@given(documents)
def test_the_text_at_a_span_reads_as_what_stands_there(text: str) -> None:
    document = parse_toml(text)
    if document.faults:
        return
    for scalar in scalars_below(document.root):
        written_there = text[scalar.span.start : scalar.span.end]
        alone = tomllib.loads(f"x = {written_there}")["x"]
        assert comparable(alone) == comparable(scalar.value)
    for name, key in keys_below(document.root):
        written_there = text[key.span.start : key.span.end]
        assert tomllib.loads(f"{written_there} = 1") == {name: 1}
        assert key.name == name


@settings(max_examples=100)
@given(documents)
def test_comments_are_found_where_they_are(text: str) -> None:
    document = parse_toml(text)
    if document.faults:
        return
    without = text
    for comment in reversed(document.comments):
        assert text[comment.span.start : comment.span.end] == comment.text
        assert comment.text.startswith("#")
        without = without[: comment.span.start] + without[comment.span.end :]
    assert parse_toml(without).comments == ()
    assert comparable(values_of(without)) == comparable(values_of(text))


def test_integers_with_a_prefix_are_unsigned_to_julia() -> None:
    root = parse_toml("a = 0xff\nb = [0o17, 0b1, 255]\nc = {d = 0xFF}\n").root
    read = plain(root)
    assert isinstance(read, dict)
    assert type(read["a"]) is UnsignedInteger
    assert [type(item) for item in read["b"]] == [UnsignedInteger, UnsignedInteger, int]
    assert type(read["c"]["d"]) is UnsignedInteger


def test_dotted_keys_may_add_to_a_table_that_only_a_longer_header_made() -> None:
    document = parse_toml("[b.c.d]\n[b]\nc.e = 1\n")
    assert not document.faults
    assert plain(document.root) == {"b": {"c": {"d": {}, "e": 1}}}


# Where things stand

PROJECT = """\
name = "Résumé😀"  # the name
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[preferences.CSV]
a.b = 1
a."c d" = { e = [1,
  2], f.g = true }

[[deps.X]]
[deps.X.y]
"""


def test_a_header_stands_for_its_table() -> None:
    document = parse_toml(PROJECT)
    table = document.root.table("preferences", "CSV")
    assert table is not None
    assert table.form == "header"
    assert table.header is not None
    assert at(document, table.header.span) == "[preferences.CSV]"
    assert [key.name for key in table.header.keys] == ["preferences", "CSV"]
    assert at(document, table.header.block).startswith("[preferences.CSV]\na.b = 1")


def test_an_implicit_table_stands_at_the_header_that_made_it() -> None:
    document = parse_toml(PROJECT)
    entry = document.root.get("preferences")
    assert entry is not None
    assert isinstance(entry.node, Table)
    assert entry.node.form == "implicit"
    assert at(document, entry.key.span) == "preferences"
    assert entry.statement is None


def test_a_dotted_key_says_its_statement_and_all_its_keys() -> None:
    document = parse_toml(PROJECT)
    entry = document.root.get("preferences", "CSV", "a", "c d")
    assert entry is not None
    assert at(document, entry.key.span) == '"c d"'
    assert entry.statement is not None
    assert at(document, entry.statement).startswith('a."c d" = { e')
    assert [key.name for key in entry.path] == ["a", "c d"]
    assert isinstance(entry.node, Table)
    assert entry.node.form == "inline"
    inner = document.root.get("preferences", "CSV", "a", "c d", "f", "g")
    assert inner is not None
    assert at(document, inner.statement) == "f.g = true"


def test_positions_count_characters_of_every_width() -> None:
    document = parse_toml(PROJECT)
    (comment,) = document.comments
    place = document.lines.position(comment.span.start, PositionEncoding.UTF16)
    assert (place.line, place.character) == (0, 19)
    assert comment.text == "# the name"


def test_an_array_of_tables_has_its_tables() -> None:
    entry = parse_toml("[[deps.A]]\nx = 1\n[[deps.A]]\n[deps.A.y]\nz = 2\n").root.get("deps", "A")
    assert entry is not None
    assert isinstance(entry.node, Array)
    assert entry.node.of_headers
    assert plain(entry.node) == [{"x": 1}, {"y": {"z": 2}}]


def test_entries_of_a_table_in_an_array_come_in_the_order_of_the_text() -> None:
    document = parse_toml("[[a]]\nx.y = 1\nz = 2\n[a.b]\nc = 3\n[a.x.w]\n[[a]]\nz = 4\n")
    node = document.root.entries["a"].node
    assert isinstance(node, Array)
    first, second = node.items
    assert isinstance(first, Table)
    assert list(first.entries) == ["x", "z", "b"]
    assert plain(second) == {"z": 4}
    assert plain(document.root) == document.values


def at(document: TomlDocument, span: Span | None) -> str:
    assert span is not None
    return document.text[span.start : span.end]


# What is not valid is told, at its place. ⟦ ⟧ stand around the range of the fault.

INVALID = {
    "no comma between the lines of an array": (
        'x = [\n    "a",\n    "b"\n    ⟦"c",⟧\n]',
        "A comma is missing in front of this",
    ),
    "no comma in an inline table": ("x = {a = 1 ⟦b = 2}⟧", "A comma is missing in front of this"),
    "array of several lines without its end": ('x = [\n    "a",\n    ⟦"b"⟧', "Unclosed array"),
    "no key": ("⟦= 1⟧", None),
    "no value": ("⟦x =⟧", "A value is missing"),
    "a header behind an open array": (
        'x = [\n    "a",\n    "b"\n⟦[Example]⟧\ny = 1\n',
        "The array in front of this is not closed",
    ),
    "a header behind an open array and a comma": (
        'x = [\n    "a",\n[⟦Example]⟧\ny = 1\n',
        "The array in front of this is not closed",
    ),
    "arrays without a comma between them": (
        "x = [\n    [1]\n    ⟦[2]⟧\n]",
        "A comma is missing in front of this",
    ),
    "no equals sign": ("⟦x⟧", None),
    "no quotes": ("x = ⟦text⟧", "This is not a value: text needs quotation marks"),
    "two values": ("x = 1 ⟦2⟧", None),
    "two statements": ("x = 1 ⟦y = 2⟧", None),
    "unknown escape": ('x = "\\q⟦"⟧', None),
    "surrogate escape": ('x = ⟦"\\ud800"⟧', None),
    "unterminated string": ('⟦x = "text⟧', None),
    "unterminated literal string": ("⟦x = 'text⟧", None),
    "unterminated long string": ('⟦x = """text⟧', None),
    "unterminated array": ("⟦x = [1,⟧", None),
    "no comma": ("x = [1 ⟦2]⟧", "A comma is missing in front of this"),
    "unterminated header": ("⟦[a⟧", None),
    "empty header": ("[⟦]⟧", None),
    "header with a dot too many": ("[a.⟦]⟧", None),
    "key behind a header": ("[a] ⟦b = 1⟧", None),
    "control character in a string": ('x = "a⟦\x01"⟧', None),
    "control character in a comment": ("# a⟦\x01⟧", None),
    "bare carriage return": ("⟦x = 1⟧\ry = 2", None),
    "null": ("x = 1⟦\x00⟧", None),
    "byte-order mark within": ("⟦\ufeffx = 1⟧", None),
    "letter outside ASCII in a bare key": ("⟦ä = 1⟧", None),
    "leading zero": ("x = 0⟦17⟧", None),
    "double underscore": ("x = 1⟦__0⟧", None),
    "sign before a prefix": ("x = +0⟦x1⟧", None),
    "no digit before the point": ("x = ⟦.5⟧", None),
    "no digit behind the point": ("x = 5⟦.⟧", None),
    "capital boolean": ("x = ⟦True⟧", "TOML writes `true` and `false` in lower case"),
    "month 13": ("x = 1979⟦-13-01⟧", None),
    "30th of February": ("x = ⟦2000-02-30⟧", None),
    "key twice": ("x = 1\n⟦x⟧ = 2", "The key `x` is defined twice"),
    "key twice, spelled differently": ('a = 1\n⟦"\\u0061"⟧ = 2', "The key `a` is defined twice"),
    "table twice": ("[a]\n[⟦a⟧]", "The table `a` is defined twice"),
    "table twice with one below": ("[a]\n[a.b]\n[⟦a⟧]", "The table `a` is defined twice"),
    "table over a key": ("a = 1\n[⟦a⟧]", "The key `a` is defined twice"),
    "table below a key": ("a = 1\n[⟦a⟧.b]", "The key `a` is defined twice"),
    "table below an inline table": ("a = {}\n[⟦a⟧.b]", "The table `a` is defined twice"),
    "table over dotted keys": ("a.b = 1\n[⟦a⟧]", "The table `a` is defined twice"),
    "dotted key through a value": ("a = 1\n⟦a⟧.b = 2", "The key `a` is defined twice"),
    "dotted key into a table": ("[a.b]\n[a]\n⟦b⟧.c = 1", "The table `b` is defined twice"),
    "dotted key into an inline table": (
        "x = {a = {b = 1}, ⟦a⟧.c = 2}",
        "The table `a` is defined twice",
    ),
    "key twice in an inline table": ("x = {a = 1, ⟦a⟧ = 2}", "The key `a` is defined twice"),
    "array of tables over an array": ("a = [1]\n[[⟦a⟧]]", "The key `a` is defined twice"),
    "array of tables over a table": ("[a]\n[[⟦a⟧]]", "The table `a` is defined twice"),
    "table over an array of tables": ("[[a]]\n[⟦a⟧]", "The key `a` is defined twice"),
}


@pytest.mark.parametrize("ending", ["\n", "", "\r\n"], ids=["newline", "end of file", "CRLF"])
@pytest.mark.parametrize(("marked", "message"), INVALID.values(), ids=INVALID)
def test_a_fault_is_told_at_its_place(marked: str, message: str | None, ending: str) -> None:
    text = (marked.replace("\n", ending) if ending else marked) + ending
    start, end = text.index("⟦"), text.index("⟧") - 1
    text = text.replace("⟦", "").replace("⟧", "")
    assert values_of(text) is None
    fault, *_ = parse_toml(text).faults
    assert (fault.span.start, fault.span.end) == (start, end)
    assert fault.message.startswith(message or "")


def test_a_second_definition_points_to_the_first() -> None:
    document = parse_toml("[deps]\nA = 1\nB = 2\nA = 3\n")
    (fault,) = document.faults
    assert fault.first is not None
    assert document.text[fault.first.start : fault.first.end] == "A"
    assert (fault.first.start, fault.span.start) == (7, 19)


def test_every_fault_is_told() -> None:
    document = parse_toml('a = 1\nb = oops\n[t]\nc = "open\nd = 4\nd = 5\n')
    lines = [document.lines.line_of(fault.span.start) for fault in document.faults]
    assert lines == [1, 3, 5]
    assert plain(document.root) == {"a": 1, "t": {"d": 4}}


# What is broken leaves the rest readable

DAMAGE = (
    "= 1",
    "x = ",
    "x",
    "x = oops",
    "x = [1 2]",
    'x = "open',
    "x = 'open",
    "x = {a = 1",
    "x = 1 y = 2",
    "!!",
    "hello world, this is not TOML at all",
    "x.. = 1",
    "x = 0123",
    'x = "\\q"',
    "}",
    "]",
    '"""',
    "x = \x07",
    "<<<<<<< HEAD",
    "=======",
)


@settings(max_examples=200)
@given(statement_lists, st.sampled_from(DAMAGE), newlines, st.data())
def test_damage_leaves_everything_outside_it(
    parts: list[str], damage: str, newline: str, data: st.DataObject
) -> None:
    expected = values_of(written(parts, newline))
    if expected is None or "x" in expected:
        return
    place = data.draw(st.integers(0, len(parts)))
    broken = written([*parts[:place], damage + "\n", *parts[place:]], newline)
    document = parse_toml(broken)
    line = written(parts[:place], newline).count("\n")
    assert line in {document.lines.line_of(fault.span.start) for fault in document.faults}
    assert comparable(plain(document.root)) == comparable(expected)
    assert comparable(document.values) == comparable(expected)


@pytest.mark.parametrize("damage", ["x = [1,", 'x = """open', "x = {", "x = [[1], ["])
def test_what_is_never_closed_ends_before_the_next_key_or_header(damage: str) -> None:
    assert plain(parse_toml(f"a = 1\n{damage}\nb = 2\n[c]\nd = 3\n").root) == {
        "a": 1,
        "b": 2,
        "c": {"d": 3},
    }


def test_a_damaged_header_takes_its_keys_along() -> None:
    """They belong to a table that nobody knows, and above all not to the one before."""
    document = parse_toml("[a]\nb = 1\n[c\nd = 2\n[e]\nf = 3\n")
    assert plain(document.root) == {"a": {"b": 1}, "e": {"f": 3}}


def test_keys_below_a_repeated_header_belong_to_its_table() -> None:
    document = parse_toml("[deps]\nA = 1\n[deps]\nB = 2\n")
    assert plain(document.root) == {"deps": {"A": 1, "B": 2}}


def test_comments_outside_the_damage_are_found() -> None:
    document = parse_toml("# one\na = [ # two\n  1,\n]\nb = \nc = 3 # é three\n")
    assert [comment.text for comment in document.comments] == ["# one", "# two", "# é three"]
    for comment in document.comments:
        assert document.text[comment.span.start : comment.span.end] == comment.text


@settings(max_examples=200)
@given(documents, st.data())
def test_no_text_is_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 8)))
        inserted = data.draw(
            st.sampled_from(("", '"', "'''", "[", "]]", "{", "\n", "\r", "=", "\ud800"))
        )
        text = text[:start] + inserted + text[end:]
    check_consistency(text)


@given(st.text(alphabet="ab=[]{}\"'#.,\n\r\\ \té1-:\x00\ufeff", max_size=30))
def test_no_characters_are_refused(text: str) -> None:
    check_consistency(text)


def check_consistency(text: str) -> None:
    document = parse_toml(text)
    assert isinstance(document.values, dict)
    assert comparable(plain(document.root)) == comparable(document.values)
    assert bool(document.faults) == (values_of(text) is None if "\ud800" not in text else True)
    for fault in document.faults:
        assert 0 <= fault.span.start <= fault.span.end <= len(text)
        assert fault.message
    assert [comment.span.start for comment in document.comments] == sorted(
        comment.span.start for comment in document.comments
    )


# What is hostile


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 100_000,
        "x = " + "[" * 100_000 + "]" * 100_000,
        "x = " + "{a = " * 20_000,
        ".".join("a" * 20_000) + " = 1\n",
        "[" + ".".join("a" * 20_000) + "]\nx = 1\n",
        "x = \n" + "a" * 100_000 + "!\n",
        "x = \n" + " " * 100_000 + "\n",
        "x = " + "9" * 100_000 + "\n",
        'x = "' + "\\u0061" * 50_000 + "\n",
        "[a]\n" + "b = \n" * 5_000,
        "x = [\n" + "[1],\n" * 20_000,
        "[[a]]\n" * 5_000 + "!",
        "\n" * 50_000 + "!",
    ],
    ids=range(13),
)
def test_hostile_texts_are_read_without_running_out_of_stack_or_time(text: str) -> None:
    document = inspect.unwrap(parse_toml)(text)
    assert document.faults
    assert isinstance(plain(document.root), dict)
    assert isinstance(document.values, dict)
    assert isinstance(document.comments, tuple)


def test_nesting_is_bounded_where_headers_keys_and_values_add_up() -> None:
    keys = ".".join("a" * 90)
    value = "1"
    for _ in range(90):
        value = f"{{{keys} = {value}}}"
    for end in ("", "!"):  # valid, and broken elsewhere
        document = parse_toml(f"[{keys}]\n{keys} = {value}\n{end}")
        assert isinstance(plain(document.root), dict)


# TOML 1.1, which Julia reads from 1.13 on, is read; what TOML 1.0 does not have is told apart.

NEWER = {
    "escape": ('x = ⟦"\\e[0m"⟧', {"x": "\x1b[0m"}),
    "escape of a byte": ('x = ⟦"\\x41\\\\x41"⟧', {"x": "A\\x41"}),
    "escape in a long string": ('x = ⟦"""\n\\e"""⟧', {"x": "\x1b"}),
    "time without seconds": ("x = ⟦07:32⟧", {"x": datetime.time(7, 32)}),
    "moment without seconds": (
        "x = ⟦1979-05-27 07:32⟧",
        {"x": datetime.datetime(1979, 5, 27, 7, 32)},
    ),
    "comma behind the last key": ("x = {a = 1⟦,⟧ }", {"x": {"a": 1}}),
    "comma in a table in an array": ("x = [{a = 1⟦,⟧}]", {"x": [{"a": 1}]}),
    "newline": ("x = {⟦\n⟧a = 1}", {"x": {"a": 1}}),
    "comment with letters of several bytes": ("x = {⟦# ä⟧\na = 1}", {"x": {"a": 1}}),
}


@pytest.mark.parametrize(("marked", "values"), NEWER.values(), ids=NEWER)
def test_toml_1_1_is_read_with_its_places(marked: str, values: dict[str, object]) -> None:
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "") + "\n[b]\nc = 1\n"
    document = parse_toml(text)
    assert document.faults == ()
    assert document.newer_syntax[0].span == Span(start, end)
    assert document.newer_syntax[0].message.endswith("needs TOML 1.1")
    assert document.values == {**values, "b": {"c": 1}}
    assert plain(document.root) == document.values
    key = document.root.get("b", "c")
    assert key is not None
    assert text[key.key.span.start : key.key.span.end] == "c"


@pytest.mark.parametrize(
    "text",
    [
        "x = 07:32:00\n",
        "x = 1979-05-27T07:32:00-07:00\n",
        "x = '\\e, 07:32, {'\n",
        'x = "07:32 {"\n',
        "# 07:32 {\nx = 1\n",
        "x = [\n  {a = 1},\n]\n",
    ],
)
def test_toml_1_0_is_nothing_newer(text: str) -> None:
    assert parse_toml(text).faults == ()
    assert parse_toml(text).newer_syntax == ()


@pytest.mark.parametrize("text", ["x = {a = 1,, b = 2}\n", "x = {a = 1\nb = 2}\n", 'x = "\\xg0"\n'])
def test_what_neither_has_is_a_fault(text: str) -> None:
    assert parse_toml(text).faults
    assert parse_toml(text).newer_syntax == ()


@pytest.mark.parametrize("text", ["[a] # \ud800", 'a = "\udfff"'])
def test_a_text_that_is_no_utf_8_is_not_valid(text: str) -> None:
    assert parse_toml(text).faults


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "1",
        "10",
        "999999999999999999",
        "1000000000000000000",
        "9223372036854775807",
        "-1",
        "+1",
        "1_000",
        "0x1f",
        "1.0",
        "1e3",
        "-0",
        "0o7",
    ],
)
def test_a_number_is_what_tomllib_reads(text: str) -> None:
    document = parse_toml(f"x = {text}\n")
    (value,) = document.values.values()
    expected = tomllib.loads(f"x = {text}")["x"]
    assert (value, document.faults) == (expected, ())


@pytest.mark.parametrize("text", ["00", "01", "1_", "1 2"])
def test_a_number_with_a_slip_is_a_fault(text: str) -> None:
    assert parse_toml(f"x = {text}\n").faults
