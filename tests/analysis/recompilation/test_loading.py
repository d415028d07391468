"""What one load brings with it: extensions whose triggers are there by then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompass.cli import main
from support.environments import Package, manifest, project, uuid, write


@pytest.mark.parametrize(
    ("deps", "recompiled"),
    [
        ("Splines Dates", ["Splines", "Splines/SplinesDatesExt"]),
        ("Splines", ["Splines"]),
        ("Splines Grids", ["Grids", "Splines", "Splines/SplinesDatesExt"]),
    ],
    ids=["loaded by the project", "loaded by nobody", "loaded by a dependency"],
)
def test_a_standard_library_triggers_an_extension_once_it_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], deps: str, recompiled: list[str]
) -> None:
    splines = Package(weakdeps="Dates", extensions={"SplinesDatesExt": "Dates"}, path="Splines")
    packages: dict[str, str | Package] = {
        "Dates": "",
        "Grids": Package("Dates", path="Grids"),
        "Splines": splines,
    }
    folder, depot = tmp_path / "app", tmp_path / "depot"
    write(
        folder,
        {
            "Project.toml": project(deps=deps),
            "Manifest.toml": manifest(packages),
            "Grids/Project.toml": project("Grids", deps="Dates"),
            "Grids/src/Grids.jl": "module Grids\nusing Dates\nend\n",
            "Splines/Project.toml": project("Splines")
            + f'[weakdeps]\nDates = "{uuid("Dates")}"\n[extensions]\nSplinesDatesExt = "Dates"\n',
            "Splines/src/Splines.jl": "module Splines\nend\n",
            "Splines/ext/SplinesDatesExt.jl": "module SplinesDatesExt\nusing Splines, Dates\nend\n",
        },
    )
    depot.mkdir()
    main(["why", "--project", str(folder), "--depot", str(depot), "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert sorted(one["unit"] for one in answer["pending"]) == recompiled
