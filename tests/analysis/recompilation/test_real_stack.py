"""A real stack of a hundred packages, against what a real Julia recompiled in it.

``caches.json`` holds the facts of every compile cache; headers with these facts are written here.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.hashing import preference_hash
from precompass.julia.preferences import parse_preferences
from precompass.julia.versions import VersionNumber
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, cache_bytes
from support.measured import MEASUREMENTS

pytestmark = pytest.mark.exhaustive

JULIA = "1.10.0-DEV.1302"
OTHER_BUILD = 1000
STACK_FOLDER = MEASUREMENTS / "stacks-1.10"
STACKS = ("skip-list-2023-04", "per-package-flags-2023-05")


@cache
def facts(stack: str, file: str, key: str) -> list[dict[str, Any]]:
    path = STACK_FOLDER / stack / file
    return list(tomllib.loads(path.read_text(encoding="utf-8"))[key])


def measured(stack: str, name: str) -> Mapping[str, Any]:
    """Return one of the measurements."""
    measurements = facts(stack, "results.toml", "measurement")
    return next(one for one in measurements if one["name"] == name)


def build_ids(stack: str) -> Mapping[str, int]:
    caches = json.loads((STACK_FOLDER / stack / "caches.json").read_text(encoding="utf-8"))
    return {
        entry["uuid"]: (CACHE_CHECKSUM + number) << 64 | number
        for number, entry in enumerate(caches, 1)
    }


def write_caches(
    stack: str, depot: Path, other: Mapping[str, str], *, built_on_other: bool = False
) -> None:
    """Write the caches at the end of the measurements, and some made with other preferences.

    *other* maps the name of a package to the preferences file that its further cache was made
    with; *built_on_other* says that what depends on it was built on that one. Names of required
    modules are unique but for extensions; those whose triggers are not all present have no
    cache, and cannot be meant.
    """
    caches = json.loads((STACK_FOLDER / stack / "caches.json").read_text(encoding="utf-8"))
    ids = build_ids(stack)
    uuid_of = {entry["name"]: entry["uuid"] for entry in caches if entry["ji"] is None}
    uuid_of |= {entry["name"]: entry["uuid"] for entry in caches if entry["ji"] is not None}
    for number, entry in enumerate(caches, 1):
        if entry["ji"] is None or entry["depot"] != "user":
            continue
        required = [CORE, BASE]
        for name in entry["required_modules"]:
            if name in uuid_of:
                uuid = uuid_of[name]
                in_image = not any(one["uuid"] == uuid and one["ji"] for one in caches)
                build = CORE.build_id + number if in_image else ids[uuid]
                if built_on_other and name in other:
                    build += OTHER_BUILD
                required.append(Module(name, UUID(uuid), build))
        keys = entry["preferences"]
        path = depot / entry["ji"]
        path.parent.mkdir(parents=True, exist_ok=True)
        states = {path: (ids[entry["uuid"]], 0)}
        if entry["name"] in other:
            preferences = parse_preferences(path, other[entry["name"]]).values[entry["name"]]
            assert isinstance(preferences, Mapping)
            hashed = preference_hash(preferences, keys, (1, 10))
            assert isinstance(hashed, int)
            states[path.with_stem(path.stem + "x")] = (ids[entry["uuid"]] + OTHER_BUILD, hashed)
        for file, (build_id, hashed) in states.items():
            file.write_bytes(
                cache_bytes(
                    entry["name"],
                    UUID(entry["uuid"]),
                    julia=JULIA,
                    build_id=build_id,
                    required=required,
                    keys=keys,
                    preferences_hash=hashed,
                )
            )
            os.utime(file, (number, number))


def state(
    stack: str,
    depot: Path | None,
    *,
    local: str | None = None,
    julia_local: str | None = None,
    project: str | None = None,
) -> Invalidations:
    folder = STACK_FOLDER / stack
    texts = {
        "LocalPreferences.toml": local,
        "JuliaLocalPreferences.toml": julia_local,
        "Project.toml": project,
    }
    settings = Settings(
        julia=VersionNumber.parse(JULIA),
        depots=str(depot),
        use_depot=depot is not None,
        variables={"JULIA_LOAD_PATH": "@"},
    )
    open_texts = {folder / name: text for name, text in texts.items() if text is not None}
    found = Session(Snapshot(Disk(), open_texts), settings).invalidations(folder / "Project.toml")
    assert found is not None
    return found


def other_caches(stack: str) -> Mapping[str, str]:
    """The values that packages had been compiled with before, and whose caches were still there."""
    if stack == "skip-list-2023-04":
        return {
            "ForwardDiff": "[ForwardDiff]\nnansafe_mode = true\n",
            "SnoopPrecompile": '[SnoopPrecompile]\nskip_precompile = ["MyTopLevelPackage"]\n',
        }
    return {"Parsers": "[Parsers]\nprecompile_workload = false\n"}


def _stale() -> list[Any]:
    return [
        pytest.param(stack, entry, id=f"{stack}:{entry['name']}")
        for stack in STACKS
        for entry in facts(stack, "stale.toml", "stale")
    ]


STALE_FOR_ANOTHER_REASON = {
    "skip-unlisted": "the project's own source imports a package that it no longer lists, "
    "which only the import records of its cache would tell",
}

FAIL_WHEN_COMPILED = {
    "skip-string": "the cache is stale, and what uses SnoopPrecompile would not compile",
    "flag-own-string": "the cache is stale, and the package would not compile",
    "flag-own-zero": "the cache is stale, and the package would not compile",
}


@pytest.mark.parametrize(("stack", "entry"), _stale())
def test_stale_caches_are_those_that_julia_rejects(
    stack: str, entry: Mapping[str, Any], tmp_path: Path
) -> None:
    if entry["name"] in STALE_FOR_ANOTHER_REASON:
        pytest.skip(STALE_FOR_ANOTHER_REASON[entry["name"]])
    write_caches(stack, tmp_path, other_caches(stack))
    before = state(stack, tmp_path)
    after = state(
        stack,
        tmp_path,
        local=entry.get("local_preferences"),
        julia_local=entry.get("julia_local_preferences"),
        project=entry.get("project"),
    )
    found = difference(before, after)
    assert found.recompilation.stale is not None
    stale = {unit.name for unit in found.recompilation.stale}
    if entry["name"] in FAIL_WHEN_COMPILED:
        assert stale < set(entry["stale"]) <= stale | {unit.name for unit in found.failed}
    else:
        assert sorted(stale) == sorted(entry["stale"])


FRESH = "all caches fresh, no preferences file"
MEASURED = {
    ("skip-list-2023-04", "2a-skip-own"): "LocalPreferences.set_preferences.toml",
    ("skip-list-2023-04", "6a-ForwardDiff-nansafe"): "LocalPreferences.nansafe.toml",
    ("per-package-flags-2023-05", "5a-flag-own"): "LocalPreferences.flag-own.toml",
    ("per-package-flags-2023-05", "7-switch"): "LocalPreferences.switch.toml",
}
"""Measurements that start with fresh caches, and the preferences file that was written."""


@pytest.mark.parametrize("with_caches", [False, True], ids=["manifest", "caches"])
@pytest.mark.parametrize(("stack", "name"), MEASURED, ids=lambda value: value)
def test_precompiling_recompiles_what_was_measured(
    stack: str, name: str, with_caches: bool, tmp_path: Path
) -> None:
    measurement = measured(stack, name)
    assert measurement["from"] == FRESH
    depot = None
    if with_caches:
        depot = tmp_path
        write_caches(stack, depot, {})
    local = (STACK_FOLDER / stack / MEASURED[stack, name]).read_text()

    found = difference(state(stack, depot), state(stack, depot, local=local)).recompilation

    assert sorted(unit.name for unit in found.units) == sorted(measurement["recompiled"])
    assert found.of == measurement["of"]


def test_the_complaint_recompiles_39_of_112_units_and_the_flag_one() -> None:
    before = state("skip-list-2023-04", None)
    local = '[SnoopPrecompile]\nskip_precompile = ["MyTopLevelPackage"]\n'
    skip_list = difference(before, state("skip-list-2023-04", None, local=local)).recompilation
    assert (skip_list.count, len(skip_list.extensions)) == (33, 6)

    before = state("per-package-flags-2023-05", None)
    local = "[MyTopLevelPackage]\nprecompile_workload = false\n"
    flag = difference(before, state("per-package-flags-2023-05", None, local=local)).recompilation
    assert [unit.name for unit in flag.units] == ["MyTopLevelPackage"]


def test_loading_recompiles_less_than_the_manifest_says(tmp_path: Path) -> None:
    """ArrayInterface 7.4.3 lists SnoopPrecompile among its dependencies and never loads it."""
    stack = "skip-list-2023-04"
    measurement = measured(stack, "2c-using")
    write_caches(stack, tmp_path, {})
    local = (STACK_FOLDER / stack / "LocalPreferences.own-and-csv.toml").read_text()
    found = difference(state(stack, tmp_path), state(stack, tmp_path, local=local))
    stale = found.recompilation.stale
    assert stale is not None
    assert sorted(unit.name for unit in stale) == sorted(measurement["recompiled"])


def test_going_back_finds_the_old_cache_of_the_package_alone(tmp_path: Path) -> None:
    stack = "per-package-flags-2023-05"
    measurement = measured(stack, "6e-flag-parsers-removed")
    # Parsers kept its cache without the flag; what uses it was built on the one with the flag.
    write_caches(stack, tmp_path, other_caches(stack), built_on_other=True)
    project = (STACK_FOLDER / stack / "Project.extras-parsers.toml").read_text()
    local = (STACK_FOLDER / stack / "LocalPreferences.flag-parsers.toml").read_text()

    found = difference(
        state(stack, tmp_path, local=local, project=project),
        state(stack, tmp_path, project=project),
    ).recompilation

    assert sorted(unit.name for unit in found.units) == sorted(measurement["recompiled"])
