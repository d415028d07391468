"""Incremental synchronisation: the server's text is the editor's text, keystroke by keystroke."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

import precompass_lsp.documents
from precompass.documents.text import LineIndex, PositionEncoding
from precompass.files.snapshot import MAX_WRITTEN_SIZE
from precompass_lsp.documents import OpenDocuments
from precompass_lsp.uris import path_of, uri_of

URI = "file:///survey/Project.toml"
PATH = Path("/survey/Project.toml")

# Characters that some notion of "line" or "character" gets wrong, and ordinary ones.
texts = st.lists(
    st.sampled_from(["a", "=", "\n", "\r\n", "\r", "\t", "é", "😀", "🌲", "\u2028", "\x0c"])
).map("".join)


def opened(text: str) -> OpenDocuments:
    documents = OpenDocuments()
    assert documents.open(types.TextDocumentItem(URI, "toml", 1, text)) == PATH
    return documents


def change(
    documents: OpenDocuments,
    *changes: types.TextDocumentContentChangeEvent,
    encoding: PositionEncoding = PositionEncoding.UTF16,
) -> Path | None:
    identifier = types.VersionedTextDocumentIdentifier(2, URI)
    return documents.change(identifier, changes, encoding)


def partial(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


@given(before=texts, inserted=texts, data=st.data(), encoding=st.sampled_from(PositionEncoding))
def test_a_change_does_to_our_text_what_it_did_to_the_editors(
    before: str, inserted: str, data: st.DataObject, encoding: PositionEncoding
) -> None:
    # A client never points between the two characters of a line ending.
    places = [
        offset for offset in range(len(before) + 1) if before[offset - 1 : offset + 1] != "\r\n"
    ]
    start, end = sorted(data.draw(st.sampled_from(places)) for _ in range(2))
    lines = LineIndex(before)
    first, last = (lines.position(offset, encoding) for offset in (start, end))
    documents = opened(before)
    edit = partial((first.line, first.character), (last.line, last.character), inserted)
    assert change(documents, edit, encoding=encoding) == PATH
    assert documents[PATH].text == before[:start] + inserted + before[end:]
    assert documents[PATH].version == 2


def test_changes_build_on_each_other() -> None:
    documents = opened("one\ntwo\n")
    change(documents, partial((0, 0), (1, 0), ""), partial((0, 3), (0, 3), " 😀"))
    assert documents[PATH].text == "two 😀\n"
    change(documents, partial((0, 6), (0, 6), "!"))
    assert documents[PATH].text == "two 😀!\n"


def test_only_the_lsp_says_what_a_line_is() -> None:
    documents = opened("a\u2028b\x0cc\x85d\nx\n")
    change(documents, partial((1, 0), (1, 1), "y"))
    assert documents[PATH].text == "a\u2028b\x0cc\x85d\ny\n"


def test_places_behind_the_end_mean_the_end() -> None:
    documents = opened("one")
    change(documents, partial((0, 99), (7, 0), "!"))
    assert documents[PATH].text == "one!"


def test_a_whole_text_replaces_all() -> None:
    documents = opened("one")
    change(documents, types.TextDocumentContentChangeWholeDocument("two"))
    assert documents[PATH].text == "two"


def test_half_a_surrogate_pair_is_no_character() -> None:
    documents = opened("a\ud83db")
    assert documents[PATH].text == "a\ufffdb"
    change(documents, partial((0, 3), (0, 3), "\ude00"))
    assert documents[PATH].text == "a\ufffdb\ufffd"


def test_a_moment_keeps_its_texts() -> None:
    documents = opened("before")
    moment = documents.at_this_moment()
    change(documents, types.TextDocumentContentChangeWholeDocument("after"))
    documents.close(URI)
    assert moment[PATH].text == "before"
    assert PATH not in documents


def test_changes_of_what_is_not_open_are_let_be() -> None:
    documents = OpenDocuments()
    assert change(documents, types.TextDocumentContentChangeWholeDocument("x")) is None
    assert documents.close(URI) is None
    assert len(documents) == 0


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/survey/Project.toml?ref", "", "file:"]
)
def test_texts_that_are_no_files_are_let_be(uri: str) -> None:
    documents = OpenDocuments()
    assert documents.open(types.TextDocumentItem(uri, "toml", 1, "")) is None
    assert len(documents) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///survey/Project.toml", "/survey/Project.toml"),
        ("file:///my%20survey/%F0%9F%98%80/Project.toml", "/my survey/😀/Project.toml"),
        ("file:///a/../survey/./Project.toml", "/survey/Project.toml"),
        ("file:///100%25/%23x%3Fy/Project.toml", "/100%/#x?y/Project.toml"),
        ("file:///a%00b/Project.toml", None),
        ("file:///%ff%FE/Project.toml", "/\udcff\udcfe/Project.toml"),
        ("file:///%EF%BF%BD/Project.toml", "/\ufffd/Project.toml"),
        ("file:///\ud800/Project.toml", None),
        ("http://example.org/Project.toml", None),
    ],
)
def test_percent_encoding_is_undone(uri: str, path: str | None) -> None:
    assert path_of(uri) == (None if path is None else Path(path))


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
@pytest.mark.parametrize(
    "path", ["/survey/Project.toml", "/my survey/#?%;é😀/Project.toml", "/\udcff/Project.toml"]
)
def test_a_path_comes_back_from_its_uri(path: str) -> None:
    assert path_of(uri_of(Path(path))) == Path(path)
    assert uri_of(Path(path)).isascii()


@pytest.mark.skipif(sys.platform != "win32", reason="paths of Windows")
@pytest.mark.parametrize(
    "uri", ["file:///c%3A/survey/Project.toml", "file:///C:/survey/Project.toml"]
)
def test_a_drive_letter_is_written_in_many_ways(uri: str) -> None:
    assert path_of(uri) == Path(r"C:\survey\Project.toml")


def far_too_large(_: Path, size: int) -> str:
    return "it is too large" if size > 4 else ""


@given(
    before=texts,
    steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3), texts)),
    encoding=st.sampled_from(PositionEncoding),
)
def test_changes_that_waited_do_what_they_would_have_done(
    before: str, steps: list[tuple[int, int, int, str]], encoding: PositionEncoding
) -> None:
    changes = [partial((line, one), (line, other), text) for line, one, other, text in steps]
    changes.append(partial((0, 0), (1, 0), ""))  # nobody knows how much that removes: all is made
    soon, late = opened(before), opened(before)
    for one in changes:
        change(soon, one, encoding=encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(precompass_lsp.documents, "too_large", far_too_large)
        for one in changes:
            change(late, one, encoding=encoding)
    assert late[PATH].text == soon[PATH].text
    assert late[PATH].waiting == ()


def test_a_keystroke_in_a_text_that_is_too_large_waits() -> None:
    huge = "# a\n" * MAX_WRITTEN_SIZE
    documents = opened(huge)
    for _ in range(3):
        change(documents, partial((5, 2), (5, 3), "b"))
    assert documents[PATH].text is huge
    assert documents[PATH].version == 2
    change(documents, partial((6, 0), (MAX_WRITTEN_SIZE, 0), ""))  # the user takes it back
    assert documents[PATH].text == "# a\n" * 5 + "# b\n"
    change(documents, partial((5, 2), (5, 3), "c"))
    assert documents[PATH].text == "# a\n" * 5 + "# c\n"


def test_another_text_ends_the_waiting() -> None:
    documents = opened("# a\n" * MAX_WRITTEN_SIZE)
    change(documents, partial((5, 2), (5, 3), "b"))
    change(documents, types.TextDocumentContentChangeWholeDocument("a = 1\n"))
    assert documents[PATH].text == "a = 1\n"
    assert documents[PATH].waiting == ()
