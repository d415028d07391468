"""Which registries a depot holds, as ``reachable_registries`` of Pkg finds them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.registry import sources
from precompass.registry.sources import (
    RegistryProblem,
    RegistrySource,
    find_registries,
    registry_source,
)

Write = Callable[..., Path]
HASH = "282c39e3e7ce011c8f0fd02e6747bb18a3a9515f"
COMMIT = "d6b0f6d9ba026fb4647c2257514568aa81862cf6"


def source(path: Path) -> RegistrySource:
    found = registry_source(path)
    assert isinstance(found, RegistrySource)
    return found


def names(*depots: Path) -> list[str]:
    found, problems = find_registries(depots)
    assert problems == ()
    return [registry.path.name for registry in found]


def test_depots_are_searched_in_order_folders_before_archives(
    tmp_path: Path, write_packed: Write, write_unpacked: Write
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_packed(depot=first, name="A")
    write_unpacked(depot=first, name="Z")
    write_unpacked(depot=first, name="B")
    write_unpacked(depot=second, name="A")
    assert names(first, second) == ["B", "Z", "A.toml", "A"]
    assert names(second, first) == ["A", "B", "Z", "A.toml"]


def test_a_folder_with_the_name_of_a_packed_registry_is_ignored(
    depot: Path, write_packed: Write, write_unpacked: Write
) -> None:
    write_unpacked(name="General")
    write_packed(name="General")
    assert names(depot) == ["General.toml"]


def test_depots_without_registries(tmp_path: Path, depot: Path) -> None:
    (depot / "registries" / "NoRegistry").mkdir()
    (depot / "registries" / "file.txt").write_text("")
    assert names(tmp_path / "nowhere", depot) == []


def test_a_packed_registry_has_the_tree_hash_that_pkg_wrote(write_packed: Write) -> None:
    path = write_packed()
    found = source(path)
    assert found.archive == path.parent / "Small.tar.gz"
    assert found.tree_hash is not None
    assert found.tree_hash in path.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = ", "is not TOML: Invalid value (at end of document)"),
        ("\xff", "is not TOML: not UTF-8 at byte 0"),
        ('path = "Small.tar.gz"', "names no git-tree-sha1 of 40 hexadecimal digits"),
        ('git-tree-sha1 = "1234"\npath = "Small.tar.gz"', "names no git-tree-sha1 of 40"),
        (f'git-tree-sha1 = "{HASH}"', "does not name its archive"),
        (f'git-tree-sha1 = "{HASH}"\npath = "Gone.tar.gz"', "which does not exist"),
        (f'git-tree-sha1 = "{HASH}"\npath = "../x.tar.gz"', "outside of its folder"),
        (f'git-tree-sha1 = "{HASH}"\npath = "/etc/passwd"', "outside of its folder"),
        (f'git-tree-sha1 = "{HASH}"\npath = ".."', "outside of its folder"),
    ],
)
def test_a_file_that_describes_no_packed_registry(
    depot: Path, write_packed: Write, text: str, message: str
) -> None:
    path = write_packed()
    path.write_text(text, encoding="latin-1")
    assert find_registries([depot])[0] == ()
    (problem,) = find_registries([depot])[1]
    assert problem.path == path
    assert message in problem.message


def test_a_packed_registry_changes_with_its_tree_hash_or_archive(
    write_packed: Write, small: dict[str, str]
) -> None:
    path = write_packed()
    before = source(path)
    assert source(path) == before
    os.utime(path.with_suffix(".tar.gz"), (0, 0))
    assert source(path) == before
    small["E/Example/Versions.toml"] = ""
    write_packed(small)
    assert source(path).fingerprint != before.fingerprint


def test_a_folder_changes_with_any_of_its_toml_files(write_unpacked: Write) -> None:
    folder = write_unpacked()
    seen = {source(folder).fingerprint}
    assert source(folder).fingerprint in seen
    (folder / "README.md").write_text("not part of a registry")
    (folder / ".ci").mkdir()
    (folder / ".ci" / "Project.toml").write_text("")
    assert source(folder).fingerprint in seen
    versions = folder / "E" / "Example" / "Versions.toml"
    for change in (
        lambda: versions.write_text("x = 1"),
        lambda: os.utime(versions, (0, 0)),
        lambda: versions.rename(versions.with_name("Deps.toml")),
        lambda: versions.with_name("Deps.toml").unlink(),
    ):
        change()
        assert source(folder).fingerprint not in seen
        seen.add(source(folder).fingerprint)


def test_a_folder_that_pkg_unpacked_has_a_tree_hash(write_unpacked: Write) -> None:
    folder = write_unpacked()
    (folder / ".tree_info.toml").write_text(f'git-tree-sha1 = "{HASH}"\n')
    before = source(folder)
    assert before.tree_hash == HASH
    (folder / ".tree_info.toml").write_text(f'git-tree-sha1 = "{HASH[::-1]}"\n')
    assert source(folder).fingerprint != before.fingerprint


@pytest.fixture
def clone(write_unpacked: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git clone with more files than are looked at one by one."""
    monkeypatch.setattr(sources, "_MAX_STAMPS_OF_A_CLONE", 3)
    folder = write_unpacked()
    (folder / ".git" / "refs" / "heads").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/master\n")
    (folder / ".git" / "refs" / "heads" / "master").write_text(COMMIT + "\n")
    (folder / ".git" / "index").write_bytes(b"1")
    return folder


