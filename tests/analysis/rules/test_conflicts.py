"""Files with the marks of a merge that is not finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.documents.conflicts import conflicts_in
from precompass.rules import check
from support.environments import manifest, marked, project, session

CONFLICT = "⟦<<<<<<< HEAD⟧\n[CSV]\na = 1\n=======\n[CSV]\na = 2\n>>>>>>> fix-names\n"


def reported(folder: Path, name: str, text: str) -> list[tuple[str, str]]:
    """Return the codes and messages of all findings in a file, which the marks have to show."""
    plain, spans = marked(text)
    files = {"Project.toml": project(deps="CSV"), "Manifest.toml": manifest({"CSV": ""})}
    found = check(session(folder, files | {name: plain}), folder / name)
    assert [one.span for one in found] == spans, found
    return [(one.code, one.message) for one in found]


def test_one_finding_for_a_conflict(tmp_path: Path) -> None:
    ((code, message),) = reported(tmp_path, "LocalPreferences.toml", CONFLICT)
    assert code == "toml-syntax"
    assert "between `HEAD` and `fix-names` is not resolved" in message


def test_a_conflict_with_the_common_ancestor(tmp_path: Path) -> None:
    text = "⟦<<<<<<< HEAD⟧\na = 1\n||||||| 12ab\na = 0\n=======\na = 2\n>>>>>>> main\n"
    reported(tmp_path, "LocalPreferences.toml", text)


def test_several_conflicts_and_a_fault_besides(tmp_path: Path) -> None:
    text = f"{CONFLICT}[Parsers]\nb = 1\n{CONFLICT.replace('CSV', 'FFTW')}x = ⟦oh no⟧\n"
    plain, _ = marked(text)
    files = {"Project.toml": project(deps="CSV"), "LocalPreferences.toml": plain}
    found = check(session(tmp_path, files), tmp_path / "LocalPreferences.toml")
    faults = [one.message.split()[0] for one in found if one.code == "toml-syntax"]
    assert faults == ["This", "This", "This"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "[CSV]\na = 1\n⟦>>>>>>> fix-names⟧\n",
        "[CSV]\na = 1\n⟦=======⟧\nb = 1\n",
        "⟦<<<<<<< HEAD⟧\n[CSV]\na = 1\n",
    ],
)
def test_a_mark_that_is_left_over(tmp_path: Path, text: str, newline: str) -> None:
    plain = marked(text)[0].replace("\n", newline)
    files = {"Project.toml": project(deps="CSV"), "Manifest.toml": manifest({"CSV": ""})}
    found = check(
        session(tmp_path, files | {"LocalPreferences.toml": plain}),
        tmp_path / "LocalPreferences.toml",
    )
    faults = [one for one in found if one.code == "toml-syntax"]
    assert [one.message.partition(". ")[0] for one in faults] == [
        "This line is the rest of a merge conflict"
    ]


@pytest.mark.parametrize("left", ["<=", "=>", "<>"])
def test_a_conflict_whose_marks_were_deleted_in_part_is_one_finding(
    tmp_path: Path, left: str
) -> None:
    """What stands on both sides is defined twice; that goes when one side is chosen."""
    lines = ["<<<<<<< HEAD", 'CSV = "0.9"', "=======", 'CSV = "0.10"', ">>>>>>> main"]
    kept = [line for line in lines if line[0] == "C" or line[0] in left]
    text = "\n".join([project(deps="CSV"), "[compat]", *kept, ""])
    (found,) = check(session(tmp_path, {"Project.toml": text}), tmp_path / "Project.toml")
    assert found.message.startswith("These lines are the rest of a merge conflict.")
    places = [found.span, *(one.span for one in found.related)]
    assert [text[span.start] for span in places] == list(left)


def test_a_key_that_is_twice_on_one_side_is_a_fault_of_its_own(tmp_path: Path) -> None:
    text = '[compat]\nCSV = "1"\nCSV = "2"\n=======\njulia = "1.10"\n'
    found = check(session(tmp_path, {"Project.toml": text}), tmp_path / "Project.toml")
    faults = [one for one in found if one.code == "toml-syntax"]
    assert [one.message.split(".")[0] for one in faults] == [
        "The key `CSV` is defined twice",
        "This line is the rest of a merge conflict",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_names_of_the_sides(newline: str) -> None:
    text = "x = 1\n<<<<<<< mine\ny = 1\n=======\ny = 2\n>>>>>>> theirs\nz = 1\n"
    (conflict,) = conflicts_in(text.replace("\n", newline))
    assert (conflict.ours, conflict.theirs) == ("mine", "theirs")


@pytest.mark.parametrize(
    "text", ["", "<<<<<<< a\n", "<<<<<<< a\n>>>>>>> b\n", "=======\n>>>>>>> b\n", "a = '<<<<<<<'\n"]
)
def test_marks_that_make_no_conflict(text: str) -> None:
    assert conflicts_in(text) == ()


def test_a_text_that_has_marks_in_a_value_is_no_conflict(tmp_path: Path) -> None:
    text = 'a = """\n<<<<<<< a\n=======\n>>>>>>> b\n"""\n'
    files = {"Project.toml": text}
    assert check(session(tmp_path, files), tmp_path / "Project.toml") == ()
