"""What registries say of the packages that a project lists, and of the versions in its manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from precompass.documents.text import apply_edits
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.fixes import edits_of
from precompass.registry.memory import RegistryMemory
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.registry_files import Package, write_registry

CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
PLOTS = "91a5bcdd-55d7-5caf-9e0b-520d859cae80"
OLD = "66db9d55-30c0-4569-8b51-7e840670fc0c"
LAB = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
NOBODY = "5d5a3a8f-9c0b-4c7e-8a31-2f6f3a1f0000"
STATISTICS = "10745b16-79ce-11e8-11f9-7d13ad32a3b2"
CODES = {"uuid-not-in-registry", "name-uuid-mismatch", "yanked-version", "deprecated-package"}

GENERAL = (
    Package("CSV", CSV, {"0.10.8": {}, "0.10.9": {}}, yanked=["0.10.8"]),
    Package("Plots", PLOTS),
    Package("Old", OLD, deprecated='reason = "It is not needed any more."\nalternative = "Plots"'),
)


class Place(NamedTuple):
    """A finding as a test writes it down."""

    code: str
    severity: Severity
    text: str


class World:
    """A project in a folder, and a depot with registries."""

    def __init__(self, folder: Path) -> None:
        self.depot = folder / "depot"
        self.project = folder / "App" / "Project.toml"
        self.project.parent.mkdir()
        self._memory = RegistryMemory(patience=0)

    @property
    def session(self) -> Session:
        settings = Settings(
            depots=str(self.depot),
            variables={
                "PRECOMPASS_CACHE": str(self.depot.parent / "cache"),
                "JULIA_LOAD_PATH": "@",
            },
        )
        return Session(Snapshot(Disk()), settings, registry_memory=self._memory)

    def findings(self, path: Path | None = None) -> tuple[Finding, ...]:
        found = check(self.session, path or self.project)
        return tuple(finding for finding in found if finding.code in CODES)

    def places(self, path: Path | None = None) -> list[Place]:
        text = (path or self.project).read_text()
        return [
            Place(found.code, found.severity, text[found.span.start : found.span.end])
            for found in self.findings(path)
        ]

    def write(self, project: str, manifest: str | None = None) -> None:
        self.project.write_text(project)
        if manifest is not None:
            self.manifest.write_text(f'manifest_format = "2.0"\n{manifest}')

    @property
    def manifest(self) -> Path:
        return self.project.with_name("Manifest.toml")

    def after(self, finding: Finding, number: int = 0) -> str:
        """The project file after one of the fixes of a finding."""
        edits = edits_of(self.session, finding.fixes[number].id)
        assert edits is not None
        (edit,) = edits
        return apply_edits(edit.before, edit.edits)


Write: TypeAlias = Callable[..., None]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    write_registry(made.depot, *GENERAL)
    return made


def registered(name: str, uuid: str, version: str = "1.0.0") -> str:
    return f'[[deps.{name}]]\nuuid = "{uuid}"\nversion = "{version}"\ngit-tree-sha1 = "{0:040}"\n'


def test_what_is_registered_under_its_name_is_sound(world: World) -> None:
    world.write(
        f"""