def test_a_large_git_clone_changes_with_its_commit_and_gits_index(clone: Path) -> None:
    before = source(clone).fingerprint
    assert COMMIT in before
    (clone / ".git" / "index").write_bytes(b"22")
    assert COMMIT in source(clone).fingerprint != before
    (clone / ".git" / "refs" / "heads" / "master").write_text(HASH)
    assert HASH in source(clone).fingerprint


def test_the_commit_of_a_git_clone_may_be_packed_or_detached(clone: Path) -> None:
    (clone / ".git" / "refs" / "heads" / "master").unlink()
    (clone / ".git" / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{HASH} refs/heads/masters\n{COMMIT} refs/heads/master\n"
    )
    assert COMMIT in source(clone).fingerprint
    (clone / ".git" / "HEAD").write_text(HASH)
    assert HASH in source(clone).fingerprint


@pytest.mark.parametrize("head", ["", "ref: refs/heads/gone", "ref: ../../x", "\x00", "1234"])
def test_a_git_folder_without_a_commit_is_looked_at_file_by_file(clone: Path, head: str) -> None:
    (clone / ".git" / "HEAD").write_text(head)
    before = source(clone).fingerprint
    assert before.startswith("files ")
    (clone / "E" / "Example" / "Versions.toml").write_text("")
    assert source(clone).fingerprint != before


def test_a_small_git_clone_is_looked_at_file_by_file(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_MAX_STAMPS_OF_A_CLONE", 1000)
    before = source(clone).fingerprint
    (clone / "E" / "Example" / "Versions.toml").write_text("")
    assert source(clone).fingerprint != before


def test_what_is_no_registry(tmp_path: Path) -> None:
    assert registry_source(tmp_path / "nowhere") is None
    assert registry_source(tmp_path) is None


def test_a_link_that_leads_nowhere_does_no_harm(write_unpacked: Write) -> None:
    folder = write_unpacked()
    (folder / "E" / "Example" / "Link.toml").symlink_to("nowhere")
    assert not isinstance(registry_source(folder), RegistryProblem)


def test_more_registries_than_are_read(
    depot: Path, write_packed: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ABC":
        write_packed(name=name)
    assert len(find_registries([depot])[0]) == 3
    monkeypatch.setattr(sources, "MAX_REGISTRIES", 2)
    found, problems = find_registries([depot])
    assert [registry.path.name for registry in found] == ["A.toml", "B.toml"]
    assert [problem.message for problem in problems] == [
        "has more than 2 registries: the others are ignored"
    ]
