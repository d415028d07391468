"""Files beyond what is looked at: they are told as such, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span
from precompass.documents.toml import MOST_DAMAGED_BYTES, MOST_DAMAGES
from precompass.file_context import MOST_PREFERENCES
from precompass.files.snapshot import MAX_FILE_SIZE
from precompass.findings import Severity
from precompass.rules import check
from support.environments import manifest, project, session

FOLDER = Path("/no/such/folder")
MANIFEST = manifest({"CSV": "Preferences", "Preferences": ""})
MANY = "".join(f"key_{number} = {number}\n" for number in range(MOST_PREFERENCES + 2))


def test_a_manifest_that_is_too_large_is_told_in_it_and_in_the_project_file() -> None:
    files = {
        "Project.toml": project(deps="CSV"),
        "Manifest.toml": MANIFEST + "#" * MAX_FILE_SIZE,
        "LocalPreferences.toml": "[CSV]\nfast = true\n",
    }
    found = session(FOLDER, files)
    (told,) = check(found, FOLDER / "Manifest.toml")
    assert told.severity is Severity.INFORMATION
    assert told.message == "Precompass ignores this file: it is larger than 4 MiB."
    in_project = [one for one in check(found, FOLDER / "Project.toml") if "Manifest" in one.message]
    assert [one.code for one in in_project] == ["missing-manifest"]
    assert in_project[0].message.startswith(
        "Manifest.toml is ignored because it is larger than 4 MiB, so"
    )


def test_more_preferences_than_are_looked_at() -> None:
    text = f"[CSV]\n{MANY}"
    files = {
        "Project.toml": project(deps="CSV Preferences"),
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": text,
    }
    found, path = session(FOLDER, files), FOLDER / "LocalPreferences.toml"
    told = [one for one in check(found, path) if one.code == "toml-syntax"]
    assert [(one.severity, text[one.span.start : one.span.end]) for one in told] == [
        (Severity.INFORMATION, f"key_{MOST_PREFERENCES}")
    ]
    assert "checks the first 5,000 tables of preferences" in told[0].message
    assert len(inlay_hints(found, path, Span(0, len(text)))) == MOST_PREFERENCES


def test_more_tables_than_are_looked_at() -> None:
    text = "".join(f"[Package{number}]\na = 1\n" for number in range(MOST_PREFERENCES + 2))
    files = {"Project.toml": project(deps="CSV"), "LocalPreferences.toml": text}
    findings = check(session(FOLDER, files), FOLDER / "LocalPreferences.toml")
    told = [one for one in findings if one.code == "toml-syntax"]
    assert [text[one.span.start : one.span.end] for one in told] == [f"Package{MOST_PREFERENCES}"]
    assert sum(one.code == "ignored-preferences" for one in findings) == MOST_PREFERENCES


def test_as_many_as_are_looked_at_are_no_news() -> None:
    text = "[CSV]\n" + "".join(MANY.splitlines(keepends=True)[:MOST_PREFERENCES])
    files = {
        "Project.toml": project(deps="CSV"),
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": text,
    }
    findings = check(session(FOLDER, files), FOLDER / "LocalPreferences.toml")
    assert [one for one in findings if one.code == "toml-syntax"] == []


def test_a_text_that_is_mostly_no_toml_is_not_read_to_its_end() -> None:
    files = {"Project.toml": "= ]\n" * 2 * MOST_DAMAGES + project(deps="CSV")}
    findings = check(session(FOLDER, files), FOLDER / "Project.toml")
    (told,) = [one for one in findings if one.severity is Severity.INFORMATION]
    assert told.message == (
        "Precompass ignores the file from here on: too much of it is not valid TOML."
    )
    assert told.span.start == len("= ]\n") * (MOST_DAMAGES + 1)
    assert any(one.severity is Severity.ERROR for one in findings)


def test_a_large_manifest_with_an_error_is_not_read() -> None:
    damaged = MANIFEST + "#" * MOST_DAMAGED_BYTES + "\n= ]\n"
    files = {"Project.toml": project(deps="CSV"), "Manifest.toml": damaged}
    findings = check(session(FOLDER, files), FOLDER / "Manifest.toml")
    syntax = [one for one in findings if one.code == "toml-syntax"]
    assert [(one.severity, damaged[one.span.start :][:3]) for one in syntax] == [
        (Severity.INFORMATION, damaged[:3]),
        (Severity.ERROR, "= ]"),
    ]


def test_a_text_with_some_errors_is_read_to_its_end() -> None:
    files = {"Project.toml": "= ]\n" * 100 + project(deps="CSV") + "[compat]\nCSV = 1\n"}
    findings = check(session(FOLDER, files), FOLDER / "Project.toml")
    assert not [one for one in findings if "ignores" in one.message]
    assert any(one.code == "invalid-compat" for one in findings)
