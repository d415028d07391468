"""The versions of standard libraries, Julia by Julia."""

from __future__ import annotations

import pytest

from precompass.julia.compat import parse_compat
from precompass.julia.stdlib_versions import excluded_in, stdlib_version
from precompass.julia.versions import VersionNumber


def julia(text: str) -> VersionNumber:
    found = VersionNumber.parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "of", "version"),
    [
        ("LinearAlgebra", "1.10.4", "1.10.4"),
        ("Statistics", "1.10.4", "1.10.0"),
        ("Dates", "1.12.2", "1.11.0"),
        ("LinearAlgebra", "1.12.2", "1.12.0"),
        ("SHA", "1.6.7", "1.6.7"),
        ("SHA", "1.11.2", "0.7.0"),
        ("Tar", "1.8.1", "1.10.0"),
        ("StyledStrings", "1.10.4", "1.0.3"),
        ("Pkg", "1.9.3", "1.9.2"),
    ],
)
def test_a_standard_library_has_one_version_in_each_julia(name: str, of: str, version: str) -> None:
    assert str(stdlib_version(name, julia(of))) == version


@pytest.mark.parametrize(
    ("name", "of"), [("Statistics", "1.11.0"), ("MbedTLS_jll", "1.12.0"), ("CSV", "1.12.0")]
)
def test_what_pkg_takes_from_a_registry_has_none(name: str, of: str) -> None:
    assert stdlib_version(name, julia(of)) is None


def test_one_release_of_a_series_is_enough() -> None:
    spec = parse_compat("1.9.2")
    assert spec is not None
    assert not excluded_in("Random", spec, (julia("1.9.1"), julia("1.9.2")))
    assert excluded_in("Random", spec, (julia("1.9.0"), julia("1.9.1")))
