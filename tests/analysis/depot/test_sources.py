"""Where the source of a package is."""

from pathlib import Path
from uuid import UUID

import pytest

from precompass.depot.sources import (
    FoundSource,
    developed_package,
    find_source,
    installed_package,
    stdlib_package,
)

EXAMPLE = UUID("7876af07-990d-54b4-ab0e-23690620f79a")
TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"  # Example 0.5.3


def installed(depots: list[Path], minor: tuple[int, int] = (1, 10)) -> Path | None:
    return installed_package("Example", EXAMPLE, TREE, [str(depot) for depot in depots], minor)


def test_an_installed_package_lies_below_its_name_and_version_slug(tmp_path: Path) -> None:
    folder = tmp_path / "packages/Example/aqsx3"
    folder.mkdir(parents=True)
    assert installed([tmp_path]) == folder


def test_the_first_depot_that_has_it_wins(tmp_path: Path) -> None:
    for depot in ("a", "b"):
        (tmp_path / depot / "packages/Example/aqsx3").mkdir(parents=True)
    assert installed([tmp_path / "none", tmp_path / "b", tmp_path / "a"]) == (
        tmp_path / "b/packages/Example/aqsx3"
    )


@pytest.mark.parametrize(
    ("minor", "expected"),
    [((1, 6), "first/packages/Example/aqsx"), ((1, 7), "second/packages/Example/aqsx3")],
)
def test_the_long_slug_comes_before_the_depots_except_in_1_6(
    tmp_path: Path, minor: tuple[int, int], expected: str
) -> None:
    (tmp_path / "first/packages/Example/aqsx").mkdir(parents=True)
    (tmp_path / "second/packages/Example/aqsx3").mkdir(parents=True)
    depots = [tmp_path / "first", tmp_path / "second"]
    assert installed(depots, minor) == tmp_path / expected


def test_a_package_that_is_not_installed_is_not_found(tmp_path: Path) -> None:
    assert installed([tmp_path]) is None


@pytest.mark.parametrize(
    ("name", "tree_sha1"),
    [("Example", "no hash"), ("../Example", TREE), ("a/b", TREE), ("", TREE), ("a\0b", TREE)],
)
def test_an_entry_of_nonsense_leads_nowhere(tmp_path: Path, name: str, tree_sha1: str) -> None:
    assert installed_package(name, EXAMPLE, tree_sha1, [str(tmp_path)], (1, 10)) is None


def test_a_path_of_a_manifest_is_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "depot/dev/Mine").mkdir(parents=True)
    found = developed_package("../depot/dev/Mine", tmp_path / "project")
    assert found == tmp_path / "depot/dev/Mine"
    assert developed_package(str(found), tmp_path / "elsewhere") == found
    assert developed_package("Mine", tmp_path / "project") is None
    assert developed_package("\0", tmp_path / "project") is None


def test_a_standard_library_is_a_folder_with_its_entry_file(tmp_path: Path) -> None:
    (tmp_path / "Printf/src").mkdir(parents=True)
    assert stdlib_package("Printf", tmp_path) is None
    (tmp_path / "Printf/src/Printf.jl").write_text("module Printf end")
    assert stdlib_package("Printf", tmp_path) == tmp_path / "Printf"
    assert stdlib_package("../Printf", tmp_path) is None


class TestFilesThatCachesName:
    def test_an_absolute_path_is_where_it_says(self, tmp_path: Path) -> None:
        file = tmp_path / "Mine.jl"
        file.write_text("module Mine end")
        assert find_source(str(file), [], None) == FoundSource(file)
        assert find_source(str(tmp_path / "Gone.jl"), [], None) is None

    def test_a_depot_is_the_first_that_has_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "b/packages/Example/aqsx3/src/Example.jl"
        file.parent.mkdir(parents=True)
        file.write_text("module Example end")
        depots = [str(tmp_path / "a"), str(tmp_path / "b")]
        recorded = "@depot/packages/Example/aqsx3/src/Example.jl"
        assert find_source(recorded, depots, None) == FoundSource(file)
        assert find_source(recorded, depots[:1], None) is None

    def test_the_standard_library_may_have_moved_since_julia_was_built(
        self, tmp_path: Path
    ) -> None:
        stdlib = tmp_path / "stdlib/v1.10"
        (stdlib / "Test/src").mkdir(parents=True)
        (stdlib / "Test/src/Test.jl").write_text("module Test end")
        recorded = "/cache/build/usr/share/julia/stdlib/v1.10/Test/src/Test.jl"
        assert find_source(recorded, [], stdlib) == FoundSource(
            stdlib / "Test/src/Test.jl", moved_stdlib=True
        )
        assert find_source(recorded, [], None) is None
        assert find_source(recorded.replace("Test/", "../", 1), [], stdlib) is None
