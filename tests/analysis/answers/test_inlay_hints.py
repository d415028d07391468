"""What is shown inside the lines of project and preferences files."""

from __future__ import annotations

from pathlib import Path

from precompass.answers.code_lenses import code_lenses
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span
from precompass.files.snapshot import Disk, Snapshot
from precompass.registry.memory import RegistryMemory
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, session, uuid
from support.registry_files import Package as Registered
from support.registry_files import write_registry

MANIFEST = manifest(
    {
        "CSV": Package("Parsers SnoopPrecompile Dates", version="0.10.9"),
        "Parsers": Package("SnoopPrecompile", version="2.5.8"),
        "SnoopPrecompile": Package("Preferences", version="1.0.3"),
        "Preferences": "TOML",
        "Rain": Package(path="../Rain"),
        "Dates": "",
        "TOML": "",
    }
)
PROJECT = project(deps="CSV Rain Dates SnoopPrecompile", weakdeps="Absent", extras="Parsers")


def shown(session: Session, path: Path, span: Span | None = None) -> list[str]:
    """Each line of a file that has hints, with the hints in braces where they are shown."""
    source = session.snapshot.read(path)
    assert source is not None
    text = source.text
    for hint in reversed(inlay_hints(session, path, span or Span(0, len(text)))):
        text = f"{text[: hint.offset]}{{{hint.label}}}{text[hint.offset :]}"
    return [line for line in text.splitlines() if "{" in line]


def test_a_preference_says_how_many_packages_a_change_recompiles(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": '[SnoopPrecompile]\nskip_precompile = ["CSV"] # for now\n',
    }
    found = shown(session(tmp_path, files), tmp_path / "LocalPreferences.toml")
    assert found == ['skip_precompile = ["CSV"]{recompiles 3 of 5} # for now']


def test_a_count_that_the_lens_above_shows_is_not_repeated(tmp_path: Path) -> None:
    """The lens shows the largest count of its table, whichever keys reach it."""
    opened = session(
        tmp_path,
        {
            "Project.toml": PROJECT,
            "Manifest.toml": MANIFEST,
            "LocalPreferences.toml": '[SnoopPrecompile]\nskip_precompile = ["CSV"]\nother = 1\n',
        },
    )
    path = tmp_path / "LocalPreferences.toml"
    (lens,) = code_lenses(opened, path)
    assert lens.title == "Changing this recompiles up to 3 of 5 packages"
    labels = [hint.label for hint in inlay_hints(opened, path, Span(0, 99), has_lenses=True)]
    assert labels == ["recompiles 0 of 5"]
    labels = [hint.label for hint in inlay_hints(opened, path, Span(0, 99), has_lenses=False)]
    assert labels == ["recompiles 3 of 5", "recompiles 0 of 5"]


def test_what_is_not_in_effect_has_no_count(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT + "[preferences.CSV]\nfast = true\n",
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": "[CSV]\nfast = false\n[TOML]\nslow = 1\n",
    }
    opened = session(tmp_path, files)
    project_hints = shown(opened, tmp_path / "Project.toml")
    assert not [line for line in project_hints if line.startswith("fast")]
    assert shown(opened, tmp_path / "LocalPreferences.toml") == ["fast = false{recompiles 1 of 5}"]


def test_a_table_as_a_value_has_its_count_at_its_header(tmp_path: Path) -> None:
    text = "[CSV.limits]\nrows = 3\n"
    files = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST, "LocalPreferences.toml": text}
    found = shown(session(tmp_path, files), tmp_path / "LocalPreferences.toml")
    assert found == ["[CSV.limits]{recompiles 1 of 5}"]


def test_a_dependency_says_which_version_the_manifest_has(tmp_path: Path) -> None:
    files = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST}
    assert shown(session(tmp_path, files), tmp_path / "Project.toml") == [
        f'CSV = "{uuid("CSV")}"{{0.10.9}}',
        f'Rain = "{uuid("Rain")}"{{1.0.0 (developed)}}',
        f'Dates = "{uuid("Dates")}"{{standard library}}',
        f'SnoopPrecompile = "{uuid("SnoopPrecompile")}"{{1.0.3}}',
        f'Parsers = "{uuid("Parsers")}"{{2.5.8}}',
    ]


def test_a_dependency_says_when_there_is_a_newer_version(tmp_path: Path) -> None:
    csv = Registered("CSV", str(uuid("CSV")), {"0.10.9": {}, "0.10.11": {}})
    write_registry(tmp_path / "depot", csv)
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    texts = {tmp_path / "Project.toml": PROJECT, tmp_path / "Manifest.toml": MANIFEST}
    opened = Session(Snapshot(Disk(), texts), settings, registry_memory=RegistryMemory())
    found = shown(opened, tmp_path / "Project.toml")
    assert f'CSV = "{uuid("CSV")}"{{0.10.9 (newest: 0.10.11)}}' in found
    assert f'SnoopPrecompile = "{uuid("SnoopPrecompile")}"{{1.0.3}}' in found


def test_only_the_part_that_is_asked_for_is_answered(tmp_path: Path) -> None:
    files = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST}
    end = PROJECT.index("Rain")
    found = shown(session(tmp_path, files), tmp_path / "Project.toml", Span(0, end))
    assert found == [f'CSV = "{uuid("CSV")}"{{0.10.9}}']


def test_without_a_manifest_nothing_is_promised(tmp_path: Path) -> None:
    files = {"Project.toml": PROJECT, "LocalPreferences.toml": "[CSV]\nfast = false\n"}
    opened = session(tmp_path, files)
    assert shown(opened, tmp_path / "LocalPreferences.toml") == []
    assert shown(opened, tmp_path / "Project.toml") == []


def test_lines_outside_the_damage_keep_their_hints(tmp_path: Path) -> None:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": "[CSV]\nfast = \nslow = 1\n",
    }
    found = shown(session(tmp_path, files), tmp_path / "LocalPreferences.toml")
    assert found == ["slow = 1{recompiles 1 of 5}"]
