"""Paths in Julia's files follow the folders and files that they lead to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.named_paths import written_paths
from precompass.answers.renamed_files import path_edits
from precompass.file_context import context_of
from support.environments import after, session

LAKE = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
MANIFEST = f"""\
julia_version = "1.12.1"
manifest_format = "2.0"

[[deps.Lake]]
path = "lib/Lake" # ours
uuid = "{LAKE}"
version = "1.0.0"
"""
FILES = {
    "Project.toml": (
        f'[deps]\nLake = "{LAKE}"\n\n[sources]\nLake = {{path = "lib/Lake"}}\n\n'
        "[workspace]\nprojects = ['docs', \"test\", 'apps/View']\n"
    ),
    "Manifest.toml": MANIFEST,
    "docs/Project.toml": f'[deps]\nLake = "{LAKE}"\n\n[sources.Lake]\npath = "../lib/Lake/"\n',
    "test/Project.toml": f"[deps]\nLake = \"{LAKE}\"\n\n[sources]\nLake.path = '../lib/Lake'\n",
    "apps/View/Project.toml": f'name = "View"\nentryfile = "./main.jl"\nuuid = "{LAKE}"\n',
    "lib/Lake/Project.toml": f'name = "Lake"\nuuid = "{LAKE}"\nmanifest = "../../Manifest.toml"\n',
}


def renamed(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    """Return the files that change when these are renamed, as they are then."""
    found = session(folder, FILES)
    edits = path_edits(
        found,
        [folder / name for name in FILES],
        {folder / old: folder / new for old, new in names.items()},
    )
    texts = after(folder, FILES, edits)
    return {name: text for name, text in texts.items() if text != FILES[name]}


def test_a_package_s_folder(tmp_path: Path) -> None:
    assert renamed(tmp_path, {"lib/Lake": "packages/Sea"}) == {
        "Project.toml": FILES["Project.toml"].replace("lib/Lake", "packages/Sea"),
        "Manifest.toml": MANIFEST.replace("lib/Lake", "packages/Sea"),
        "docs/Project.toml": FILES["docs/Project.toml"].replace("lib/Lake", "packages/Sea"),
        "test/Project.toml": FILES["test/Project.toml"].replace("lib/Lake", "packages/Sea"),
    }


def test_a_folder_around_it_and_the_project_itself_further_down(tmp_path: Path) -> None:
    found = renamed(tmp_path, {"lib": "very/deep/lib"})
    assert 'path = "very/deep/lib/Lake" # ours' in found["Manifest.toml"]
    assert 'manifest = "../../../../Manifest.toml"' in found["lib/Lake/Project.toml"]


def test_tests_docs_and_apps(tmp_path: Path) -> None:
    found = renamed(tmp_path, {"docs": "manual/en", "test": "checks", "apps": "programs"})
    assert "projects = ['manual/en', \"checks\", 'programs/View']" in found["Project.toml"]
    assert 'path = "../../lib/Lake/"' in found["docs/Project.toml"]
    assert set(found) == {"Project.toml", "docs/Project.toml"}  # ../lib stays right in checks


def test_an_entry_file_and_a_manifest(tmp_path: Path) -> None:
    found = renamed(
        tmp_path, {"apps/View/main.jl": "apps/View/src/View.jl", "Manifest.toml": "m/Manifest.toml"}
    )
    assert found["apps/View/Project.toml"].splitlines()[1] == 'entryfile = "./src/View.jl"'
    assert 'manifest = "../../m/Manifest.toml"' in found["lib/Lake/Project.toml"]
    assert 'path = "../lib/Lake" # ours' in found["Manifest.toml"]


def test_a_name_that_needs_other_quotes(tmp_path: Path) -> None:
    found = renamed(tmp_path, {"docs": 'it\'s "new"'})
    assert '"it\'s \\"new\\""' in found["Project.toml"]


def test_nothing_where_nothing_leads(tmp_path: Path) -> None:
    assert renamed(tmp_path, {"src": "source", "lib/La": "lib/Sea"}) == {}


NAMES = ("lib", "lib/Lake", "docs", "test", "apps", "apps/View", "Manifest.toml")
NEW = ("other", "one/two", "x y", "lib2/é", "😀")


def leads(folder: Path, texts: Mapping[str, str], places: Mapping[str, str]) -> list[str]:
    """Return where every path leads, with each file at its place."""
    found = session(folder, texts)
    told = []
    for name in texts:
        context = context_of(found, folder / name)
        assert context is not None
        here = folder / places[name]
        told += [
            os.path.relpath(os.path.normpath(here.parent / text), folder)
            for _, text in sorted(written_paths(context))
        ]
    return told


def moved(name: str, names: Mapping[str, str]) -> str:
    for above in (Path(name), *Path(name).parents):
        if above.as_posix() in names:
            return (names[above.as_posix()] / Path(name).relative_to(above)).as_posix()
    return name


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NEW), max_size=3))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_path_leads_to_what_it_led_to(tmp_path: Path, names: dict[str, str]) -> None:
    names = {old: f"{new}{number}" for number, (old, new) in enumerate(names.items())}
    before = leads(tmp_path, FILES, {name: name for name in FILES})
    texts = {**FILES, **renamed(tmp_path, names)}
    now = leads(tmp_path, texts, {name: moved(name, names) for name in FILES})
    assert now == [moved(target, names) for target in before]


@pytest.mark.parametrize("text", ["[sources]\nLake = {path = \n", '[workspace]\nprojects = ["a'])
def test_a_file_that_is_being_written_does_no_harm(tmp_path: Path, text: str) -> None:
    found = session(tmp_path, {"Project.toml": text})
    path = tmp_path / "Project.toml"
    assert path_edits(found, [path], {tmp_path / "a": tmp_path / "b"}) == ()
