"""What is shown above a table of preferences."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.code_lenses import code_lenses
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.rules import check
from support.environments import Package, manifest, project, session

FILES = {
    "Project.toml": project(deps="CSV SnoopPrecompile"),
    "Manifest.toml": manifest(
        {
            "CSV": "Parsers SnoopPrecompile",
            "Parsers": "SnoopPrecompile",
            "SnoopPrecompile": Package("Preferences", version="1.0.3"),
            "Preferences": "",
        }
    ),
}


@pytest.mark.parametrize(
    ("table", "title"),
    [
        ("[SnoopPrecompile]\nskip_precompile = []", "Changing this recompiles 3 of 4 packages"),
        ("[SnoopPrecompile]\nskip = []", "Changing this recompiles nothing"),
        (
            "[SnoopPrecompile]\nskip_precompile = []\nother = 1",
            "Changing this recompiles up to 3 of 4 packages",
        ),
        ("CSV = {fast = true}", "Changing this recompiles 1 of 4 packages"),
    ],
)
def test_a_table_says_what_a_change_in_it_recompiles(
    tmp_path: Path, table: str, title: str
) -> None:
    opened = session(tmp_path, {**FILES, "LocalPreferences.toml": table})
    (lens,) = code_lenses(opened, tmp_path / "LocalPreferences.toml")
    assert lens.title == title
    assert table[lens.span.start : lens.span.end] in ("SnoopPrecompile", "CSV", "Parsers")
    assert (lens.preference is not None) is ("recompiles" in title and "nothing" not in title)


def test_it_names_the_first_preference_that_julia_notices(tmp_path: Path) -> None:
    table = "[SnoopPrecompile]\nother = 1\nskip_precompile = []"
    opened = session(tmp_path, {**FILES, "LocalPreferences.toml": table})
    (lens,) = code_lenses(opened, tmp_path / "LocalPreferences.toml")
    assert lens.preference == (SNOOP_PRECOMPILE, "skip_precompile")


def test_preferences_of_a_project_file_have_theirs(tmp_path: Path) -> None:
    text = FILES["Project.toml"] + "[preferences.SnoopPrecompile]\nskip_precompile = []\n"
    opened = session(tmp_path, {**FILES, "Project.toml": text})
    (lens,) = code_lenses(opened, tmp_path / "Project.toml")
    assert lens.title == "Changing this recompiles 3 of 4 packages"


def test_an_empty_table_and_a_broken_one_have_none(tmp_path: Path) -> None:
    opened = session(tmp_path, {**FILES, "LocalPreferences.toml": "[CSV]\n[Parsers\nx = 1\n"})
    assert code_lenses(opened, tmp_path / "LocalPreferences.toml") == ()


def test_an_ignored_table_has_none_since_a_finding_says_so(tmp_path: Path) -> None:
    opened = session(tmp_path, {**FILES, "LocalPreferences.toml": "[Parsers]\nfast = true\n"})
    assert code_lenses(opened, tmp_path / "LocalPreferences.toml") == ()
    (found,) = check(opened, tmp_path / "LocalPreferences.toml")
    assert found.code == "ignored-preferences"


SURVEY = {
    "Project.toml": project("Survey", extras="CSV") + '\n[targets]\ntest = ["CSV"]\n',
    "Manifest.toml": manifest({}, julia="1.11.2"),
    "LocalPreferences.toml": "[CSV]\nprecompile_workload = false\n",
    "test/runtests.jl": "using CSV\n",
}


def test_what_counts_for_the_tests_alone_is_told_with_its_count(tmp_path: Path) -> None:
    opened = session(tmp_path, SURVEY)
    local = tmp_path / "LocalPreferences.toml"
    (lens,) = code_lenses(opened, local)
    assert lens.title.startswith("In Pkg.test, changing this recompiles at least 1 of ")
    (hint,) = inlay_hints(opened, local, Span(0, 100))
    assert hint.label == "recompiles 0 of 1 (1 in Pkg.test)"


def test_a_table_of_the_tested_package_in_the_folder_of_its_tests(tmp_path: Path) -> None:
    test = {
        "test/Project.toml": project(deps="CSV") + "\n[preferences.Survey]\ndepth = 1\n",
        "Project.toml": project("Survey", deps="CSV"),
        "Manifest.toml": manifest({"CSV": "Preferences", "Preferences": ""}, julia="1.11.2"),
    }
    (lens,) = code_lenses(session(tmp_path, SURVEY | test), tmp_path / "test" / "Project.toml")
    assert lens.title.startswith("In Pkg.test, changing this recompiles 1 of ")


def test_a_table_that_no_package_of_the_tests_reads_counts_there_only(tmp_path: Path) -> None:
    test = {
        "test/Project.toml": project(deps="CSV") + "\n[preferences.Survey]\ndepth = 1\n",
        "Project.toml": project("Survey", deps="CSV"),
        "Manifest.toml": manifest({"CSV": ""}, julia="1.11.2"),
    }
    place = tmp_path / "test" / "Project.toml"
    opened = session(tmp_path, SURVEY | test)
    (lens,) = code_lenses(opened, place)
    assert lens.title == "Counts in Pkg.test only"
    assert test["test/Project.toml"][lens.span.start : lens.span.end] == "Survey"
    assert lens.preference is None
    assert not [found for found in check(opened, place) if found.code == "ignored-preferences"]
