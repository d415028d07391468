"""What git ignores, as gitignore(5) has it, whoever wrote the patterns."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
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
        ("[[:upper:]]anifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("[^[:lower:][:digit:]]*\n!/M*\n", ["docs/Manifest.toml"]),
        ("[[:capital:]]anifest.toml\n", []),
        ("\\Manifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("Manifest.toml \r\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("Manifest.toml\\ \n", []),
        ("/**/Manifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("docs/**\n", ["docs/Manifest.toml"]),
        ("**anifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("/**anifest.toml\n", ["Manifest.toml"]),
        ("Manifest?toml\n!docs[/]Manifest.toml\n", ["Manifest.toml", "docs/Manifest.toml"]),
        ("\ufeff/Manifest.toml", ["Manifest.toml"]),
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
    ["[", "[z-a]", "\\", "!", "a**b", "x" * 300_000, "\0", "(?P<x>", "*a" * 2000, "[[:bad:]]", "/"],
)
def test_a_line_that_nobody_can_use_leaves_the_others(line: str) -> None:
    assert patterns_of([line.encode(), b"Manifest.toml"]).ignores("Manifest.toml") is True


def test_no_more_patterns_count_than_a_project_has() -> None:
    lines = [b"x%d" % number for number in range(MAX_PATTERNS)]
    assert patterns_of([*lines, b"late"]).ignores("late") is None


@pytest.mark.parametrize("middle", ["", "x" * 300, "*a" * 50, "[!é]" * 20], ids=len)
def test_patterns_that_are_too_many_for_one_set_count_all_the_same(middle: str) -> None:
    """RE2 has 8 MiB for the expressions of a set, and gives up where they take more."""
    lines = [f"file{number}{middle}*.toml".encode() for number in range(1_500)]
    patterns = patterns_of([*lines[:150], b"!Project.toml", *lines[150:]])
    assert patterns.ignores("Project.toml") is False
    assert patterns.ignores("Other.toml") is None
    matched = "aa" * 50 if middle.startswith("*") else middle.replace("[!é]", "b")
    assert patterns.ignores(f"file149{matched}.toml") is True


def test_the_last_pattern_that_matches_decides_in_whichever_set_it_is() -> None:
    many = [b"file%d.txt" % number for number in range(1_000)]
    patterns = patterns_of([b"*.toml", *many[:500], b"!Project.toml", *many[500:], b"*.md"])
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


# As git itself

PIECES = [
    *"aab.1A-_!^ ", "é", "/", "/", "*", "*", "?", "[", "[", "]", "\\", "**", "**/", "/**", "[!a]",
    "[a-c]", "[^/]", "[:", ":]", "[[:alpha:]]", "[[:digit:]_]", "[[:punct:]]", "[[:bad:]]", "\t",
    "[\\]]", "[]a]", "[a-]", "[--a]", "\\ ",
]  # fmt: skip
NAMES = ["a", "b", "ab", "aab", ".a", "A", "1", "-", "_", "é", "a b", "a ", "b]", "[a]", "*", "a*"]
NAMES += ["\\", "!a", "#a", "^", "aba", "a-", "[", "a\\", "\t", "a\\ "]


def random_line(rng: random.Random) -> str:
    pieces = [rng.choice(PIECES) for _ in range(rng.randint(1, 8))]
    return "".join(pieces) + rng.choice(("", "", "", " ", "/", "\r"))


def line_like(rng: random.Random, name: str) -> str:
    letters = list(name)
    for _ in range(rng.randint(1, 2)):
        letters[rng.randrange(len(letters))] = rng.choice(PIECES)
    return rng.choice(("", "!", "/", "")) + "".join(letters)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("seed", range(20))
def test_random_patterns_match_what_they_match_for_git(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    names = ["/".join(rng.choices(NAMES, k=rng.randint(1, 4))) for _ in range(150)]
    lines = [random_line(rng) for _ in range(2)] + [line_like(rng, rng.choice(names))]
    (tmp_path / ".gitignore").write_bytes("\n".join(lines).encode())
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    git = ("git", "-c", "core.ignoreCase=false")
    subprocess.run((*git, "init", "--quiet", "."), cwd=tmp_path, env=environment, check=True)
    said = subprocess.run(
        (*git, "check-ignore", "-z", "--stdin", "--no-index"),
        cwd=tmp_path,
        env=environment,
        input="\0".join(names).encode(),
        stdout=subprocess.PIPE,
        check=False,
    )
    assert said.returncode in (0, 1)
    by_git = set(said.stdout.decode().split("\0")) - {""}
    found = IgnoredFiles(tmp_path)
    assert {name for name in names if found.is_ignored(name)} == by_git, lines
