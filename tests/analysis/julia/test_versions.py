"""Version numbers, read and ordered as ``base/version.jl`` does it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.versions import INFINITY, VersionNumber


def version(text: str) -> VersionNumber:
    parsed = VersionNumber.parse(text)
    assert parsed is not None, text
    return parsed


@pytest.mark.parametrize(
    ("text", "release", "prerelease", "build"),
    [
        ("1", (1, 0, 0), (), ()),
        ("v1.2", (1, 2, 0), (), ()),
        ("V1.2.3", (1, 2, 3), (), ()),
        ("01.002.0003", (1, 2, 3), (), ()),
        ("1.0-", (1, 0, 0), ("",), ()),
        ("1.0+", (1, 0, 0), (), ("",)),
        ("1.14.0-DEV.2273", (1, 14, 0), ("DEV", 2273), ()),
        ("1.9.0-rc2", (1, 9, 0), ("rc2",), ()),
        ("1.9rc2", (1, 9, 0), ("rc2",), ()),
        ("1.0--", (1, 0, 0), ("-",), ()),
        ("2.9.1+1", (2, 9, 1), (), (1,)),
        ("1.0.8-alpha.1+build.7", (1, 0, 8), ("alpha", 1), ("build", 7)),
        ("1.0-rc1+", (1, 0, 0), ("rc1",), ("",)),
        ("1.2\n", (1, 2, 0), (), ()),
        ("∞", (2**32 - 1,) * 3, (), ("",)),
    ],
)
def test_what_julia_reads(
    text: str,
    release: tuple[int, int, int],
    prerelease: tuple[int | str, ...],
    build: tuple[int | str, ...],
) -> None:
    assert VersionNumber.parse(text) == VersionNumber(release, prerelease, build)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "v",
            "1.",
            "1.2.3.4",
            "-1",
            "1.0-+",
            "1.0-+1",
            "1.0-a..b",
            "1.0-é",
            "1,0",
            " 1",
            "1 ",
        ],
        *["1\n\n", "4294967296", "1.0-18446744073709551616", "1" * 1001, "٣"],
    ],
)
def test_what_julia_refuses(text: str) -> None:
    assert VersionNumber.parse(text) is None


def test_the_order_of_versions_differs_from_semver_for_empty_identifiers_and_builds() -> None:
    ascending = [
        *["0.9.9", "1.0-", "1.0-1", "1.0-2", "1.0-10", "1.0-1a", "1.0-DEV", "1.0-DEV.3"],
        *["1.0-rc1", "1.0-rc1+1", "1.0", "1.0+1", "1.0+1.1", "1.0+2", "1.0+a", "1.0+"],
        *["1.0.1-", "1.0.1", "1.10", "∞"],
    ]
    versions = [version(text) for text in ascending]
    for (i, a), (j, b) in itertools.product(enumerate(versions), repeat=2):
        assert (a < b, a == b, a > b) == (i < j, i == j, i > j), (str(a), str(b))


def test_equal_versions_are_one_key() -> None:
    assert len({version("1.0"), version("v1"), version("1.0.0")}) == 1


def test_a_julia_series_is_major_and_minor() -> None:
    julia = version("1.14.0-DEV.2273")
    assert julia.minor == (1, 14)
    assert (julia.major, julia.patch) == (1, 0)


_identifier = st.from_regex(r"[0-9A-Za-z-]{1,8}", fullmatch=True)


@given(
    st.tuples(*[st.integers(0, 2**32 - 1)] * 3),
    st.lists(_identifier, max_size=3),
    st.lists(_identifier, max_size=3),
)
def test_writing_and_reading_a_version_changes_nothing(
    release: tuple[int, int, int], prerelease: list[str], build: list[str]
) -> None:
    text = ".".join(map(str, release))
    text += "-" * bool(prerelease) + ".".join(prerelease) + "+" * bool(build) + ".".join(build)
    assert VersionNumber.parse(str(version(text))) == version(text)


def test_infinity_is_written_as_julia_writes_it() -> None:
    assert str(INFINITY) == "∞"
    assert version("4294967294") < INFINITY
