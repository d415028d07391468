"""What Julia looks at when a project that shares its manifest is precompiled, or loaded.

Measured with Julia 1.14.0-DEV.1854: after ``Pkg.precompile()`` in a member of a workspace, what
only other projects of it depend on had no cache. Julia 1.10 compiled the whole manifest.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.explanation import explain
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.wording.read_reasons import why_not
from support.environments import Package, invalidations, manifest, project, uuid, write

PACKAGES: dict[str, str | Package] = {
    "Preferences": "",
    "Below": "Preferences",
    "Above": "Below",
    "Elsewhere": "Below",
    "Host": Package("Preferences", weakdeps="Guest", extensions={"GuestExt": "Guest"}),
    "Guest": "Below",
}

BASE = project(deps="Elsewhere Host") + '[workspace]\nprojects = ["member"]\n'
MEMBER = project(deps="Above", extras="Below Elsewhere")


def files(preferences: str = "", *, base: str = BASE, julia: str = "1.12.2") -> dict[str, str]:
    return {
        "Project.toml": base,
        "Manifest.toml": manifest(PACKAGES, julia=julia),
        "member/Project.toml": MEMBER,
        "member/LocalPreferences.toml": preferences,
    }


def opened(folder: Path, place: str, **chosen: str) -> Invalidations:
    write(folder, files(**chosen))
    return invalidations(folder / place, {})


def recompiled(found: Invalidations, name: str) -> list[str]:
    return sorted(unit.label for unit in found.of_package(uuid(name)).units)


def test_a_member_compiles_what_it_depends_on_itself(tmp_path: Path) -> None:
    assert recompiled(opened(tmp_path, "member"), "Below") == ["Above", "Below"]
    assert recompiled(opened(tmp_path, "member"), "Elsewhere") == []


def test_an_extension_is_compiled_where_parent_and_triggers_are(tmp_path: Path) -> None:
    assert recompiled(opened(tmp_path, "."), "Below") == ["Below", "Elsewhere"]
    with_guest = BASE.replace("[deps]\n", f'[deps]\nGuest = "{uuid("Guest")}"\n')
    found = recompiled(opened(tmp_path, ".", base=with_guest), "Below")
    assert found == ["Below", "Elsewhere", "Guest", "Host/GuestExt"]


def test_a_base_without_dependencies_stands_for_its_workspace(tmp_path: Path) -> None:
    only_members = '[workspace]\nprojects = ["member"]\n'
    found = recompiled(opened(tmp_path, ".", base=only_members), "Below")
    assert found == ["Above", "Below", "Elsewhere", "Guest", "Host/GuestExt"]


def test_a_preference_that_only_others_read_says_so(tmp_path: Path) -> None:
    found = explain(opened(tmp_path, "member"), uuid("Elsewhere"), "color")
    assert found.recompilation.count == 0
    assert not found.noticed
    assert found.why_not is not None
    said = why_not(found.why_not, found.environment)
    assert said == "it is read by Elsewhere, on which Project.toml does not depend"


def test_a_package_that_only_others_depend_on_says_so(tmp_path: Path) -> None:
    found = explain(opened(tmp_path, "member"), uuid("Elsewhere"), None)
    assert (found.recompilation.count, found.noticed) == (0, False)
    assert found.why_not is not None
    assert why_not(found.why_not, found.environment) == "Project.toml does not depend on it"


def test_a_change_of_what_only_others_read_compiles_nothing(tmp_path: Path) -> None:
    before = opened(tmp_path / "before", "member")
    after = opened(tmp_path / "after", "member", preferences="[Elsewhere]\ncolor = 1\n")
    found = difference(before, after)
    assert found.recompilation.units == ()
    (change,) = found.changes
    assert (change.preference.key, change.noticed, change.observers) == ("color", False, ())


@pytest.mark.parametrize(("julia", "visits_all"), [("1.11.5", True), ("1.12.0", False)])
def test_before_julia_1_12_the_whole_manifest_was_visited(
    tmp_path: Path, julia: str, visits_all: bool
) -> None:
    found = recompiled(opened(tmp_path, ".", julia=julia), "Below")
    assert ("Above" in found) is visits_all


@pytest.mark.parametrize("julia", ["1.10.8", "1.12.2", "1.14.0-DEV"])
def test_a_member_that_is_a_package_without_dependencies_compiles_itself(
    tmp_path: Path, julia: str
) -> None:
    write(tmp_path, {**files(julia=julia), "member/Project.toml": project("Alone")})
    if julia == "1.10.8":  # no workspaces yet: the manifest lies beside the project
        write(tmp_path / "member", {"Manifest.toml": manifest(PACKAGES, julia=julia)})
    found = invalidations(tmp_path / "member", {})
    assert recompiled(found, "Below") == []
    assert recompiled(found, "Alone") == ["Alone"]
