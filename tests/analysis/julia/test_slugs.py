"""The short names of folders and files in a depot."""

import json
from uuid import UUID

import pytest

from precompass.julia.slugs import (
    cache_directory,
    cache_entry,
    package_slug,
    slug,
    version_slug,
)
from support.measured import MEASUREMENTS

PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")


def test_a_slug_begins_with_the_least_significant_digit() -> None:
    assert slug(0, 5) == "AAAAA"
    assert slug(1 + 62 * 61, 2) == "B9"


@pytest.mark.parametrize(
    ("uuid", "expected"),
    [
        ("21216c6a-2e73-6563-6e65-726566657250", "pWSk8"),  # Preferences
        ("692b3bcd-3c85-4b1f-b108-f13ce0eb3210", "7Zgw7"),  # JLLWrappers
        ("8dfed614-e22c-5e08-85e1-65c5234f0b40", "JfdTE"),  # Test
    ],
)
def test_package_slugs_of_published_packages(uuid: str, expected: str) -> None:
    assert package_slug(UUID(uuid)) == expected


def test_version_slugs_of_published_versions() -> None:
    assert version_slug(EXAMPLE, "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc") == "aqsx3"
    assert version_slug(PREFERENCES, "00805cd429dcb4870060ff49ef443486c262e38e") == "TTEAN"


def test_a_slug_of_four_characters_begins_one_of_five() -> None:
    tree = "00805cd429dcb4870060ff49ef443486c262e38e"
    assert version_slug(PREFERENCES, tree, 4) == "TTEA"


@pytest.mark.parametrize("text", ["", "00805cd4", "not a tree hash", "0" * 42])
def test_what_is_no_sha1_has_no_slug(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        version_slug(PREFERENCES, text)


def test_a_package_without_uuid_has_its_cache_directly_in_the_folder_of_the_version() -> None:
    assert cache_directory("Scratch", None, (1, 9)) == "compiled/v1.9"
    assert cache_entry("Scratch", None) == "Scratch"


@pytest.mark.parametrize(
    ("folder", "minor"), [("scenarios-1.10", (1, 10)), ("scenarios-1.14", (1, 14))]
)
def test_slugs_are_those_of_julia(folder: str, minor: tuple[int, int]) -> None:
    cases = json.loads((MEASUREMENTS / folder / "slugs.json").read_text())["slugs"]
    assert cases
    for case in cases:
        uuid = UUID(case["uuid"])
        assert package_slug(uuid) == case["package_slug"]
        assert package_slug(uuid, 4) == case["package_slug_4"]
        if "git_tree_sha1" in case:
            assert version_slug(uuid, case["git_tree_sha1"]) == case["version_slug"]
            assert version_slug(uuid, case["git_tree_sha1"], 4) == case["version_slug_4"]
        owner = uuid if uuid.int else None  # Julia takes UUID zero for none
        assert cache_directory(case["name"], owner, minor) == case["cache_directory"].rstrip("/")
        assert cache_entry(case["name"], owner) == case["cache_entry"]
