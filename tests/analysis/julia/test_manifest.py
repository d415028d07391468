"""Manifests of formats 1.0, 2.0 and 2.1."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.versions import VersionNumber
from support.environments import TREE, uuid
from support.toml_documents import SCALARS

PATH = Path("/home/user/env/Manifest.toml")

ENTRIES = f"""
[[{{}}CSV]]
deps = ["Dates", "Parsers"]
git-tree-sha1 = "{TREE}"
uuid = "{uuid("CSV")}"
version = "0.10.9"

[[{{}}Dates]]
deps = ["Printf"]
uuid = "{uuid("Dates")}"

[[{{}}Developed]]
path = "../dev/Developed"
uuid = "{uuid("Developed")}"
version = "0.1.0"

[[{{}}Parsers]]
deps = ["Dates"]
git-tree-sha1 = "{TREE}"
uuid = "{uuid("Parsers")}"
version = "2.5.9"

    [{{}}Parsers.extensions]
    ParsersPlotsExt = "Plots"
    ParsersTwoExt = ["Plots", "Dates"]

    [{{}}Parsers.weakdeps]
    Plots = "{uuid("Plots")}"

[[{{}}Printf]]
uuid = "{uuid("Printf")}"
"""

FIRST = ENTRIES.replace("{}", "")
SECOND = 'julia_version = "1.9.0"\nmanifest_format = "2.0"\n' + ENTRIES.replace("{}", "deps.")
REGISTRIES = """
[registries.General]
uuid = "23338594-aafe-5451-b93e-139f81909106"
url = "https://github.com/JuliaRegistries/General.git"
"""
SECOND_WITH_REGISTRIES = SECOND.replace('"2.0"', '"2.1"') + REGISTRIES


def manifest(text: str) -> Manifest:
    return parse_manifest(PATH, text)


def entry(text: str, name: str) -> PackageEntry:
    found = manifest(text).named(name)
    assert found is not None
    return found


@pytest.mark.parametrize("text", [FIRST, SECOND, SECOND_WITH_REGISTRIES], ids=["1", "2.0", "2.1"])
def test_every_format_says_the_same_of_packages(text: str) -> None:
    assert list(manifest(text).packages) == [
        uuid(name) for name in ("CSV", "Dates", "Developed", "Parsers", "Printf")
    ]
    csv = entry(text, "CSV")
    assert (csv.uuid, csv.version, csv.tree_sha1) == (
        uuid("CSV"),
        VersionNumber((0, 10, 9)),
        TREE,
    )
    assert csv.deps == {"Dates": uuid("Dates"), "Parsers": uuid("Parsers")}
    assert not csv.is_stdlib
    assert entry(text, "Dates").is_stdlib
    assert entry(text, "Developed").path == "../dev/Developed"
    assert not entry(text, "Developed").is_stdlib
    parsers = entry(text, "Parsers")
    assert parsers.weakdeps == {"Plots": uuid("Plots")}
    assert parsers.extensions == {
        "ParsersPlotsExt": ("Plots",),
        "ParsersTwoExt": ("Plots", "Dates"),
    }


def test_only_the_second_format_says_which_julia_wrote_it() -> None:
    assert manifest(FIRST).julia_version is None
    assert manifest(SECOND).julia_version == VersionNumber((1, 9, 0))


def test_a_package_may_be_called_manifest_format() -> None:
    """Format 1.0 is told by the key being a table with a UUID, and a list is no table."""
    text = f'[manifest_format]\nuuid = "{uuid("manifest_format")}"\n' + FIRST
    assert uuid("CSV") in manifest(text).packages


def test_a_second_format_without_deps_has_no_packages() -> None:
    assert manifest('manifest_format = "2.0"\n').packages == {}
    assert manifest('manifest_format = "2.0"\n' + FIRST).packages == {}


def test_an_unknown_format_is_read_like_the_second() -> None:
    assert uuid("CSV") in manifest(SECOND.replace('"2.0"', '"3.0"')).packages
    assert uuid("CSV") in manifest(SECOND.replace('"2.0"', "2")).packages


# Several packages of one name

TWINS = f"""
manifest_format = "2.0"
[[deps.Twin]]
uuid = "{uuid("Twin")}"
[[deps.Twin]]
uuid = "{uuid("OtherTwin")}"
[[deps.ByName]]
deps = ["Twin"]
uuid = "{uuid("ByName")}"
[[deps.ByUuid]]
uuid = "{uuid("ByUuid")}"
    [deps.ByUuid.deps]
    Twin = "{uuid("OtherTwin")}"
    Gone = "{uuid("Gone")}"
    Wrong = "no UUID"
