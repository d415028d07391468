"""Two real projects of mid-2026, against what Julia 1.12.2 recompiled in them.

``caches.json`` says what each cache of the first project recorded and what was loaded while it
was made. Caches with these facts are made here, first with the project's files as they are, then
with those of *before*, as Julia made them. Of the second project only the results are known.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.difference import difference
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.measured import MEASUREMENTS
from support.simulated_depot import SimulatedDepot

FOLDER = MEASUREMENTS / "stacks-1.12"
JULIA = "1.12.2"

OTHER_KEY = "only a source or a cache tells that the package does not read the key"
OLDER_CACHE = "only the depot tells that older caches fit again"

MISSES: Mapping[str, str] = {
    "clear-local": OLDER_CACHE,
    "fd-unknown-key": OTHER_KEY,
    "mpi-inert": OTHER_KEY,
    "staticarrays-any": OTHER_KEY,
    "julia-local-hides": OLDER_CACHE,
    "jll-path-2": "only the source tells that DiffRules never loads SpecialFunctions",
    "skip-unlisted": "by its name, the project did not list SnoopPrecompile; the one here does",
}
"""The changes of which the manifest alone tells too much, and why."""


@cache
def changes(project: str) -> list[Mapping[str, Any]]:
    path = FOLDER / project / "results.toml"
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["change"])


def every_change(*projects: str) -> list[Any]:
    return [
        pytest.param(project, change, id=f"{project}:{change['name']}")
        for project in projects
        for change in changes(project)
    ]


def state(project: str, files: Mapping[str, str], depot: Path | None) -> Invalidations:
    folder = FOLDER / project
    texts = {folder / name: text for name, text in files.items()}
    settings = Settings(
        depots=str(depot) if depot is not None else None,
        use_depot=depot is not None,
        variables={"JULIA_LOAD_PATH": "@", "PATH": ""},
    )
    found = Session(Snapshot(Disk(), texts), settings).invalidations(folder / "Project.toml")
    assert found is not None
    return found


class Caches:
    """What the caches of a project are known to have recorded, by the UUID of the unit."""

    def __init__(self, project: str) -> None:
        self.graph = state(project, {}, None).graph
        entries = json.loads((FOLDER / project / "caches.json").read_text(encoding="utf-8"))
        self.entries = {UUID(entry["uuid"]): entry for entry in entries}
        self.names = [entry["cache"].split("/")[0] for entry in entries]

    def reads(self, unit: Unit) -> Collection[tuple[UUID, str]]:
        uuid = self.graph.compiled_uuid(unit)
        return [(uuid, key) for key in self.entries[uuid]["keys"]]

    def loads(self, unit: Unit) -> Collection[UnitId]:
        entry = self.entries.get(self.graph.compiled_uuid(unit))
        named = set(entry["required"]) if entry is not None else set()
        return [
            one.id
            for one in self.graph.units.values()
            if one.name in named and self.graph.compiled_uuid(one) in self.entries
        ]


@pytest.mark.parametrize(("project", "change"), every_change("analysis"))
def test_caches_tell_what_julia_recompiled(
    project: str, change: Mapping[str, Any], tmp_path: Path
) -> None:
    caches = Caches(project)
    depot = SimulatedDepot(tmp_path, JULIA, caches.reads, caches.loads)
    states: tuple[Mapping[str, str], ...] = ({}, change["before"])
    for files in states:
        depot.precompile(partial(state, project, files, tmp_path), caches.names)
    found = difference(
        state(project, change["before"], tmp_path), state(project, change["after"], tmp_path)
    ).recompilation
    assert sorted(unit.name for unit in found.units) == sorted(change["recompiled"])
    assert found.stale is not None
    assert sorted(unit.name for unit in found.stale) == sorted(change["recompiled_by_using"])


@pytest.mark.parametrize(("project", "change"), every_change("analysis", "legacy"))
def test_the_manifest_alone_tells_no_less(project: str, change: Mapping[str, Any]) -> None:
    before, after = state(project, change["before"], None), state(project, change["after"], None)
    found = {unit.name for unit in difference(before, after).recompilation.units}
    if change["name"] in MISSES:
        assert found > set(change["recompiled"]), "this one is no miss: take it off the list"
    else:
        assert found == set(change["recompiled"])
