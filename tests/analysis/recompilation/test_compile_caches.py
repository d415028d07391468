"""Which caches of a depot are of an environment, and what becomes of the others."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest

from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.slugs import cache_directory, cache_entry, version_slug
from precompass.recompilation.compile_caches import CompileCaches
from precompass.recompilation.reasons import (
    DependencyIdentity,
    IncompatibleHeader,
    OtherSource,
    SyntaxVersion,
)
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import BASE, CORE, Require, Source, cache_bytes

PARSERS = UUID("69de0a69-1ddd-5017-9359-2bf0b02dc9f0")
TREE = "6c01a9b494f6d2a9fc180a08b182fcb06f0958a0"
OTHER_TREE = "716e24b21538abc91f6205fd1d8363f39b442851"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "environment"
    folder.mkdir()
    (folder / "Project.toml").write_text(f'[deps]\nParsers = "{PARSERS}"\n')
    (folder / "Manifest.toml").write_text(
        f'''\
julia_version = "1.10.4"
manifest_format = "2.0"

[[deps.Parsers]]
git-tree-sha1 = "{TREE}"
uuid = "{PARSERS}"
version = "2.5.9"
'''
    )
    return folder / "Project.toml"


def write_cache(
    depot: Path, entry: str, *, julia: str = "1.10.4", name: str = "x", time: int = 1
) -> Path:
    path = depot / cache_directory("Parsers", PARSERS, (1, 10))
    path.mkdir(parents=True, exist_ok=True)
    file = path / f"{cache_entry('Parsers', PARSERS)}_{name}.ji"
    records = (Source(entry, mtime=1.0),) if entry else ()
    file.write_bytes(
        cache_bytes(
            "Parsers",
            PARSERS,
            julia=julia,
            required=(CORE, BASE),
            keys=("precompile_workload",),
            records=records,
        )
    )
    os.utime(file, (time, time))
    return file


def caches(project: Path, depot: Path) -> CompileCaches:
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})
    found = Session(Snapshot(Disk()), settings).invalidations(project)
    assert found is not None
    return found.installed.caches


def installed_at(depot: Path, tree: str) -> Path:
    return depot / "packages" / "Parsers" / version_slug(PARSERS, tree) / "src" / "Parsers.jl"


def test_a_cache_of_the_version_in_the_manifest_is_used(project: Path, tmp_path: Path) -> None:
    entry = installed_at(tmp_path, TREE)
    entry.parent.mkdir(parents=True)
    entry.touch()
    file = write_cache(tmp_path, str(entry))
    found = caches(project, tmp_path)
    assert [cache.file.path for some in found.candidates.values() for cache in some] == [str(file)]
    assert found.skipped == []


@pytest.mark.parametrize("is_installed", [True, False], ids=["installed", "gone"])
def test_a_cache_of_another_version_is_not(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_installed: bool
) -> None:
    entry = installed_at(tmp_path, OTHER_TREE)
    if is_installed:
        entry.parent.mkdir(parents=True)
        entry.touch()
    file = write_cache(tmp_path, str(entry))
    found = caches(project, tmp_path)
    assert found.is_empty
    assert [cache.reason for cache in found.skipped] == [OtherSource(str(entry), "")]
    main(["check", str(project), "--verbose", "--depot", str(tmp_path)])
    said = " ".join(capsys.readouterr().err.split())
    assert f"not used: {file}: made from {entry}, another version" in said


def test_a_depot_that_was_moved_is_told_by_the_name_of_the_folder(
    project: Path, tmp_path: Path
) -> None:
    write_cache(tmp_path, str(installed_at(Path("/home/somebody/.julia"), TREE)))
    assert not caches(project, tmp_path).is_empty


def test_caches_of_one_build_of_julia_count_and_the_manifests_own_comes_first(
    project: Path, tmp_path: Path
) -> None:
    write_cache(tmp_path, "", julia="1.10.4", name="old", time=1)
    write_cache(tmp_path, "", julia="1.10.5", name="new", time=2)
    found = caches(project, tmp_path)
    assert found.build is not None
    assert str(found.build.version) == "1.10.4"
    (reason,) = (cache.reason for cache in found.skipped)
    assert isinstance(reason, IncompatibleHeader)
    assert reason.made_by is not None
    assert str(reason.made_by.version) == "1.10.5"


def test_without_caches_of_the_manifests_own_julia_the_newest_counts(
    project: Path, tmp_path: Path
) -> None:
    write_cache(tmp_path, "", julia="1.10.2", name="old", time=1)
    write_cache(tmp_path, "", julia="1.10.5", name="new", time=2)
    found = caches(project, tmp_path)
    assert found.build is not None
    assert str(found.build.version) == "1.10.5"


def test_a_broken_cache_is_left_out_with_its_reason(project: Path, tmp_path: Path) -> None:
    file = write_cache(tmp_path, "")
    file.write_bytes(file.read_bytes()[:40])
    found = caches(project, tmp_path)
    assert found.is_empty
    assert [(cache.path, cache.reason) for cache in found.skipped] == [
        (str(file), IncompatibleHeader(None, "is truncated"))
    ]


def test_a_developed_package_must_still_list_what_it_imports(project: Path, tmp_path: Path) -> None:
    developed = tmp_path / "dev" / "Parsers"
    (developed / "src").mkdir(parents=True)
    entry = developed / "src" / "Parsers.jl"
    entry.touch()
    os.utime(entry, (5, 5))
    manifest = project.parent / "Manifest.toml"
    text = manifest.read_text().replace(f'git-tree-sha1 = "{TREE}"', f'path = "{developed}"')
    manifest.write_text(text)
    file = write_cache(tmp_path, "")
    dates = UUID("ade2ca70-3891-5945-98fb-dc099432e06a")
    records = (Source(str(entry), mtime=5.0), Require("Dates", dates))
    file.write_bytes(cache_bytes("Parsers", PARSERS, julia="1.10.4", records=records))

    found = caches(project, tmp_path)
    assert [cache.reason for cache in found.skipped] == [DependencyIdentity("Dates", dates, None)]

    manifest.write_text(
        text.replace("[[deps.Parsers]]\n", '[[deps.Parsers]]\ndeps = ["Dates"]\n')
        + f'\n[[deps.Dates]]\nuuid = "{dates}"\n'
    )
    assert not caches(project, tmp_path).is_empty


@pytest.mark.parametrize(("stated", "syntax"), [("", 0), ("1.13.0", 0), ("1.14.0", 1)])
def test_from_1_14_on_a_cache_is_of_one_version_of_syntax(
    project: Path, tmp_path: Path, stated: str, syntax: int
) -> None:
    manifest = project.parent / "Manifest.toml"
    text = manifest.read_text().replace("1.10.4", "1.14.0")
    table = f'[deps.Parsers.syntax]\njulia_version = "{stated}"\n' if stated else ""
    manifest.write_text(text + table)
    folder = tmp_path / cache_directory("Parsers", PARSERS, (1, 14))
    folder.mkdir(parents=True)
    file = folder / f"{cache_entry('Parsers', PARSERS)}_x.ji"
    for made_for in (0, 1):
        file.write_bytes(cache_bytes("Parsers", PARSERS, julia="1.14.0", syntax_version=made_for))
        found = caches(project, tmp_path)
        rejected = [] if made_for == syntax else [SyntaxVersion(made_for, syntax)]
        assert [cache.reason for cache in found.skipped] == rejected
        assert found.is_empty == (made_for != syntax)


@pytest.mark.parametrize("is_installed", [True, False], ids=["installed", "gone"])
def test_of_a_replaced_package_a_cache_counts_only_beside_its_source(
    project: Path, tmp_path: Path, is_installed: bool
) -> None:
    entry = installed_at(tmp_path, TREE)
    if is_installed:
        entry.parent.mkdir(parents=True)
        entry.touch()
    write_cache(tmp_path, str(entry))
    found = caches(project, tmp_path)
    (unit,) = found.candidates
    assert found.usable(lambda _: {}, lambda _: True) == {unit}
    expected = {unit} if is_installed else set()
    assert found.usable(lambda _: {}, lambda _: True, [unit]) == expected
