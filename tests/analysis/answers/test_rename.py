"""Renaming a package in the files of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.rename import rename, renamed_span
from precompass.documents.text import apply_edits
from support.cursors import opened
from support.environments import manifest, uuid

PROJECT = (
    'name = "Survey"\nuuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"\n'
    f'[deps]\nSnoopPrecompile = "{uuid("SnoopPrecompile")}"\n"CSV" = "{uuid("CSV")}"\n'
    "[compat]\nCSV = \"0.10\"\n[targets]\ntest = ['CSV']\n[preferences]\nCSV.fast = true\n"
)
LOCAL = '[CSV]\nfast = "CSV"\n[SnoopPrecompile]\nskip_precompile = ["CSV.Inner", "Other"]\n'


def test_every_place_that_names_it_is_edited(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT.replace("\nCSV = ", "\nC¦SV = "),
        "LocalPreferences.toml": LOCAL,
        "Manifest.toml": manifest({"CSV": ""}),
    }
    session, path, offset = opened(tmp_path, files)
    edits = rename(session, path, offset, "Größe")
    assert edits is not None
    texts = {edit.file.name: apply_edits(edit.before, edit.edits) for edit in edits}
    assert texts == {
        "Project.toml": PROJECT.replace('"CSV"', '"Größe"')
        .replace("\nCSV", '\n"Größe"')
        .replace("'CSV'", "'Größe'"),
        "LocalPreferences.toml": LOCAL.replace("[CSV]", '["Größe"]').replace('"CSV.', '"Größe.'),
    }
    span = renamed_span(session, path, offset)
    assert span is not None
    assert PROJECT[span.start : span.end] == "CSV"


@pytest.mark.parametrize("name", ["", "a b", "1a", 'x"'])
def test_a_name_that_no_module_can_have_is_refused(tmp_path: Path, name: str) -> None:
    files = {"Project.toml": PROJECT.replace("\nCSV = ", "\nC¦SV = ")}
    assert rename(*opened(tmp_path, files), name) is None


@pytest.mark.parametrize(
    "files",
    [
        {"Project.toml": 'name = "Sur¦vey"\nuuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"\n'},
        {"Project.toml": "[deps¦]\n"},
        {"Project.toml": "", "Manifest.toml": manifest({"CSV": ""}).replace("CSV", "C¦SV", 1)},
    ],
)
def test_what_is_no_package_of_the_project_stays(tmp_path: Path, files: dict[str, str]) -> None:
    session, path, offset = opened(tmp_path, files)
    assert renamed_span(session, path, offset) is None
    assert rename(session, path, offset, "Other") is None