[deps]
CSV = "{CSV}"
Statistics = "{STATISTICS}"
[weakdeps]
Plots = "{PLOTS}"
[extras]
Plots = "{PLOTS}"
"""
    )
    assert world.findings() == ()


# uuid-not-in-registry


@pytest.mark.parametrize("section", ["deps", "weakdeps", "extras"])
def test_a_uuid_that_no_registry_has(world: World, section: str) -> None:
    world.write(f'[{section}]\nMine = "{NOBODY}"\n')
    assert world.places() == [("uuid-not-in-registry", Severity.INFORMATION, f'"{NOBODY}"')]
    (finding,) = world.findings()
    assert finding.message.startswith("General (2023-04-11) has no package with this UUID. Update")


def test_all_registries_that_were_looked_into_are_named(world: World) -> None:
    write_registry(world.depot, name="Lab", uuid=LAB, time=1_700_000_000)
    world.write(f'[deps]\nMine = "{NOBODY}"\n')
    (finding,) = world.findings()
    assert "None of General (2023-04-11) and Lab (2023-11-14) has a package" in finding.message


def test_it_is_only_a_hint_where_the_manifest_has_the_package_from_some_registry(
    world: World,
) -> None:
    world.write(f'[deps]\nMine = "{NOBODY}"\n', registered("Mine", NOBODY))
    assert [place.severity for place in world.places()] == [Severity.HINT]


@pytest.mark.parametrize(
    ("project", "manifest"),
    [
        ("", f'[[deps.Mine]]\nuuid = "{NOBODY}"\npath = "../Mine"\n'),
        ("", registered("Mine", NOBODY) + 'repo-url = "https://example.org/Mine.jl"\n'),
        ('[sources]\nMine = {path = "../Mine"}\n', None),
        ('[sources]\nMine = {url = "https://example.org/Mine.jl"}\n', None),
    ],
)
def test_what_is_said_to_be_elsewhere_needs_no_registry(
    world: World, project: str, manifest: str | None
) -> None:
    world.write(f'[deps]\nMine = "{NOBODY}"\n{project}', manifest)
    assert world.findings() == ()
    world.write(f'[deps]\nPlots = "{NOBODY}"\n{project.replace("Mine =", "Plots =")}', manifest)
    assert world.findings() == ()


def test_members_of_a_workspace_need_no_registry(world: World) -> None:
    world.write(
        'manifest = "Manifest-v1.12.toml"\n'
        f'[workspace]\nprojects = ["Mine"]\n[deps]\nMine = "{NOBODY}"\n'
    )
    member = world.project.parent / "Mine"
    member.mkdir()
    member.joinpath("Project.toml").write_text(f'name = "Mine"\nuuid = "{NOBODY}"\n')
    assert world.findings() == ()


def test_documentation_lists_the_package_above_it(world: World) -> None:
    world.write(f'name = "Mine"\nuuid = "{NOBODY}"\n')
    docs = world.project.parent / "docs" / "Project.toml"
    docs.parent.mkdir()
    docs.write_text(f'[deps]\nMine = "{NOBODY}"\n')
    assert world.findings(docs) == ()


def test_without_a_registry_nothing_is_said(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(f'[deps]\nCSV = "{NOBODY}"\n')
    assert world.findings() == ()


# name-uuid-mismatch


def test_the_uuid_of_another_package(world: World) -> None:
    world.write(f'[deps]\nCSV = "{PLOTS}"\n')
    assert world.places() == [("name-uuid-mismatch", Severity.ERROR, f'"{PLOTS}"')]
    (finding,) = world.findings()
    assert finding.message == (
        "This is the UUID of Plots in General (2023-04-11). Pkg goes by the UUID, so that is "
        "what this line installs."
    )
    assert [(fix.title, fix.is_preferred) for fix in finding.fixes] == [
        (f"Write the UUID of CSV in General: {CSV}", True),
        ("Rename to `Plots`", False),
    ]
    assert world.after(finding) == f'[deps]\nCSV = "{CSV}"\n'
    assert world.after(finding, 1) == f'[deps]\nPlots = "{PLOTS}"\n'


def test_the_uuid_of_a_standard_library_behind_the_name_of_a_package(world: World) -> None:
    world.write(f'[deps]\nCSV = "{STATISTICS}"\n')
    (finding,) = world.findings()
    assert finding.message.startswith("This is the UUID of Statistics, which comes with Julia.")


def test_a_misspelt_name_with_a_right_uuid(world: World) -> None:
    world.write(f'[deps]\nPlot = "{PLOTS}"\n')
    (finding,) = world.findings()
    assert (finding.code, finding.severity) == ("name-uuid-mismatch", Severity.ERROR)
    assert [fix.title for fix in finding.fixes] == ["Rename to `Plots`"]


def test_nobodys_uuid_behind_a_registered_name(world: World) -> None:
    world.write(f'[deps]\nCSV = "{NOBODY}"\n')
    assert world.places() == [("name-uuid-mismatch", Severity.WARNING, f'"{NOBODY}"')]
    (finding,) = world.findings()
    assert finding.message.startswith(
        f"CSV has another UUID: {CSV} (General). Whose this one is, General (2023-04-11) does not"
    )
    assert [fix.is_preferred for fix in finding.fixes] == [True]
    assert world.after(finding) == f'[deps]\nCSV = "{CSV}"\n'


def test_nobodys_uuid_behind_the_name_of_a_standard_library(world: World) -> None:
    world.write(f'[deps]\nStatistics = "{NOBODY}"\n')
    (finding,) = world.findings()
    assert finding.message.startswith(f"Statistics has another UUID: {STATISTICS} (Julia).")


def test_a_private_package_with_a_registered_name(world: World) -> None:
    """From a registry that is not here: another UUID would be another package."""
    world.write(f'[deps]\nCSV = "{NOBODY}"\n', registered("CSV", NOBODY))
    (finding,) = world.findings()
    assert finding.severity is Severity.WARNING
    assert finding.fixes == ()
    write_registry(world.depot, Package("CSV", NOBODY), name="Lab", uuid=LAB)
    assert world.findings() == ()


def test_a_name_that_two_registries_give_to_different_packages(world: World) -> None:
    write_registry(world.depot, Package("CSV", LAB), name="Lab", uuid=LAB)
    world.write(f'[deps]\nCSV = "{NOBODY}"\n')
    (finding,) = world.findings()
    assert [(fix.title, fix.is_preferred) for fix in finding.fixes] == [
        (f"Write the UUID of CSV in General: {CSV}", False),
        (f"Write the UUID of CSV in Lab: {LAB}", False),
    ]


# yanked-version


def test_a_yanked_version_in_the_manifest_and_at_the_project_s_line(world: World) -> None:
    world.write(f'[deps]\nCSV = "{CSV}"\n', registered("CSV", CSV, "0.10.8"))
    assert world.places() == [("yanked-version", Severity.WARNING, "CSV")]
    assert world.places(world.manifest) == [("yanked-version", Severity.WARNING, '"0.10.8"')]
    (finding,) = world.findings()
    assert finding.message.startswith(
        "CSV 0.10.8 has been withdrawn (yanked) from General (2023-04-11):"
    )
    assert finding.message.endswith(
        'The newest version is 0.10.9; `Pkg.update("CSV")` takes one that fits.'
    )
    (related,) = finding.related
    span = related.span
    assert related.file == world.manifest
    assert world.manifest.read_text()[span.start : span.end] == '"0.10.8"'


def test_a_yanked_version_of_a_package_below(world: World) -> None:
    manifest = registered("CSV", CSV, "0.10.8") + registered("Plots", PLOTS)
    world.write(f'[deps]\nPlots = "{PLOTS}"\n', manifest)
    assert world.findings() == ()
    assert [place.text for place in world.places(world.manifest)] == ['"0.10.8"']


@pytest.mark.parametrize("extra", ['path = "../CSV"\n', 'repo-url = "https://example.org/CSV"\n'])
def test_a_version_that_is_not_from_the_registry(world: World, extra: str) -> None:
    world.write(f'[deps]\nCSV = "{CSV}"\n', registered("CSV", CSV, "0.10.8") + extra)
    assert world.findings() == ()
    assert world.findings(world.manifest) == ()


def test_manifests_of_the_first_format_and_versions_that_are_none(world: World) -> None:
    world.write(f'[deps]\nCSV = "{CSV}"\n')
    first_format = registered("CSV", CSV, "0.10.8").replace("deps.", "")
    world.manifest.write_text(first_format)
    assert [place.text for place in world.places(world.manifest)] == ['"0.10.8"']
    world.manifest.write_text(first_format.replace("0.10.8", "x"))
    assert world.findings(world.manifest) == ()


def test_all_versions_yanked(tmp_path: Path) -> None:
    world = World(tmp_path)
    write_registry(world.depot, Package("CSV", CSV, yanked=["1.0.0"]))
    world.write(f'[deps]\nCSV = "{CSV}"\n', registered("CSV", CSV))
    (finding,) = world.findings()
    assert finding.message.endswith("All its versions have been withdrawn.")


# deprecated-package


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "Old is deprecated in General (2023-04-11)."),
        ('reason = "Too old."', "Old is deprecated in General (2023-04-11): Too old."),
        (
            'reason = "Too old"\nalternative = "New"',
            "Old is deprecated in General (2023-04-11): Too old. Use New.",
        ),
        ('alternative = "New"', "Old is deprecated in General (2023-04-11). Use New."),
    ],
)
def test_a_deprecated_package(tmp_path: Path, table: str, message: str) -> None:
    world = World(tmp_path)
    write_registry(world.depot, Package("Old", OLD, deprecated=table))
    world.write(f'[deps]\nOld = "{OLD}"\n')
    assert world.places() == [("deprecated-package", Severity.INFORMATION, "Old")]
    assert [finding.message for finding in world.findings()] == [message]


def test_a_deprecated_package_that_is_developed_here(world: World) -> None:
    world.write(f'[deps]\nOld = "{OLD}"\n[sources]\nOld = {{path = "../Old"}}\n')
    assert world.findings() == ()


# All of them


def test_a_registry_that_cannot_be_read_leaves_the_others(world: World) -> None:
    write_registry(world.depot, Package("Plots", NOBODY), name="Lab", uuid=LAB).write_bytes(b"x")
    world.write(f'[deps]\nCSV = "{PLOTS}"\n')
    assert [place.code for place in world.places()] == ["name-uuid-mismatch"]


def test_a_registry_that_is_updated_while_somebody_types(world: World) -> None:
    world.write(f'[deps]\nMine = "{NOBODY}"\n')
    assert [place.code for place in world.places()] == ["uuid-not-in-registry"]
    write_registry(world.depot, *GENERAL, Package("Mine", NOBODY))
    assert world.findings() == ()


def test_until_the_registries_are_opened_nothing_is_said(tmp_path: Path) -> None:
    waiting: list[object] = []
    world = World(tmp_path)
    world._memory = RegistryMemory(waiting.append)
    write_registry(world.depot, *GENERAL)
    world.write(f'[deps]\nCSV = "{PLOTS}"\n')
    assert world.findings() == ()
    assert len(waiting) == 1


# missing-manifest


def missing(world: World, path: Path | None = None) -> Sequence[Finding]:
    found = check(world.session, path or world.project)
    return [finding for finding in found if finding.code == "missing-manifest"]


def test_preferences_without_a_manifest(world: World) -> None:
    world.write(f'[deps]\nCSV = "{CSV}"\n[preferences.CSV]\nworkload = false\n')
    (finding,) = missing(world)
    assert finding.severity is Severity.INFORMATION
    assert world.project.read_text()[finding.span.start : finding.span.end] == "deps"
    world.manifest.write_text(registered("CSV", CSV))
    assert missing(world) == []


def test_a_preferences_file_counts_too(world: World) -> None:
    world.write(f'[deps]\nCSV = "{CSV}"\n')
    assert missing(world) == []
    preferences = world.project.with_name("LocalPreferences.toml")
    preferences.write_text("[CSV]\nworkload = false\n")
    assert len(missing(world)) == 1
    assert missing(world, preferences) == []


def test_a_project_without_dependencies_needs_no_manifest(world: World) -> None:
    world.write(f'[extras]\nCSV = "{CSV}"\n[preferences.CSV]\nworkload = false\n')
    assert missing(world) == []


def test_in_a_workspace_it_is_said_where_the_preferences_are(world: World) -> None:
    world.write(
        f'[workspace]\nprojects = ["test"]\n[deps]\nCSV = "{CSV}"\n'
        "[preferences.CSV]\nworkload = false\n"
    )
    member = world.project.parent / "test" / "Project.toml"
    member.parent.mkdir()
    member.write_text(f'[deps]\nCSV = "{CSV}"\n')
    assert len(missing(world)) == 1
    assert missing(world, member) == []
