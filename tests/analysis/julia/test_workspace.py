"""What the projects of a workspace share."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.environment import Environment
from precompass.julia.workspace import Members, Workspace
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, project, uuid, write

NAMES = ("One", "Two", "Three")


@pytest.fixture
def environments(tmp_path: Path) -> dict[str, Environment]:
    """The environment of each project of a workspace, by its name; of the base, by none."""
    files = {f"{name}/Project.toml": project(name, deps="A") for name in NAMES}
    files["Project.toml"] = '[workspace]\nprojects = ["One", "Two", "Three"]\n'
    files["Manifest.toml"] = manifest({"A": ""}, julia="1.12.2")
    write(tmp_path, files)
    session = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    found = {}
    for name in ("", *NAMES):
        environment = session.environment(tmp_path / name / "Project.toml")
        assert environment is not None
        found[name] = environment
    return found


def test_each_project_sees_the_others_in_the_order_of_the_workspace(
    environments: dict[str, Environment],
) -> None:
    seen = {name: [one.name for one in found.members] for name, found in environments.items()}
    assert seen == {
        "": ["One", "Two", "Three"],
        "One": [None, "Two", "Three"],
        "Two": [None, "One", "Three"],
        "Three": [None, "One", "Two"],
    }
    for found in environments.values():
        assert len(found.members) == len(NAMES)
        assert found.members[1:] == tuple(found.members)[1:]
        assert found.members[0] is next(iter(found.members))
        assert found.projects == (found.project, *found.members)


def test_they_share_what_is_computed_from_all_of_them(environments: dict[str, Environment]) -> None:
    assert len({id(found.workspace) for found in environments.values()}) == 1
    one = environments["One"]
    assert one.workspace is not None
    for found in environments.values():
        assert found.shapes is one.shapes
        assert found.shapes == {project.shape for project in found.projects}
        assert found.uuids == {None, *map(uuid, NAMES)}
        assert found.text_size == sum(len(project.document.text) for project in found.projects)


def test_a_project_that_would_list_more_extras_is_one_of_them_still(
    environments: dict[str, Environment],
) -> None:
    edited = environments["One"].if_listed(uuid("A"), "A")
    assert edited.project is not environments["One"].project
    assert edited.workspace is environments["One"].workspace


def test_another_project_in_its_place_is_not(environments: dict[str, Environment]) -> None:
    one, two = environments["One"], environments["Two"]
    members = Members(Workspace(two.projects), one.project.path)
    assert members.are_beside(one.project)
    assert not members.are_beside(two.project)
    assert not Members(Workspace((two.project,)), one.project.path).are_beside(one.project)


def test_of_a_sandbox_nothing_is_shared(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Project.toml": project("Top", deps="A"),
            "Manifest.toml": manifest({"A": ""}, julia="1.12.2"),
            "test/runtests.jl": "",
        },
    )
    session = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    tests = session.tests(tmp_path / "Project.toml")
    assert tests is not None
    sandbox = tests.environment.environment
    assert sandbox.workspace is None
    assert sandbox.uuids == {None, uuid("Top")}
    assert sandbox.shapes == {one.shape for one in sandbox.projects}
