"""Our index of a registry: built once, kept, and never wrong or in the way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.julia.uuids import UUID
from precompass.registry import cache as cache_module
from precompass.registry import index as index_module
from precompass.registry.folder import cache_folder
from precompass.registry.index import Registry, open_registry
from precompass.registry.reading import read_registry
from precompass.registry.sources import RegistrySource, registry_source
from support.special_files import make_pipe, may_read_everything

Write = Callable[..., Path]
EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")
TOML = UUID("fa267f1f-6049-4f14-aa54-33bafae1ed76")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "precompass"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The registries that were read in this test, in order."""
    paths: list[Path] = []

    def counted(source: RegistrySource, _: object) -> object:
        paths.append(source.path)
        return read_registry(source, None)

    monkeypatch.setattr(index_module, "read_registry", counted)
    return paths


def open_at(path: Path, cache: Path | None) -> Registry:
    registry, problems = try_at(path, cache)
    assert problems == []
    assert registry is not None
    return registry


def try_at(path: Path, cache: Path | None) -> tuple[Registry | None, list[str]]:
    source = registry_source(path)
    assert isinstance(source, RegistrySource)
    registry, problems = open_registry(source, cache)
    return registry, [problem.message for problem in problems]


def answers(registry: Registry) -> object:
    """Everything that a registry tells, but for where it lies."""
    dependencies = list(registry.newest_dependencies())
    return (
        (registry.name, registry.uuid, registry.repository, registry.description, len(registry)),
        dependencies,
        [registry.package(package.uuid) for package in dependencies],
        registry.starting_with(""),
        registry.problems,
    )


def test_packed_and_unpacked_registries_tell_the_same(
    write_packed: Write, write_unpacked: Write, cache: Path
) -> None:
    packed = open_at(write_packed(), cache)
    unpacked = open_at(write_unpacked(name="Unpacked"), cache)
    assert answers(packed) == answers(unpacked)
    assert (packed.name, packed.repository, len(packed)) == (
        "Small",
        "https://example.org/Small.git",
        6,
    )


def test_an_index_is_built_once_for_each_state(
    write_packed: Write, cache: Path, small: dict[str, str], builds: list[Path]
) -> None:
    first = answers(open_at(write_packed(), cache))
    assert answers(open_at(write_packed(), cache)) == first
    assert len(builds) == 1
    small["E/Example/Versions.toml"] += f'["0.6.0"]\ngit-tree-sha1 = "{"0" * 40}"\n'
    changed = open_at(write_packed(small), cache)
    assert len(builds) == 2
    assert [str(s.newest) for s in changed.named("Example")] == ["0.6.0"]


def test_the_index_of_an_outdated_state_is_deleted(
    write_packed: Write, write_unpacked: Write, cache: Path, small: dict[str, str]
) -> None:
    open_at(write_unpacked(name="Other"), cache).close()
    old = open_at(write_packed(), cache)
    assert len(list(cache.iterdir())) == 2
    small["E/Example/Deps.toml"] = ""
    open_at(write_packed(small), cache)
    assert len(list(cache.iterdir())) == 2
    if os.name == "posix":  # who still has it open is not disturbed
        assert len(old.package(EXAMPLE).deps) == 2  # type: ignore[union-attr]


def test_what_nothing_has_used_for_long_is_deleted(
    write_packed: Write, write_unpacked: Write, cache: Path
) -> None:
    open_at(write_unpacked(name="Unused"), cache).close()
    (unused,) = cache.iterdir()
    unfinished = cache / f"{unused.name}.abc_12.unfinished"
    unfinished.write_bytes(b"")
    foreign = cache / "notes.txt"
    foreign.write_text("not ours")
    for path, days in ((unused, 31), (unfinished, 1), (foreign, 1000)):
        os.utime(path, (time.time() - days * 86400,) * 2)
    open_at(write_packed(), cache)
    assert not unused.exists()
    assert not unfinished.exists()
    assert foreign.exists()


def test_opening_an_index_counts_as_use(write_packed: Write, cache: Path) -> None:
    open_at(write_packed(), cache).close()
    (path,) = cache.iterdir()
    os.utime(path, (time.time() - 20 * 86400,) * 2)
    open_at(write_packed(), cache).close()
    assert time.time() - path.stat().st_mtime < 86400


