"""Positions in texts: every encoding of the LSP, every line ending, every width of character."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.documents.text import (
    LineIndex,
    Position,
    PositionEncoding,
    SourceText,
    Span,
    TextEdit,
    apply_edits,
    decode,
    encode,
)
from precompass.documents.toml import parse_toml

UTF8, UTF16, UTF32 = PositionEncoding.UTF8, PositionEncoding.UTF16, PositionEncoding.UTF32

WIDE = 'name = "aé€😀b"'
"""One character of one, two, three and four bytes each; the last is outside the BMP."""

texts = st.text(alphabet="ab =\t\r\né€😀\u2028\x85\x0b\x0c", max_size=40)


@pytest.mark.parametrize(
    ("encoding", "character"),
    [(UTF8, 8 + 1 + 2 + 3 + 4), (UTF16, 8 + 1 + 1 + 1 + 2), (UTF32, 8 + 4)],
)
def test_each_encoding_counts_its_own_units(encoding: PositionEncoding, character: int) -> None:
    offset = WIDE.index("b")
    assert LineIndex(WIDE).position(offset, encoding) == Position(0, character)
    assert LineIndex(WIDE).offset(Position(0, character), encoding) == offset


@pytest.mark.parametrize(("encoding", "inside"), [(UTF16, [12]), (UTF8, [15, 16, 17])])
def test_a_position_inside_a_character_means_its_start(
    encoding: PositionEncoding, inside: list[int]
) -> None:
    start = WIDE.index("😀")
    for character in inside:
        assert LineIndex(WIDE).offset(Position(0, character), encoding) == start


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_of_the_lsp_ends_a_line(ending: str) -> None:
    lines = LineIndex(f"a = 1{ending}b = 2{ending}")
    assert [lines.line_span(line) for line in range(3)] == [
        Span(0, 5),
        Span(5 + len(ending), 10 + len(ending)),
        Span(10 + 2 * len(ending), 10 + 2 * len(ending)),
    ]


def test_unicode_line_separators_end_no_line() -> None:
    assert LineIndex("a\u2028b\x85c\x0bd\x0c").starts == [0]


def test_positions_outside_the_text_are_clamped() -> None:
    lines = LineIndex("ab\r\nc")
    assert lines.offset(Position(0, 99), UTF16) == 2
    assert lines.offset(Position(9, 0), UTF16) == 5
    assert lines.offset(Position(-1, 3), UTF16) == 0
    assert lines.offset(Position(1, -1), UTF16) == 4
    assert lines.position(-3, UTF16) == Position(0, 0)
    assert lines.position(99, UTF16) == Position(1, 1)


def test_a_last_line_without_a_newline_is_a_line() -> None:
    assert LineIndex("a\nb").line_span(1) == Span(2, 3)
    assert LineIndex("").line_span(0) == Span(0, 0)


@given(texts, st.integers(0, 40), st.sampled_from(PositionEncoding))
def test_an_offset_survives_the_way_to_a_position_and_back(
    text: str, offset: int, encoding: PositionEncoding
) -> None:
    lines = LineIndex(text)
    offset = min(offset, len(text))
    line = lines.line_span(lines.line_of(offset))
    back = lines.offset(lines.position(offset, encoding), encoding)
    # Only an offset within the line ending itself has no position of its own.
    assert back == min(offset, line.end)


@given(texts, st.sampled_from(PositionEncoding))
def test_lines_cover_the_text_in_order(text: str, encoding: PositionEncoding) -> None:
    lines = LineIndex(text)
    assert lines.starts == sorted(set(lines.starts))
    for line, start in enumerate(lines.starts):
        assert lines.position(start, encoding) == Position(line, 0)
        assert not set(text[start : lines.line_span(line).end]) & {"\r", "\n"}


def test_a_span_contains_a_cursor_at_its_end() -> None:
    assert 3 in Span(3, 5)
    assert 5 in Span(3, 5)
    assert 6 not in Span(3, 5)


# Bytes


def test_a_byte_order_mark_is_set_aside_and_put_back() -> None:
    source = decode(b"\xef\xbb\xbfname = 1\n")
    assert source == SourceText("name = 1\n", has_bom=True)
    assert encode(source.text, has_bom=source.has_bom) == b"\xef\xbb\xbfname = 1\n"


def test_the_first_byte_that_is_not_utf8_is_told() -> None:
    source = decode('a = "é'.encode() + b"\xff\xfe" + b'"\n')
    assert source.invalid_utf8_at == 6
    assert source.text == 'a = "é\ufffd\ufffd"\n'


def test_a_byte_order_mark_does_not_shift_the_invalid_byte() -> None:
    source = decode(b"\xef\xbb\xbfab\xff")
    assert (source.text, source.invalid_utf8_at) == ("ab\ufffd", 2)


@given(texts, st.booleans())
def test_what_was_decoded_is_encoded_to_the_same_bytes(text: str, has_bom: bool) -> None:
    data = encode(text, has_bom=has_bom)
    source = decode(data)
    assert source == SourceText(text, has_bom)


@given(st.binary(max_size=30))
def test_no_bytes_are_refused(data: bytes) -> None:
    source = decode(data)
    if source.invalid_utf8_at is None:
        assert encode(source.text, has_bom=source.has_bom) == data
    else:
        assert source.text[source.invalid_utf8_at] == "\ufffd"


# Edits


def test_edits_refer_to_the_text_as_it_was() -> None:
    edits = (TextEdit(Span(4, 5), "2"), TextEdit(Span(0, 1), "long"), TextEdit(Span(5, 5), "!"))
    assert apply_edits("a = 1\n", edits) == "long = 2!\n"


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcdef", (TextEdit(Span(0, 3), ""), TextEdit(Span(2, 4), "")))


def test_the_garbage_collector_does_not_look_at_places() -> None:
    """A document has thousands of them, and none leads anywhere."""
    document = parse_toml("[CSV]\nfast = true\n")
    entry = document.root.get("CSV", "fast")
    assert entry is not None
    assert not any(map(gc.is_tracked, (entry.key, entry.key.span, entry.node, entry.statement)))
