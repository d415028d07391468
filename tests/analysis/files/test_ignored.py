"""What git ignores, as gitignore(5) has it, whoever wrote the patterns."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from precompass.files.ignored import MAX_PATTERNS, IgnoredFiles, patterns_of


def ignored(folder: Path, files: dict[str, str], *names: str) -> list[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = IgnoredFiles(folder, folder / "global")
    return [name for name in names if found.is_ignored(name)]


@pytest.mark.parametrize(
    ("patterns", "ignored_names"),
    [
        ("Manifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("/Manifest.toml\n", ["Manifest.toml"]),
        ("docs/\n", ["docs/Manifest.toml"]),
        ("docs\n!docs/Manifest.toml\n", ["docs/Manifest.toml"]),
        ("*.toml\n!docs/*.toml\n", ["Manifest.toml"]),
        ("**/Manifest.toml\n!/Manifest.toml\n", ["docs/Manifest.toml"]),
        ("# Manifest.toml\n\\#x\n\n", []),
        ("Manifest.toml/\n", []),
        ("[M-N]anifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
    ],
)
def test_patterns_of_the_root(tmp_path: Path, patterns: str, ignored_names: list[str]) -> None:
    names = ("Manifest.toml", "docs/Manifest.toml")
    assert ignored(tmp_path, {".gitignore": patterns}, *names) == ignored_names


def test_the_nearest_file_that_says_something_counts(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.toml\n",
        "docs/.gitignore": "!Project.toml\n",
        ".git/info/exclude": "*.jl\n!Manifest.toml\n",
        "global": "*.md\n",
    }
    names = ("Project.toml", "docs/Project.toml", "docs/Manifest.toml", "a.jl", "a.md", "a.rs")
    found = ["Project.toml", "docs/Manifest.toml", "a.jl", "a.md"]
    assert ignored(tmp_path, files, *names) == found


def test_a_pattern_of_many_stars_takes_little(tmp_path: Path) -> None:
    """Other readers try 200^25 ways to match this one."""
    name = "a" * 200
    assert ignored(tmp_path, {".gitignore": "*a" * 25 + "b\n"}, f"{name}/Project.toml") == []


@pytest.mark.parametrize(
    "line",
    ["[", "[z-a]", "\\", "!", "a**b", "x" * 300_000, "\0", "(?P<x>", "*a" * 2000, "[[:alpha:]]"],
)
def test_a_line_that_nobody_can_use_leaves_the_others(line: str) -> None:
    assert patterns_of([line, "Manifest.toml"]).ignores("Manifest.toml") is True


def test_no_more_patterns_count_than_a_project_has() -> None:
    lines = [f"x{number}" for number in range(MAX_PATTERNS)]
    assert patterns_of([*lines, "late"]).ignores("late") is None


@pytest.mark.parametrize("middle", ["", "x" * 300, "*a" * 50, "[!é]" * 20], ids=len)
def test_patterns_that_are_too_many_for_one_set_count_all_the_same(middle: str) -> None:
    """RE2 has 8 MiB for the expressions of a set, and gives up where they take more."""
    lines = [f"file{number}{middle}*.toml" for number in range(1_500)]
    patterns = patterns_of([*lines[:150], "!Project.toml", *lines[150:]])
    assert patterns.ignores("Project.toml") is False
    assert patterns.ignores("Other.toml") is None
    matched = "aa" * 50 if middle.startswith("*") else middle.replace("[!é]", "b")
    assert patterns.ignores(f"file149{matched}.toml") is True


def test_the_last_pattern_that_matches_decides_in_whichever_set_it_is() -> None:
    many = [f"file{number}.txt" for number in range(1_000)]
    patterns = patterns_of(["*.toml", *many[:500], "!Project.toml", *many[500:], "*.md"])
    assert patterns.ignores("Manifest.toml") is True
    assert patterns.ignores("Project.toml") is False
    assert patterns.ignores("a.md") is True


def test_a_path_of_a_thousand_folders_is_looked_at_once(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.jl\nProject.toml\n")
    assert IgnoredFiles(tmp_path).is_ignored(f"{'a/' * 1_000}Project.toml")
    assert not IgnoredFiles(tmp_path).is_ignored(f"{'a/' * 100_000}Project.toml")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_pipes_and_devices_hold_no_patterns(tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "global").symlink_to("/dev/zero")
    assert not IgnoredFiles(tmp_path, tmp_path / "global").is_ignored("Project.toml")
