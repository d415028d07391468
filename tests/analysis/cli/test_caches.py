"""``precompass caches``: which caches there are, and deleting them and nothing else."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from precompass.cli import main
from precompass.cli.cache_deletion import RefusedError, delete_cache, place_of
from precompass.depot.caches import CacheFile, cache_file
from support.reasons_oracle import ReasonsScenario, scenarios

GROUND = "depot/compiled/v1.12/Ground/VpS5w_fJzu9.ji"


def _laid_out(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    told = next(one for one in scenarios() if one["name"] == name)
    scenario = ReasonsScenario(told, folder)
    monkeypatch.setenv("JULIA_DEPOT_PATH", f"{scenario.depot}")
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    return scenario.world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with six packages, all of them with caches that fit."""
    return _laid_out("unchanged", tmp_path, monkeypatch)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["caches", *arguments, "--project", "envs/plain"])
    output = capsys.readouterr()
    return code, " ".join(output.out.split()), output.err


def files_of(world: Path) -> dict[str, bytes]:
    return {
        path.relative_to(world).as_posix(): path.read_bytes()
        for path in world.rglob("*")
        if path.is_file()
    }


def test_a_misspelt_package_is_refused_with_a_near_one(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (world / "dev/Wall").is_dir()
    code, text, error = run(capsys, "Wal")
    assert (code, text) == (2, "")
    assert "there is no package Wal in the environment of " in error
    assert "did you mean Wall?" in error


def test_each_cache_is_listed_with_size_age_julia_options_and_verdict(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wall = world / "dev/Wall/src/Wall.jl"
    wall.write_text(wall.read_text() + "# more\n")
    code, text, _ = run(capsys)
    assert code == 0
    assert text.startswith("6 cache files, ")
    assert "; 4 of them fit." in text
    assert "Julia 1.12.2, `julia`): fits" in text
    assert "days ago" in text
    assert "Wall.jl has another size; no longer fits any project" in text
    code, text, _ = run(capsys, "Wall", "--format", "json")
    (only,) = json.loads(text)["caches"]
    assert (only["unit"], only["julia"], only["options"]) == ("Wall", "1.12.2", [])
    assert (only["fits"], only["fits_nothing"]) == (False, True)
    assert only["reason"]["kind"] == "fsize_changed"


def test_without_yes_nothing_is_deleted(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_of(world)
    code, text, _ = run(capsys, "Ground", "--delete")
    assert code == 1
    assert "Would delete 1 cache file of Ground" in text
    assert "Add `--yes` to delete." in text
    assert "Julia then recompiles Ground, Roof and Wall." in text
    assert files_of(world) == before


def test_only_the_cache_and_its_native_code_go(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(world)
    code, text, _ = run(capsys, "Ground", "--delete", "--yes")
    assert code == 0
    assert "Deleted 1 of 1 cache files." in text
    gone = {GROUND, GROUND.replace(".ji", ".so")}
    assert before.keys() - files_of(world).keys() == gone
    assert {name: data for name, data in before.items() if name not in gone} == files_of(world)
    assert main(["why", "--project", "envs/plain"]) == 1
    assert "recompiles 3 of 6 packages" in capsys.readouterr().out


def test_stale_caches_are_those_that_fit_nothing_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = _laid_out("two-versions-in-turn", tmp_path, monkeypatch)
    code, text, _ = run(capsys, "--delete", "--stale", "--yes")
    assert code == 0, "the caches of the other project are of a version that is still there"
    assert "Nothing to delete" in text
    wall = world / "dev/Wall/src/Wall.jl"
    wall.write_text(wall.read_text() + "# more\n")
    code, text, _ = run(capsys, "--delete", "--stale", "--yes")
    assert code == 0
    assert "Deleted 2 of 2 cache files." in text
    left = sorted(path.name for path in (world / "depot/compiled/v1.12/Wall").iterdir())
    assert left == []


def test_where_nothing_is_to_be_deleted_it_says_what_there_is_none_of(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = "every cache file may still fit some project."
    assert run(capsys, "--stale")[1] == f"None is stale: {every}"
    assert run(capsys, "--delete", "--stale")[1] == f"Nothing to delete: {every}"
    (world / "dev/Wall/src/Wall.jl").write_text("module Wall\nend\n")
    code, text, _ = run(capsys, "Wall", "--delete")
    assert code == 0
    assert text.startswith("Nothing to delete: no cache file of the package fits this project.")


def test_deleting_without_a_package_needs_stale(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(world)
    assert run(capsys, "--delete", "--yes")[0] == 2
    assert files_of(world) == before


# Attacks


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder outside of the depot whose files must stay."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("VpS5w_fJzu9.ji", "VpS5w_fJzu9.so", "precious.txt"):
        (folder / name).write_bytes(b"precious")
    yield folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "VpS5w_fJzu9.ji",
        "VpS5w_fJzu9.so",
        "precious.txt",
    ]


def _replace_by_link(path: Path, outside: Path) -> None:
    moved = outside.parent / f"{path.name}-moved"
    path.rename(moved)
    path.symlink_to(moved, target_is_directory=True)


@pytest.mark.parametrize(
    "folder", ["depot/compiled/v1.12/Ground", "depot/compiled/v1.12", "depot/compiled", "depot"]
)
def test_a_link_in_the_place_of_a_folder_is_not_followed(
    world: Path, folder: str, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace_by_link(world / folder, outside)
    code, text, error = run(capsys, "Ground", "--delete", "--yes")
    assert code == 2
    assert "is a link, and links are not followed" in error
    assert "Deleted 0 of 1 cache files." in text
    assert (world / GROUND).exists()


def test_a_link_in_the_place_of_the_cache_is_refused(
    world: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = world / GROUND
    real = outside.parent / "real.ji"
    cache.rename(real)
    cache.symlink_to(real)
    code, _, error = run(capsys, "Ground", "--delete", "--yes")
    assert code == 2
    assert "is not a regular file" in error
    assert real.exists()
    assert cache.with_suffix(".so").exists()


def test_a_link_in_the_place_of_the_native_code_keeps_both(
    world: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = (world / GROUND).with_suffix(".so")
    real = outside.parent / "real.so"
    library.rename(real)
    library.symlink_to(real)
    code, _, _ = run(capsys, "Ground", "--delete", "--yes")
    assert code == 2
    assert real.exists()
    assert (world / GROUND).exists()


def _state(world: Path) -> CacheFile:
    found = cache_file(f"{world}/{GROUND}")
    assert found is not None
    return found


def test_a_cache_that_julia_writes_anew_meanwhile_stays(world: Path) -> None:
    seen = _state(world)
    (world / GROUND).write_bytes(b"another cache")
    with pytest.raises(RefusedError, match="has changed since"):
        delete_cache(seen, place_of(seen, (f"{world}/depot",)))
    assert (world / GROUND).read_bytes() == b"another cache"


def _delete_while(
    world: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]
) -> None:
    """Delete Ground's cache while something happens between the last look and the deletion."""
    seen = _state(world)
    token_hex = secrets.token_hex

    def interrupted(size: int) -> str:
        monkeypatch.setattr(secrets, "token_hex", token_hex)
        meanwhile()
        return token_hex(size)

    monkeypatch.setattr(secrets, "token_hex", interrupted)
    delete_cache(seen, place_of(seen, (f"{world}/depot",)))


def test_a_cache_that_is_replaced_at_the_last_moment_is_put_back(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = world / GROUND
    before = files_of(world)

    def compile_anew() -> None:
        new = cache.with_suffix(".new")
        new.write_bytes(b"another cache")
        new.rename(cache)

    with pytest.raises(RefusedError, match="has changed since"):
        _delete_while(world, monkeypatch, compile_anew)
    assert files_of(world) == {**before, GROUND: b"another cache"}


def test_a_link_that_comes_at_the_last_moment_is_put_back_and_not_followed(
    world: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = world / GROUND

    def swap() -> None:
        cache.unlink()
        cache.symlink_to(outside / "VpS5w_fJzu9.ji")

    with pytest.raises(RefusedError, match="has changed since"):
        _delete_while(world, monkeypatch, swap)
    assert cache.is_symlink()
    assert cache.with_suffix(".so").exists()


def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(
    world: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder was opened before: what is done, is done in that folder."""
    folder = (world / GROUND).parent
    moved = world / "moved"

    def swap() -> None:
        folder.rename(moved)
        folder.symlink_to(outside, target_is_directory=True)

    if sys.platform == "win32":
        pytest.skip("folders are opened by handle elsewhere only")
    _delete_while(world, monkeypatch, swap)
    assert list(moved.iterdir()) == []


def test_another_name_of_the_same_file_keeps_its_content(
    world: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = outside.parent / "kept.ji"
    kept.hardlink_to(world / GROUND)
    content = kept.read_bytes()
    assert run(capsys, "Ground", "--delete", "--yes")[0] == 0
    assert kept.read_bytes() == content


def test_what_could_be_deleted_only_in_part_is_said(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unlink = os.unlink

    def refuse(path: str, **options: int) -> None:
        if ".so." in path and (world / GROUND).with_suffix(".so").exists() is False:
            raise PermissionError(1, "Operation not permitted", path)
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", refuse)
    code, text, error = run(capsys, "Ground", "--delete", "--yes")
    assert code == 2
    assert "is deleted, but VpS5w_fJzu9.so is not: Operation not permitted" in error
    assert (world / GROUND).with_suffix(".so").exists()
    assert "Deleted 0 of 1 cache files." in text


@pytest.mark.parametrize(
    "path",
    [
        "depot/compiled/v1.12/Ground/../../../../precious.ji",
        "depot/compiled/v1.12/../Ground/VpS5w_fJzu9.ji",
        "depot/compiled/v1.12/VpS5w_fJzu9.ji",
        "depot/compiled/v1.12/Ground/Ground.jl",
        "depot/compiled/v1.12/Ground/VpS5w_fJzu9.so",
        "depot/packages/v1.12/Ground/VpS5w_fJzu9.ji",
        "depot/compiled/latest/Ground/VpS5w_fJzu9.ji",
        "elsewhere/compiled/v1.12/Ground/VpS5w_fJzu9.ji",
        "depot/compiled/v1.12/Ground/VpS5w_fJzu9.ji\n",
    ],
)
def test_what_is_not_named_like_a_cache_is_refused(world: Path, path: str) -> None:
    with pytest.raises(RefusedError):
        place_of(CacheFile(f"{world}/{path}", 1, 1), (f"{world}/depot",))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may delete everything"
)
def test_a_folder_without_permission_is_reported(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = (world / GROUND).parent
    folder.chmod(0o555)
    try:
        code, text, error = run(capsys, "Ground", "--delete", "--yes")
    finally:
        folder.chmod(0o755)
    assert code == 2
    assert "not deleted" in error
    assert "Deleted 0 of 1 cache files." in text
    assert (world / GROUND).exists()
