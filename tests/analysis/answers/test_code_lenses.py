"""What is shown above a table of preferences."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.code_lenses import code_lenses
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