def test_the_number_of_indexes_is_bounded(
    write_unpacked: Write, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "MAX_INDEXES", 3)
    for number in range(5):
        open_at(write_unpacked(name=f"R{number}"), cache).close()
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\0",
        lambda data: data[:62] + bytes([data[62] ^ 1]) + data[63:],
        lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        lambda _: b"not a database" * 1000,
    ],
)
def test_a_damaged_index_is_built_again(
    write_packed: Write, cache: Path, builds: list[Path], damage: Callable[[bytes], bytes]
) -> None:
    first = answers(open_at(write_packed(), cache))
    (path,) = cache.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert answers(open_at(write_packed(), cache)) == first
    assert answers(open_at(write_packed(), cache)) == first
    assert len(builds) == 2


def test_without_a_cache_folder_the_index_is_in_memory(write_packed: Write) -> None:
    assert len(open_at(write_packed(), None)) == 6


def test_a_cache_folder_that_cannot_be_made(
    write_packed: Write, cache: Path, builds: list[Path]
) -> None:
    cache.parent.write_text("a file where the folder should be")
    for _ in range(2):
        registry, (problem,) = try_at(write_packed(), cache)
        assert registry is not None
        assert len(registry) == 6
        assert "cannot hold the index of Small.toml, which stays in memory" in problem
    assert len(builds) == 2


WITHOUT_WRITING = """
import os, resource, sys
from pathlib import Path
from precompass.registry.index import open_registry
from precompass.registry.sources import registry_source

path, cache, how = sys.argv[1:]
if how == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
else:
    os.setuid(65534)
registry, problems = open_registry(registry_source(Path(path)), Path(cache))
print(len(registry), len(registry.named("Example")), *(p.message for p in problems))
"""


def in_process(*arguments: object) -> str:
    # What watches the lines that are run would write its data to the full disk, too.
    watched = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    environment = {name: text for name, text in os.environ.items() if name not in watched}
    run = subprocess.run(
        [sys.executable, "-c", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs limits on the size of files")
def test_a_full_disk(write_packed: Write, cache: Path) -> None:
    output = in_process(WITHOUT_WRITING, write_packed(), cache, "full")
    assert output.startswith("6 1 cannot hold the index of Small.toml, which stays in memory")
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(not may_read_everything(), reason="needs a second user")
def test_a_cache_folder_of_another_user(write_packed: Write) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # pytest's own folders are closed to other users
        path = write_packed(depot=Path(folder) / "depot")
        cache = Path(folder) / "cache"
        cache.mkdir()
        output = in_process(WITHOUT_WRITING, path, cache, "another user")
        assert output.startswith("6 1 cannot hold the index of Small.toml")
        open_at(path, cache).close()
        for index in cache.iterdir():
            index.chmod(0o644)
        assert in_process(WITHOUT_WRITING, path, cache, "another user") == "6 1\n"


def test_threads_that_build_the_same_index_at_once(write_packed: Write, cache: Path) -> None:
    path = write_packed()
    expected = answers(open_at(path, None))
    together = threading.Barrier(4)
    outcomes: list[object] = []

    def build() -> None:
        together.wait()
        outcomes.append(answers(open_at(path, cache)))

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [expected] * 4
    assert len(list(cache.iterdir())) == 1


BUILD = """
import sys
from pathlib import Path
from precompass.registry.index import open_registry
from precompass.registry.sources import registry_source

path, cache = map(Path, sys.argv[1:])
input()
registry, problems = open_registry(registry_source(path), cache)
print(len(registry), [str(s.newest) for s in registry.starting_with("")], problems)
"""


def test_processes_that_build_the_same_index_at_once(write_packed: Write, cache: Path) -> None:
    path = write_packed()
    command = [sys.executable, "-c", BUILD, str(path), str(cache)]
    servers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for server in servers:
        assert server.stdin is not None
        server.stdin.write("go\n")
        server.stdin.flush()
    outputs = {server.communicate()[0] for server in servers}
    assert outputs == {"6 ['1.16.1+10', '0.5.4', 'None', '1.0.0', '1.10.0', '1.0.0'] ()\n"}
    assert len(list(cache.iterdir())) == 1


def test_one_registry_may_be_asked_by_several_threads(write_packed: Write, cache: Path) -> None:
    registry = open_at(write_packed(), cache)
    expected = answers(registry)
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(answers(registry))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [expected] * 4


def test_a_registry_that_changes_while_it_is_read_is_read_again(
    write_packed: Write, cache: Path, small: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_packed()
    source = registry_source(path)
    assert isinstance(source, RegistrySource)
    small["E/Example/Versions.toml"] = f'["9.0.0"]\ngit-tree-sha1 = "{"0" * 40}"\n'
    states = [small]

    def while_pkg_updates(source: RegistrySource, _: object) -> object:
        if states:
            write_packed(states.pop())
        return read_registry(source, None)

    monkeypatch.setattr(index_module, "read_registry", while_pkg_updates)
    registry, problems = open_registry(source, cache)
    assert problems == ()
    assert registry is not None
    assert registry.tree_hash != source.tree_hash
    assert [str(s.newest) for s in registry.named("Example")] == ["9.0.0"]
    assert answers(open_at(path, cache)) == answers(registry)


def test_a_registry_that_never_stands_still_is_given_up(
    write_packed: Write, cache: Path, small: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def while_pkg_updates(source: RegistrySource, _: object) -> object:
        small["E/Example/Versions.toml"] += "\n"
        write_packed(small)
        return read_registry(source, None)

    path = write_packed()
    monkeypatch.setattr(index_module, "read_registry", while_pkg_updates)
    registry, problems = try_at(path, cache)
    assert registry is None
    assert problems == ["changes again and again while it is read"]


def test_a_registry_that_is_removed_while_it_is_read(
    write_packed: Write, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_packed()

    def while_it_is_removed(source: RegistrySource, _: object) -> object:
        path.unlink()
        return read_registry(source, None)

    monkeypatch.setattr(index_module, "read_registry", while_it_is_removed)
    assert try_at(path, cache) == (None, ["is no longer there"])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-100], "the archive is truncated"),
        (lambda data: data[:50] + b"\0\0\0\0" + data[54:], "the archive is damaged"),
        (lambda _: b"<html>404</html>", "compressed with neither gzip nor Zstandard"),
    ],
)
def test_a_damaged_archive_is_told_and_leaves_no_index(
    write_packed: Write, cache: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    path = write_packed()
    archive = path.with_suffix(".tar.gz")
    archive.write_bytes(damage(archive.read_bytes()))
    source = registry_source(path)
    assert isinstance(source, RegistrySource)
    registry, (problem,) = open_registry(source, cache)
    assert registry is None
    assert problem.path == archive
    assert message in problem.message
    assert not cache.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "its Registry.toml is not TOML: Invalid value (at end of document)"),
        ("", "its Registry.toml is missing, or lacks name, uuid or packages"),
        ('name = "A"\n[packages]', "its Registry.toml is missing, or lacks name, uuid or packages"),
    ],
)
def test_a_registry_without_a_sound_registry_toml(
    write_unpacked: Write, small: dict[str, str], text: str, message: str
) -> None:
    small["Registry.toml"] = text
    assert try_at(write_unpacked(small), None) == (None, [message])


