"""One environment: its manifest, its workspace, the stack that its preferences come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.behaviour import NEWEST_KNOWN, read_version
from precompass.julia.environment import Environment
from precompass.session import Session
from support.environments import load_environment, manifest, project, uuid, write


def environment(
    folder: Path, *, julia: str | None = None, further: tuple[Path, ...] = ()
) -> Environment:
    return load_environment(
        folder / "Project.toml",
        Snapshot(Disk()),
        julia=read_version(julia) if julia is not None else None,
        further=further,
    )


def relative(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder))


def written_by(version: str) -> str:
    return manifest({}, julia=version)


# Which manifest


ALL_MANIFESTS = {
    "Project.toml": "",
    "Manifest.toml": written_by("1.6.0"),
    "JuliaManifest.toml": written_by("1.7.0"),
    "Manifest-v1.11.toml": written_by("1.11.0"),
    "JuliaManifest-v1.11.toml": written_by("1.11.1"),
    "Manifest-v1.12.toml": written_by("1.12.0"),
}


@pytest.mark.parametrize(
    ("julia", "without", "expected"),
    [
        ("1.10.7", (), "JuliaManifest.toml"),
        ("1.10.8", (), "JuliaManifest.toml"),
        ("1.11.5", (), "JuliaManifest-v1.11.toml"),
        ("1.11.5", ("JuliaManifest-v1.11.toml",), "Manifest-v1.11.toml"),
        ("1.12.2", (), "Manifest-v1.12.toml"),
        ("1.13.0", (), "JuliaManifest.toml"),
        ("1.13.0", ("JuliaManifest.toml",), "Manifest.toml"),
    ],
)
def test_the_first_name_that_exists_wins(
    tmp_path: Path, julia: str, without: tuple[str, ...], expected: str
) -> None:
    write(tmp_path, {name: text for name, text in ALL_MANIFESTS.items() if name not in without})
    found = environment(tmp_path, julia=julia).manifest
    assert found is not None
    assert relative(found.path, tmp_path) == expected


def test_without_a_manifest_there_is_none(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": ""})
    assert environment(tmp_path).manifest is None


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('manifest = "shared/Manifest.toml"', "shared/Manifest.toml"),
        ('manifest = "shared/../other.toml"', "shared/../other.toml"),
        ('manifest = "nowhere/Manifest.toml"', "Manifest.toml"),
        ('manifest = "shared"', "Manifest.toml"),
        ('manifest = ""', "Manifest.toml"),
        ("manifest = 1", "Manifest.toml"),
        ('manifest = "\\u0000"', "Manifest.toml"),
    ],
)
def test_a_project_may_name_its_manifest(tmp_path: Path, key: str, expected: str) -> None:
    write(
        tmp_path,
        {
            "Project.toml": key,
            "Manifest.toml": written_by("1.10.0"),
            "shared/Manifest.toml": written_by("1.10.0"),
            "other.toml": written_by("1.10.0"),
        },
    )
    found = environment(tmp_path, julia="1.10.0").manifest
    assert found is not None
    assert relative(found.path, tmp_path) == expected


@pytest.mark.parametrize("name", ["Project.toml", "LocalPreferences.toml"])
def test_a_project_that_names_itself_its_manifest_has_no_packages(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, {"Project.toml": f'manifest = "{name}"', "LocalPreferences.toml": "[A]\n"})
    found = environment(tmp_path)
    assert found.manifest is not None
    assert found.manifest.packages == {}


# Whose rules


def test_the_manifest_says_whose_rules_apply(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": "", "Manifest.toml": written_by("1.10.4")})
    found = environment(tmp_path)
    assert (str(found.julia.version), found.julia_from) == ("1.10.4", "manifest")


def test_a_setting_goes_over_the_manifest(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": "", "Manifest.toml": written_by("1.10.4")})
    found = environment(tmp_path, julia="1.9.0")
    assert (str(found.julia.version), found.julia_from) == ("1.9.0", "setting")


@pytest.mark.parametrize(
    ("named", "manifest", "expected"),
    [
        ("1.10", "1.10.0-DEV", "1.10.0-DEV"),
        ("1.10", "1.10.2", "1.10.2"),
        ("1.10", "1.11.2", "1.10.12"),
        ("1.6", None, "1.6.7"),
        ("1.10.0", "1.10.2", "1.10.0"),
    ],
)
def test_of_a_series_the_manifest_tells_the_version(
    tmp_path: Path, named: str, manifest: str | None, expected: str
) -> None:
    """Who says 1.10 means the one that is in use, or the newest, and not 1.10.0."""
    files = {"Project.toml": ""} | ({"Manifest.toml": written_by(manifest)} if manifest else {})
    write(tmp_path, files)
    assert str(environment(tmp_path, julia=named).julia.version) == expected


@pytest.mark.parametrize(
    ("named", "manifest", "version", "of_series"),
    [
        (None, "1.10", "1.10.12", True),
        ("1.10", "1.10", "1.10.12", True),
        ("1.10", None, "1.10.12", True),
        ("1.10", "1.10.4", "1.10.4", False),
        (None, "1.10.4", "1.10.4", False),
        ("1.10.4", "1.10", "1.10.4", False),
    ],
)
def test_a_series_without_a_patch_counts_as_its_newest(
    tmp_path: Path, named: str | None, manifest: str | None, version: str, of_series: bool
) -> None:
    files = {"Project.toml": ""} | ({"Manifest.toml": written_by(manifest)} if manifest else {})
    write(tmp_path, files)
    found = environment(tmp_path, julia=named).julia
    assert (str(found.version), found.of_series) == (version, of_series)


@pytest.mark.parametrize(("plain", "name"), [("1.10.0-DEV", ""), ("1.10.9", "-v1.10")])
def test_which_manifest_a_series_has_depends_on_its_version(
    tmp_path: Path, plain: str, name: str
) -> None:
    """Julia 1.10.8 was the first of its series to look for manifests named after it."""
    write(
        tmp_path,
        {
            "Project.toml": "",
            "Manifest.toml": written_by(plain),
            "Manifest-v1.10.toml": written_by("1.10.9"),
        },
    )
    found = environment(tmp_path, julia="1.10")
    assert found.manifest is not None
    assert found.manifest.path.name == f"Manifest{name}.toml"


@pytest.mark.parametrize(
    ("plain", "named", "name", "julia"),
    [
        ("1.11.2", "1.11.5", "-v1.11", "1.11.5"),
        ("1.12.0", "1.11.5", "", "1.12.0"),
        ("1.10.4", "1.10.9", "", "1.10.4"),
    ],
)
def test_the_julia_of_a_plain_manifest_may_load_the_one_that_is_named_after_it(
    tmp_path: Path, plain: str, named: str, name: str, julia: str
) -> None:
    """``manifest_names`` in base/loading.jl puts the versioned name first, from 1.10.8 on."""
    series = named.rpartition(".")[0]
    write(
        tmp_path,
        {
            "Project.toml": "",
            "Manifest.toml": written_by(plain),
            f"Manifest-v{series}.toml": written_by(named),
        },
    )
    found = environment(tmp_path)
    assert found.manifest is not None
    assert (found.manifest.path.name, str(found.julia.version)) == (f"Manifest{name}.toml", julia)


@pytest.mark.parametrize("text", [None, '[[A]]\nuuid = "x"\n', "julia_version = 1.1"])
def test_otherwise_the_newest_known_julia_is_taken(tmp_path: Path, text: str | None) -> None:
    write(tmp_path, {"Project.toml": ""} | ({"Manifest.toml": text} if text else {}))
    found = environment(tmp_path)
    assert (found.julia.version, found.julia_from) == (NEWEST_KNOWN, "newest")


def test_a_versioned_manifest_alone_says_the_version(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Project.toml": "",
            "Manifest-v1.10.toml": written_by("1.10.9"),
            "Manifest-v1.11.toml": written_by("1.11.5"),
        },
    )
    assert str(environment(tmp_path).julia.version) == "1.11.5"


# Preferences files


def test_the_first_of_two_preferences_files_hides_the_other(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Project.toml": project(deps="A"),
            "LocalPreferences.toml": "[A]\nx = 1\n",
            "JuliaLocalPreferences.toml": "[A]\ny = 2\n",
        },
    )
    found = environment(tmp_path)
    assert found.preferences(uuid("A")).values == {"y": 2}
    assert found.hidden is not None
    assert found.hidden.values == {"A": {"x": 1}}


def test_a_preferences_file_beside_the_project_counts_and_no_other(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "LocalPreferences.toml": "[A]\nx = 1\n",
            "env/Project.toml": project(deps="A"),
            "env/sub/LocalPreferences.toml": "[A]\nx = 2\n",
        },
    )
    found = environment(tmp_path / "env")
    assert found.preferences(uuid("A")).values == {}
    assert found.hidden is None


def test_the_rest_of_the_load_path_is_farther(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "near/Project.toml": project(deps="A"),
            "near/LocalPreferences.toml": "[A]\nx = 1\n",
            "far/Project.toml": project(deps="A"),
            "far/LocalPreferences.toml": "[A]\nx = 2\ny = 2\n",
            "unlisted/Project.toml": project(deps="B"),
            "unlisted/LocalPreferences.toml": "[A]\nz = 3\n",
        },
    )
    further = tuple(
        tmp_path / name / "Project.toml" for name in ("unlisted", "far", "near", "missing")
    )
    found = environment(tmp_path / "near", further=further)
    assert found.preferences(uuid("A")).values == {"x": 1, "y": 2}
    assert [relative(layer.project.path.parent, tmp_path) for layer in found.layers] == [
        "near",
        "unlisted",
        "far",
    ]
    assert found.described_uuids() == [uuid("A")]


# Workspaces


WORKSPACE = {
    "Project.toml": project("Base", deps="A", extras="B") + '[workspace]\nprojects = ["test"]\n',
    "Manifest.toml": manifest({"A": "", "B": ""}, julia="1.12.2"),
    "LocalPreferences.toml": "[A]\nx = 1\ny = 1\n[B]\nz = 1\n",
    "test/Project.toml": project(deps="A") + '[workspace]\nprojects = ["deeper"]\n',
    "test/Manifest.toml": manifest({}, julia="1.12.2"),
    "test/LocalPreferences.toml": "[A]\nx = 2\n[B]\nz = 2\n",
    "test/deeper/Project.toml": project(deps="A"),
    "test/deeper/LocalPreferences.toml": "[A]\ny = 3\n",
    "other/Project.toml": project(deps="A"),
}


def folders(found: Environment, root: Path) -> list[str]:
    return [relative(layer.project.path.parent, root) for layer in found.layers]


def test_a_member_has_the_manifest_and_the_preferences_of_its_bases(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE)
    found = environment(tmp_path / "test" / "deeper", julia="1.12.2")
    assert found.manifest is not None
    assert found.manifest.path == tmp_path / "Manifest.toml"
    assert folders(found, tmp_path) == ["test/deeper", "test", "."]
    assert found.preferences(uuid("A")).values == {"x": 2, "y": 3}
    # Every project lists for itself: only the base lists B, so only its table counts.
    assert found.preferences(uuid("B")).values == {"z": 1}


def test_the_version_is_that_of_the_manifest_of_the_base(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE)
    found = environment(tmp_path / "test")
    assert (str(found.julia.version), found.julia_from) == ("1.12.2", "manifest")
    assert found.manifest is not None
    assert found.manifest.path == tmp_path / "Manifest.toml"


def test_a_manifest_of_a_base_that_was_written_before_workspaces(tmp_path: Path) -> None:
    """The Julia that wrote it looks for no manifest above the project: there is none for it."""
    write(
        tmp_path,
        {
            "Project.toml": project("Base", deps="A") + '[workspace]\nprojects = ["test"]\n',
            "Manifest.toml": manifest({"A": ""}, julia="1.11.2"),
            "test/Project.toml": project(deps="A"),
        },
    )
    found = load_environment(tmp_path / "test/Project.toml", Snapshot(Disk()))
    assert found.manifest is None
    assert str(found.julia.version) == "1.11.2"
    base = load_environment(tmp_path / "Project.toml", Snapshot(Disk()))
    assert base.manifest is not None


def test_before_julia_1_12_there_are_no_workspaces(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE)
    found = environment(tmp_path / "test", julia="1.11.5")
    assert found.manifest is not None
    assert found.manifest.path == tmp_path / "test" / "Manifest.toml"
    assert folders(found, tmp_path) == ["test"]
    assert found.members == ()


@pytest.mark.parametrize(
    ("folder", "members"),
    [
        ("", ["test", "test/deeper"]),
        ("test", [".", "test/deeper"]),
        ("test/deeper", [".", "test"]),
        ("other", []),
    ],
)
def test_the_other_projects_of_a_workspace(tmp_path: Path, folder: str, members: list[str]) -> None:
    write(tmp_path, WORKSPACE)
    found = environment(tmp_path / folder, julia="1.12.2")
    assert [relative(member.path.parent, tmp_path) for member in found.members] == members


def test_a_member_without_a_base_manifest_has_its_own(tmp_path: Path) -> None:
    write(tmp_path, {name: text for name, text in WORKSPACE.items() if name != "Manifest.toml"})
    found = environment(tmp_path / "test" / "deeper", julia="1.12.2")
    assert found.manifest is not None
    assert found.manifest.path == tmp_path / "test" / "Manifest.toml"


def test_an_ancestor_that_does_not_list_the_folder_is_skipped(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Project.toml": '[workspace]\nprojects = ["a/b"]\n',
            "a/Project.toml": '[workspace]\nprojects = ["c"]\n',
            "a/b/Project.toml": "",
        },
    )
    found = environment(tmp_path / "a" / "b", julia="1.12.2")
    assert folders(found, tmp_path) == ["a/b", "."]


def test_a_folder_is_the_same_folder_however_it_is_written(tmp_path: Path) -> None:
    write(tmp_path, {"Project.toml": "", "test/Project.toml": ""})
    (tmp_path / "link").symlink_to(tmp_path / "test")
    for written in ("test", "test/", "./test", "test/../test", "link", str(tmp_path / "test")):
        write(tmp_path, {"Project.toml": f'[workspace]\nprojects = ["{written}"]\n'})
        found = environment(tmp_path / "test", julia="1.12.2")
        assert folders(found, tmp_path) == ["test", "."], written


@pytest.mark.parametrize(
    "projects",
    [
        '["."]',
        '["..", "."]',
        '["missing", "missing/deeper"]',
        '["test", "test", "./test", "test/../test"]',
        '[""]',
        '["\\u0000"]',
        '"test"',
        "1",
        "[1, [], {}]",
        "[]",
    ],
)
def test_odd_workspaces_are_read_to_an_end(tmp_path: Path, projects: str) -> None:
    """Those that list themselves, their parents, nothing, twice, or something else."""
    write(
        tmp_path,
        {
            "Project.toml": '[workspace]\nprojects = ["base"]\n',
            "base/Project.toml": f"[workspace]\nprojects = {projects}\n",
            "base/test/Project.toml": '[workspace]\nprojects = [".."]\n',
        },
    )
    for folder in ("", "base", "base/test"):
        found = environment(tmp_path / folder, julia="1.12.2")
        paths = [member.path for member in found.members]
        assert len(paths) == len(set(paths))
        assert found.project.path not in paths
        assert len(found.layers) <= 3


@pytest.mark.parametrize(("before", "members"), [(4_999, 1), (5_000, 0)])
def test_no_more_folders_are_looked_into_than_a_workspace_has(
    tmp_path: Path, before: int, members: int
) -> None:
    listed = [*(f"missing{number}" for number in range(before)), "test"]
    text = f"[workspace]\nprojects = {listed}\n".replace("'", '"')
    write(tmp_path, {"Project.toml": text, "test/Project.toml": ""})
    assert len(environment(tmp_path, julia="1.12.2").members) == members


class _Asked(Snapshot):
    """Files that count how often two folders are compared."""

    comparisons = 0

    def same_folder(self, one: Path, other: Path) -> bool:
        self.comparisons += 1
        return super().same_folder(one, other)


def test_the_projects_of_a_workspace_are_looked_for_once_at_a_moment(tmp_path: Path) -> None:
    """A workspace of many packages is not compared with itself for each of its packages."""
    names = [f"lib/P{number}" for number in range(20)]
    text = f"[workspace]\nprojects = {names}\n".replace("'", '"')
    write(tmp_path, {"Project.toml": text, **{f"{one}/Project.toml": "" for one in names}})
    files = _Asked(Disk())
    julia = read_version("1.12.2")
    for name in names:
        found = load_environment(tmp_path / name / "Project.toml", files, julia=julia)
        others = [relative(one.path.parent, tmp_path) for one in found.members]
        assert others == [".", *(one for one in names if one != name)]
    assert files.comparisons <= 2 * len(names)


def test_a_workspace_is_looked_for_again_at_the_next_moment(tmp_path: Path) -> None:
    base = tmp_path / "Project.toml"
    write(tmp_path, {"Project.toml": '[workspace]\nprojects = ["a"]\n', "a/Project.toml": ""})
    write(tmp_path, {"b/Project.toml": ""})
    disk, julia = Disk(), read_version("1.12.2")
    for texts, expected in (({}, 1), ({base: '[workspace]\nprojects = ["a", "b"]\n'}, 2)):
        files = Snapshot(disk, texts)
        assert len(load_environment(base, files, julia=julia).members) == expected
        inside = load_environment(tmp_path / "b" / "Project.toml", files, julia=julia)
        assert len(inside.members) == (2 if texts else 0)


# Names


def test_names_are_looked_up_in_projects_then_in_the_manifest(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Project.toml": project("Mine", deps="A", weakdeps="W", extras="X"),
            "Manifest.toml": manifest({"A": "B", "B": ""}),
        },
    )
    found = environment(tmp_path)
    for name in ("Mine", "A", "W", "X", "B"):
        assert found.named(name) == uuid(name)
        assert found.name_of(uuid(name)) == name
    assert found.named("C") is None
    assert found.name_of(uuid("C")) == str(uuid("C"))


def test_a_name_that_two_packages_have_is_not_known(tmp_path: Path) -> None:
    twin = f'[[deps.Twin]]\nuuid = "{uuid("OtherTwin")}"\n'
    write(tmp_path, {"Project.toml": "", "Manifest.toml": manifest({"Twin": ""}) + twin})
    found = environment(tmp_path)
    assert found.named("Twin") is None
    assert found.name_of(uuid("OtherTwin")) == "Twin"


def test_without_a_project_file_there_is_no_environment(tmp_path: Path) -> None:
    assert Session(Snapshot(Disk())).environment(tmp_path / "Project.toml") is None
