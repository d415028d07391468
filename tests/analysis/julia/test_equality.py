"""When Julia takes two values of a preference for the same."""

from __future__ import annotations

import math

import pytest

from precompass.documents.toml import parse_toml, plain
from precompass.documents.values import TomlValue
from precompass.julia.equality import equal_by_hash, identical, is_zero_like, same_hash

SAME_TO_BOTH = [
    ('"text"', '"te\\u0078t"'),
    ("1", "1"),
    ("1_000", "1000"),
    ("0xff", "0b11111111"),
    ("nan", "-nan"),
    ("[1, 'a']", '[1, "a",]'),
    ("{a = 1, b = 2}", "{b = 2, a = 1}"),
    ("9" * 33, "9" * 33),
    ("0x" + "f" * 32, "0x" + "F" * 32),
    ("1979-05-27", "1979-05-27"),
    # The time zone, and what is finer than milliseconds, does not get past Julia's parser.
    ("1979-05-27T00:00:00Z", "1979-05-27T00:00:00"),
    ("07:32:00.1239", "07:32:00.123"),
]

SAME_TO_HASH_ONLY = [
    ("1", "1.0"),
    ("1", "true"),
    ("0", "false"),
    ("0.0", "false"),
    ("0xff", "255"),
    ("9007199254740993", "0x20000000000001"),
    ("[1]", "[true]"),
    ("{a = 1}", "{a = 1.0}"),
    # An integer of more than 33 characters is a BigInt, which is never identical to another.
    ("9" * 34, "9" * 34),
    ("0x1" + "0" * 32, "0x1" + "0" * 32),
    ("9" * 400, "9" * 400),
]

DIFFERENT_TO_BOTH = [
    ("1", '"1"'),
    ("1", "2"),
    ("0.0", "-0.0"),
    ("0", "-0.0"),
    ("nan", "inf"),
    ("nan", "1"),
    ("9" * 400, "nan"),
    ("9" * 400, "inf"),
    ("9007199254740993", "9007199254740992.0"),
    ("true", "false"),
    ("[1, 2]", "[2, 1]"),
    ("[1]", "[1, 1]"),
    ("[1]", "1"),
    ("{a = 1}", "{b = 1}"),
    ("{a = 1}", "{a = 1, b = 1}"),
    ("{}", "[]"),
    ('"a"', '"A"'),
    ("1979-05-27", '"1979-05-27"'),
    ("1979-05-27T00:00:00", "1979-05-27"),
    ("1979-05-27T00:00:00.001", "1979-05-27T00:00:00.002"),
]


def value(text: str) -> TomlValue:
    entry = parse_toml(f"x = {text}").root.get("x")
    assert entry is not None
    return plain(entry.node)


@pytest.mark.parametrize(("one", "other"), SAME_TO_BOTH)
def test_same_to_every_julia(one: str, other: str) -> None:
    assert equal_by_hash(value(one), value(other))
    assert identical(value(one), value(other))


@pytest.mark.parametrize(("one", "other"), SAME_TO_HASH_ONLY)
def test_same_to_caches_with_a_hash_only(one: str, other: str) -> None:
    assert equal_by_hash(value(one), value(other))
    assert equal_by_hash(value(other), value(one))
    assert not identical(value(one), value(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT_TO_BOTH)
def test_different_to_every_julia(one: str, other: str) -> None:
    for same in (equal_by_hash, identical):
        assert not same(value(one), value(other))
        assert not same(value(other), value(one))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("false", True),
        ("0", True),
        ("0.0", True),
        ("0x0", True),
        ("-0.0", False),
        ("1", False),
        ("nan", False),
        ('""', False),
        ("[]", False),
        ("{}", False),
    ],
)
def test_what_hashes_to_zero_on_julia_1_13(written: str, expected: bool) -> None:
    assert is_zero_like(value(written)) is expected


def test_python_and_julia_agree_that_nan_is_itself_here() -> None:
    assert equal_by_hash(math.nan, math.nan)
    assert identical([math.nan], [math.nan])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9223372036854775808", "-0.0"),  # an Int128, hashed as the UInt64 with these bits
        ("-9223372036854775808", "-0.0"),
        ("9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808.0", "-0.0"),
        ("18446744073709551615", "-1"),
        ("1.5", "4609434218613702656"),
        ("[9223372036854775808]", "[-0.0]"),
        ("{ a = 9223372036854775808 }", "{ a = -0.0 }"),
    ],
)
def test_different_values_with_one_hash(one: str, other: str) -> None:
    assert same_hash(value(one), value(other))
    assert same_hash(value(other), value(one))
    assert not equal_by_hash(value(one), value(other))
    assert not identical(value(one), value(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.0", "-0.0"), ("18446744073709551616", "0"), ("nan", "1"), ("1", "2"), ('"1"', "1")],
)
def test_different_values_with_different_hashes(one: str, other: str) -> None:
    assert not same_hash(value(one), value(other))
