"""The General registry of 2023-04-11: facts that were computed independently of this project."""

from __future__ import annotations

import pytest

from precompass.julia.uuids import PREFERENCES, SNOOP_PRECOMPILE
from precompass.julia.version_ranges import ANY_VERSION
from precompass.registry.ecosystem import Ecosystem, WeakDependencies, read_ecosystem
from precompass.registry.index import Registry, open_registry
from precompass.registry.newest import closure_of_newest
from precompass.registry.registries import Registries
from precompass.registry.sources import RegistrySource, registry_source
from support.shared_data import shared


@pytest.fixture(scope="module")
def general() -> Registry:
    source = registry_source(shared("registry") / "General.toml")
    assert isinstance(source, RegistrySource)
    registry, problems = open_registry(source, None)
    assert problems == ()
    assert registry is not None
    return registry


@pytest.fixture(scope="module")
def ecosystem(general: Registry) -> Ecosystem:
    return read_ecosystem([general])


def test_what_the_registry_is(general: Registry) -> None:
    assert (general.name, str(general.uuid)) == ("General", "23338594-aafe-5451-b93e-139f81909106")
    assert general.repository == "https://github.com/JuliaRegistries/General.git"
    assert str(general.date) == "2023-04-11"
    assert general.tree_hash == "282c39e3e7ce011c8f0fd02e6747bb18a3a9515f"
    assert general.problems == ()


def test_how_many_packages_it_has(general: Registry, ecosystem: Ecosystem) -> None:
    assert len(general) == ecosystem.packages == 9238
    assert ecosystem.non_jll == 8004


@pytest.mark.parametrize(
    ("weak", "dependents"),
    [
        (WeakDependencies.AS_LISTED, 4165),
        (WeakDependencies.EXCLUDED, 4161),
        (WeakDependencies.INCLUDED, 4179),
    ],
)
def test_dependents_of_snoop_precompile(
    ecosystem: Ecosystem, weak: WeakDependencies, dependents: int
) -> None:
    counts = ecosystem.counts(SNOOP_PRECOMPILE, weak)
    assert counts is not None
    assert (counts.name, counts.direct) == ("SnoopPrecompile", 154)
    assert (counts.dependents, counts.dependents_non_jll) == (dependents, dependents)
    assert counts in ecosystem.ranking(weak)


def test_dependents_of_preferences(ecosystem: Ecosystem) -> None:
    counts = ecosystem.counts(PREFERENCES)
    assert counts is not None
    assert (counts.name, counts.direct) == ("Preferences", 56)
    assert (counts.dependents, counts.dependents_non_jll) == (6458, 5318)


def test_the_index_tells_what_the_files_tell(general: Registry) -> None:
    """Every twentieth package, read once for its newest version only and once as a whole."""
    registered = [p for p in general.newest_dependencies() if p.registered]
    for newest in registered[::20]:
        package = general.package(newest.uuid)
        assert package is not None
        assert package.problems == ()
        assert package.newest == newest.newest
        dependencies = package.dependencies(package.newest) if package.newest else ()
        assert {(d.uuid, d.in_deps, d.in_weakdeps) for d in dependencies} == set(newest.deps)


def test_a_version_that_was_withdrawn(general: Registry) -> None:
    package = general.package(SNOOP_PRECOMPILE)
    assert package is not None
    assert package.subdir == "SnoopPrecompile"
    assert [str(v.version) for v in package.versions if v.yanked] == ["1.0.2"]


def test_a_project_with_one_dependency_needs_many_packages(general: Registry) -> None:
    (plots,) = general.named("Plots")
    closure = closure_of_newest(Registries((general,), ()), {plots.uuid: ("Plots", ANY_VERSION)})
    assert closure.settled
    assert not any(package.conflicting for package in closure.packages.values())
    assert SNOOP_PRECOMPILE in closure.packages
    assert len(closure.packages) > 100
