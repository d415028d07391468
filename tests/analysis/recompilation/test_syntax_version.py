"""The version of Julia's syntax, by which Julia 1.14 rejects a cache."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.syntax_version import syntax_byte
from precompass.recompilation.difference import difference
from precompass.recompilation.installed import DepotMemory
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import invalidations, manifest, project, uuid, write
from support.simulated_depot import SimulatedDepot

FOLDER = Path("/home/ada/Basins")


def own(*, compat: str = "", syntax: str = "", julia: str = "1.14.0") -> dict[str, str]:
    """Return the files of a package without dependencies."""
    text = project("Basins")
    text += f'[compat]\njulia = "{compat}"\n' if compat else ""
    text += f'[syntax]\njulia_version = "{syntax}"\n' if syntax else ""
    return {"Project.toml": text, "Manifest.toml": manifest({}, julia=julia)}


@pytest.mark.parametrize(
    ("compat", "syntax", "expected"),
    [
        ("1.10", "", 0),
        ("1.13", "", 0),
        ("1.14", "", 1),
        ("1.10, 1.14", "", 0),
        ("1.14", "1.13", 0),
        ("1.10", "1.15", 2),
        ("", "", 1),  # that of the running Julia
    ],
)
def test_which_syntax_the_active_package_has(compat: str, syntax: str, expected: int) -> None:
    found = invalidations(FOLDER, own(compat=compat, syntax=syntax))
    assert syntax_byte(found.environment, uuid("Basins")) == expected


def test_no_julia_before_1_14_has_one() -> None:
    found = invalidations(FOLDER, own(syntax="1.14", julia="1.13.1"))
    assert syntax_byte(found.environment, uuid("Basins")) is None


@pytest.mark.parametrize(
    ("before", "after", "recompiled"),
    [
        (own(compat="1.10"), own(compat="1.14"), ["Basins"]),
        (own(syntax="1.13"), own(syntax="1.14"), ["Basins"]),
        (own(compat="1.10"), own(compat="1.12"), []),
        (own(compat="1.10", julia="1.13.1"), own(compat="1.14", julia="1.13.1"), []),
    ],
)
def test_another_syntax_of_the_active_package_recompiles_it(
    before: dict[str, str], after: dict[str, str], recompiled: list[str]
) -> None:
    found = difference(invalidations(FOLDER, before), invalidations(FOLDER, after))
    assert [unit.name for unit in found.recompilation.units] == recompiled


def test_another_syntax_in_the_manifest_recompiles_what_depends_on_it_too() -> None:
    packages = {"Basins": "Reservoirs", "Reservoirs": ""}
    files = {
        "Project.toml": project(deps="Basins"),
        "Manifest.toml": manifest(packages, julia="1.14.0"),
    }
    text = files["Manifest.toml"]
    stated = f'{text}\n    [deps.Reservoirs.syntax]\n    julia_version = "1.14.0"\n'
    assert text.rindex("[[deps.Reservoirs]]") > text.rindex("[[deps.Basins]]")
    after = {**files, "Manifest.toml": stated}
    found = difference(invalidations(FOLDER, files), invalidations(FOLDER, after))
    assert sorted(unit.name for unit in found.recompilation.units) == ["Basins", "Reservoirs"]


def test_why_says_that_the_cache_is_of_another_syntax(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, depot = tmp_path / "app", tmp_path / "depot"
    text = manifest({"Basins": ""}, julia="1.14.0")
    write(folder, {"Project.toml": project(deps="Basins"), "Manifest.toml": text})
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})

    def now() -> Invalidations:
        found = Session(Snapshot(Disk()), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    SimulatedDepot(depot, "1.14.0", lambda _: [], lambda _: ()).precompile(now, {"Basins"})
    asked = ["why", "--project", str(folder), "--depot", str(depot), "--format", "json"]
    main(asked)
    assert json.loads(capsys.readouterr().out)["pending"] == []
    stated = f'{text}\n    [deps.Basins.syntax]\n    julia_version = "1.14.0"\n'
    (folder / "Manifest.toml").write_text(stated)
    main(asked)
    answer = json.loads(capsys.readouterr().out)
    assert [one["reason"]["kind"] for one in answer["pending"]] == ["syntax_version"]


def test_a_syntax_that_is_typed_counts_at_once(tmp_path: Path) -> None:
    """The graph stays the same, and nothing is saved; the cache no longer serves the package."""
    folder, depot = tmp_path / "Basins", tmp_path / "depot"
    write(folder, {**own(compat="1.10"), "src/Basins.jl": "module Basins\nend\n"})
    path, memory = folder / "Project.toml", DepotMemory()
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})

    def seen(**more: str) -> Invalidations:
        texts = {path: own(**more)["Project.toml"]}
        found = Session(Snapshot(Disk(), texts), settings, memory).invalidations(path)
        assert found is not None
        return found

    simulated = SimulatedDepot(depot, "1.14.0", lambda _: [], lambda _: ())
    simulated.precompile(lambda: seen(compat="1.10"), {"Basins"})
    memory.forget()
    counts = [len(seen(compat=compat).usable) for compat in ("1.10", "1.14", "1.10")]
    assert counts == [1, 0, 1]
