"""What is said beside an answer where only the series of Julia is known, and its patches differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.comparison import doubts
from support.environments import Package, invalidations, manifest, project, uuid

ONLY = ". Only the series is known here"


def said(
    folder: Path,
    packages: dict[str, str | Package],
    *,
    text: str,
    series: str = "1.10",
    name: str = "Manifest.toml",
    preferences: str = "",
    julia: str | None = None,
) -> list[str]:
    files = {"Project.toml": text, name: manifest(packages, julia=series)}
    files |= {"LocalPreferences.toml": preferences} if preferences else {}
    return list(doubts(invalidations(folder, files, julia=julia)))


def test_before_1_10_8_no_manifest_is_named_after_the_version(tmp_path: Path) -> None:
    found = said(tmp_path, {"CSV": ""}, text=project(deps="CSV"), name="Manifest-v1.10.toml")
    assert found == [f"Julia 1.10.0 to 1.10.7 does not look for Manifest-v1.10.toml{ONLY}"]


def test_before_1_10_8_pkg_precompiles_the_whole_manifest(tmp_path: Path) -> None:
    """What the manifest has and no dependency needs is visited by the older patches alone."""
    text = project(deps="CSV")
    whole: dict[str, str | Package] = {"CSV": "", "Elsewhere": ""}
    told = f"Julia 1.10.0 to 1.10.7 may recompile other packages or extensions{ONLY}"
    assert said(tmp_path, whole, text=text) == [told]
    assert said(tmp_path, {"CSV": ""}, text=text) == []


def test_before_1_10_7_no_dependency_triggers_an_extension(tmp_path: Path) -> None:
    host = Package("Guest", extensions={"GuestExt": "Guest"})
    found = said(tmp_path, {"Host": host, "Guest": ""}, text=project(deps="Host"))
    assert found == [f"Julia 1.10.0 to 1.10.6 may recompile other packages or extensions{ONLY}"]


def test_before_1_10_11_an_extension_loads_others_while_it_compiles(tmp_path: Path) -> None:
    """Of two extensions with the same trigger, older patches load one while the other compiles."""
    one = Package(weakdeps="Guest", extensions={"OneExt": "Guest"})
    other = Package("One", weakdeps="Guest", extensions={"OtherExt": "Guest"})
    packages: dict[str, str | Package] = {"One": one, "Other": other, "Guest": ""}
    found = said(tmp_path, packages, text=project(deps="Other Guest"))
    newer = said(tmp_path, packages, text=project(deps="Other Guest"), series="1.10.12")
    assert newer == []
    assert found == [f"Julia 1.10.0 to 1.10.10 may recompile other packages or extensions{ONLY}"]


def test_before_1_9_4_pkg_looks_at_no_cache_above_what_it_recompiles(tmp_path: Path) -> None:
    found = said(tmp_path, {"CSV": ""}, text=project(deps="CSV"), series="1.9")
    assert found == [f"Julia 1.9.0 to 1.9.3 may recompile other packages or extensions{ONLY}"]


@pytest.mark.parametrize(("series", "older"), [("1.6", "1.6.0 to 1.6.5"), ("1.7", "1.7.0")])
def test_older_patches_do_not_see_preferences_that_extras_list(
    tmp_path: Path, series: str, older: str
) -> None:
    text = project(deps="CSV", extras="Tables")
    packages: dict[str, str | Package] = {"CSV": "Tables", "Tables": ""}
    set_there = said(tmp_path, packages, text=text, series=series, preferences="[Tables]\na = 1\n")
    told = f"Julia {older} ignores preferences of packages that only [extras] lists{ONLY}"
    assert set_there == [told]
    elsewhere = said(tmp_path, packages, text=text, series=series, preferences="[CSV]\na = 1\n")
    assert elsewhere == []


@pytest.mark.parametrize(
    ("written_by", "julia", "number"),
    [("1.10", None, 1), ("1.10.4", "1.10", 0), ("1.10", "1.10.12", 0)],
)
def test_nothing_differs_where_the_patch_is_known(
    tmp_path: Path, written_by: str, julia: str | None, number: int
) -> None:
    text = project(deps="CSV")
    packages: dict[str, str | Package] = {"CSV": "", "Elsewhere": ""}
    assert len(said(tmp_path, packages, text=text, series=written_by, julia=julia)) == number


def test_patches_that_the_project_excludes_do_not_count(tmp_path: Path) -> None:
    text = project(deps="CSV") + f'[extras]\nTest = "{uuid("Test")}"\n[compat]\njulia = "1.10.8"\n'
    assert said(tmp_path, {"CSV": "", "Elsewhere": ""}, text=text) == []
