"""Answers about sources that are kept between runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import platformdirs
import pytest

from precompass.source import cache as source_cache
from precompass.source.cache import SourceCache, clear_source_cache
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads
from support.patience import PATIENCE

EVERYTHING = """
module Foo
using Preferences, PrecompileTools, Bar
include("a.jl")
for f in things
    include(f)
end
function ask(m, key = "k"; rest...)
    z && return 1
    return load_preference(m, "p_$key")
end
macro setting(keys)
    :([load_preference($__module__, k) for k in $keys])
end
function __init__()
    @load_preference("init")
end
const x = y ? ask(Foo) : ask(Bar, "other")
const z = load_preference(Base.UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041"), "z")
@compile_workload begin
    shown()
end
end
"""


@pytest.fixture
def source(tmp_path: Path) -> PackageSource:
    root = tmp_path / "Foo"
    (root / "src").mkdir(parents=True)
    (root / "src" / "Foo.jl").write_text(EVERYTHING)
    (root / "src" / "a.jl").write_text('const a = @load_preference("a")\n')
    return PackageSource("Foo", UUID(int=5), root, root / "src" / "Foo.jl")


@pytest.fixture
def cache(tmp_path: Path) -> SourceCache:
    return SourceCache(tmp_path / "kept")


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> PackageReads:
        raise AssertionError("the source was read again")

    monkeypatch.setattr(source_cache, "read_files", fail)


def entries(cache: SourceCache) -> list[Path]:
    return sorted(cache.folder.glob("*.reads"))


def test_a_kept_answer_is_the_answer(
    source: PackageSource, cache: SourceCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = frozenset({"shown"})
    expected = read_package_source(source, foreign=foreign)
    assert cache.read(source, foreign) == expected
    forbid_reading(monkeypatch)
    assert cache.read(source, foreign) == expected
    assert SourceCache(cache.folder).read(source, foreign) == expected


def test_other_names_looked_for_are_another_question(
    source: PackageSource, cache: SourceCache
) -> None:
    cache.read(source)
    cache.read(source, frozenset({"shown"}))
    assert len(entries(cache)) == 2


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_a_change_of_any_file_is_seen(
    source: PackageSource, cache: SourceCache, change: str
) -> None:
    before = cache.read(source)
    file = source.root / "src" / "a.jl"
    if change == "edit":
        file.write_text('const a = @load_preference("b")\n')
    elif change == "add":
        (source.root / "src" / "new.jl").write_text('const n = @load_preference("n")\n')
    else:
        file.unlink()
    after = cache.read(source)
    assert after == read_package_source(source)
    assert after != before


def test_an_installed_package_is_known_by_its_tree_hash(
    source: PackageSource, cache: SourceCache
) -> None:
    here = PackageSource("Foo", source.uuid, source.root, source.entry, "ab" * 20)
    answer = cache.read(here)
    source.entry.write_text("module Foo\nend\n")
    assert cache.read(here) == answer
    assert len(entries(cache)) == 1


def test_a_depot_answers_for_itself_alone(
    source: PackageSource, cache: SourceCache, tmp_path: Path
) -> None:
    """A repository can bring a depot whose packages are not what their tree hashes say."""
    theirs = tmp_path / "clone" / "depot"
    shutil.copytree(source.root, theirs)
    (theirs / "src" / "Foo.jl").write_text("module Foo\nend\n")
    poison = PackageSource("Foo", source.uuid, theirs, theirs / "src" / "Foo.jl", "ab" * 20)
    assert not cache.read(poison).reads
    here = PackageSource("Foo", source.uuid, source.root, source.entry, "ab" * 20)
    assert cache.read(here).reads == read_package_source(here).reads


@pytest.mark.parametrize("damage", ["cut", "byte", "empty", "text", "folder"])
def test_a_damaged_entry_is_as_good_as_none(
    source: PackageSource, cache: SourceCache, damage: str
) -> None:
    expected = cache.read(source)
    [entry] = entries(cache)
    data = entry.read_bytes()
    if damage == "folder":
        entry.unlink()
        entry.mkdir()
    else:
        changed = {
            "cut": data[: len(data) // 2],
            "byte": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
            "empty": b"",
            "text": b"hello",
        }
        entry.write_bytes(changed[damage])
    assert cache.read(source) == expected


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(
    source: PackageSource, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    cache = SourceCache(tmp_path / "file" / "below")
    assert cache.read(source) == read_package_source(source)
    assert cache.clear() == 0


def test_the_least_recently_used_entries_go_first(source: PackageSource, tmp_path: Path) -> None:
    cache = SourceCache(tmp_path / "kept")
    for number in range(8):
        cache.read(source, frozenset({f"name{number}"}))
    size = entries(cache)[0].stat().st_size
    old = {path: index for index, path in enumerate(entries(cache))}
    for path, index in old.items():
        os.utime(path, (time.time() - 1000 + index, time.time() - 1000 + index))
    SourceCache(cache.folder, max_bytes=4 * size + size // 2).read(source, frozenset({"last"}))
    left = entries(cache)
    assert len(left) == 3
    assert [old[path] for path in left if path in old] == [6, 7]


def test_what_a_stopped_process_left_is_removed(source: PackageSource, cache: SourceCache) -> None:
    cache.folder.mkdir()
    abandoned = cache.folder / ".new-abc"
    abandoned.write_text("half")
    os.utime(abandoned, (0, 0))
    cache.read(source)
    assert not abandoned.exists()


def test_clearing(source: PackageSource, cache: SourceCache) -> None:
    cache.read(source)
    (cache.folder / "not ours.txt").write_text("stays")
    assert clear_source_cache(cache.folder) == 1
    assert [path.name for path in cache.folder.iterdir()] == ["not ours.txt"]
    assert clear_source_cache(cache.folder) == 0


def test_the_default_folder_is_the_user_s_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PRECOMPASS_CACHE", raising=False)
    user = platformdirs.user_cache_path("precompass", appauthor=False)
    assert SourceCache().folder == user / "source-reads"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    if sys.platform == "linux":
        assert SourceCache().folder == tmp_path / "user" / "precompass" / "source-reads"
    monkeypatch.setenv("PRECOMPASS_CACHE", str(tmp_path / "mine"))
    assert SourceCache().folder == tmp_path / "mine" / "source-reads"


READ_AND_CLEAR = """
import sys
from pathlib import Path
from uuid import UUID
from precompass.source.cache import SourceCache
from precompass.source.package_reads import PackageSource

folder, name, uuid, root, entry = sys.argv[1:]
source = PackageSource(name, UUID(uuid), Path(root), Path(entry))
cache = SourceCache(Path(folder))
found = 0
for number in range(40):
    found += len(cache.read(source, frozenset({f"name{number % 3}"})).reads)
    if number % 5 == 4:
        cache.clear()
print(found)
"""


def test_two_processes_share_a_folder(source: PackageSource, tmp_path: Path) -> None:
    arguments = [str(tmp_path / "shared"), source.name, str(source.uuid)]
    arguments += [str(source.root), str(source.entry)]
    command = [sys.executable, "-c", READ_AND_CLEAR, *arguments]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    expected = 40 * len(read_package_source(source).reads)
    assert expected > 0
    assert [int(process.communicate(timeout=PATIENCE)[0]) for process in running] == [expected] * 2


def test_another_grammar_reads_again(
    source: PackageSource, cache: SourceCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.read(source)
    monkeypatch.setattr(source_cache, "GRAMMAR", "another one")
    source_cache._reader_digest.cache_clear()
    try:
        cache.read(source)
    finally:
        source_cache._reader_digest.cache_clear()
    assert len(entries(cache)) == 2
