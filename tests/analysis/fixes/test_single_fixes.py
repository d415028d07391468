"""The small fixes: listing a package, deleting, writing a boolean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from precompass.answers.code_actions import fixes_at
from precompass.documents.text import Span
from precompass.documents.toml import parse_toml
from precompass.findings import FixId
from precompass.fixes import correction, deletion, edits_of, listing
from precompass.fixes.correction import meant_boolean
from precompass.rules import check
from support import survey
from support.environments import after, marked, project, session, uuid
from support.generated_environments import Generated, environments

FOLDER = Path("/no/such/folder")
PREFERENCES = "LocalPreferences.toml"


def changed(
    files: dict[str, str], kind: str, *arguments: str, of: str = PREFERENCES
) -> dict[str, str]:
    fix = FixId(kind, FOLDER / of, arguments)
    texts = after(FOLDER, files, edits_of(session(FOLDER, files), fix))
    return {name: text for name, text in texts.items() if text != files[name]}


# Listing


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("[deps]\nA = 1\n", "[deps]\nA = 1\n\n[extras]\nNew = {}\n"),
        (
            "[deps]\nA = 1\n[compat]\nA = 1\n",
            "[deps]\nA = 1\n[compat]\nA = 1\n\n[extras]\nNew = {}\n",
        ),
        (
            "[deps]\n[compat]\njulia = 1\n[targets]\ntest = []\n",
            "[deps]\n[compat]\njulia = 1\n\n[extras]\nNew = {}\n[targets]\ntest = []\n",
        ),
        ("[extras]\nMore = 1\nZoo = 2\n", "[extras]\nMore = 1\nNew = {}\nZoo = 2\n"),
        ("[extras]\nZoo = 2\nMore = 1\n", "[extras]\nZoo = 2\nMore = 1\nNew = {}\n"),
        ("", "[extras]\nNew = {}\n"),
        ("name = 1\n", "name = 1\n\n[extras]\nNew = {}\n"),
    ],
)
def test_where_a_package_is_listed(before: str, expected: str) -> None:
    files = {"Project.toml": before, PREFERENCES: ""}
    new = str(uuid("New"))
    assert changed(files, listing.KIND, "New", new) == {
        "Project.toml": expected.replace("{}", f'"{new}"')
    }


def test_a_package_is_listed_in_the_project_file_that_julia_reads() -> None:
    files = {"Project.toml": "", "JuliaProject.toml": "", PREFERENCES: ""}
    assert list(changed(files, listing.KIND, "New", str(uuid("New")))) == ["JuliaProject.toml"]


# Deleting


@pytest.mark.parametrize(
    ("before", "path", "expected"),
    [
        ("[A]\nx = 1\ny = 2\n", ("A", "x"), "[A]\ny = 2\n"),
        ("[A]\nx = 1\n", ("A", "x"), ""),
        ("[A]\nx = 1\n\n[A.b]\ny = 1\n\n[C]\n", ("A",), "[C]\n"),
    ],
)
def test_a_preference_is_deleted(before: str, path: tuple[str, ...], expected: str) -> None:
    assert changed({PREFERENCES: before}, deletion.VALUE, *path) == {PREFERENCES: expected}


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ('["A", "B"]', '[S]\nl = ["B"]\n'),
        ('["A"]', ""),
        ('["A", "A"]', ""),
        ('["A", 1]', "[S]\nl = [1]\n"),
    ],
)
def test_a_name_is_deleted_and_the_last_one_takes_the_list_along(array: str, expected: str) -> None:
    files = {PREFERENCES: f"[S]\nl = {array}\n"}
    assert changed(files, deletion.ITEM, "S", "l", "A") == {PREFERENCES: expected}


# Booleans


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("true", True),
        (" False ", False),
        ("TRUE", True),
        (1, True),
        (0, False),
        (0.0, False),
        (1.0, True),
        ("1", True),
        ("yes", None),
        ("", None),
        (2, None),
        (True, None),
        ([], None),
        ({}, None),
    ],
)
def test_which_boolean_is_meant(value: object, meant: bool | None) -> None:
    assert meant_boolean(value) is meant  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["true", "false"])
def test_a_boolean_is_written(word: str) -> None:
    files = {PREFERENCES: '[A]\nx = "maybe" # note\n'}
    assert changed(files, correction.KIND, "A", "x", word) == {
        PREFERENCES: f"[A]\nx = {word} # note\n"
    }


# What cannot be done any more


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (listing.KIND, ("New", "u")),
        (deletion.VALUE, ("A", "x")),
        (deletion.ITEM, ("A", "x", "name")),
        (correction.KIND, ("A", "x", "true")),
        ("move-to-flags", ()),
        ("move-to-flags", ("A",)),
        ("switch-to-flags", ("all",)),
        ("no such fix", ()),
    ],
)
@pytest.mark.parametrize("text", ["", "[A", "[B]\ny = 1\n", "A = 1\n"])
def test_a_fix_that_no_longer_fits_makes_no_edits(
    kind: str, arguments: tuple[str, ...], text: str
) -> None:
    files = {"Project.toml": "[deps" if kind == listing.KIND else "", PREFERENCES: text}
    if kind == correction.KIND and text in ("", "[B]\ny = 1\n"):
        return  # it would write the key anew, which does no harm
    fix = FixId(kind, FOLDER / PREFERENCES, arguments)
    assert edits_of(session(FOLDER, files), fix) is None


def test_a_file_that_is_not_utf8_is_never_edited(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(project(deps="A"))
    (tmp_path / PREFERENCES).write_bytes(b"[B]\nx = 1 # caf\xe9\n")
    fix = FixId(deletion.VALUE, tmp_path / PREFERENCES, ("B",))
    assert edits_of(session(tmp_path, {}), fix) is None


# Every fix on offer


moderately = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@moderately
@given(environments(("1.8.5", "1.10.4", "1.14.0")))
def test_every_fix_on_offer_can_be_made_and_loses_no_comment(generated: Generated) -> None:
    files = dict(generated.files)
    opened = session(FOLDER, files)
    for name in files:
        for finding in check(opened, FOLDER / name):
            for fix in finding.fixes:
                texts = after(FOLDER, files, edits_of(opened, fix.id))
                assert texts != files, fix
                for edited, text in texts.items():
                    assert not parse_toml(text).faults
                    assert comments(text) == comments(files[edited]), fix


def comments(text: str) -> list[str]:
    return [comment.text.rstrip() for comment in parse_toml(text).comments]


def test_the_fixes_of_a_selection() -> None:
    text, (span,) = marked("[⟦Parsers⟧]\nstrict = 1\n[Nobody]\na = 1\n")
    opened = session(FOLDER, survey.files(text))
    found = fixes_at(opened, FOLDER / PREFERENCES, span)
    assert [fix.title.split(" (")[0] for fix, _ in found] == [
        "List Parsers in [extras] of Project.toml, so that Julia sees its preferences",
        "Delete the table [Parsers]",
    ]
    assert {finding.code for _, finding in found} == {"ignored-preferences"}
    assert len(fixes_at(opened, FOLDER / PREFERENCES, Span(0, len(text)))) == 3
    assert fixes_at(opened, FOLDER / PREFERENCES, Span(12, 13)) == ()
