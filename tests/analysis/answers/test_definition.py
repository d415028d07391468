"""Where the thing under the cursor leads: sources, files, lines of other files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.answers.definition import definition
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.slugs import version_slug
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cursors import lines, opened
from support.environments import TREE, Package, manifest, project, session, uuid, write

MANIFEST = manifest(
    {
        "CSV": "Parsers Dates",
        "Dates": "",
        "Parsers": "",
        "Rain": Package("CSV", path="Rain"),
    },
    julia="1.12.1",
)
PROJECT = project("Survey", deps="CSV Rain", weakdeps="Parsers")
ON_DISK = {
    "Rain/Project.toml": project("Rain", deps="CSV"),
    "Rain/src/Rain.jl": '"Rain falls."\nmodule Rain\nusing Preferences\n'
    'const depth = @load_preference("depth", 3)\nend\n',
    "src/Survey.jl": "module Survey\nend\n",
    "ext/SurveyParsersExt.jl": "module SurveyParsersExt\nend\n",
    "docs/Project.toml": project(deps="CSV"),
}


def found(folder: Path, files: Mapping[str, str]) -> list[str]:
    write(folder, ON_DISK)
    looked, path, offset = opened(folder, files)
    return lines(looked, definition(looked, path, offset))


@pytest.mark.parametrize("line", ["Ra¦in = ", 'Rain = "{}¦"'])
def test_a_developed_dependency_leads_to_its_module(tmp_path: Path, line: str) -> None:
    whole = f'Rain = "{uuid("Rain")}"'
    cursor = whole.replace("Rain = ", line) if "{}" not in line else line.format(uuid("Rain"))
    files = {"Project.toml": PROJECT.replace(whole, cursor), "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["Rain.jl:2: Rain"]


@pytest.mark.parametrize(
    "section",
    [
        '[compat]\nR¦ain = "1"\n',
        '[sources]\nR¦ain = {url = "https://example.org/Rain.jl"}\n',
        '[targets]\ntest = ["R¦ain"]\n',
        '[extensions]\nRainExt = ["R¦ain", "CSV"]\n',
        "[preferences.Rai¦n]\ndepth = 1\n",
    ],
)
def test_so_does_its_name_in_every_other_section(tmp_path: Path, section: str) -> None:
    files = {"Project.toml": PROJECT + section, "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["Rain.jl:2: Rain"]


def test_an_installed_dependency_leads_into_the_depot(tmp_path: Path) -> None:
    slug = version_slug(uuid("CSV"), TREE)
    write(tmp_path / "depot" / "packages" / "CSV" / slug, {"src/CSV.jl": "module CSV\nend\n"})
    path = tmp_path / "Project.toml"
    texts = {path: PROJECT, tmp_path / "Manifest.toml": MANIFEST}
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    looked = Session(Snapshot(Disk(), texts), settings)
    assert lines(looked, definition(looked, path, PROJECT.index("CSV"))) == ["CSV.jl:1: CSV"]


def test_what_is_not_installed_leads_to_its_entry_in_the_manifest(tmp_path: Path) -> None:
    files = {"Project.toml": PROJECT.replace("CSV", "C¦SV", 1), "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["Manifest.toml:4: [[deps.CSV]]"]


def test_an_entry_of_the_manifest_leads_to_the_lines_that_list_it(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT + '[extras]\nCSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"\n',
        "Manifest.toml": MANIFEST.replace("[[deps.CSV", "[[deps.C¦SV"),
    }
    assert found(tmp_path, files) == ["Project.toml:6: CSV", "Project.toml:12: CSV"]


def test_a_dependency_within_the_manifest_leads_to_its_entry(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST.replace('"Dates"', '"D¦ates"'),
    }
    assert found(tmp_path, files) == ["Manifest.toml:10: [[deps.Dates]]"]


def test_a_path_leads_to_the_project_that_is_there(tmp_path: Path) -> None:
    source = PROJECT + '[sources]\nRain = {path = "R¦ain"}\n'
    files = {"Project.toml": source, "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["Project.toml:1"]
    in_manifest = MANIFEST.replace('path = "Rain"', 'path = "Rain¦"')
    looked, path, offset = opened(tmp_path, {"Project.toml": PROJECT, "Manifest.toml": in_manifest})
    (place,) = definition(looked, path, offset)
    assert place.file == tmp_path / "Rain" / "Project.toml"


def test_a_project_of_the_workspace_leads_to_its_file(tmp_path: Path) -> None:
    write(tmp_path, ON_DISK)
    text = PROJECT + '[workspace]\nprojects = ["test", "do¦cs"]\n'
    looked, path, offset = opened(tmp_path, {"Project.toml": text, "Manifest.toml": MANIFEST})
    (place,) = definition(looked, path, offset)
    assert place.file == tmp_path / "docs" / "Project.toml"


def test_an_extension_leads_to_its_file(tmp_path: Path) -> None:
    text = PROJECT + '[extensions]\nSurveyPars¦ersExt = "Parsers"\n'
    files = {"Project.toml": text, "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["SurveyParsersExt.jl:1: SurveyParsersExt"]


def test_the_name_of_the_project_leads_to_its_module(tmp_path: Path) -> None:
    files = {"Project.toml": PROJECT.replace("Survey", "Sur¦vey", 1), "Manifest.toml": MANIFEST}
    assert found(tmp_path, files) == ["Survey.jl:1: Survey"]


def test_a_preference_leads_to_the_line_that_reads_it(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": "[Rain]\ndep¦th = 4\n",
    }
    assert found(tmp_path, files) == ['Rain.jl:4: @load_preference("depth", 3)']


@pytest.mark.parametrize("text", ["¦", "[deps¦\n", '[sources]\nA = {path = "\\u0000¦"}\n'])
def test_nowhere_and_broken_places_lead_nowhere(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"Project.toml": text}) == []


def test_a_package_that_is_nowhere_leads_nowhere(tmp_path: Path) -> None:
    looked = session(tmp_path, {"Project.toml": PROJECT})
    assert definition(looked, tmp_path / "Project.toml", PROJECT.index("CSV")) == ()
