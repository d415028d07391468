"""What is recompiled because of a table in a farther environment of the load path."""

from __future__ import annotations

from pathlib import Path

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, project, uuid, write
from support.simulated_depot import SimulatedDepot


def test_a_table_of_a_farther_environment_is_reported_at_the_project(tmp_path: Path) -> None:
    top, shared, depot = tmp_path / "top", tmp_path / "shared", tmp_path / "depot"
    packages = {"Anvil": "", "Hammer": "Anvil"}
    texts = manifest(packages, julia="1.12.2")
    write(top, {"Project.toml": project(deps="Hammer"), "Manifest.toml": texts})
    write(shared, {"Project.toml": project(deps="Anvil"), "Manifest.toml": texts})
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": f"@:{shared}:@stdlib"})

    def now() -> Invalidations:
        found = Session(Snapshot(Disk()), settings).invalidations(top / "Project.toml")
        assert found is not None
        return found

    reads = [(uuid("Anvil"), "mass")]
    julia = SimulatedDepot(
        depot,
        "1.12.2",
        lambda unit: reads if unit.name == "Anvil" else [],
        lambda unit: now().graph.network.succ.get(unit.id, ()),
    )
    julia.precompile(now, {"Anvil", "Hammer"})
    (shared / "LocalPreferences.toml").write_text("[Anvil]\nmass = 60\n")
    found = check(Session(Snapshot(Disk()), settings), top / "Project.toml")
    (message,) = [one.message for one in found if one.code == "pending-recompilation"]
    assert message.startswith("The next `using` recompiles Anvil: its cache was made with other")
    assert message.endswith(f"The preferences are those in {shared / 'LocalPreferences.toml'}.")
