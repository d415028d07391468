"""What an entry of ``[compat]`` allows: the examples of Pkg's manual, and the edges."""

from __future__ import annotations

import pytest

from precompass.julia.compat import parse_compat
from precompass.julia.versions import VersionNumber


def allows(compat: str, version: str) -> bool:
    spec, number = parse_compat(compat), VersionNumber.parse(version)
    assert spec is not None
    assert number is not None
    return number in spec


@pytest.mark.parametrize(
    ("compat", "first", "last", "too_new"),
    [
        ("1.2.3", "1.2.3", "1.99.0", "2.0.0"),
        ("^1.2.3", "1.2.3", "1.99.0", "2.0.0"),
        ("1.2", "1.2.0", "1.99.0", "2.0.0"),
        ("1", "1.0.0", "1.99.0", "2.0.0"),
        ("0.2.3", "0.2.3", "0.2.99", "0.3.0"),
        ("0.2", "0.2.0", "0.2.99", "0.3.0"),
        ("0.0.3", "0.0.3", "0.0.3", "0.0.4"),
        ("0.0", "0.0.0", "0.0.99", "0.1.0"),
        ("0", "0.0.0", "0.99.0", "1.0.0"),
        ("~1.2.3", "1.2.3", "1.2.99", "1.3.0"),
        ("~1.2", "1.2.0", "1.2.99", "1.3.0"),
        ("~1", "1.0.0", "1.99.0", "2.0.0"),
        ("~0.0.3", "0.0.3", "0.0.99", "0.1.0"),
        ("~0", "0.0.0", "0.99.0", "1.0.0"),
        ("=1.2.3", "1.2.3", "1.2.3", "1.2.4"),
        ("= 1.2", "1.2.0", "1.2.0", "1.2.1"),
        ("< 2", "0.0.0", "1.99.99", "2.0.0"),
        ("<2.1.0", "0.0.0", "2.0.99", "2.1.0"),
        ("<0.1.1", "0.0.0", "0.1.0", "0.1.1"),
        ("1.2.3 - 4.5.6", "1.2.3", "4.5.6", "4.5.7"),
        ("0.2 - 4.5", "0.2.0", "4.5.99", "4.6.0"),
        ("1 - 2", "1.0.0", "2.99.99", "3.0.0"),
    ],
)
def test_one_range(compat: str, first: str, last: str, too_new: str) -> None:
    assert allows(compat, first)
    assert allows(compat, last)
    assert not allows(compat, too_new)


@pytest.mark.parametrize("compat", [">= 1.2.3", "≥1.2.3", ">=v1.2.3"])
def test_no_upper_bound(compat: str) -> None:
    assert allows(compat, "1.2.3")
    assert allows(compat, "99.0.0")
    assert not allows(compat, "1.2.2")


def test_several_ranges_add_up() -> None:
    assert [allows("0.7, ~1.2, =2.0.1", v) for v in ("0.7.5", "1.2.9", "1.3.0", "2.0.1")] == [
        *[True, True, False, True]
    ]


@pytest.mark.parametrize(
    "compat",
    [
        *["", "1.2.3.4", "x", "1,", "^", "> 1", "1-2", "1.2 -2", "1.2- 2", "<0", "< 0.0"],
        *["0.0.0", "~0.0.0", "=0.0.0", "1.2.3-rc1", "*", "=>1", f"{2**32}", "9" * 5000],
        *["1," * 10_000, "٣"],
    ],
)
def test_what_pkg_refuses(compat: str) -> None:
    assert parse_compat(compat) is None
