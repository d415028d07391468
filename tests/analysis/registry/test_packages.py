"""What a registry says of a package, version by version."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
import tomli
from hypothesis import given

from precompass.julia.uuids import UUID
from precompass.julia.version_ranges import VersionRange
from precompass.julia.versions import VersionNumber
from precompass.registry.canonical import canonical_ranges, canonical_versions
from precompass.registry.packages import (
    Deprecation,
    RegisteredPackage,
    read_newest_version,
    read_package,
)
from precompass.registry.ranged import last_in_ranges

EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")
PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
PLOTS = UUID("91a5bcdd-55d7-5caf-9e0b-520d859cae80")


def read(files: dict[str, str], folder: str = "E/Example") -> RegisteredPackage:
    name = folder.partition("/")[2]
    return read_package(name, EXAMPLE, "Small", in_folder(files, folder))


def in_folder(files: dict[str, str], folder: str) -> dict[str, bytes]:
    return {
        path.rpartition("/")[2]: text.encode()
        for path, text in files.items()
        if path.startswith(f"{folder}/")
    }


def version(text: str) -> VersionNumber:
    parsed = VersionNumber.parse(text)
    assert parsed is not None
    return parsed


def test_versions_their_tree_hashes_and_which_are_yanked(small: dict[str, str]) -> None:
    example = read(small)
    assert [(str(v.version), v.tree_hash[:2], v.yanked) for v in example.versions] == [
        ("0.5.3", "46", False),
        ("0.5.4", "56", False),
        ("0.5.5", "66", True),
    ]
    assert example.newest == version("0.5.4")
    assert example.find(version("0.5.5")) == example.versions[2]
    assert example.find(version("0.5.6")) is None


def test_versions_ascend_as_numbers_not_as_texts(small: dict[str, str]) -> None:
    cairo = read(small, "C/Cairo_jll")
    assert [str(v.version) for v in cairo.versions] == ["1.16.1+0", "1.16.1+9", "1.16.1+10"]


def test_a_package_whose_versions_are_all_yanked_has_no_newest(small: dict[str, str]) -> None:
    assert read(small, "O/Old").newest is None


def test_where_a_package_is_developed(small: dict[str, str]) -> None:
    plots = read(small, "P/Plots")
    assert (plots.repository, plots.subdir) == ("https://example.org/Monorepo.git", "Plots")
    assert read(small).subdir is None


def test_dependencies_differ_between_versions(small: dict[str, str]) -> None:
    example = read(small)
    assert example.dependencies(version("0.5.3")) == ()
    (preferences,) = example.dependencies(version("0.5.4"))
    assert (preferences.name, preferences.uuid) == ("Preferences", PREFERENCES)
    assert str(preferences.versions) == "1.2-1.3, 2"
    assert [d.name for d in example.dependencies(version("0.5.5"))] == ["Plots", "Preferences"]


def test_the_julia_versions_that_a_version_supports(small: dict[str, str]) -> None:
    example = read(small)
    assert str(example.julia_compat(version("0.5.3"))) == "0.7-1"
    assert str(example.julia_compat(version("0.5.4"))) == "1.6-1"
    assert str(read(small, "P/Plots").julia_compat(version("1.0.0"))) == "*"


def test_a_weak_dependency_may_be_listed_as_a_dependency_too(small: dict[str, str]) -> None:
    plots, unitful = read(small, "P/Plots"), read(small, "U/Unitful")
    listed = {d.name: (d.in_deps, d.in_weakdeps) for d in plots.dependencies(version("1.0.0"))}
    assert listed == {
        "Cairo_jll": (True, False),
        "Example": (True, False),
        "Unitful": (True, True),
    }
    (plots_of_unitful,) = unitful.dependencies(version("1.0.0"))
    assert (plots_of_unitful.in_deps, plots_of_unitful.in_weakdeps) == (False, True)


def test_weak_compat(small: dict[str, str]) -> None:
    versions = {d.name: str(d.versions) for d in read(small, "P/Plots").dependencies(version("1"))}
    assert versions == {"Cairo_jll": "*", "Example": "*", "Unitful": "1"}


def test_deprecation_is_a_table_in_the_packages_metadata(small: dict[str, str]) -> None:
    assert read(small, "O/Old").deprecation == Deprecation("It is no longer maintained", "Example")
    assert read(small).deprecation is None


@pytest.mark.parametrize(
    ("text", "deprecation"),
    [
        ("[metadata.deprecated]", Deprecation(None, None)),
        ("[metadata.deprecated]\nreason = 1", Deprecation(None, None)),
        ("metadata = { deprecated = { alternative = 'B' } }", Deprecation(None, "B")),
        ("[metadata]\ndeprecated = true", None),
        ("deprecated = true", None),
    ],
)
def test_which_metadata_deprecates(text: str, deprecation: Deprecation | None) -> None:
    files = {"Package.toml": text.encode()}
    assert read_package("Old", EXAMPLE, "Small", files).deprecation == deprecation
    assert read_newest_version(files).deprecated == (deprecation is not None)


def test_a_package_without_versions_dependencies_or_compat() -> None:
    package = read_package("New", EXAMPLE, "Small", {"Package.toml": b'name = "New"'})
    assert (package.newest, package.versions, package.problems) == (None, (), ())
    assert package.dependencies(version("1")) == ()


def test_what_cannot_be_read_is_left_out_and_told() -> None:
    package = read_package(
        "Broken",
        EXAMPLE,
        "Small",
        {
            "Package.toml": b'name = "Other"\nrepo = 1',
            "Versions.toml": b'["1.0"]\ngit-tree-sha1 = "a"\n["1.x"]\ngit-tree-sha1 = "b"\n["2"]',
            "Deps.toml": b'[1]\nA = "x"\nPlots = "%s"\n["^2"]\n[3.0]' % str(PLOTS).encode(),
            "Compat.toml": b'[1]\nPlots = 1\njulia = "1"',
            "WeakDeps.toml": b"x = ",
            "WeakCompat.toml": b"\xff",
        },
    )
    assert [str(v.version) for v in package.versions] == ["1.0.0"]
    assert [d.name for d in package.dependencies(version("1"))] == ["Plots"]
    assert str(package.julia_compat(version("1"))) == "1"
    assert package.repository is None
    assert package.problems == (
        "WeakDeps.toml is not TOML: Invalid value (at end of document)",
        "WeakCompat.toml is not TOML: not UTF-8 at byte 0",
        "Package.toml calls the package 'Other'",
        "Versions.toml: '1.x' is no version with its git-tree-sha1",
        "Versions.toml: '2' is no version with its git-tree-sha1",
        "Deps.toml: the value of 'A' for '1' is invalid",
        "Deps.toml: '^2' is no range of versions with a table",
        "Deps.toml: the value of '0' for '3' is invalid",
        "Compat.toml: the value of 'Plots' for '1' is invalid",
    )


@pytest.mark.parametrize("nest", ["a = " + "[" * 100_000, "a = " + "9" * 5000, "a." * 9999 + "b=1"])
def test_hostile_toml_is_a_problem_like_any_other(nest: str) -> None:
    package = read_package("A", EXAMPLE, "Small", {"Package.toml": nest.encode()})
    assert "Package.toml is not TOML" in package.problems[0]


FOLDERS = ["E/Example", "P/Preferences", "P/Plots", "U/Unitful", "C/Cairo_jll", "O/Old"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_short_way_to_the_newest_version_tells_the_same(
    small: dict[str, str], folder: str
) -> None:
    package = read(small, folder)
    newest = read_newest_version(in_folder(small, folder))
    assert newest.version == package.newest
    assert newest.deprecated == (package.deprecation is not None)
    dependencies = package.dependencies(package.newest) if package.newest else ()
    assert newest.deps == {d.uuid: d.name for d in dependencies if d.in_deps}
    assert newest.weak_deps == {d.uuid: d.name for d in dependencies if d.in_weakdeps}
    assert newest.problems == package.problems == ()


def test_the_short_way_tells_its_problems_too() -> None:
    newest = read_newest_version({"Versions.toml": b"x = ", "Deps.toml": b"\xff"})
    assert newest.version is None
    assert newest.problems == ("Versions.toml is not TOML: Invalid value (at end of document)",)


# One line each of files in the usual layout, in others that mean the same, and in wrong ones.
HASH = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
VERSIONS_LINES = [
    f'["1.0.0"]\ngit-tree-sha1 = "{HASH}"\n',
    f'["1.1.0+1"]\ngit-tree-sha1 = "{HASH}"\nyanked = true\n\n',
    f'["2.0.0"]\ngit-tree-sha1 = "{HASH}"\n    yanked = true\n',
    f"['3.0.0']\ngit-tree-sha1='{HASH}'\n",
    f'[4]\ngit-tree-sha1 = "{HASH}"\nyanked = false\n',
    '["5.0.0"]\n',
    "# a comment\n",
    "\n",
]
RANGES_LINES = [
    f'["0.3-1"]\nA = "{EXAMPLE}"\n',
    f'[1]\nA = "{EXAMPLE}"\nB = "{PLOTS}"\n\n',
    f'["1"]\nB = "{PLOTS}"\n',
    '["*"]\n',
    f'A = "{PLOTS}"\n',
    f"[2]\n'A' = '{PLOTS}'\n",
    "[1.2]\n",
    "# a comment\n",
    "\n",
]


@given(st.lists(st.sampled_from(VERSIONS_LINES), max_size=4).map("".join))
def test_versions_in_the_usual_layout_are_read_as_toml_would_be(text: str) -> None:
    versions = canonical_versions(text.encode())
    if versions is not None:
        table = tomli.loads(text)
        assert versions == {key: value.get("yanked", False) for key, value in table.items()}


@given(st.lists(st.sampled_from(RANGES_LINES), max_size=4).map("".join))
def test_dependencies_in_the_usual_layout_are_read_as_toml_would_be(text: str) -> None:
    ranges = canonical_ranges(text.encode())
    if ranges is not None:
        assert ranges == tomli.loads(text)


def test_the_usual_layout_is_recognised() -> None:
    assert canonical_versions("".join(VERSIONS_LINES[:2]).encode()) == {
        "1.0.0": False,
        "1.1.0+1": True,
    }
    assert canonical_ranges("".join(RANGES_LINES[:2]).encode()) == {
        "0.3-1": {"A": str(EXAMPLE)},
        "1": {"A": str(EXAMPLE), "B": str(PLOTS)},
    }
    assert canonical_versions(b"") == {}
    assert canonical_ranges(b"") == {}


@given(st.lists(st.sampled_from(VERSIONS_LINES), max_size=4).map("".join))
def test_the_newest_version_does_not_depend_on_the_layout(text: str) -> None:
    files = {"Versions.toml": text.encode()}
    package = read_package("A", EXAMPLE, "Small", files)
    assert read_newest_version(files).version == package.newest


def test_the_versions_of_julia_are_those_of_the_last_range_that_holds_a_version() -> None:
    releases = [(major, minor, patch) for major in (0, 1) for minor in range(4) for patch in (0, 1)]
    texts = ("0.1-0.2", "0", "1.1.1-1", "0.3.1-1.2", "1.2.1", "0.2-0.1", "*", "1.3")
    ranged = [(parsed, text) for text in texts if (parsed := VersionRange.parse(text)) is not None]
    assert len(ranged) == len(texts)
    for count in range(len(ranged) + 1):
        for some in (ranged[:count], ranged[count:], ranged[:count][::-1]):
            holding = [
                [text for versions, text in some if VersionNumber(release) in versions]
                for release in releases
            ]
            assert last_in_ranges(releases, some) == [
                texts_of[-1] if texts_of else None for texts_of in holding
            ]


def test_many_versions_are_not_each_looked_for_in_as_many_ranges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = []
    contains = VersionRange.__contains__

    def look(self: VersionRange, version: object) -> bool:
        looks.append(version)
        return contains(self, version)

    names = [f"1.{number}.0" for number in range(300)]
    table = f'git-tree-sha1 = "{"1" * 40}"'
    files = {
        "Package.toml": b'name = "Example"',
        "Versions.toml": "".join(f'["{name}"]\n{table}\n' for name in names).encode(),
        "Compat.toml": "".join(
            f'["{name}"]\njulia = "1.{6 + i % 4}-1"\n' for i, name in enumerate(names)
        ).encode(),
    }
    package = read_package("Example", EXAMPLE, "Small", files)
    monkeypatch.setattr(VersionRange, "__contains__", look)
    found = [str(package.julia_compat(registered.version)) for registered in package.versions]
    assert found == [f"1.{6 + number % 4}-1" for number in range(300)]
    assert len(looks) < len(names)
