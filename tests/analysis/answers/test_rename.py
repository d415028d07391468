"""Renaming a package in the files of a project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from precompass.answers.rename import NoRename, rename, renamed_span
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
    assert not isinstance(edits, NoRename)
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


@pytest.mark.parametrize("name", ["Mutate!", "A!b", "Δx\u2032", "_A", "where"])
def test_every_name_that_a_module_can_have_is_taken(tmp_path: Path, name: str) -> None:
    files = {"Project.toml": PROJECT.replace("\nCSV = ", "\nC¦SV = ")}
    edits = rename(*opened(tmp_path, files), name)
    assert not isinstance(edits, NoRename)
    (edit,) = edits
    deps = tomllib.loads(apply_edits(edit.before, edit.edits))["deps"]
    assert name in deps
    assert "CSV" not in deps


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", 'x"', "!a", "a.b", "end", "true", "A\u2013B", "A\xa0B"]
)
def test_a_name_that_no_module_can_have_is_refused(tmp_path: Path, name: str) -> None:
    files = {"Project.toml": PROJECT.replace("\nCSV = ", "\nC¦SV = ")}
    assert isinstance(rename(*opened(tmp_path, files), name), NoRename)


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
    assert isinstance(rename(session, path, offset, "Other"), NoRename)


ALPHA, BETA = uuid("Alpha"), uuid("Beta")
LISTED = f'[deps]\nAl¦pha = "{ALPHA}"\n'


@pytest.mark.parametrize(
    "files",
    [
        {"Project.toml": f'{LISTED}Beta = "{BETA}"\n'},
        {"Project.toml": f'{LISTED}[extras]\nBeta = "{BETA}"\n'},
        {"Project.toml": f'{LISTED}[compat]\nBeta = "1"\n'},
        {"Project.toml": LISTED, "LocalPreferences.toml": "[Alpha]\nx = 1\n[Beta]\n"},
        {"Project.toml": f"{LISTED}[preferences]\nAlpha.x = 1\nBeta.y = 2\n"},
    ],
)
def test_a_name_that_is_there_already_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    found = rename(*opened(tmp_path, files), "Beta")
    assert isinstance(found, NoRename)
    assert found.why.endswith("names a package Beta already.")


@pytest.mark.parametrize(
    "preferences",
    [
        "Alpha.x = 1\nAlpha.y = 2\n",
        "[Alpha]\nx = 1\n[Alpha.sub]\ny = 2\n[Other]\nAlpha = 3\n",
        "[Alpha.sub]\ny = 2\n[Alpha.sub.sub]\n",
        "[[Alpha.list]]\nx = 1\n[[Alpha.list]]\nAlpha = 2\n",
        "Alpha = { x = 1, Alpha.y = 2 }\n",
        "Alpha.sub.x = 1\n'Alpha'.sub.y = 2\n\"Alpha\".z = 3\n",
        "[Alpha]\nsub.Alpha.x = 1\nsub.Alpha.y = 2\n",
    ],
)
def test_every_header_and_dotted_key_of_a_table_is_renamed(
    tmp_path: Path, preferences: str
) -> None:
    files = {"Project.toml": LISTED, "LocalPreferences.toml": preferences}
    edits = rename(*opened(tmp_path, files), "Beta")
    assert not isinstance(edits, NoRename)
    texts = {edit.file.name: apply_edits(edit.before, edit.edits) for edit in edits}
    before = tomllib.loads(preferences)
    after = tomllib.loads(texts["LocalPreferences.toml"])
    assert after == {"Beta" if name == "Alpha" else name: one for name, one in before.items()}


def test_what_cannot_be_renamed_everywhere_is_not_renamed_at_all(tmp_path: Path) -> None:
    project = f'{LISTED}[targets]\ntest = ["\\u0041lpha"]\n'
    assert isinstance(rename(*opened(tmp_path, {"Project.toml": project}), "Beta"), NoRename)
