"""Files that are left out, and severities for some files alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import project

HERE = Path("/nowhere/Survey")
PACKAGE = project("Survey", deps="CSV")  # General asks for compat entries


def codes(path: str, configuration: str | None = None, chosen: Settings | None = None) -> set[str]:
    """Return the codes of what is found in a project file at a path."""
    texts: Mapping[Path, str] = {HERE / path: PACKAGE}
    if configuration is not None:
        texts = {**texts, HERE / "precompass.toml": configuration}
    settings = chosen or Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    found = check(Session(Snapshot(Disk(), texts), settings), HERE / path)
    return {one.code for one in found}


@pytest.mark.parametrize(
    "path",
    [
        "docs/src/assets/Project.toml",
        "docs/build/assets/Project.toml",
        "node_modules/a/Project.toml",
    ],
)
def test_copies_and_products_are_left_out(path: str) -> None:
    assert codes(path) == set()
    assert "missing-compat" in codes(
        path, 'exclude = ["!docs/build/", "!docs/src/", "!node_modules"]'
    )


@pytest.mark.parametrize(
    "path", ["docs/Project.toml", "src/assets/Project.toml", "build/Project.toml"]
)
def test_folders_that_only_resemble_them_are_checked(path: str) -> None:
    assert "missing-compat" in codes(path)


@pytest.mark.parametrize(
    ("pattern", "path", "left_out"),
    [
        ("old/", "old/Project.toml", True),
        ("old/", "lib/old/Project.toml", True),
        ("/old/", "lib/old/Project.toml", False),
        ("lib/*/Project.toml", "lib/A/Project.toml", True),
        ("**/generated", "a/b/generated/Project.toml", True),
        ("other", "old/Project.toml", False),
    ],
)
def test_patterns_are_those_of_gitignore(pattern: str, path: str, left_out: bool) -> None:
    assert ("missing-compat" not in codes(path, f'exclude = ["{pattern}"]')) == left_out


def test_a_later_pattern_takes_files_in_again() -> None:
    configuration = 'exclude = ["lib/*", "!lib/A"]'
    assert "missing-compat" in codes("lib/A/Project.toml", configuration)
    assert "missing-compat" not in codes("lib/B/Project.toml", configuration)


def test_an_editor_chooses_for_any_folder() -> None:
    variables = {"JULIA_LOAD_PATH": "@"}
    chosen = Settings(use_depot=False, exclude=["**/old/"], variables=variables)
    assert codes("old/Project.toml", chosen=chosen) == set()
    assert "missing-compat" in codes("Project.toml", chosen=chosen)


def test_severities_for_some_files_alone() -> None:
    configuration = '[paths."test/"]\nmissing-compat = "off"\n'
    assert "missing-compat" not in codes("test/A/Project.toml", configuration)
    assert "missing-compat" in codes("Project.toml", configuration)


def test_the_severities_of_a_path_override_the_others() -> None:
    configuration = 'severity.missing-compat = "off"\n[paths."lib/"]\nmissing-compat = "warning"\n'
    assert "missing-compat" in codes("lib/A/Project.toml", configuration)
    assert "missing-compat" not in codes("Project.toml", configuration)


@pytest.mark.parametrize("wrong", ["exclude = 1", "exclude = [1]", "paths = 1", "paths.a = 1"])
def test_what_is_no_pattern_is_reported(wrong: str) -> None:
    texts = {HERE / "precompass.toml": wrong}
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    found = check(Session(Snapshot(Disk(), texts), settings), HERE / "precompass.toml")
    assert [one.code for one in found] == ["configuration"]
