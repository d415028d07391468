"""What a project without a manifest might load, approximately."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from precompass.julia.uuids import UUID
from precompass.julia.version_ranges import ANY_VERSION, VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.registry import newest
from precompass.registry.newest import NewestClosure, closure_of_newest
from precompass.registry.registries import Registries, open_registries

Write = Callable[..., Path]
PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
PLOTS = UUID("91a5bcdd-55d7-5caf-9e0b-520d859cae80")
EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")
OLD = UUID("11111111-1111-4111-8111-111111111111")
NOBODY = UUID(int=0)


def spec(text: str) -> VersionSpec:
    parsed = VersionSpec.parse(text)
    assert parsed is not None
    return parsed


@pytest.fixture
def registries(depot: Path, write_packed: Write) -> Registries:
    write_packed()
    return open_registries([depot], None)


def shown(closure: NewestClosure) -> Mapping[str, str]:
    return {package.name: str(package.version) for package in closure.packages.values()}


def test_the_newest_compatible_version_is_not_yanked_and_fits_julia(
    registries: Registries,
) -> None:
    def newest(compat: VersionSpec, julia: VersionNumber | None = None) -> str:
        closure = closure_of_newest(registries, {EXAMPLE: ("Example", compat)}, julia)
        return shown(closure)["Example"]

    assert newest(ANY_VERSION) == "0.5.4"
    assert newest(spec("0.5.3")) == "0.5.3"
    assert newest(ANY_VERSION, VersionNumber((1, 5, 0))) == "0.5.3"
    assert newest(ANY_VERSION, VersionNumber((2, 0, 0))) == "None"


def test_the_closure_follows_dependencies_but_not_weak_ones(registries: Registries) -> None:
    closure = closure_of_newest(registries, {PLOTS: ("Plots", ANY_VERSION)})
    assert shown(closure) == {
        "Plots": "1.0.0",
        "Cairo_jll": "1.16.1+10",
        "Example": "0.5.4",
        "Preferences": "1.3.0",  # Example allows no newer one, although Cairo_jll does
        "TOML": "None",
    }
    assert closure.settled
    assert not any(package.conflicting for package in closure.packages.values())
    plots = closure.packages[PLOTS]
    assert [closure.packages[uuid].name for uuid in plots.dependencies] == ["Cairo_jll", "Example"]


def test_the_project_s_compat_holds(registries: Registries) -> None:
    closure = closure_of_newest(registries, {EXAMPLE: ("Example", spec("0.5.3"))})
    assert shown(closure) == {"Example": "0.5.3"}


def test_a_conflict_is_marked_and_the_project_s_compat_preferred(registries: Registries) -> None:
    closure = closure_of_newest(
        registries,
        {EXAMPLE: ("Example", ANY_VERSION), PREFERENCES: ("Preferences", spec("1.10"))},
    )
    assert shown(closure) == {"Example": "0.5.4", "Preferences": "1.10.0", "TOML": "None"}
    assert [p.name for p in closure.packages.values() if p.conflicting] == ["Preferences"]
    assert closure.settled


def test_what_no_registry_has_is_there_without_a_version(registries: Registries) -> None:
    wanted = {NOBODY: ("Nobody", ANY_VERSION), OLD: ("Old", ANY_VERSION)}
    assert shown(closure_of_newest(registries, wanted)) == {"Nobody": "None", "Old": "None"}


def test_a_choice_that_goes_in_a_circle_is_cut_off(
    depot: Path, write_packed: Write, small: dict[str, str]
) -> None:
    """Each version of either package asks for the version of the other that asks for another."""
    small["P/Preferences/Deps.toml"] = f"""
["1.3"]
Example = "{EXAMPLE}"
["1.10"]
Example = "{EXAMPLE}"
"""
    small["P/Preferences/Compat.toml"] = '["1.10"]\nExample = "0.5.4"\n["1.3"]\nExample = "0.5.3"\n'
    small["E/Example/Deps.toml"] = f'[0]\nPreferences = "{PREFERENCES}"\n'
    small["E/Example/Compat.toml"] = (
        '["0.5.4"]\nPreferences = "1.3"\n["0.5.3"]\nPreferences = "1.10"\n'
    )
    write_packed(small)
    wanted = {EXAMPLE: ("Example", ANY_VERSION)}
    closure = closure_of_newest(open_registries([depot], None), wanted)
    assert set(shown(closure)) == {"Example", "Preferences"}
    assert not closure.settled


def test_an_empty_project(registries: Registries) -> None:
    assert closure_of_newest(registries, {}) == NewestClosure({}, settled=True)


def test_more_packages_than_are_followed(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {EXAMPLE: ("Example", ANY_VERSION), PREFERENCES: ("Preferences", ANY_VERSION)}
    assert closure_of_newest(registries, wanted).settled
    monkeypatch.setattr(newest, "_MAX_PACKAGES", 1)
    assert not closure_of_newest(registries, wanted).settled
