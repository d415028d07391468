"""Julia's own hash: UUIDs of extensions, hashes of preferences."""

import datetime
import json
from uuid import UUID

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from precompass.documents.values import TomlValue, UnsignedInteger
from precompass.julia.hashing import (
    CannotTell,
    PreferenceHash,
    extension_uuid,
    preference_hash,
)
from precompass.julia.slugs import package_slug
from support.measured import MEASUREMENTS

PKG = UUID("44cfe95a-1eb2-52ea-b672-e2afdf69b78f")


def hash_of(value: TomlValue, minor: tuple[int, int] = (1, 10)) -> PreferenceHash:
    return preference_hash({"key": value}, ["key"], minor)


class TestExtensions:
    @pytest.mark.parametrize(
        ("parent", "name", "expected"),
        [
            (str(PKG), "REPLExt", "e5eb5ef1-03cf-53a7-ae1d-5a66b08e832b"),
            (
                "479239e8-5488-4da2-87a7-35f2df7eef83",
                "CatalystHomotopyContinuationExtension",
                "29df821d-c551-590f-9cc3-167176ca91b8",
            ),
        ],
    )
    def test_uuids_in_public_logs(self, parent: str, name: str, expected: str) -> None:
        assert str(extension_uuid(UUID(parent), name, (1, 9))) == expected
        assert str(extension_uuid(UUID(parent), name, (1, 12))) == expected

    def test_an_extension_has_another_uuid_from_julia_1_13_on(self) -> None:
        assert extension_uuid(PKG, "REPLExt", (1, 13)) == extension_uuid(PKG, "REPLExt", (1, 14))
        assert extension_uuid(PKG, "REPLExt", (1, 13)) != extension_uuid(PKG, "REPLExt", (1, 12))

    @pytest.mark.parametrize("minor", [(1, 10), (1, 13)])
    @pytest.mark.parametrize("length", [0, 1, 3, 4, 8, 16, 17, 33, 48, 49, 97])
    def test_names_of_any_length_have_a_uuid_of_version_5(
        self, minor: tuple[int, int], length: int
    ) -> None:
        uuid = extension_uuid(PKG, "é" * (length // 2) + "x" * (length % 2), minor)
        assert uuid.version == 5
        assert uuid.variant == "specified in RFC 4122"

    @pytest.mark.parametrize(
        ("folder", "minor"), [("scenarios-1.10", (1, 10)), ("scenarios-1.14", (1, 14))]
    )
    def test_uuids_are_those_of_julia(self, folder: str, minor: tuple[int, int]) -> None:
        cases = json.loads((MEASUREMENTS / folder / "extensions.json").read_text())["extensions"]
        assert cases
        for case in cases:
            uuid = extension_uuid(UUID(case["parent_uuid"]), case["extension"], minor)
            assert str(uuid) == case["extension_uuid"]
            assert package_slug(uuid) == case["cache_entry"]

    @pytest.mark.parametrize("name", ["per-package-flags-2023-05", "skip-list-2023-04"])
    def test_uuids_are_those_of_published_packages(self, name: str) -> None:
        units = json.loads((MEASUREMENTS / "stacks-1.10" / name / "caches.json").read_text())
        packages = {unit["name"]: UUID(unit["uuid"]) for unit in units}
        extensions = [unit for unit in units if unit["kind"] == "extension"]
        assert extensions
        for unit in extensions:
            uuid = extension_uuid(packages[unit["parent"]], unit["name"], (1, 10))
            assert str(uuid) == unit["uuid"]


class TestPreferences:
    # Values of Base.get_preferences_hash in Julia 1.10.
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("", 0xBD32F78D463D7CFB),
            ("CPU", 0x2535144FBC47EC06),
            ("a longer text, with more than thirty-two bytes in it", 0x28356C82862BD22B),
            (True, 0x5BCA7C69B794F8CE),
            (False, 0x77CFA1EEF01BCA90),
            (-1, 0x1F89206E3F8EC794),
            (UnsignedInteger(255), 0x6ECFAA79DD9F4F8A),
            (-0.0, 0x3BE7D0F7780DE548),
            (0.1, 0x39D3B81DFEEA93EA),
            (float("inf"), 0x807BB202C9CBFC6F),
            (float("nan"), 0x15D7D083D04ECB90),
            (["x", "y"], 0x247342F8E9D1811C),
            ([[1, 2], [3]], 0x8DCA882AF36D1FA8),
            ({"level": 1, "name": "x"}, 0x6593F772E6DE9DF1),
            ({"b": {"c": 1}}, 0x77529C7AE667BD03),
        ],
    )
    def test_hash_of_a_value(self, value: TomlValue, expected: int) -> None:
        assert hash_of(value) == expected

    def test_one_and_true_cannot_be_told_apart(self) -> None:
        assert hash_of(1) == hash_of(1.0) == hash_of(True)

    def test_zero_and_minus_zero_can_be_told_apart(self) -> None:
        assert hash_of(0.0) == hash_of(False) != hash_of(-0.0)

    def test_the_order_of_an_array_counts_and_that_of_a_table_does_not(self) -> None:
        assert hash_of(["x", "y"]) != hash_of(["y", "x"])
        assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})

    @pytest.mark.parametrize("minor", [(1, 6), (1, 10), (1, 12), (1, 13)])
    def test_without_a_key_that_is_set_the_hash_is_zero_in_every_version(
        self, minor: tuple[int, int]
    ) -> None:
        assert preference_hash({"other": 1}, ["key", "key2"], minor) == 0

    def test_keys_count_in_the_order_of_the_cache(self) -> None:
        table = {"a": "x", "b": "y"}
        assert preference_hash(table, ["a", "b"], (1, 10)) != preference_hash(
            table, ["b", "a"], (1, 10)
        )

    def test_moving_a_value_to_a_key_that_was_unset_is_not_noticed(self) -> None:
        before = preference_hash({"a": "x"}, ["a", "b"], (1, 10))
        assert before == preference_hash({"b": "x"}, ["a", "b"], (1, 10))

    @pytest.mark.parametrize(
        ("value", "minor"),
        [
            (True, (1, 13)),  # no real hash of 1.13 was there to compare with
            ("CPU", (1, 14)),
            (datetime.date(2023, 5, 15), (1, 10)),
            ([datetime.time(7, 32)], (1, 10)),
            (["x"], (1, 6)),
            ({"a": ["x"]}, (1, 6)),
            (2**64, (1, 10)),
            (-(2**63) - 1, (1, 10)),
            ([0] * 8192, (1, 10)),
        ],
    )
    def test_where_the_hash_could_not_be_checked_it_is_not_told(
        self, value: TomlValue, minor: tuple[int, int]
    ) -> None:
        assert isinstance(hash_of(value, minor), CannotTell)

    def test_a_value_that_is_nested_too_deep_is_not_hashed(self) -> None:
        value: TomlValue = 1
        for _ in range(5000):
            value = [value]
        assert isinstance(hash_of(value), CannotTell)

    def test_hashes_are_those_of_julia(self) -> None:
        cases = json.loads(
            (MEASUREMENTS / "scenarios-1.10" / "preference_hashes.json").read_text()
        )["hashes"]
        checked = 0
        for case in cases:
            if "error" in case:
                continue
            table = tomli.loads(case["preferences"]).get("Sample", {})
            computed = preference_hash(table, case["keys"], (1, 10))
            if any("TOML" in name for name in case["value_types"]):  # dates and times
                assert isinstance(computed, CannotTell)
            else:
                assert computed == int(case["hash"], 16)
                checked += 1
        assert checked > 30


SCALARS = st.one_of(
    st.text(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=50)
@given(VALUES)
def test_a_hash_has_64_bits(value: TomlValue) -> None:
    h = hash_of(value)
    assert isinstance(h, int)
    assert 0 <= h < 2**64
