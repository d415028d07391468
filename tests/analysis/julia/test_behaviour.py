"""What differs between versions of Julia."""

from __future__ import annotations

import pytest

from precompass.julia.behaviour import Julia, PrecompileScope, read_version
from precompass.julia.versions import VersionNumber


def julia(version: str, *, blob: bool | None = None) -> Julia:
    parsed = VersionNumber.parse(version)
    assert parsed is not None
    return Julia(parsed, blob)


@pytest.mark.parametrize(
    ("version", "sections"),
    [
        ("1.6.0", ("deps",)),
        ("1.6.5", ("deps",)),
        ("1.6.6", ("deps", "extras")),
        ("1.6.7", ("deps", "extras")),
        ("1.7.0", ("deps",)),
        ("1.7.1", ("deps", "extras")),
        ("1.8.0", ("deps", "extras")),
        ("1.8.5", ("deps", "extras")),
        ("1.9.0-rc2", ("deps", "extras", "weakdeps")),
        ("1.9.0", ("deps", "extras", "weakdeps")),
        ("1.12.2", ("deps", "extras", "weakdeps")),
        ("1.14.0-DEV.1854", ("deps", "extras", "weakdeps")),
    ],
)
def test_the_sections_that_make_preferences_visible(
    version: str, sections: tuple[str, ...]
) -> None:
    assert julia(version).listing_sections == sections


@pytest.mark.parametrize("version", ["1.6.7", "1.10.0", "1.10.7"])
def test_manifests_had_no_version_in_their_names(version: str) -> None:
    assert julia(version).manifest_names == ("JuliaManifest.toml", "Manifest.toml")


@pytest.mark.parametrize(
    ("version", "series"), [("1.10.8", "1.10"), ("1.11.0", "1.11"), ("1.14.0-DEV.1", "1.14")]
)
def test_manifests_named_after_the_version_come_first(version: str, series: str) -> None:
    assert julia(version).manifest_names == (
        f"JuliaManifest-v{series}.toml",
        f"Manifest-v{series}.toml",
        "JuliaManifest.toml",
        "Manifest.toml",
    )


@pytest.mark.parametrize(
    ("version", "expected"), [("1.6.7", False), ("1.7.3", False), ("1.8.0", True), ("1.12.2", True)]
)
def test_preferences_that_are_no_table_became_an_error(version: str, expected: bool) -> None:
    assert julia(version).refuses_other_preferences is expected


@pytest.mark.parametrize(
    ("version", "extensions", "from_deps", "workspaces"),
    [
        ("1.8.5", False, False, False),
        ("1.9.0", True, False, False),
        ("1.10.6", True, False, False),
        ("1.10.7", True, True, False),
        ("1.11.0", True, True, False),
        ("1.12.0", True, True, True),
    ],
)
def test_when_extensions_and_workspaces_came(
    version: str, extensions: bool, from_deps: bool, workspaces: bool
) -> None:
    found = julia(version)
    assert (found.has_extensions, found.triggers_from_deps, found.has_workspaces) == (
        extensions,
        from_deps,
        workspaces,
    )


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.10.0", False),
        ("1.13.0-beta3", False),
        ("1.13.0-rc1", False),
        ("1.13.0-rc2", True),
        ("1.13.1", True),
        ("1.14.0-DEV.1853", False),
        ("1.14.0-DEV.1854", True),
        ("1.14.0-DEV.1854+1", True),
        ("1.14.0-DEV", True),  # all that Pkg writes into a manifest of a development version
        ("1.13.0-DEV", False),
        ("1.14.0", True),
    ],
)
def test_the_blob_is_known_from_one_development_version_on(version: str, expected: bool) -> None:
    assert julia(version).records_blob is expected


def test_caches_that_were_seen_know_better() -> None:
    assert julia("1.13.1", blob=True).records_blob
    assert not julia("1.14.0", blob=False).records_blob


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.12.2", False), ("1.13.0-beta3", True), ("1.14.0-DEV.1", True), ("1.14.0", False)],
)
def test_false_hashes_to_nothing_where_hash_of_zero_is_zero(version: str, expected: bool) -> None:
    assert julia(version).forgets_leading_zeros is expected


@pytest.mark.parametrize(
    ("version", "scope"),
    [
        ("1.8.5", PrecompileScope.MANIFEST),
        ("1.9.3", PrecompileScope.MANIFEST),
        ("1.9.4", PrecompileScope.CACHES),
        ("1.10.0-DEV.1302", PrecompileScope.MANIFEST),
        ("1.10.0", PrecompileScope.CACHES),
        ("1.14.0-DEV.1854", PrecompileScope.CACHES),
    ],
)
def test_how_far_pkg_precompile_goes(version: str, scope: PrecompileScope) -> None:
    assert julia(version).precompile_scope is scope


def test_how_a_version_is_written() -> None:
    assert julia("1.14.0-DEV.1854").series == "1.14"
    assert julia("1.14.0-DEV.1854").minor == (1, 14)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.10.10", False),
        ("1.10.11", True),
        ("1.11.1", False),
        ("1.11.2", True),
        ("1.12.0", True),
    ],
)
def test_an_extension_loads_fewer_from_a_patch_on(version: str, expected: bool) -> None:
    assert julia(version).extensions_load_fewer is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.10.7", False), ("1.10.8", True), ("1.11.9", False), ("1.12.0", True)],
)
def test_what_pkg_precompile_visits(version: str, expected: bool) -> None:
    assert julia(version).visits_dependencies_only is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.7", False),
        ("1.13.0-rc2", False),
        ("1.13.0-rc3", True),
        ("1.13.0", True),
        ("1.14.0-DEV", True),
        ("1.14.0-DEV.1854", False),
    ],
)
def test_when_julia_reads_toml_1_1(version: str, expected: bool) -> None:
    assert julia(version).reads_toml_1_1 is expected


def test_that_a_release_of_1_13_has_the_blob_is_concluded_until_a_cache_tells() -> None:
    assert julia("1.13.0").blob_is_concluded
    assert not julia("1.13.0", blob=True).blob_is_concluded
    assert not julia("1.13.0", blob=False).records_blob
    assert not julia("1.14.0").blob_is_concluded


@pytest.mark.parametrize(
    ("series", "newest"),
    [("1.10", "1.10.12"), ("1.11", "1.11.9"), ("1.12", "1.12.7"), ("1.13", "1.13.1")],
)
def test_a_series_is_its_newest_release(series: str, newest: str) -> None:
    assert str(read_version(series)) == newest
