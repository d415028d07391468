"""What the next ``using`` in a member of a workspace recompiles, and what it does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, project, uuid, write
from support.simulated_depot import SimulatedDepot

BASE = project(deps="Paint") + '[workspace]\nprojects = ["member"]\n'


@pytest.mark.parametrize(
    ("member", "reported"),
    [
        (project(deps="Paint"), True),
        (project(deps="House"), True),
        (project(deps="Lone"), False),
        (project("Alone"), False),
    ],
    ids=["it depends on it", "indirectly", "it does not", "it depends on nothing"],
)
def test_only_what_a_member_loads_is_pending_there(
    tmp_path: Path, member: str, reported: bool
) -> None:
    folder, depot = tmp_path / "base", tmp_path / "depot"
    packages = {"House": "Paint", "Lone": "", "Paint": ""}
    write(
        folder,
        {
            "Project.toml": BASE,
            "Manifest.toml": manifest(packages, julia="1.12.5"),
            "member/Project.toml": member,
            "LocalPreferences.toml": '[Paint]\ncolor = "red"\n',
        },
    )
    settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})

    def base() -> Invalidations:
        found = Session(Snapshot(Disk()), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    reads = [(uuid("Paint"), "color")]
    julia = SimulatedDepot(
        depot, "1.12.5", lambda unit: reads if unit.name == "Paint" else [], lambda _: ()
    )
    julia.precompile(base, {"Paint"})
    (folder / "LocalPreferences.toml").write_text('[Paint]\ncolor = "blue"\n')
    found = check(Session(Snapshot(Disk()), settings), folder / "member" / "Project.toml")
    messages = [one.message for one in found if one.code == "pending-recompilation"]
    assert any("recompiles Paint" in message for message in messages) is reported
