"""What a change recompiles where a depot keeps caches that were made with older values.

Julia keeps the cache of each value that a package was compiled with, and takes it again when the
value comes back. The packages above it have one cache, built on the last build of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.simulated_depot import SimulatedDepot

PAINT = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1d01")
HOUSE = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1d02")
PROJECT = f'[deps]\nHouse = "{HOUSE}"\nPaint = "{PAINT}"\n'


def manifest(julia: str) -> str:
    return f"""\
julia_version = "{julia}"
manifest_format = "2.0"

[[deps.House]]
deps = ["Paint"]
git-tree-sha1 = "0000000000000000000000000000000000000001"
uuid = "{HOUSE}"
version = "1.0.0"

[[deps.Paint]]
git-tree-sha1 = "0000000000000000000000000000000000000002"
uuid = "{PAINT}"
version = "1.0.0"
"""


@pytest.mark.parametrize("julia", ["1.10.4", "1.12.5", "1.13.0"])
@pytest.mark.parametrize(
    ("compiled", "before", "after", "expected"),
    [
        (["red", "blue"], "blue", "red", ["House"]),
        (["red", "blue"], "green", "red", ["House"]),
        (["red", "blue"], "red", "blue", []),
        (["red", "blue"], "green", "blue", []),
        (["red", "blue"], "red", "green", ["House", "Paint"]),
    ],
    ids=[
        "back to an older value",
        "back to it from a value that nothing was compiled with",
        "to the newest",
        "to the newest from a value that nothing was compiled with",
        "to a new value",
    ],
)
def test_a_cache_of_an_older_value_serves_its_package_but_not_those_above(
    tmp_path: Path,
    julia: str,
    compiled: Sequence[str],
    before: str,
    after: str,
    expected: list[str],
) -> None:
    folder = tmp_path / "environment"

    def state(color: str) -> Invalidations:
        texts = {
            folder / "Project.toml": PROJECT,
            folder / "Manifest.toml": manifest(julia),
            folder / "LocalPreferences.toml": f'[Paint]\ncolor = "{color}"\n',
        }
        settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
        found = Session(Snapshot(Disk(), texts), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    graph = state(before).graph
    depot = SimulatedDepot(
        tmp_path / "depot",
        julia,
        lambda unit: [(PAINT, "color")] * (unit.uuid == PAINT),
        lambda unit: graph.network.succ.get(unit.id, ()),
    )
    for color in compiled:
        depot.precompile(partial(state, color), {"House", "Paint"})
    found = difference(state(before), state(after)).recompilation
    assert sorted(unit.name for unit in found.packages) == expected
