"""Environments that the load path has before the active one decide which versions are loaded.

Julia takes a package from the first environment that has it (``manifest_uuid_path`` and
``identify_package`` in ``base/loading.jl``), with the dependencies that it has there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.graph import package_id
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, uuid, write

OWN = {"App": "Box", "Box": "Cord", "Cord": ""}
"""The project's own manifest: App uses Box, which uses Cord."""


def stack(folder: Path, nearer: Mapping[str, str | Package], deps: str = "App") -> None:
    write(
        folder,
        {
            "near/Project.toml": project(deps=" ".join(nearer)),
            "near/Manifest.toml": manifest(nearer, julia="1.12.2"),
            "own/Project.toml": project(deps=deps),
            "own/Manifest.toml": manifest(OWN, julia="1.12.2"),
        },
    )


def answers(folder: Path, load_path: str) -> Invalidations:
    settings = Settings(
        variables={"JULIA_LOAD_PATH": load_path.format(near=folder / "near")}, use_depot=False
    )
    found = Session(Snapshot(Disk()), settings).invalidations(folder / "own" / "Project.toml")
    assert found is not None
    return found


def recompiled_with(found: Invalidations, name: str) -> set[str]:
    return {unit.name for unit in found.of_package(uuid(name)).units}


@pytest.mark.parametrize(
    ("load_path", "with_cord", "with_drum"),
    [
        ("@", {"Cord", "Box", "App"}, set()),
        ("@:{near}", {"Cord", "Box", "App"}, set()),
        ("{near}:@", set(), {"Drum", "Box", "App"}),
    ],
)
def test_a_nearer_environment_decides_what_a_package_depends_on(
    tmp_path: Path, load_path: str, with_cord: set[str], with_drum: set[str]
) -> None:
    stack(tmp_path, {"Box": Package("Drum", version="2.0.0"), "Drum": ""})
    found = answers(tmp_path, load_path)
    assert recompiled_with(found, "Cord") == with_cord
    assert recompiled_with(found, "Drum") == with_drum
    entry = found.environment.loaded_entry(uuid("Box"))
    assert entry is not None
    assert (str(entry.version) == "2.0.0") == (load_path == "{near}:@")
    own = found.environment.entry(uuid("Box"))
    assert own is not None
    assert str(own.version) != "2.0.0"


def test_what_only_a_nearer_environment_has_is_no_part_of_the_project(tmp_path: Path) -> None:
    stack(tmp_path, {"Tool": "Drum", "Drum": ""})
    found = answers(tmp_path, "{near}:@")
    assert package_id(uuid("Tool")) not in found.graph.units
    assert found.environment.loaded is found.environment.manifest


def test_the_folder_of_a_package_that_a_nearer_environment_develops_is_where_that_says(
    tmp_path: Path,
) -> None:
    stack(tmp_path, {"Box": Package("", path="../dev/Box")})
    write(tmp_path, {"dev/Box/src/Box.jl": "module Box\nend\n"})
    found = answers(tmp_path, "{near}:@")
    entry = found.environment.loaded_entry(uuid("Box"))
    assert entry is not None
    assert entry.path is not None
    assert Path(entry.path).resolve() == tmp_path / "dev" / "Box"


def test_a_nearer_project_that_is_a_package_is_that_package(tmp_path: Path) -> None:
    stack(tmp_path, {"Drum": ""})
    write(tmp_path, {"near/Project.toml": project("Box", deps="Drum")})
    found = answers(tmp_path, "{near}:@")
    assert recompiled_with(found, "Drum") == {"Drum", "Box", "App"}
    assert recompiled_with(found, "Cord") == set()


def test_a_nearer_manifest_that_broke_off_leaves_the_answer_open(tmp_path: Path) -> None:
    stack(tmp_path, {"Box": "Drum", "Drum": ""})
    path = tmp_path / "near" / "Manifest.toml"
    path.write_text(path.read_text()[:-30])
    assert path in [gap.file for gap in answers(tmp_path, "{near}:@").environment.gaps]
    assert not answers(tmp_path, "@:{near}").environment.gaps


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str]:
    main([*arguments, "--format", "json", "--no-depot"])
    printed = capsys.readouterr()
    return json.loads(printed.out), " ".join(printed.err.split())


def test_explain_and_diff_follow_the_nearer_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack(tmp_path, {"Box": Package("", version="2.0.0")})
    write(
        tmp_path,
        {
            "after/Project.toml": project(deps="App"),
            "after/Manifest.toml": manifest(
                {**OWN, "Box": Package("Cord", path="../dev/Box")}, julia="1.12.2"
            ),
        },
    )
    own, after = str(tmp_path / "own"), str(tmp_path / "after")
    for load_path, count, recompiled in (
        ("@", 3, ["App", "Box"]),
        (f"{tmp_path / 'near'}:@", 0, []),
    ):
        monkeypatch.setenv("JULIA_LOAD_PATH", load_path)
        explained, said = asked(capsys, "explain", "Cord", "--project", own)
        assert explained["count"] == count
        found, _ = asked(capsys, "diff", own, after)
        assert found["recompiled"] == recompiled
        assert ("near/Manifest.toml first" in said) == (not recompiled)
