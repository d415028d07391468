"""The dependency graph: packages, extensions, projects, and what depends on what."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.files.snapshot import Disk, Snapshot
from precompass.network import Network
from precompass.recompilation.graph import (
    DependencyGraph,
    UnitId,
    extension_id,
    package_id,
    transitive_masks,
)
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, invalidations, manifest, project, uuid, write

FOLDER = Path("/no/such/folder")

PACKAGES: Mapping[str, str | Package] = {
    "Above": "Host Guest",
    "Guest": "Dates",
    "Host": Package(
        "Dates",
        weakdeps="Guest Absent",
        extensions={"OneExt": "Guest", "BothExt": "Guest Absent", "DepExt": "Guest Dates"},
    ),
    "Dates": "",
}


def graph(
    packages: Mapping[str, str | Package] = PACKAGES,
    *,
    text: str = project("Top", deps="Above"),
    julia: str = "1.11.5",
) -> DependencyGraph:
    files = {"Project.toml": text, "Manifest.toml": manifest(packages, julia=julia)}
    return invalidations(FOLDER, files).graph


def labels(found: DependencyGraph, *start: str) -> list[str]:
    units = found.dependents([package_id(uuid(name)) for name in start]).units
    return sorted(unit.label for unit in units)


def test_the_units_of_an_environment() -> None:
    found = graph()
    kinds = {unit.label: unit.kind for unit in found.units.values()}
    assert kinds == {
        "Top": "package",
        "Above": "package",
        "Guest": "package",
        "Host": "package",
        "Dates": "stdlib",
        "Host/OneExt": "extension",
        "Host/DepExt": "extension",
    }
    assert found.package_count == 4


def test_dependents_include_what_they_start_from() -> None:
    found = graph()
    assert labels(found, "Dates") == [
        "Above", "Dates", "Guest", "Host", "Host/DepExt", "Host/OneExt", "Top",
    ]  # fmt: skip
    assert labels(found, "Guest") == ["Above", "Guest", "Host/DepExt", "Host/OneExt", "Top"]
    assert set(labels(found, "Guest", "Host")) == {*labels(found, "Guest"), "Host"}
    assert labels(found, "Top") == ["Top"]
    assert labels(found) == []


def test_an_extension_depends_on_its_parent_and_its_triggers() -> None:
    found = graph()
    extension = extension_id(uuid("Host"), "OneExt")
    assert found.dependencies(extension) == {
        package_id(uuid(name)) for name in ("Host", "Guest", "Dates")
    }
    unit = found.units[extension]
    assert (unit.label, unit.name, unit.parent) == ("Host/OneExt", "OneExt", "Host")
    assert unit.triggers == (uuid("Guest"),)
    assert found.extensions_of(uuid("Host"))[0] == unit


@pytest.mark.parametrize(
    ("julia", "extensions"),
    [
        ("1.8.5", []),
        ("1.9.0", ["OneExt"]),
        ("1.10.4", ["OneExt"]),
        ("1.11.0", ["DepExt", "OneExt"]),
    ],
)
def test_which_extensions_there_are(julia: str, extensions: list[str]) -> None:
    """All triggers have to be there; a dependency that is not weak triggers from 1.11 on."""
    found = graph(julia=julia)
    assert sorted(unit.name for unit in found.units.values() if unit.is_extension) == extensions


def test_extensions_of_the_project() -> None:
    text = (
        project("Top", deps="Above", weakdeps="Guest")
        + '\n[extensions]\nTopGuestExt = "Guest"\nTopAbsentExt = "Absent"\n'
    )
    found = graph(text=text)
    assert [unit.label for unit in found.extensions_of(uuid("Top"))] == ["Top/TopGuestExt"]


def test_an_extension_has_a_uuid_of_its_own() -> None:
    found = graph()
    (unit, *_) = found.extensions_of(uuid("Host"))
    own = found.compiled_uuid(unit)
    assert own != uuid("Host")
    assert found.unit_of(own) == unit
    assert found.unit_of(uuid("Host")) == found.package(uuid("Host"))
    assert found.unit_of(uuid("Absent")) is None


def test_a_project_that_is_no_package_is_there_and_does_not_count() -> None:
    found = graph(text=project(deps="Above"))
    (active,) = found.projects
    assert active.kind == "project"
    assert found.package_count == 3
    assert [unit.label for unit in found.chain(package_id(uuid("Guest")))][1:] == [
        "Above",
        "Guest",
    ]


def test_a_weak_dependency_in_deps_is_weak() -> None:
    text = project("Top", deps="Above Guest", weakdeps="Guest")
    found = graph(text=text)
    assert not found.network.has_edge(package_id(uuid("Top")), package_id(uuid("Guest")))


def test_the_project_file_goes_over_the_manifests_entry_of_it() -> None:
    packages = {**PACKAGES, "Top": Package("Host", path=".")}
    found = graph(packages, text=project("Top", deps="Guest"))
    below = set(found.network.succ[package_id(uuid("Top"))])
    assert below == {package_id(uuid("Guest"))}
    assert found.package_count == 4


def test_the_members_of_a_workspace_are_projects(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Top", deps="Above") + '[workspace]\nprojects = ["test"]\n',
        "Manifest.toml": manifest(PACKAGES, julia="1.12.2"),
        "test/Project.toml": project("Tests", deps="Guest"),
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, files).graph
    assert [unit.name for unit in found.projects] == ["Top", "Tests"]
    assert "Tests" in labels(found, "Guest")
    assert found.package_count == 5


def test_the_shortest_chain() -> None:
    found = graph()
    chain = found.chain(package_id(uuid("Dates")))
    assert [unit.label for unit in chain] in (
        ["Top", "Above", "Host", "Dates"],
        ["Top", "Above", "Guest", "Dates"],
    )
    assert [unit.label for unit in found.chain(package_id(uuid("Top")))] == ["Top"]
    unreached = graph({**PACKAGES, "Lonely": ""})
    assert unreached.chain(package_id(uuid("Lonely"))) == ()


def test_without_a_manifest_the_project_names_all_that_is_known() -> None:
    found = invalidations(FOLDER, {"Project.toml": project("Top", deps="Above Guest")}).graph
    assert sorted(unit.label for unit in found.units.values()) == ["Above", "Guest", "Top"]
    assert labels(found, "Guest") == ["Guest", "Top"]


def test_names_that_two_packages_have_are_told_apart() -> None:
    twin = f'[[deps.Twin]]\nuuid = "{uuid("OtherTwin")}"\ngit-tree-sha1 = "{"0" * 40}"\n'
    user = (
        f'[[deps.User]]\nuuid = "{uuid("User")}"\npath = "User"\n'
        f'[deps.User.deps]\nTwin = "{uuid("OtherTwin")}"\n'
    )
    files = {
        "Project.toml": project("Top", deps="User"),
        "Manifest.toml": manifest({"Twin": ""}) + twin + user,
    }
    found = invalidations(FOLDER, files).graph
    assert labels(found, "OtherTwin") == ["Top", "Twin", "User"]
    assert labels(found, "Twin") == ["Twin"]


# Sets of units


def test_sets_of_units_are_sets() -> None:
    found = graph()
    guest, host = (found.dependents([package_id(uuid(name))]) for name in ("Guest", "Host"))
    assert set(guest | host) == set(guest) | set(host)
    assert set(guest & host) == set(guest) & set(host)
    assert set(guest - host) == set(guest) - set(host)
    assert len(guest) == len(set(guest))
    assert package_id(uuid("Guest")) in guest
    assert package_id(uuid("Absent")) not in guest
    assert hash(guest) == hash(found.dependents([package_id(uuid("Guest"))]))
    assert found.subset([package_id(uuid("Guest")), package_id(uuid("Absent"))]).units == (
        found.units[package_id(uuid("Guest"))],
    )


nodes = st.integers(0, 7).map(lambda number: UnitId(str(number)))


@given(st.lists(st.tuples(nodes, nodes), max_size=20))
def test_reachability_is_right_in_any_graph_with_cycles_too(
    edges: list[tuple[UnitId, UnitId]],
) -> None:
    network: nx.DiGraph[UnitId] = nx.DiGraph(edges)
    bits = {node: 1 << position for position, node in enumerate(network)}
    for node, mask in transitive_masks(Network((), edges), bits).items():
        above = {other for other in network if mask & bits[other]}
        assert above == nx.ancestors(network, node) | {node}


def test_packages_that_depend_on_each_other_come_together() -> None:
    found = graph({"A": "B", "B": "A", "C": "A"}, text=project("Top", deps="C"))
    assert labels(found, "A") == labels(found, "B") == ["A", "B", "C", "Top"]
    assert labels(found, "C") == ["C", "Top"]


def test_a_package_may_list_itself() -> None:
    found = graph({"A": "A"}, text=project("Top", deps="A Top"))
    assert labels(found, "A") == ["A", "Top"]


# What environments share


def member_graphs(
    folder: Path, members: Mapping[str, str], text: str
) -> Mapping[str, DependencyGraph]:
    """Return the graph of each project of a workspace, seen as the active one."""
    listed = "".join(f'"{name}", ' for name in members)
    files = {"Project.toml": f"[workspace]\nprojects = [{listed}]\n", "Manifest.toml": text}
    files |= {f"{name}/Project.toml": text for name, text in members.items()}
    write(folder, files)
    session = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    found = {}
    for name in ("", *members):
        answers = session.invalidations(folder / name / "Project.toml")
        assert answers is not None
        found[name] = answers.graph
    return found


def test_the_projects_of_a_workspace_share_a_graph_in_which_their_own_comes_first(
    tmp_path: Path,
) -> None:
    members = {name: project(name, deps="A") for name in ("One", "Two", "Three")}
    text = manifest({"A": "B", "B": "", "One": "A"}, julia="1.12.2")
    graphs = member_graphs(tmp_path, members, text)
    assert len({id(found.shared) for found in graphs.values()}) == 1
    orders = {name: [unit.label for unit in found.order] for name, found in graphs.items()}
    base = tmp_path.name
    assert orders == {
        "": [base, "One", "Two", "Three", "A", "B"],
        "One": ["One", base, "Two", "Three", "A", "B"],
        "Two": ["Two", base, "One", "Three", "A", "B"],
        "Three": ["Three", base, "One", "Two", "A", "B"],
    }
    for name, found in graphs.items():
        above = found.dependents([package_id(uuid("B"))])
        expected = [label for label in orders[name] if label != base]  # which has no dependency
        assert [unit.label for unit in above.units] == expected
        assert above == graphs[""].subset(above) == found.subset(above)
        assert found.projects[0].name == (name or base)


def test_a_graph_that_nobody_holds_is_freed_without_the_collector_of_garbage(
    tmp_path: Path,
) -> None:
    members = {name: project(name, deps="A") for name in ("One", "Two")}
    shared = member_graphs(tmp_path, members, manifest({"A": ""}, julia="1.12.2"))["Two"].shared
    shapes = tuple(shared.projects)
    found = DependencyGraph(shared, shapes, shapes[1])
    assert found.order[0] == found.projects[0]
    held = weakref.ref(found)
    gc.disable()
    try:
        del found
        assert held() is None
    finally:
        gc.enable()


def test_a_manifest_that_two_projects_name_is_made_a_graph_once(tmp_path: Path) -> None:
    """The units and edges of its entries are the same objects in both."""
    named = 'manifest = "../shared/Manifest.toml"\n'
    write(
        tmp_path,
        {
            "shared/Manifest.toml": manifest(PACKAGES, julia="1.11.5"),
            "one/Project.toml": named + project("One", deps="Above"),
            "two/Project.toml": named + project("Two", deps="Host"),
        },
    )
    session = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    answers = [session.invalidations(tmp_path / name / "Project.toml") for name in ("one", "two")]
    one, two = (found.graph for found in answers if found is not None)
    above, host = package_id(uuid("Above")), package_id(uuid("Host"))
    assert one.units[above] is two.units[above]
    assert one.network.succ[above] is two.network.succ[above]
    assert labels(one, "Host") == ["Above", "Host", "Host/DepExt", "Host/OneExt", "One"]
    assert labels(two, "Host") == ["Above", "Host", "Host/DepExt", "Host/OneExt", "Two"]
    assert two.direct_dependents(uuid("Host")) >= {package_id(uuid("Two")), above}
    assert package_id(uuid("Two")) not in one.direct_dependents(uuid("Host"))
    assert one.network.succ[host] is two.network.succ[host]


def test_the_entries_that_depend_on_a_project_are_not_shared_with_others() -> None:
    """An entry that depends on the project itself, and one that triggers it, are in its graph."""
    packages: Mapping[str, str | Package] = {
        "A": Package("Two", weakdeps="One", extensions={"OneExt": "One"}),
        "Two": "",
    }
    for name, expected in (("One", ["A", "A/OneExt", "Two"]), ("Two", ["A", "Two"])):
        text = project(name, deps="A" if name == "One" else "")
        found = graph(packages, text=text)
        assert [label for label in labels(found, "Two") if label != "One"] == expected


def test_an_edited_project_of_a_workspace_has_another_graph(tmp_path: Path) -> None:
    members = {name: project(name, deps="A") for name in ("One", "Two")}
    text = manifest({"A": "", "B": ""}, julia="1.12.2")
    before = member_graphs(tmp_path, members, text)
    after = member_graphs(tmp_path, {**members, "Two": project("Two", deps="A B")}, text)
    assert before["One"].shared is not after["One"].shared
    assert labels(before["One"], "B") == ["B"]
    assert labels(after["One"], "B") == ["B", "Two"]