"""


def test_several_packages_may_have_one_name() -> None:
    found = manifest(TWINS)
    assert found.named("Twin") is None
    assert [found.packages[uuid(name)].index for name in ("Twin", "OtherTwin")] == [0, 1]


def test_a_table_of_dependencies_says_which_is_meant() -> None:
    found = manifest(TWINS)
    assert found.packages[uuid("ByName")].deps == {"Twin": None}
    assert found.packages[uuid("ByUuid")].deps == {
        "Twin": uuid("OtherTwin"),
        "Gone": uuid("Gone"),
        "Wrong": None,
    }


def test_a_dependency_that_is_in_no_entry_is_unknown() -> None:
    text = f'[[A]]\ndeps = ["B"]\nweakdeps = ["C"]\nuuid = "{uuid("A")}"\n'
    assert entry(text, "A").deps == {"B": None}
    assert entry(text, "A").weakdeps == {"C": None}


# What is wrong is not there


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deps = 1",
        "CSV = 1",
        "[CSV]\n",
        "[[CSV]]\n",
        '[[CSV]]\nuuid = "x"\n',
        "CSV = [1, []]",
        'manifest_format = "2.0"\ndeps = []\n',
        'manifest_format = "2.0"\n[[deps]]\n',
    ],
)
def test_an_entry_without_a_uuid_is_left_out(text: str) -> None:
    assert manifest(text).packages == {}


VALUES = (*SCALARS, "[]", "[1]", '["CSV", 1]', "{}", '{a = 1, b = "x", c = [1, "y"], d = {}}')
TYPED_KEYS = ("version", "git-tree-sha1", "path", "entryfile", "deps", "weakdeps", "extensions")


@given(
    st.dictionaries(st.sampled_from(TYPED_KEYS), st.sampled_from(VALUES)),
    st.sampled_from(VALUES),
    st.sampled_from(VALUES),
)
def test_no_type_of_any_key_is_refused(
    values: dict[str, str], julia_version: str, manifest_format: str
) -> None:
    pairs = "".join(f"{key} = {value}\n" for key, value in values.items())
    found = manifest(
        f"julia_version = {julia_version}\nmanifest_format = {manifest_format}\n"
        f'[[deps.A]]\nuuid = "{uuid("A")}"\n{pairs}'
    )
    (package,) = found.packages.values()
    assert package.name == "A"
    for names in (package.deps, package.weakdeps):
        assert all(isinstance(name, str) for name in names)
    for text in (package.tree_sha1, package.path, package.entryfile):
        assert text is None or isinstance(text, str)


def test_a_broken_manifest_gives_the_entries_outside_the_damage() -> None:
    found = manifest(SECOND.replace("[[deps.Dates]]", "[[deps.Dates]"))
    assert [package.name for package in found.packages.values()] == [
        "CSV",
        "Developed",
        "Parsers",
        "Printf",
    ]
    assert entry(SECOND.replace('path = "', "path = "), "Developed").path is None


def test_of_two_entries_with_one_uuid_the_first_counts() -> None:
    """So Julia loads it (`explicit_manifest_uuid_path`); Pkg takes the last."""
    entry = '[[deps.CSV]]\nuuid = "{}"\ngit-tree-sha1 = "{}"\nversion = "{}"\n'
    twice = [entry.format(uuid("CSV"), TREE, version) for version in ("0.10.9", "0.10.15")]
    text = 'manifest_format = "2.0"\n' + "\n".join(twice)
    assert str(parse_manifest(PATH, text).packages[uuid("CSV")].version) == "0.10.9"
