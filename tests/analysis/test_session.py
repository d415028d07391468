"""Which file belongs to which environment, and on what an environment stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.kinds import FileKind, file_kind
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.versions import VersionNumber
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, project, session, uuid, write


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Project.toml", FileKind.PROJECT),
        ("JuliaProject.toml", FileKind.PROJECT),
        ("Manifest.toml", FileKind.MANIFEST),
        ("JuliaManifest.toml", FileKind.MANIFEST),
        ("Manifest-v1.11.toml", FileKind.MANIFEST),
        ("JuliaManifest-v1.14.toml", FileKind.MANIFEST),
        ("LocalPreferences.toml", FileKind.PREFERENCES),
        ("JuliaLocalPreferences.toml", FileKind.PREFERENCES),
        ("project.toml", None),
        ("Manifest-v1.toml", None),
        ("Manifest-1.11.toml", None),
        ("Manifest.toml.bak", None),
        ("pyproject.toml", None),
    ],
)
def test_files_are_told_by_their_names(name: str, kind: FileKind | None) -> None:
    assert file_kind(Path("/env") / name) is kind


def test_a_file_belongs_to_the_project_beside_it(tmp_path: Path) -> None:
    opened = session(tmp_path, {"Project.toml": "", "LocalPreferences.toml": "", "a/x.toml": ""})
    expected = tmp_path / "Project.toml"
    for name in ("Project.toml", "LocalPreferences.toml", "Manifest.toml"):
        assert opened.project_of(tmp_path / name) == expected
    assert opened.project_of(tmp_path / "a" / "LocalPreferences.toml") is None


def test_of_two_project_files_the_first_is_the_one(tmp_path: Path) -> None:
    opened = session(tmp_path, {"Project.toml": "", "JuliaProject.toml": ""})
    assert opened.project_of(tmp_path / "Manifest.toml") == tmp_path / "JuliaProject.toml"
    assert opened.project_of(tmp_path / "Project.toml") == tmp_path / "JuliaProject.toml"


def test_what_is_computed_is_kept(tmp_path: Path) -> None:
    opened = session(tmp_path, {"Project.toml": ""})
    path = tmp_path / "Project.toml"
    assert opened.invalidations(path) is opened.invalidations(path)
    assert opened.invalidations(tmp_path / "Missing.toml") is None


def test_the_load_path_stands_behind_the_project(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "depot/environments/v1.10/Project.toml": project(deps="A"),
            "depot/environments/v1.10/LocalPreferences.toml": "[A]\nx = 1\ny = 1\n",
            "env/Project.toml": project(deps="A"),
            "env/Manifest.toml": manifest({"A": ""}, julia="1.10.4"),
            "env/LocalPreferences.toml": "[A]\nx = 2\n",
        },
    )
    variables = {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}
    path = tmp_path / "env" / "Project.toml"

    def values(settings: Settings) -> dict[str, object]:
        found = Session(Snapshot(Disk()), settings).invalidations(path)
        assert found is not None
        return dict(found.preferences(uuid("A")).values)

    assert values(Settings(variables=variables)) == {"x": 2, "y": 1}
    # Another version of Julia has another shared environment.
    other = Settings(julia=VersionNumber((1, 11, 0)), variables=variables)
    assert values(other) == {"x": 2}
    alone = Settings(variables={**variables, "JULIA_LOAD_PATH": "@"})
    assert values(alone) == {"x": 2}
    assert values(Settings(variables=variables, use_depot=False)) == {"x": 2}
    chosen = Settings(variables={}, depots=str(tmp_path / "depot"))
    assert values(chosen) == {"x": 2, "y": 1}


@pytest.mark.parametrize(
    ("load_path", "expected"),
    [
        ("@:{far}", {"x": "own", "y": "own"}),
        (":{far}", {"x": "own", "y": "own"}),
        ("{far}:@", {"x": "far", "y": "own"}),
        ("{far}:", {"x": "far", "y": "own"}),
        ("{far}:{own}", {"x": "far", "y": "own"}),
        ("{far}", {"x": "own", "y": "own"}),
    ],
)
def test_what_the_load_path_has_first_wins(
    tmp_path: Path, load_path: str, expected: dict[str, str]
) -> None:
    write(
        tmp_path,
        {
            "far/Project.toml": project(deps="A"),
            "far/LocalPreferences.toml": '[A]\nx = "far"\n',
            "own/Project.toml": project(deps="A"),
            "own/Manifest.toml": manifest({"A": ""}, julia="1.10.4"),
            "own/LocalPreferences.toml": '[A]\nx = "own"\ny = "own"\n',
        },
    )
    text = load_path.format(far=tmp_path / "far", own=tmp_path / "own")
    settings = Settings(variables={"JULIA_LOAD_PATH": text}, use_depot=False)
    found = Session(Snapshot(Disk()), settings).invalidations(tmp_path / "own" / "Project.toml")
    assert found is not None
    assert dict(found.preferences(uuid("A")).values) == expected


@pytest.mark.parametrize(
    ("load_path", "expected"),
    [
        ("@", {"from": "member", "base": 1}),
        ("{other}:@", {"from": "other", "other base": 1}),
    ],
)
def test_the_bases_of_the_first_entry_of_the_load_path_count(
    tmp_path: Path, load_path: str, expected: dict[str, object]
) -> None:
    bases = {
        f"{base}/Project.toml": project(deps="A") + '\n[workspace]\nprojects = ["member"]\n'
        for base in ("one", "other")
    }
    write(
        tmp_path,
        {
            **bases,
            "one/Manifest.toml": manifest({"A": ""}, julia="1.12.5"),
            "one/LocalPreferences.toml": "[A]\nbase = 1\n",
            "one/member/Project.toml": project(deps="A"),
            "one/member/LocalPreferences.toml": '[A]\nfrom = "member"\n',
            "other/LocalPreferences.toml": '[A]\n"other base" = 1\n',
            "other/member/Project.toml": project(deps="A"),
            "other/member/LocalPreferences.toml": '[A]\nfrom = "other"\n',
        },
    )
    text = load_path.format(other=tmp_path / "other" / "member")
    settings = Settings(variables={"JULIA_LOAD_PATH": text}, use_depot=False)
    member = tmp_path / "one" / "member" / "Project.toml"
    found = Session(Snapshot(Disk()), settings).invalidations(member)
    assert found is not None
    assert dict(found.preferences(uuid("A")).values) == expected
    assert found.environment.own_layer.project.path == member


@pytest.mark.parametrize(("load_path", "owner"), [("@:{far}", "own"), ("{far}:@", "far")])
def test_the_first_environment_that_knows_a_package_says_where_it_is(
    tmp_path: Path, load_path: str, owner: str
) -> None:
    files = {"Project.toml": project(deps="A"), "Manifest.toml": manifest({"A": ""})}
    for folder in ("far", "own"):
        write(tmp_path / folder, files)
    settings = Settings(
        variables={"JULIA_LOAD_PATH": load_path.format(far=tmp_path / "far")}, use_depot=False
    )
    stack = Session(Snapshot(Disk()), settings).stack(tmp_path / "own" / "Project.toml")
    assert stack is not None
    assert stack.active.folder == tmp_path / "own"
    found = stack.owner(uuid("A"))
    assert found is not None
    assert found.environment.folder == tmp_path / owner
