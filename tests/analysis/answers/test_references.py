"""All places that are about one package, or one preference; the same within one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.answers.references import highlights, references
from support.cursors import lines, opened
from support.environments import manifest, project, write

MANIFEST = manifest(
    {"CSV": "Parsers", "Parsers": "", "SnoopPrecompile": "Preferences", "Preferences": ""},
    julia="1.12.1",
)
PROJECT = project("Survey", deps="CSV", weakdeps="Parsers", extras="SnoopPrecompile") + (
    '[compat]\nCSV = "0.10"\nParsers = "2"\n'
    '[extensions]\nSurveyParsersExt = ["Parsers"]\n'
    '[targets]\ntest = ["CSV"]\n'
    "[sources]\nCSV = {url = 'https://example.org/CSV.jl'}\n"
    "[workspace]\nprojects = ['docs']\n"
    "[preferences.CSV]\nfast = true\n"
)
LOCAL = '[CSV]\nfast = false\n[SnoopPrecompile]\nskip_precompile = ["CSV"]\n'
EVERYWHERE = [
    "Project.toml:6: CSV",
    "Project.toml:14: CSV",
    "Project.toml:21: CSV",
    'Project.toml:19: "CSV"',
    "Project.toml:24: CSV",
    "LocalPreferences.toml:1: CSV",
    'LocalPreferences.toml:4: "CSV"',
    "Project.toml:2: CSV",
    "Manifest.toml:4: CSV",
]


def looked(folder: Path, files: Mapping[str, str], *, declared: bool = True) -> list[str]:
    write(folder, {"docs/Project.toml": project(deps="CSV")})
    texts = {"Project.toml": PROJECT, "LocalPreferences.toml": LOCAL, "Manifest.toml": MANIFEST}
    session, path, offset = opened(folder, {**texts, **files})
    return lines(session, references(session, path, offset, include_declaration=declared))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Project.toml", "[deps]\nC", "[deps]\n¦C"),
        ("Project.toml", 'test = ["C', 'test = ["C¦'),
        ("Project.toml", "[preferences.C", "[preferences.C¦"),
        ("LocalPreferences.toml", "[CSV]", "[CSV¦]"),
        ("LocalPreferences.toml", '["CSV"]', '["C¦SV"]'),
    ],
)
def test_all_entries_of_a_package(tmp_path: Path, name: str, before: str, after: str) -> None:
    texts = {"Project.toml": PROJECT, "LocalPreferences.toml": LOCAL}
    found = looked(tmp_path, {name: texts[name].replace(before, after, 1)})
    assert sorted(found) == sorted(EVERYWHERE)


def test_without_the_lines_that_tell_its_uuid(tmp_path: Path) -> None:
    text = PROJECT.replace("[deps]\nC", "[deps]\n¦C", 1)
    found = looked(tmp_path, {"Project.toml": text}, declared=False)
    left_out = {"Project.toml:6: CSV", "Project.toml:2: CSV", "Manifest.toml:4: CSV"}
    assert sorted(found) == sorted(set(EVERYWHERE) - left_out)


def test_from_a_manifest_also_what_depends_on_it_there(tmp_path: Path) -> None:
    found = looked(tmp_path, {"Manifest.toml": MANIFEST.replace('["Parsers"]', '["P¦arsers"]')})
    assert found == [
        'Manifest.toml:5: "Parsers"',
        "Manifest.toml:10: Parsers",
        "Project.toml:9: Parsers",
        "Project.toml:15: Parsers",
        'Project.toml:17: "Parsers"',
    ]


def test_all_places_of_the_stack_that_set_a_preference(tmp_path: Path) -> None:
    found = looked(tmp_path, {"LocalPreferences.toml": LOCAL.replace("fast", "fa¦st")})
    assert found == ["LocalPreferences.toml:2: fast", "Project.toml:25: fast"]


def test_and_those_that_clear_it(tmp_path: Path) -> None:
    text = '[CSV]\n__clear__ = ["fast", "slow"]\n'
    project_text = PROJECT.replace("fast", "fa¦st")
    found = looked(tmp_path, {"LocalPreferences.toml": text, "Project.toml": project_text})
    assert found == ['LocalPreferences.toml:2: "fast"', "Project.toml:25: fast"]


def test_the_same_thing_in_one_file(tmp_path: Path) -> None:
    texts = {
        "Project.toml": PROJECT.replace("[deps]\nC", "[deps]\n¦C", 1),
        "Manifest.toml": MANIFEST,
    }
    session, path, offset = opened(tmp_path, texts)
    found = highlights(session, path, offset)
    assert [PROJECT.count("\n", 0, span.start) + 1 for span in found] == [6, 14, 19, 21, 24]


@pytest.mark.parametrize("text", ["¦", "[deps\nA¦", "x = ¦1", "[Unlisted]\nx¦ = 1"])
def test_elsewhere_there_is_nothing_more(tmp_path: Path, text: str) -> None:
    session, path, offset = opened(tmp_path, {"LocalPreferences.toml": text, "Project.toml": ""})
    assert len(references(session, path, offset, include_declaration=True)) <= 1
    assert len(highlights(session, path, offset)) <= 1
