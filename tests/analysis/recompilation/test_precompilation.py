"""What is recompiled above an extension that has to be, version by version.

An extension has to be recompiled alone when a project gives it preferences of its own, by
listing its UUID, or when it reads those of its parent and the caches have blobs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.recompilation.graph import DependencyGraph, extension_id, package_id
from precompass.recompilation.precompilation import precompiled_again
from support.environments import Package, invalidations, manifest, project, uuid, write

FOLDER = Path("/no/such/folder")

PACKAGES: dict[str, str | Package] = {
    "Host": Package(
        "",
        weakdeps="One Two",
        extensions={"OneExt": "One", "TwoExt": "Two", "BothExt": "One Two", "SameExt": "One"},
    ),
    "One": "",
    "Two": "",
    "UsesOne": "One",
    "UsesHostAndOne": "Host UsesOne",
    "UsesHost": "Host",
    "Other": Package("Host One", weakdeps="Two", extensions={"OtherExt": "Two"}),
}


def graph(julia: str, packages: dict[str, str | Package] | None = None) -> DependencyGraph:
    found = packages or PACKAGES
    files = {
        "Project.toml": project(deps=" ".join(found)),
        "Manifest.toml": manifest(found, julia=julia),
    }
    return invalidations(FOLDER, files).graph


def again(found: DependencyGraph, parent: str, extension: str) -> list[str]:
    units = precompiled_again(found, [extension_id(uuid(parent), extension)]).units
    return sorted(unit.label for unit in units if unit.kind != "project")


@pytest.mark.parametrize("julia", ["1.9.0", "1.9.4", "1.10.4", "1.11.2", "1.14.0"])
def test_a_package_above_parent_and_triggers_has_the_extension_loaded(julia: str) -> None:
    """``UsesHostAndOne`` reaches ``One`` through another package; ``UsesHost`` does not."""
    found = again(graph(julia), "Host", "OneExt")
    assert "UsesHostAndOne" in found
    assert "UsesHost" not in found
    assert "UsesOne" not in found


@pytest.mark.parametrize(("julia", "looks"), [("1.9.3", False), ("1.9.4", True), ("1.14.0", True)])
def test_a_dependency_that_is_not_loaded_brings_nothing_along(
    tmp_path: Path, julia: str, looks: bool
) -> None:
    """Before Julia 1.9.4, ``Pkg.precompile()`` followed the manifest; then, what was loaded."""
    packages = {
        "Base": Package("", path="Base"),
        "Lists": Package("Base", path="Lists"),
        "Uses": Package("Base", path="Uses"),
        "Above": Package("Lists", path="Above"),
    }
    code = {
        "Base": "",
        "Lists": "# Base is not loaded",
        "Uses": "using Base",
        "Above": "using Lists",
    }
    files = {
        "Project.toml": project(deps=" ".join(packages)),
        "Manifest.toml": manifest(packages, julia=julia),
        **{f"{name}/src/{name}.jl": text for name, text in code.items()},
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, {}).of_package(uuid("Base"))
    expected = ["Base", "Uses"] if looks else ["Above", "Base", "Lists", "Uses"]
    assert sorted(unit.label for unit in found.packages) == expected


def test_a_dependency_that_is_not_loaded_triggers_no_extension(tmp_path: Path) -> None:
    """``Lists`` loads ``One``, and not ``Host``: no extension of Host is loaded with it."""
    packages = {
        "Host": Package("", path="Host", weakdeps="One", extensions={"OneExt": "One"}),
        "One": Package("", path="One"),
        "Lists": Package("Host One", path="Lists"),
        "Uses": Package("Host One", path="Uses"),
    }
    code = {
        "Host": "",
        "One": "",
        "Lists": "using One",
        "Uses": "using Host, One",
    }
    files = {
        "Project.toml": project(deps=" ".join(packages)),
        "Manifest.toml": manifest(packages, julia="1.12.2"),
        **{f"{name}/src/{name}.jl": text for name, text in code.items()},
        "Host/ext/OneExt.jl": "module OneExt end",
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, {}).of_package(uuid("Host"))
    assert [unit.label for unit in found.packages] == ["Host", "Uses"]
    assert [unit.label for unit in found.extensions] == ["Host/OneExt"]


def test_from_julia_1_11_on_an_extension_loads_those_with_fewer_triggers() -> None:
    found = graph("1.11.2")
    assert again(found, "Host", "OneExt") == [
        "Host/BothExt",
        "Host/OneExt",
        "Other",
        "Other/OtherExt",
        "UsesHostAndOne",
    ]
    assert again(found, "Host", "TwoExt") == ["Host/BothExt", "Host/TwoExt"]
    assert again(found, "Host", "BothExt") == ["Host/BothExt"]


def test_up_to_julia_1_10_an_extension_loads_every_other_whose_triggers_are_there() -> None:
    """While ``OtherExt`` compiles, ``Host`` and ``Two`` are loaded, though it names only one."""
    found = graph("1.10.4")
    assert "Other/OtherExt" in again(found, "Host", "TwoExt")
    assert "Host/BothExt" in again(found, "Host", "OneExt")
    assert "Host/SameExt" not in again(found, "Host", "OneExt")


# Pkg of Julia 1.9.1 to 1.9.3, which lets packages wait for the extensions of their dependencies.
# It goes through the manifest in the order of a ``Dict`` of UUIDs, which the hashes make.

BEFORE_HOME = [("Anna", True), ("Bert", True), ("Fred", True), ("Owner", False)]


@pytest.mark.parametrize(("name", "comes_before"), BEFORE_HOME)
def test_what_pkg_comes_to_before_the_parent_waits_for_its_extensions(
    name: str, comes_before: bool
) -> None:
    packages: dict[str, str | Package] = {
        "Home": Package("", weakdeps="Guest", extensions={"GuestExt": "Guest"}),
        "Guest": "",
        name: "Home",
    }
    alone = ["Home/GuestExt"]
    waiting = [name, *alone] if comes_before else alone
    assert sorted(again(graph("1.9.2", packages), "Home", "GuestExt")) == sorted(waiting)
    for julia in ("1.9.0", "1.9.4"):
        assert again(graph(julia, packages), "Home", "GuestExt") == alone


@pytest.mark.parametrize(("trigger", "comes_before"), BEFORE_HOME)
def test_a_trigger_that_waits_for_its_own_extension_is_skipped(
    trigger: str, comes_before: bool
) -> None:
    """The trigger depends on the parent: if it waits for the extension, that is a circle."""
    packages: dict[str, str | Package] = {
        "Home": Package("", weakdeps=trigger, extensions={"HomeExt": trigger}),
        trigger: "Home",
        "Above": trigger,
    }
    found = precompiled_again(graph("1.9.2", packages), [package_id(uuid("Home"))])
    compiled = sorted(unit.label for unit in found.units if unit.kind != "project")
    everything = sorted(["Above", "Home", "Home/HomeExt", trigger])
    assert compiled == (["Home"] if comes_before else everything)


def test_every_circle_is_skipped_with_what_is_above_it() -> None:
    """Two packages that know nothing of each other, each with a trigger that waits."""
    packages: dict[str, str | Package] = {}
    for letter in "AB":
        home, trigger = f"{letter}Home", f"{letter}Before"
        packages |= {
            home: Package("", weakdeps=trigger, extensions={f"{letter}Ext": trigger}),
            trigger: home,
            f"{letter}Above": trigger,
        }
    found = precompiled_again(
        graph("1.9.2", packages), [package_id(uuid("AHome")), package_id(uuid("BHome"))]
    )
    compiled = sorted(unit.label for unit in found.units if unit.kind != "project")
    assert compiled == ["AHome", "BHome"]
