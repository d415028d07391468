"""The same questions where Julia has compiled the application, and its caches tell."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.recompilation.graph import Unit, UnitId, package_id
from precompass.recompilation.invalidation import Invalidations
from precompass.report.paragraphs import as_plain_text
from precompass.session import Session
from precompass.settings.settings import Settings
from support.command_line import Command
from support.simulated_depot import SimulatedDepot


@pytest.fixture
def depot(app: Path) -> Path:
    """A depot in which all is compiled."""
    return compiled(app, "1.11.2")


def compiled(app: Path, julia: str) -> Path:
    """Compile the application; Fields does not load Meshes, though it might."""
    folder = app.parent / "depot"

    def invalidations() -> Invalidations:
        session = Session(Snapshot(Disk()), Settings(depots=str(folder), variables={}))
        found = session.invalidations(app / "Project.toml")
        assert found is not None
        return found

    graph = invalidations().graph

    def loads(unit: Unit) -> Collection[UnitId]:
        used = set(graph.network.succ[unit.id])
        if unit.name == "Fields":
            used -= {identity for identity in used if graph.units[identity].name == "Meshes"}
        return used

    simulated = SimulatedDepot(
        folder,
        julia,
        lambda unit: (
            [(SNOOP_PRECOMPILE, "skip_precompile")]
            if unit.id == package_id(SNOOP_PRECOMPILE)
            else [(unit.uuid, "precompile_workload")] * (unit.name == "Splines")
        ),
        loads,
    )
    simulated.precompile(invalidations, {unit.name for unit in graph.units.values()})
    return folder


def test_what_is_recorded_is_said_to_be(precompass: Command, depot: Path) -> None:
    arguments = ("explain", "SnoopPrecompile.skip_precompile", "--depot", str(depot))
    answer = json.loads(precompass(*arguments, "--format", "json").out)
    assert answer["evidence"] == "recorded"
    assert answer["recompiled"] == ["App", "Meshes", "SnoopPrecompile"]
    assert answer["extensions"] == ["Splines/SplinesMeshesExt"]
    assert answer["stale"] == ["App", "Meshes", "SnoopPrecompile", "Splines/SplinesMeshesExt"]
    assert 0 < answer["compiled_bytes"] < answer["of_bytes"]
    text = " ".join(precompass(*arguments).out.split())
    assert "(recorded in the caches of Julia 1.11)." in text
    share = round(100 * answer["compiled_bytes"] / answer["of_bytes"])
    assert f"kB of compiled code ({share} %)" in text


def test_a_hover_says_the_same(precompass: Command, app: Path, depot: Path) -> None:
    file = app / "LocalPreferences.toml"
    session = Session(Snapshot(Disk()), Settings(depots=str(depot), variables={}))
    shown = hover(session, file, file.read_text().index("skip_precompile"))
    assert shown is not None
    text = as_plain_text(shown.paragraphs)
    explained = " ".join(
        precompass("explain", "SnoopPrecompile.skip_precompile", "--depot", str(depot)).out.split()
    )
    count = text.partition("Changing it recompiles ")[2].partition(":")[0]
    assert "of compiled code" in count
    assert f"Changing it recompiles {count} (" in explained


def test_a_key_that_no_cache_lists(precompass: Command, depot: Path) -> None:
    arguments = ("explain", "Splines.order", "--depot", str(depot), "--format", "json")
    answer = json.loads(precompass(*arguments).out)
    assert (answer["noticed"], answer["count"], answer["stale"]) == (False, 0, [])
    assert answer["why"]


def test_no_depot_looks_at_no_cache(precompass: Command, depot: Path) -> None:
    assert depot.is_dir()
    arguments = ("explain", "Splines.order", "--no-depot", "--format", "json")
    answer = json.loads(precompass(*arguments).out)
    assert (answer["evidence"], answer["stale"]) == ("assumed", None)


def test_a_change_makes_stale_what_hangs_on_it(precompass: Command, app: Path, depot: Path) -> None:
    (app.parent / "after").mkdir()
    for name in ("Project.toml", "Manifest.toml"):
        (app.parent / "after" / name).write_bytes((app / name).read_bytes())
    outcome = precompass("diff", ".", "../after", "--depot", str(depot), "--format", "json")
    answer = json.loads(outcome.out)
    assert outcome.code == 1
    assert answer["evidence"] == "recorded"
    assert answer["recompiled"] == ["App", "Meshes", "SnoopPrecompile"]
    assert answer["stale"] == ["App", "Meshes", "SnoopPrecompile", "Splines/SplinesMeshesExt"]


def test_pkg_and_loading_did_not_always_agree(precompass: Command, app: Path) -> None:
    """Up to Julia 1.9.3, ``Pkg.precompile()`` followed the manifest and looked at no cache."""
    manifest = app / "Manifest.toml"
    manifest.write_text(manifest.read_text().replace("1.11.2", "1.9.2"))
    depot = compiled(app, "1.9.2")
    arguments = ("explain", "SnoopPrecompile.skip_precompile", "--depot", str(depot))
    answer = json.loads(precompass(*arguments, "--format", "json").out)
    assert answer["recompiled"] == ["App", "Fields", "Meshes", "SnoopPrecompile"]
    assert answer["stale"] == ["App", "Meshes", "SnoopPrecompile", "Splines/SplinesMeshesExt"]
    assert "  only by Pkg   Fields\n" in precompass(*arguments).out


def test_a_picture_has_the_sizes_of_the_caches(precompass: Command, depot: Path) -> None:
    arguments = ("graph", "SnoopPrecompile.skip_precompile", "--depot", str(depot))
    units = json.loads(precompass(*arguments, "--format", "json").out)["units"]
    for unit in units:
        name = unit["label"].rpartition("/")[2]
        files = depot.glob(f"compiled/v1.11/{name}/*")  # the cache and its native library
        assert unit["cache_bytes"] == sum(file.stat().st_size for file in files)
    assert "larger: a larger compile cache" in precompass(*arguments, "--html", "-").out
