"""Who depends on whom, by the newest version of every package."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.julia.uuids import UUID
from precompass.registry.ecosystem import Ecosystem, WeakDependencies, read_ecosystem
from precompass.registry.index import NewestDependencies
from precompass.registry.registries import open_registries

Write = Callable[..., Path]
PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
TOML = UUID("fa267f1f-6049-4f14-aa54-33bafae1ed76")
UNITS = UUID("1986cc42-f94f-5a68-af5c-568840ba703d")
PLOTS = UUID("91a5bcdd-55d7-5caf-9e0b-520d859cae80")
EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")


@pytest.fixture
def ecosystem(depot: Path, write_packed: Write) -> Ecosystem:
    write_packed()
    return read_ecosystem(open_registries([depot], None).found)


def names(ecosystem: Ecosystem, uuids: frozenset[UUID]) -> list[str]:
    return sorted(str(ecosystem.name(uuid)) for uuid in uuids)


def test_how_many_packages_there_are(ecosystem: Ecosystem) -> None:
    assert (ecosystem.packages, ecosystem.non_jll) == (6, 5)


def test_dependents_are_those_of_newest_versions_that_are_not_yanked(ecosystem: Ecosystem) -> None:
    """Old has only yanked versions; Example's newest is yanked and no longer counts."""
    assert names(ecosystem, ecosystem.direct_dependents(PREFERENCES)) == ["Cairo_jll", "Example"]
    assert names(ecosystem, ecosystem.dependents(PREFERENCES)) == ["Cairo_jll", "Example", "Plots"]
    counts = ecosystem.counts(PREFERENCES)
    assert counts is not None
    assert (counts.name, counts.direct, counts.dependents) == ("Preferences", 2, 3)
    assert counts.dependents_non_jll == 2


@pytest.mark.parametrize(
    ("weak", "of_units", "of_plots"),
    [
        (WeakDependencies.AS_LISTED, ["Plots"], []),
        (WeakDependencies.EXCLUDED, [], []),
        (WeakDependencies.INCLUDED, ["Plots"], ["Unitful"]),
    ],
)
def test_weak_dependencies_count_in_three_ways(
    ecosystem: Ecosystem, weak: WeakDependencies, of_units: list[str], of_plots: list[str]
) -> None:
    """Plots lists Unitful in both files, Unitful lists Plots as a weak dependency only."""
    assert names(ecosystem, ecosystem.dependents(UNITS, weak)) == of_units
    assert names(ecosystem, ecosystem.dependents(PLOTS, weak)) == of_plots


def test_a_standard_library_is_not_registered_but_has_dependents(ecosystem: Ecosystem) -> None:
    assert TOML in ecosystem
    assert ecosystem.name(TOML) == "TOML"
    assert len(ecosystem.dependents(TOML)) == 4
    assert TOML not in {counts.uuid for counts in ecosystem.ranking()}


def test_a_package_that_nobody_knows(ecosystem: Ecosystem) -> None:
    unknown = UUID(int=0)
    assert unknown not in ecosystem
    assert ecosystem.name(unknown) is None
    assert ecosystem.counts(unknown) is None
    assert ecosystem.dependents(unknown) == ecosystem.direct_dependents(unknown) == frozenset()


def test_the_ranking_has_all_registered_packages_by_dependents(ecosystem: Ecosystem) -> None:
    assert [
        (c.name, c.direct, c.dependents, c.dependents_non_jll) for c in ecosystem.ranking()
    ] == [
        ("Preferences", 2, 3, 2),
        ("Cairo_jll", 1, 1, 1),
        ("Example", 1, 1, 1),
        ("Unitful", 1, 1, 1),
        ("Old", 0, 0, 0),
        ("Plots", 0, 0, 0),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_ranking_tells_what_each_count_tells(seed: int) -> None:
    """Also with circles, packages that depend on themselves, JLLs and unregistered ones."""
    chance = random.Random(seed)
    uuids = [UUID(int=number) for number in range(40)]
    ecosystem = Ecosystem(
        NewestDependencies(
            f"P{number}" + "_jll" * (number % 3 == 0),
            uuid,
            number < 35,
            "1.0.0",
            tuple(
                (uuids[chance.randrange(40)], *chance.choice([(True, False), (True, True)]))
                for _ in range(chance.randrange(4) if number < 35 else 0)
            ),
        )
        for number, uuid in enumerate(uuids)
    )
    for weak in WeakDependencies:
        ranking = ecosystem.ranking(weak)
        assert {counts.uuid for counts in ranking} == set(uuids[:35])
        assert [ecosystem.counts(counts.uuid, weak) for counts in ranking] == list(ranking)
        assert sorted(ranking, key=lambda c: -c.dependents) == list(ranking)


def test_in_a_circle_everybody_depends_on_everybody_else(
    write_packed: Write, depot: Path, small: dict[str, str]
) -> None:
    small["P/Preferences/Deps.toml"] = f'[1]\nExample = "{EXAMPLE}"\n'
    write_packed(small)
    ecosystem = read_ecosystem(open_registries([depot], None).found)
    assert names(ecosystem, ecosystem.dependents(PREFERENCES)) == ["Cairo_jll", "Example", "Plots"]
    assert names(ecosystem, ecosystem.dependents(EXAMPLE)) == ["Cairo_jll", "Plots", "Preferences"]


def local_registry(version: str, deps: str) -> dict[str, str]:
    return {
        "Registry.toml": f"""
name = "Local"
uuid = "4418983a-e44d-11e8-3aec-9789530b3b3e"
packages = {{ {EXAMPLE} = {{ name = "Example", path = "Example" }} }}
""",
        "Example/Package.toml": 'name = "Example"',
        "Example/Versions.toml": f'["{version}"]\ngit-tree-sha1 = "1"\n',
        "Example/Deps.toml": f'["*"]\n{deps}\n',
    }


@pytest.mark.parametrize(
    ("version", "dependents_of_units"),
    [("0.5.3", ["Plots"]), ("0.5.4", ["Plots"]), ("0.6.0", ["Example", "Plots"])],
)
def test_with_several_registries_the_newest_version_of_all_counts(
    tmp_path: Path, write_packed: Write, version: str, dependents_of_units: list[str]
) -> None:
    write_packed(depot=tmp_path / "a")
    write_packed(local_registry(version, f'Unitful = "{UNITS}"'), depot=tmp_path / "b")
    ecosystem = read_ecosystem(open_registries([tmp_path / "a", tmp_path / "b"], None).found)
    assert ecosystem.packages == 6
    assert names(ecosystem, ecosystem.dependents(UNITS)) == dependents_of_units


def test_a_package_that_the_first_registry_only_depends_on_may_be_in_the_second(
    tmp_path: Path, write_packed: Write
) -> None:
    write_packed(local_registry("0.1.0", f'Unitful = "{UNITS}"'), depot=tmp_path / "a")
    write_packed(depot=tmp_path / "b")
    for depots in (["a", "b"], ["b", "a"]):
        found = open_registries([tmp_path / depot for depot in depots], None).found
        assert read_ecosystem(found).packages == 6


def test_without_registries_the_ecosystem_is_empty() -> None:
    ecosystem = read_ecosystem([])
    assert (ecosystem.packages, ecosystem.non_jll, ecosystem.ranking()) == (0, 0, ())
