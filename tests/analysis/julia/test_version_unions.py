"""The one form in which Pkg keeps the ranges of a compat entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.compat import parse_compat
from precompass.julia.version_ranges import ANY_VERSION, VersionRange, VersionSpec
from precompass.julia.version_unions import intersected, united
from precompass.julia.versions import VersionNumber


def spec(compat: str) -> VersionSpec:
    found = parse_compat(compat)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("compat", "form"),
    [
        ("1.2", "1.2.0-1"),
        ("1", "1"),
        ("1.0", "1"),
        ("0.5", "0.5"),
        ("0.5.3", "0.5.3-0.5"),
        ("1.6, 1.7", "1.6.0-1"),
        ("1.7, 1.6", "1.6.0-1"),
        ("1, 2", "1-2"),
        ("0.5, 0.6", "0.5-0.6"),
        ("0.5, 0.7", "0.5, 0.7"),
        ("0.5.3, 0.6", "0.5.3-0.6"),
        ("0.5.3, 0.6.1", "0.5.3-0.5, 0.6.1-0.6"),
        ("=1.2.3, =1.2.4", "1.2.3-1.2.4"),
        (">= 1.2", "1.2.0-*"),
        ("~1.0.0, 1.0.5, 2", "1.0-2"),
        ("2 - 1", "∅"),
        ("2 - 1, 3", "3"),
    ],
)
def test_ranges_are_put_in_order_and_joined(compat: str, form: str) -> None:
    assert str(united(spec(compat))) == form


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("1.2", "1.5", "1.5.0-1"),
        ("1", "~1.2", "1.2"),
        ("0.5, 0.6", "0.6.2", "0.6.2-0.6"),
        ("1", "2", "∅"),
        (">= 1.2", "< 3", "1.2.0-2"),
        ("2 - 1", "1", "∅"),
    ],
)
def test_what_two_projects_of_a_workspace_both_allow(one: str, other: str, both: str) -> None:
    assert str(intersected(spec(one), spec(other))) == both
    assert str(intersected(spec(other), spec(one))) == both


def test_everything_is_neutral() -> None:
    assert str(intersected(ANY_VERSION, spec("1.2"))) == "1.2.0-1"
    assert str(intersected(ANY_VERSION, ANY_VERSION)) == "*"


_NUMBERS = st.integers(0, 3)
_BOUNDS = st.lists(_NUMBERS, max_size=3).map(tuple)
_SPECS = st.lists(st.builds(VersionRange, _BOUNDS, _BOUNDS), max_size=4).map(
    lambda ranges: VersionSpec(tuple(ranges))
)
_VERSIONS = st.tuples(_NUMBERS, _NUMBERS, _NUMBERS).map(VersionNumber)


def _as_constructed(ranges: VersionSpec) -> VersionSpec:
    """Return the ranges as Pkg would hold them: 1.2.0-1.2 is 1.2 there."""
    return VersionSpec(tuple(VersionRange.parse(str(part)) or part for part in ranges.ranges))


@given(_SPECS, _VERSIONS)
def test_no_version_is_lost_or_won(ranges: VersionSpec, version: VersionNumber) -> None:
    before = _as_constructed(ranges)
    assert (version in united(before)) == (version in before)


@given(_SPECS, _SPECS, _VERSIONS)
def test_a_version_is_in_both_if_it_is_in_each(
    one: VersionSpec, other: VersionSpec, version: VersionNumber
) -> None:
    one, other = _as_constructed(one), _as_constructed(other)
    assert (version in intersected(one, other)) == (version in one and version in other)
