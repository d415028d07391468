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