def test_damage_to_one_package_is_told_and_costs_only_that_package(
    write_packed: Write, small: dict[str, str]
) -> None:
    small["E/Example/Versions.toml"] = "x = "
    del small["U/Unitful/Package.toml"], small["U/Unitful/Versions.toml"]
    del small["U/Unitful/WeakDeps.toml"]
    small["Registry.toml"] += """
1 = { name = "A", path = "A" }
11111111-1111-4111-8111-111111111112 = { name = "B" }
91A5BCDD-55D7-5CAF-9E0B-520D859CAE80 = { name = "Plots", path = "P/Plots" }
"""
    registry = open_at(write_packed(small), None)
    assert registry.problems == (
        "Registry.toml: '1' is no UUID with a name and a path",
        "Registry.toml: '11111111-1111-4111-8111-111111111112' is no UUID with a name and a path",
        "Registry.toml: the UUID '91A5BCDD-55D7-5CAF-9E0B-520D859CAE80' is there twice",
        "Example: Versions.toml is not TOML: Invalid value (at end of document)",
        "Unitful: the registry has no files at 'U/Unitful'",
    )
    assert len(registry) == 6
    assert [str(s.newest) for s in registry.named("Preferences")] == ["1.10.0"]


@pytest.mark.parametrize("folder", ["E/Example", "E/Example/", "./E//Example"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_folder_is_that_of_one_package(
    write_packed: Write,
    write_unpacked: Write,
    small: dict[str, str],
    folder: str,
    is_packed: bool,
) -> None:
    """Thousands of entries for one folder with thousands of versions took minutes to read."""
    small["Registry.toml"] += f"""
11111111-1111-4111-8111-111111111112 = {{ name = "Twin", path = "{folder}" }}
"""
    registry = open_at((write_packed if is_packed else write_unpacked)(small), None)
    assert registry.problems == (f"Registry.toml: the folder {folder!r} is that of two packages",)
    assert not registry.named("Twin")
    assert not registry.named("Example")  # only the folder itself says which of the two Pkg takes


def test_the_number_of_problems_is_bounded(
    write_packed: Write, small: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MAX_PROBLEMS", 2)
    only_names = {"Registry.toml": small["Registry.toml"]}
    registry = open_at(write_packed(only_names), None)
    assert len(registry.problems) == 3
    assert registry.problems[-1] == "and 4 more problems"


def test_a_package_outside_of_an_unpacked_registry_is_not_read(
    write_unpacked: Write, small: dict[str, str]
) -> None:
    small["Registry.toml"] = small["Registry.toml"].replace('"E/Example"', '"../Outside"')
    folder = write_unpacked(small)
    (folder.parent / "Outside").mkdir()
    (folder.parent / "Outside" / "Versions.toml").write_text(small["C/Cairo_jll/Versions.toml"])
    registry = open_at(folder, None)
    assert registry.problems == ("Example: the registry has no files at '../Outside'",)


def test_a_pipe_instead_of_a_file_keeps_nobody_waiting(
    write_unpacked: Write, small: dict[str, str]
) -> None:
    del small["E/Example/Deps.toml"]
    folder = write_unpacked(small)
    make_pipe(folder / "E" / "Example" / "Deps.toml")
    (summary,) = open_at(folder, None).named("Example")
    assert str(summary.newest) == "0.5.4"


def test_progress_ends_with_all_done_or_when_the_caller_gives_up(
    write_packed: Write, cache: Path
) -> None:
    source = registry_source(write_packed())
    assert isinstance(source, RegistrySource)
    shares: list[float] = []
    open_registry(source, cache, shares.append)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    count = len(shares)
    assert count > 0
    open_registry(source, cache, shares.append)
    assert len(shares) == count  # nothing to wait for

    def give_up(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_registry(source, None, give_up)


def test_look_ups(write_packed: Write, cache: Path) -> None:
    registry = open_at(write_packed(), cache)
    (example,) = registry.named("Example")
    assert (example.uuid, str(example.newest), example.registry) == (EXAMPLE, "0.5.4", "Small")
    assert registry.summary(EXAMPLE) == example
    assert registry.named("example") == registry.named("Exampl") == ()
    assert registry.summary(TOML) is None  # it is only depended on
    assert registry.package(TOML) is None
    assert registry.named("TOML") == registry.starting_with("TOML") == ()
    assert [s.deprecated for s in registry.named("Old")] == [True]
    (old,) = registry.named("Old")
    yanked = {uuid: [str(v) for v in versions] for uuid, versions in registry.yanked.items()}
    assert yanked == {EXAMPLE: ["0.5.5"], old.uuid: ["0.1.0"]}


def test_completion_of_names_ignores_case_and_is_bounded(write_packed: Write) -> None:
    registry = open_at(write_packed(), None)
    assert [s.name for s in registry.starting_with("p")] == ["Plots", "Preferences"]
    assert [s.name for s in registry.starting_with("PL")] == ["Plots"]
    assert [s.name for s in registry.starting_with("", limit=3)] == ["Cairo_jll", "Example", "Old"]
    assert registry.starting_with("%") == registry.starting_with("\ud800") == ()


def test_a_registry_that_is_closed_cannot_be_asked(write_packed: Write) -> None:
    registry = open_at(write_packed(), None)
    registry.close()
    with pytest.raises(sqlite3.ProgrammingError):
        len(registry)


def test_the_date_is_that_of_the_archives_members_or_of_the_file(
    write_packed: Write, write_unpacked: Write
) -> None:
    path = write_packed()
    os.utime(path, (1681300637, 1681300637))
    assert str(open_at(path, None).date) == "2023-04-12"
    folder = write_unpacked(name="Unpacked")
    os.utime(folder / "Registry.toml", (1681214239, 1681214239))
    assert str(open_at(folder, None).date) == "2023-04-11"


def test_the_folder_is_the_users_cache_or_another_that_is_named(tmp_path: Path) -> None:
    assert cache_folder({}).name == "registries"
    assert "precompass" in cache_folder({"PRECOMPASS_CACHE": ""}).parts
    assert cache_folder({"PRECOMPASS_CACHE": str(tmp_path)}) == tmp_path / "registries"
