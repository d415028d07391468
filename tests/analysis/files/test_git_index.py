"""Git's index, read as data."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from precompass.files.git_index import is_tracked, names_in
from support.git_index import index_of, track

GIT = shutil.which("git")
NAMES = ("LocalPreferences.toml", "lib/a/LocalPreferences.toml", "lib/a/é.jl", "x" * 5_000)


@pytest.mark.parametrize("hash_length", [20, 32])
def test_the_names_of_an_index(hash_length: int) -> None:
    found = names_in(index_of(NAMES, hash_length=hash_length), hash_length)
    assert [name.decode() for name in found] == sorted(NAMES)


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("objects", ["sha1", "sha256"])
def test_an_index_that_git_wrote(tmp_path: Path, version: str, objects: str) -> None:
    def git(*arguments: str) -> None:
        subprocess.run([str(GIT), *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet", f"--object-format={objects}")
    for name in ("Project.toml", "lib/Project.toml", "lib/inner/LocalPreferences.toml", "z.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    git("add", "Project.toml", "lib", "z.txt")
    git("update-index", "--index-version", version)
    (tmp_path / "LocalPreferences.toml").write_text("")
    tracked = {name: is_tracked(tmp_path / name) for name in ("Project.toml", "lib/Project.toml")}
    assert tracked == {"Project.toml": True, "lib/Project.toml": True}
    assert is_tracked(tmp_path / "lib" / "inner" / "LocalPreferences.toml")
    assert not is_tracked(tmp_path / "LocalPreferences.toml")
    if version == "3":
        git("add", "--intent-to-add", "LocalPreferences.toml")
        assert is_tracked(tmp_path / "LocalPreferences.toml")


def test_a_worktree_and_a_submodule_have_their_index_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "main" / ".git" / "worktrees" / "fix"
    elsewhere.mkdir(parents=True)
    (elsewhere / "index").write_bytes(index_of(["LocalPreferences.toml"]))
    tree = tmp_path / "fix"
    tree.mkdir()
    (tree / ".git").write_text("gitdir: ../main/.git/worktrees/fix\n")
    assert is_tracked(tree / "LocalPreferences.toml")


def test_the_nearest_repository_counts(tmp_path: Path) -> None:
    track(tmp_path, "inner/LocalPreferences.toml")
    assert is_tracked(tmp_path / "inner" / "LocalPreferences.toml")
    track(tmp_path / "inner")
    assert not is_tracked(tmp_path / "inner" / "LocalPreferences.toml")


def test_a_new_index_is_read_again(tmp_path: Path) -> None:
    track(tmp_path)
    assert not is_tracked(tmp_path / "LocalPreferences.toml")
    track(tmp_path, "LocalPreferences.toml")
    assert is_tracked(tmp_path / "LocalPreferences.toml")


def test_no_index_is_too_broken_to_read() -> None:
    whole = index_of(NAMES)
    chance = random.Random(0)
    for _ in range(2_000):
        broken = bytearray(whole[: chance.randrange(len(whole))])
        for _ in range(chance.randrange(4) if broken else 0):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert len(list(names_in(bytes(broken)))) <= len(broken)
    assert list(names_in(b"")) == []
    assert list(names_in(b"DIRC" + (9).to_bytes(4, "big") + b"\0" * 90)) == []


def test_git_is_what_a_folder_or_a_pointer_says(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("anything else\n")
    assert not is_tracked(tmp_path / "LocalPreferences.toml")
