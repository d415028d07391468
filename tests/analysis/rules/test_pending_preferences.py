"""Preferences with which the caches were not made are reported, whatever else is wrong."""

from __future__ import annotations

from pathlib import Path

from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.changed_world import ChangedWorld
from support.reasons_oracle import JULIA

PREFS = ("Preferences", "Paint", "Ground", "Wall", "House")
PAINT = 'Paint = "a0000000-0000-4000-8000-000000000007"\n'
PROJECT, LOCAL = "envs/prefs/Project.toml", "envs/prefs/LocalPreferences.toml"


def pending(world: ChangedWorld, file: str) -> list[str]:
    settings = Settings(julia=JULIA, depots=str(world.depot), variables={"HOME": str(world.world)})
    found = check(Session(Snapshot(Disk()), settings), world.world / file)
    return [one.message for one in found if one.code == "pending-recompilation"]


def test_a_preference_that_no_environment_lists_any_more_is_reported_at_the_project(
    tmp_path: Path,
) -> None:
    world = ChangedWorld(tmp_path)
    world.write(LOCAL, '[Paint]\ncolor = "red"\n')
    world.compile("prefs", *PREFS, color="red")
    assert pending(world, PROJECT) == pending(world, LOCAL) == []
    world.replace(PROJECT, PAINT, "")
    (message,) = pending(world, PROJECT)
    assert message.startswith("The next `using` recompiles Paint: its cache was made with other")
    assert message.endswith("No environment that lists the package sets any now.")
    assert pending(world, LOCAL) == []


def test_a_preference_of_a_package_whose_cache_is_damaged_is_reported(tmp_path: Path) -> None:
    world = ChangedWorld(tmp_path)
    world.compile("prefs", *PREFS)
    world.write(LOCAL, '[Paint]\ncolor = "red"\n')
    world.flip("Paint", -20)
    (message,) = pending(world, LOCAL)
    assert message.startswith("The next `using` recompiles Paint: its cache was made with other")
