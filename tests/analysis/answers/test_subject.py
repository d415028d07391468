"""What a place in a file is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.subject import Subject, packages_named, subject_at
from support.environments import Package, invalidations, manifest, project, session, uuid

SNOOP = uuid("SnoopPrecompile")
CSV = uuid("CSV")

PROJECT = project(deps="CSV SnoopPrecompile")
MANIFEST = manifest(
    {
        "CSV": "Parsers SnoopPrecompile",
        "Parsers": "SnoopPrecompile",
        "SnoopPrecompile": Package("Preferences", version="1.0.3"),
        "Preferences": "",
    }
)
PREFERENCES = """\
[SnoopPrecompile]
other = 1
skip_precompile = ["CSV"]

[CSV]
__clear__ = ["fast"]

[Parsers]
fast = true
"""
FILES = {
    "Project.toml": PROJECT,
    "Manifest.toml": MANIFEST,
    "LocalPreferences.toml": PREFERENCES,
}


def about(folder: Path, name: str, mark: str) -> Subject | None:
    """Return what the first character of *mark* in a file is about."""
    opened = session(folder, FILES)
    return subject_at(opened, folder / name, FILES[name].index(mark))


@pytest.mark.parametrize(
    ("mark", "subject"),
    [
        ("skip_precompile", Subject(SNOOP, "skip_precompile")),
        ('"CSV"', Subject(SNOOP, "skip_precompile")),
        ("other", Subject(SNOOP, "other")),
        # The first key that Julia notices: nothing reads "other".
        ("SnoopPrecompile]", Subject(SNOOP, "skip_precompile")),
        ("CSV]", Subject(CSV, None)),
        ("__clear__", Subject(CSV, None)),
        # Julia ignores tables of packages that the project does not list.
        ("Parsers]", None),
        ("fast = true", None),
    ],
)
def test_in_a_preferences_file(tmp_path: Path, mark: str, subject: Subject | None) -> None:
    assert about(tmp_path, "LocalPreferences.toml", mark) == subject


def test_a_dependency_is_about_its_package(tmp_path: Path) -> None:
    assert about(tmp_path, "Project.toml", "CSV") == Subject(CSV, None)
    assert about(tmp_path, "Manifest.toml", "Parsers]]") == Subject(uuid("Parsers"), None)


def test_between_the_lines_there_is_nothing(tmp_path: Path) -> None:
    assert about(tmp_path, "LocalPreferences.toml", "\n[CSV]") is None
    assert about(tmp_path, "Project.toml", "[deps]") is None


def test_a_file_that_another_hides_is_about_nothing(tmp_path: Path) -> None:
    opened = session(tmp_path, {**FILES, "JuliaLocalPreferences.toml": "[CSV]\nfast = true\n"})
    assert subject_at(opened, tmp_path / "LocalPreferences.toml", 1) is None


@pytest.mark.parametrize("name", ["Parsers", str(uuid("Parsers"))])
def test_a_package_goes_by_its_name_or_uuid(tmp_path: Path, name: str) -> None:
    assert packages_named(name, invalidations(tmp_path, FILES)) == (uuid("Parsers"),)


def test_an_extension_goes_by_its_parent_and_its_own_name(tmp_path: Path) -> None:
    csv = Package("SnoopPrecompile", weakdeps="Parsers", extensions={"CSVParsersExt": "Parsers"})
    packages: dict[str, str | Package] = {
        "CSV": csv,
        "Parsers": "",
        "SnoopPrecompile": "Preferences",
        "Preferences": "",
    }
    found = invalidations(
        tmp_path, {"Project.toml": project(deps="CSV Parsers"), "Manifest.toml": manifest(packages)}
    )
    (extension,) = packages_named("CSV/CSVParsersExt", found)
    unit = found.graph.unit_of(extension)
    assert unit is not None
    assert unit.is_extension


@pytest.mark.parametrize("name", ["Nowhere", str(uuid("Nowhere")), "CSV/Nowhere", ""])
def test_what_is_not_in_the_environment_has_no_name(tmp_path: Path, name: str) -> None:
    assert not packages_named(name, invalidations(tmp_path, FILES))
