"""The project's own package and its extension, between two folders as within one.

Survey uses Anvil and Hammer, which uses Anvil too, and has an extension for Hammer. Caches of what
is developed are for one place: those of Survey lie for the folder of one of the two states only.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import google_crc32c
import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.hashing import extension_uuid, preference_hash
from precompass.julia.slugs import cache_directory, cache_entry
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, Source, cache_bytes

JULIA = (1, 12)
ANVIL = UUID("49b8ebeb-9ccc-5818-88b0-5f35b5814e67")
HAMMER = UUID("6930801b-fba9-547b-af67-e540562422c6")
SURVEY = UUID("69867c64-6725-5341-8ea7-b3c12aecb03b")
EXTENSION = extension_uuid(SURVEY, "SurveyHammerExt", JULIA)
PROJECT = f"""\
name = "Survey"
uuid = "{SURVEY}"

[deps]
Anvil = "{ANVIL}"
Hammer = "{HAMMER}"

[extensions]
SurveyHammerExt = "Hammer"
"""
MANIFEST = f"""\
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Anvil]]
git-tree-sha1 = "{1:040x}"
uuid = "{ANVIL}"
version = "1.0.0"

[[deps.Hammer]]
deps = ["Anvil"]
git-tree-sha1 = "{2:040x}"
uuid = "{HAMMER}"
version = "1.0.0"
"""
OWN_CHANGES = "[Survey]\ntint = 3\n"
ANVIL_CHANGES = "[Anvil]\nmass = 60\n"


def project_in(folder: Path, preferences: str = "") -> Path:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": preferences,
        "src/Survey.jl": "module Survey\nusing Anvil\nend\n",
        "ext/SurveyHammerExt.jl": "module SurveyHammerExt\nusing Survey, Hammer\nend\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "Project.toml"


def write_caches(depot: Path, folder: Path | None) -> None:
    """Write the caches of all packages, made without preferences; of Survey for one folder."""
    build = {ANVIL: 1, HAMMER: 2, SURVEY: 3, EXTENSION: 4}
    anvil, hammer, survey = (
        Module(name, uuid, (CACHE_CHECKSUM + build[uuid]) << 64 | 1)
        for name, uuid in (("Anvil", ANVIL), ("Hammer", HAMMER), ("Survey", SURVEY))
    )
    units: list[tuple[str, UUID, list[Module], list[str], Path | None]] = [
        ("Anvil", ANVIL, [], ["mass"], None),
        ("Hammer", HAMMER, [anvil], [], None),
    ]
    if folder is not None:
        extension = folder / "ext/SurveyHammerExt.jl"
        units += [
            ("Survey", SURVEY, [anvil], ["tint"], folder / "src/Survey.jl"),
            ("SurveyHammerExt", EXTENSION, [anvil, hammer, survey], [], extension),
        ]
    for name, uuid, loaded, keys, entry in units:
        place = depot / cache_directory(name, uuid, JULIA)
        place.mkdir(parents=True)
        hashed = preference_hash({}, keys, JULIA)
        assert isinstance(hashed, int)
        content = cache_bytes(
            name,
            uuid,
            julia="1.12.2",
            build_id=(CACHE_CHECKSUM + build[uuid]) << 64 | 1,
            required=[CORE, BASE, *loaded],
            keys=keys,
            preferences_hash=hashed if keys else 0,
            records=[source(entry)] if entry is not None else [],
        )
        path = place / f"{cache_entry(name, uuid)}_0.ji"
        path.write_bytes(content)
        path.with_suffix(".so").write_bytes(b"code")


def source(path: Path) -> Source:
    text = path.read_bytes()
    mtime = path.stat().st_mtime
    return Source(os.fspath(path), mtime, len(text), google_crc32c.value(text), owner=1)


def answers(project: Path, depot: Path, texts: dict[Path, str] | None = None) -> Invalidations:
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@", "PATH": ""})
    found = Session(Snapshot(Disk(), texts or {}), settings).invalidations(project)
    assert found is not None
    return found


def stale(before: Invalidations, after: Invalidations) -> list[str]:
    found = difference(before, after).recompilation.stale
    assert found is not None
    return sorted(unit.name for unit in found)


CHANGES = [
    (OWN_CHANGES, ["Survey", "SurveyHammerExt"]),
    (ANVIL_CHANGES, ["Anvil", "Hammer", "Survey", "SurveyHammerExt"]),
]


@pytest.mark.parametrize(("preferences", "expected"), CHANGES)
def test_within_one_folder(tmp_path: Path, preferences: str, expected: list[str]) -> None:
    project = project_in(tmp_path / "survey")
    write_caches(tmp_path / "depot", project.parent)
    local = {project.parent / "LocalPreferences.toml": preferences}
    before = answers(project, tmp_path / "depot")
    assert stale(before, answers(project, tmp_path / "depot", local)) == expected


@pytest.mark.parametrize("caches_of", ["before", "after"])
@pytest.mark.parametrize(("preferences", "expected"), CHANGES)
def test_between_two_folders(
    tmp_path: Path, preferences: str, expected: list[str], caches_of: str
) -> None:
    before = project_in(tmp_path / "before")
    after = project_in(tmp_path / "after", preferences)
    write_caches(tmp_path / "depot", tmp_path / caches_of)
    depot = tmp_path / "depot"
    assert stale(answers(before, depot), answers(after, depot)) == expected


def test_without_caches_of_its_own_it_is_stale_with_what_it_loads(tmp_path: Path) -> None:
    before = project_in(tmp_path / "before")
    after = project_in(tmp_path / "after", ANVIL_CHANGES)
    write_caches(tmp_path / "depot", None)
    depot = tmp_path / "depot"
    expected = ["Anvil", "Hammer", "Survey", "SurveyHammerExt"]
    assert stale(answers(before, depot), answers(after, depot)) == expected
