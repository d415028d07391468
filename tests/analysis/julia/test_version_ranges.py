"""Ranges of versions in ``Deps.toml`` and ``Compat.toml``, as ``src/Versions.jl`` of Pkg."""

from __future__ import annotations

import pytest

from precompass.julia.version_ranges import ANY_VERSION, VersionRange, VersionSpec
from precompass.julia.versions import VersionNumber


def version(text: str) -> VersionNumber:
    parsed = VersionNumber.parse(text)
    assert parsed is not None, text
    return parsed


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("*", "0.0.0 1.2.3 99.0.0-rc1", ""),
        ("0", "0.0.0 0.99.99 0.1.0-DEV", "1.0.0-rc1 1.0.0"),
        ("1", "1.0.0 1.99.0 1.0.0-rc1", "0.99.99 2.0.0-rc1"),
        ("1.2-1", "1.2.0 1.10.0", "1.1.99 2.0.0"),
        ("0.3.1-0.5", "0.3.1 0.4.0 0.5.0 0.5.99", "0.3.0 0.6.0"),
        ("0.2.5", "0.2.5 0.2.5+3 0.2.5-rc1", "0.2.4 0.2.6"),
        ("v1.2 - 1.4.0", "1.2.0 1.3.9 1.4.0", "1.4.1"),
        ("1.2.0-1.2", "1.2.0 1.2.9", "1.3.0"),
        ("0.3-*", "0.3.0 7.0.0", "0.2.9"),
        ("*-2", "0.0.0 2.9.9", "3.0.0"),
        ("2-1", "", "0.9.0 1.0.0 2.0.0 3.0.0"),
    ],
)
def test_which_versions_a_range_holds(text: str, inside: str, outside: str) -> None:
    versions = VersionRange.parse(text)
    assert versions is not None
    assert [v for v in inside.split() if version(v) not in versions] == []
    assert [v for v in outside.split() if version(v) in versions] == []


@pytest.mark.parametrize(
    "text",
    ["", "-", "1-", "-1", "1-2-3", "1.2.3.4", "a", "^1", "1.x", "1.0-rc1", "4294967296", "٣"],
)
def test_what_is_no_range(text: str) -> None:
    assert VersionRange.parse(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1", "1"), ("1-1", "1"), ("1.2.0-1.2", "1.2"), ("0.3.1-0.5", "0.3.1-0.5"), ("*-2", "0-2")],
)
def test_how_a_range_is_shown(text: str, shown: str) -> None:
    assert str(VersionRange.parse(text)) == shown


def test_a_compat_entry_is_one_range_or_several() -> None:
    one = VersionSpec.parse("1.2-1")
    assert one is not None
    assert version("1.9.0") in one
    several = VersionSpec.parse(["0.3", "1.2-1"])
    assert several is not None
    assert version("0.3.9") in several
    assert version("0.4.0") not in several
    assert str(several) == "0.3, 1.2-1"


@pytest.mark.parametrize("value", [1, None, "^1", ["1", 2], {"a": "1"}])
def test_what_is_no_compat_entry(value: object) -> None:
    assert VersionSpec.parse(value) is None


def test_a_dependency_without_a_compat_entry_takes_any_version() -> None:
    assert version("0.0.1") in ANY_VERSION
    assert str(ANY_VERSION) == "*"


def test_nothing_but_versions_lies_in_a_range() -> None:
    assert "1.0.0" not in ANY_VERSION
