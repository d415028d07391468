"""What is drawn of an invalidation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.answers.picture import Picture, PictureUnit, picture
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.julia.workload_tools import SKIP_LIST
from precompass.recompilation.evidence import Evidence
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, invalidations, manifest, project, uuid
from support.measured import MEASUREMENTS

PACKAGES: Mapping[str, str | Package] = {
    "Basin": Package("Chart Delta", path="../Basin"),
    "Chart": "Elbow SnoopPrecompile",
    "Delta": Package("SnoopPrecompile", "Elbow", "2.3.0", extensions={"DeltaElbowExt": "Elbow"}),
    "Elbow": "",
    "Preferences": "TOML",
    "SnoopPrecompile": Package("Preferences", version="1.0.3"),
    "TOML": "",
}
FILES = {
    "Project.toml": project("Atlas", deps="Basin SnoopPrecompile"),
    "Manifest.toml": manifest(PACKAGES),
    "LocalPreferences.toml": '[SnoopPrecompile]\nskip_precompile = ["Chart"]\n',
}


def drawn(folder: Path, package: str, key: str | None, files: Mapping[str, str] = FILES) -> Picture:
    return picture(invalidations(folder, files), uuid(package), key)


def unit(picture: Picture, label: str) -> PictureUnit:
    return next(one for one in picture.units if one.label == label)


def test_what_the_picture_says_in_words(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", SKIP_LIST)
    assert picture.title == (
        "SnoopPrecompile.skip_precompile: changing it recompiles 5 of 7 packages and 1 extension"
    )
    assert picture.basis == "SnoopPrecompile 1.0.3 reads it once, when it compiles itself."
    assert (picture.count, picture.of, picture.evidence) == (5, 7, Evidence.KNOWN)
    assert picture.value == ["Chart"]
    assert picture.origin is not None
    assert (picture.origin.file.name, picture.origin.line) == ("LocalPreferences.toml", 1)


def test_the_observer_is_in_the_middle_and_dependents_are_as_far_as_their_shortest_chain(
    tmp_path: Path,
) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", SKIP_LIST)
    assert [(one.label, one.distance) for one in picture.units] == [
        ("SnoopPrecompile", 0),
        ("Atlas", 1),
        ("Chart", 1),
        ("Delta", 1),
        ("Basin", 2),
        ("Delta/DeltaElbowExt", 2),
    ]
    assert [one.label for one in picture.units if one.is_observer] == ["SnoopPrecompile"]
    assert picture.depth == 2


def test_what_kind_of_thing_a_unit_is(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", SKIP_LIST)
    assert {one.label: (one.kind, one.is_developed) for one in picture.units} == {
        "SnoopPrecompile": ("package", False),
        "Atlas": ("project", True),
        "Chart": ("package", False),
        "Delta": ("package", False),
        "Basin": ("package", True),
        "Delta/DeltaElbowExt": ("extension", False),
    }
    assert unit(picture, "Basin").kind_in_words == "package developed here"
    assert str(unit(picture, "Atlas").version) == "0.1.0"
    assert str(unit(picture, "Delta/DeltaElbowExt").version) == "2.3.0"


def test_what_is_assumed_is_not_said_as_a_fact(tmp_path: Path) -> None:
    listing = {"Project.toml": project("Atlas", deps="Basin SnoopPrecompile", extras="Chart")}
    picture = drawn(tmp_path, "Chart", "colour", {**FILES, **listing})
    assert picture.basis == "Assumed: no cache and no source of Chart was found."
    assert unit(picture, "Chart").why == "Chart is assumed to read `colour`."


def test_a_unit_says_why_it_is_there(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", SKIP_LIST)
    assert picture.basis == "SnoopPrecompile 1.0.3 reads it once, when it compiles itself."
    reason = "SnoopPrecompile, which reads `skip_precompile`."
    assert unit(picture, "Basin").why == f"Basin depends on Chart, which depends on {reason}"
    assert unit(picture, "Delta/DeltaElbowExt").why == (
        f"Delta/DeltaElbowExt is an extension of Delta, which depends on {reason}"
    )
    assert list(unit(picture, "Basin").chain) == [
        uuid("SnoopPrecompile"),
        uuid("Chart"),
        uuid("Basin"),
    ]


def test_every_dependency_between_units_is_an_edge(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", SKIP_LIST)
    labels = [one.label for one in picture.units]
    assert {(labels[edge.unit], labels[edge.on], edge.relation) for edge in picture.edges} == {
        ("Atlas", "Basin", "depends"),
        ("Atlas", "SnoopPrecompile", "depends"),
        ("Basin", "Chart", "depends"),
        ("Basin", "Delta", "depends"),
        ("Chart", "SnoopPrecompile", "depends"),
        ("Delta", "SnoopPrecompile", "depends"),
        ("Delta/DeltaElbowExt", "Delta", "extends"),
    }


def test_a_package_itself_is_in_the_middle_and_observes_nothing(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "Elbow", None)
    assert [(one.label, one.distance) for one in picture.units] == [
        ("Elbow", 0),
        ("Chart", 1),
        ("Delta/DeltaElbowExt", 1),
        ("Basin", 2),
        ("Atlas", 3),
    ]
    assert not any(one.is_observer for one in picture.units)
    assert unit(picture, "Elbow").why == "Elbow is what changes."
    assert unit(picture, "Delta/DeltaElbowExt").why == (
        "Delta/DeltaElbowExt is an extension that Elbow triggers, which is what changes."
    )


def test_a_standard_library_is_drawn_and_not_counted(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "TOML", None)
    middle = picture.units[0]
    assert (middle.label, middle.kind, middle.is_recompiled) == ("TOML", "stdlib", False)
    assert middle.kind_in_words == "standard library"
    assert picture.count == len([one for one in picture.units if one.is_recompiled]) - 1


def test_where_nothing_is_bound_nothing_is_drawn(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "SnoopPrecompile", "skip_precompiles")
    assert (picture.units, picture.edges, picture.noticed) == ((), (), False)
    assert picture.title == "SnoopPrecompile.skip_precompiles: changing it recompiles nothing"
    assert picture.basis == "SnoopPrecompile 1.0.3 reads `skip_precompile` and nothing else."


def test_several_observers_share_the_middle(tmp_path: Path) -> None:
    packages: dict[str, str | Package] = {
        "Chart": "PrecompileTools",
        "Delta": "Chart PrecompileTools",
        "PrecompileTools": Package("Preferences", version="1.2.1"),
        "Preferences": "",
    }
    files = {
        "Project.toml": project(deps="Delta PrecompileTools"),
        "Manifest.toml": manifest(packages, julia="1.14.0"),
    }
    picture = drawn(tmp_path, "PrecompileTools", "precompile_workloads", files)
    assert [(one.label, one.distance) for one in picture.units] == [("Chart", 0), ("Delta", 0)]
    assert all(one.is_observer for one in picture.units)
    assert [(edge.unit, edge.on) for edge in picture.edges] == [(1, 0)]


def test_what_an_extension_alone_brings_about_loads_it(tmp_path: Path) -> None:
    """User depends on parent and trigger, so it loads the extension while it compiles."""
    packages: dict[str, str | Package] = {
        "Parent": Package(weakdeps="Trigger", extensions={"ParentTriggerExt": "Trigger"}),
        "Trigger": "",
        "User": "Parent Trigger",
    }
    files = {
        "Project.toml": project(deps="User"),
        "Manifest.toml": manifest(packages, julia="1.11.2"),
    }
    answers = invalidations(tmp_path, files)
    extension = next(one for one in answers.graph.order if one.is_extension)
    found = picture(answers, answers.graph.compiled_uuid(extension), None)
    assert [(one.label, one.distance) for one in found.units] == [
        ("Parent/ParentTriggerExt", 0),
        ("User", 1),
    ]
    assert found.units[1].why == (
        "User loads Parent/ParentTriggerExt while it compiles, which is what changes."
    )


@pytest.mark.parametrize("stack", ["skip-list-2023-04", "per-package-flags-2023-05"])
def test_a_real_stack(stack: str) -> None:
    """Every unit depends on the one before it in its chain, one step nearer to the middle."""
    path = MEASUREMENTS / "stacks-1.10" / stack / "Project.toml"
    session = Session(Snapshot(Disk()), Settings(use_depot=False))
    answers = session.invalidations(path)
    assert answers is not None
    name, key = "Preferences", None
    if stack.startswith("skip-list"):
        name, key = "SnoopPrecompile", SKIP_LIST
    found = answers.environment.named(name)
    assert found is not None
    drawn = picture(answers, found, key)
    compiled = [one for one in drawn.units if one.is_recompiled and one.kind != "extension"]
    assert len(compiled) == drawn.count > 30
    position = {one.uuid: index for index, one in enumerate(drawn.units)}
    edges = {(edge.unit, edge.on) for edge in drawn.edges}
    for index, one in enumerate(drawn.units):
        assert len(one.chain) == one.distance + 1
        if one.distance:
            below = position[one.chain[-2]]
            assert (index, below) in edges
            assert drawn.units[below].distance == one.distance - 1
        elif key is not None:
            assert one.uuid == SNOOP_PRECOMPILE
