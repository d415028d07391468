"""Two answers about one world: what is recompiled next, and what differs from before a change.

Caches that were lost, or whose source was edited, are recompiled whatever else changed. So
``precompass diff`` counts them, as ``precompass why`` does.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.difference import Difference, difference
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.changed_world import ChangedWorld
from support.environments import Package, manifest, project, uuid, write
from support.reasons_oracle import JULIA

PLAIN = ("Ground", "Lone", "Wall", "Roof", "Shed", "Yard")
WALL = "dev/Wall/src/Wall.jl"


def edit_a_source(world: ChangedWorld) -> None:
    world.replace(WALL, "height()", "extra() = 1\nheight()")


def edit_two_sources(world: ChangedWorld) -> None:
    edit_a_source(world)
    world.replace("dev/Shed/src/tools.jl", "1", "11")


def empty_a_folder_of_include_dependency(world: ChangedWorld) -> None:
    for path in (world.world / "dev" / "Shed" / "data" / "box").iterdir():
        path.unlink()


def delete_a_cache(world: ChangedWorld) -> None:
    world.cache("Ground").unlink()


def take_another_version(world: ChangedWorld) -> None:
    old, new = (f'git-tree-sha1 = "{digit * 40}"' for digit in "12")
    world.replace("envs/plain/Manifest.toml", old, new)


def take_another_version_and_edit(world: ChangedWorld) -> None:
    take_another_version(world)
    world.replace("dev/Shed/src/tools.jl", "1", "11")


def cache_of_another_patch_version(world: ChangedWorld) -> None:
    path = world.cache("Ground")
    path.write_bytes(path.read_bytes().replace(b"1.12.2", b"1.12.1"))


def answers(world: ChangedWorld, folder: Path) -> Invalidations:
    settings = Settings(julia=JULIA, depots=str(world.depot), variables={"HOME": str(world.world)})
    found = Session(Snapshot(Disk()), settings).invalidations(folder / "Project.toml")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "change",
    [
        edit_a_source,
        edit_two_sources,
        empty_a_folder_of_include_dependency,
        delete_a_cache,
        take_another_version,
        take_another_version_and_edit,
        cache_of_another_patch_version,
    ],
)
def test_diff_tells_what_why_tells(tmp_path: Path, change: object) -> None:
    assert callable(change)
    world = ChangedWorld(tmp_path)
    world.compile("plain", *PLAIN)
    before = world.world / "envs" / "before"
    shutil.copytree(world.folder("plain"), before)
    change(world)
    found = difference(answers(world, before), answers(world, world.folder("plain")))
    stale = found.recompilation.stale
    assert stale is not None
    told = {unit.name for unit in stale}
    assert told == {one.unit.name for one in world.next_using("plain").units}
    assert told >= {unit.name for unit in found.in_any_case}


def test_nothing_is_told_where_nothing_changed(tmp_path: Path) -> None:
    world = ChangedWorld(tmp_path)
    world.compile("plain", *PLAIN)
    os.utime(world.world / WALL)
    plain = answers(world, world.folder("plain"))
    assert not difference(plain, plain).recompilation.units


def between(folder: Path, before: str, after: str) -> Difference:
    """Return the difference of two projects with one manifest, without a depot."""
    text = manifest({"A": "", "B": Package("A"), "C": ""}, julia="1.12.2")
    found = []
    for name, deps in (("before", before), ("after", after)):
        files = {"Project.toml": project(deps=deps), "Manifest.toml": text}
        write(folder / name, files)
        session = Session(Snapshot(Disk()), Settings(use_depot=False))
        one = session.invalidations(folder / name / "Project.toml")
        assert one is not None
        found.append(one)
    return difference(*found)


@pytest.mark.parametrize(
    ("before", "after", "recompiled"),
    [("A", "A B", {"B"}), ("A", "A C", {"C"}), ("B", "A B", set()), ("A C", "A", set())],
)
def test_what_the_project_did_not_load_before_counts(
    tmp_path: Path, before: str, after: str, recompiled: set[str]
) -> None:
    """A manifest may hold more than the project depends on, which Julia 1.12 does not compile."""
    found = between(tmp_path, before, after)
    assert {unit.uuid for unit in found.recompilation.units} == {uuid(name) for name in recompiled}
