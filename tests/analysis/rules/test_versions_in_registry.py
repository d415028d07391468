"""Versions that registries have: who holds a package back, and entries that nothing fulfils."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span, apply_edits
from precompass.findings import Finding, Severity
from precompass.fixes import edits_of
from precompass.report.paragraphs import as_plain_text
from precompass.rules import check
from support.environments import Package as Entry
from support.environments import manifest, project, uuid
from support.registry_files import Package
from support.registry_world import RegistryWorld

TREES, MINHASH, CSV = uuid("Trees"), uuid("MinHash"), uuid("CSV")
PACKAGES = (
    Package("Trees", str(TREES), {"0.17.0": {}, "0.18.0": {}}),
    Package(
        "MinHash",
        str(MINHASH),
        {"0.2.0": {"Trees": str(TREES)}},
        compat={"0.2": {"Trees": "0.17"}},
    ),
    Package("CSV", str(CSV), {"0.9.0": {}, "0.10.0": {}}),
)
MANIFEST = manifest(
    {
        "CSV": Entry(version="0.9.0"),
        "MinHash": Entry("Trees", version="0.2.0"),
        "Trees": Entry(version="0.17.0"),
    }
)


def world(folder: Path, text: str, manifest_text: str | None = MANIFEST) -> RegistryWorld:
    files = {"Project.toml": text}
    if manifest_text is not None:
        files["Manifest.toml"] = manifest_text
    return RegistryWorld(folder, PACKAGES, files)


def test_a_package_that_another_one_holds_back(tmp_path: Path) -> None:
    made = world(tmp_path, project(deps="CSV MinHash Trees"))
    (found,) = made.findings("held-back")
    assert found.severity is Severity.HINT
    assert found.message == "Held back: MinHash 0.2.0 (allows 0.17) excludes Trees 0.18.0."


def test_what_is_only_not_updated_is_said_in_its_hover(tmp_path: Path) -> None:
    made = world(tmp_path, project(deps="CSV"))
    assert made.findings("held-back") == []
    said = hover(made.session, made.project, len("[deps]\nCS"))
    assert said is not None
    assert "Nothing excludes version 0.10.0" in as_plain_text(said.paragraphs)


def test_the_hover_and_the_hint_name_who_holds_it_back(tmp_path: Path) -> None:
    text = project(deps="MinHash Trees")
    made = world(tmp_path, text)
    said = hover(made.session, made.project, text.index("Trees") + 1)
    assert said is not None
    assert "Version 0.18.0 is excluded by MinHash 0.2.0 (allows 0.17)." in as_plain_text(
        said.paragraphs
    )
    labels = [hint.label for hint in inlay_hints(made.session, made.project, Span(0, len(text)))]
    assert "0.17.0 (newest: 0.18.0, held back)" in labels


def test_the_chain_to_a_holder_that_the_project_does_not_list(tmp_path: Path) -> None:
    text = project(deps="Example Trees")
    entries = {
        "Example": Entry("MinHash", version="1.0.0"),
        "MinHash": Entry("Trees", version="0.2.0"),
        "Trees": Entry(version="0.17.0"),
    }
    made = world(tmp_path, text, manifest(entries))
    said = hover(made.session, made.project, text.index("Trees") + 1)
    assert said is not None
    assert "MinHash is required by App → Example → MinHash." in as_plain_text(said.paragraphs)


def test_an_entry_of_the_project_itself(tmp_path: Path) -> None:
    text = project(deps="CSV Trees") + '\n[compat]\nCSV = "0.9"\nTrees = "0.17"\n'
    made = world(tmp_path, text, None)
    (found,) = made.findings("held-back")
    titles = [fix.title for fix in found.fixes]
    assert titles == [
        'Allow the newest version: write CSV = "0.9, 0.10"',
        'Allow the newest version: write Trees = "0.17, 0.18"',
        "Allow the newest versions of CSV and Trees",
    ]
    edits = edits_of(made.session, found.fixes[-1].id)
    assert edits is not None
    changed = apply_edits(edits[0].before, edits[0].edits)
    assert 'CSV = "0.9, 0.10"\nTrees = "0.17, 0.18"' in changed


def test_an_entry_above_all_that_is_registered_holds_nothing_back(tmp_path: Path) -> None:
    text = project(deps="CSV") + '\n[compat]\nCSV = "0.11"\n'
    assert world(tmp_path, text, None).findings("held-back") == []


# unfulfillable-compat


@pytest.mark.parametrize(
    ("entry", "severity"),
    [
        ("0.1.10", Severity.ERROR),
        ("0.8", Severity.ERROR),
        ("10", Severity.WARNING),  # a slip of 0.10, most likely
        ("5", Severity.INFORMATION),
        ("0.11", Severity.INFORMATION),  # the registry may be old
        ("0.9", None),
        ("0.9, 0.11", None),
    ],
)
def test_entries_that_no_version_fulfils(
    tmp_path: Path, entry: str, severity: Severity | None
) -> None:
    text = project(deps="CSV") + f'\n[compat]\nCSV = "{entry}"\n'
    found = world(tmp_path, text).findings("unfulfillable-compat")
    assert [one.severity for one in found] == ([severity] if severity is not None else [])


def test_the_versions_that_exist_are_named(tmp_path: Path) -> None:
    text = project(deps="CSV") + '\n[compat]\nCSV = "0.8"\n'
    (found,) = world(tmp_path, text).findings("unfulfillable-compat")
    assert "There are 0.9.0, 0.10.0." in found.message


def test_what_a_newer_registry_has_is_no_fault_of_the_project(tmp_path: Path) -> None:
    text = project(deps="CSV Trees") + '\n[compat]\nCSV = "0.11"\nTrees = "0.19"\n'
    assert world(tmp_path, text).findings("unfulfillable-compat") == []


def test_many_unknown_packages_are_said_in_the_outermost_project_only(tmp_path: Path) -> None:
    text = project(deps="Forest River Lake")
    files = {"Project.toml": text, "lib/Project.toml": text}
    made = RegistryWorld(tmp_path, PACKAGES, files)
    (found,) = made.findings("uuid-not-in-registry")
    assert "the UUID of Forest, Lake and River" in found.message
    below = check(made.session, made.folder / "lib" / "Project.toml")
    assert [one.code for one in below if one.code == "uuid-not-in-registry"] == []


def test_a_workspace_shows_the_age_of_a_registry_together(tmp_path: Path) -> None:
    """Each member lacks one package; the three of them show that the registry is old."""
    files = {
        "Project.toml": '[workspace]\nprojects = ["a", "b", "c"]\n',
        "a/Project.toml": project(deps="Forest"),
        "b/Project.toml": project(deps="Lake"),
        "c/Project.toml": project(deps="River"),
    }
    made = RegistryWorld(tmp_path, PACKAGES, files)
    (found,) = made.findings("uuid-not-in-registry")
    assert "the UUID of Forest, Lake and River" in found.message
    assert files["Project.toml"][found.span.start : found.span.end] == "workspace"
    below = check(made.session, made.folder / "b" / "Project.toml")
    assert "uuid-not-in-registry" not in {one.code for one in below}


def test_an_old_registry_judges_no_project_inside_of_the_repository(tmp_path: Path) -> None:
    """What the outermost project shows of the registry counts for all below it."""
    inner = project("Lab", deps="CSV Pond", version="1.0.0") + '\n[compat]\nCSV = "0.9"\n'
    files = {"Project.toml": project(deps="Forest River Lake"), "lib/Project.toml": inner}
    made = RegistryWorld(tmp_path, PACKAGES, files)
    judged = {"held-back", "uuid-not-in-registry", "unfulfillable-compat", "invalid-name"}
    below = check(made.session, made.folder / "lib" / "Project.toml")
    assert judged & {one.code for one in below} == set()
    again = RegistryWorld(tmp_path, PACKAGES, files | {"Project.toml": project(deps="CSV")})
    below = check(again.session, again.folder / "lib" / "Project.toml")
    assert judged & {one.code for one in below} == judged - {"unfulfillable-compat"}


def test_a_package_that_is_developed_next_door_is_in_no_registry(tmp_path: Path) -> None:
    files = {"Project.toml": project(deps="Meadow Pond"), "Meadow/Project.toml": project("Meadow")}
    (found,) = RegistryWorld(tmp_path, PACKAGES, files).findings("uuid-not-in-registry")
    assert "if Pond was registered later" in found.message


# taken-in-registry


def test_the_uuid_of_another_package(tmp_path: Path) -> None:
    text = f'name = "Survey"\nuuid = "{CSV}"\nversion = "0.1.0"\n'
    (found,) = world(tmp_path, text, None).findings("taken-in-registry")
    assert found.severity is Severity.WARNING
    assert "This is the UUID of CSV" in found.message


def test_the_name_of_another_package(tmp_path: Path) -> None:
    text = project("Other").replace('"Other"', '"minhash"')
    (found,) = world(tmp_path, text, None).findings("taken-in-registry")
    assert "another package called MinHash" in found.message


def test_a_uuid_that_no_standard_describes(tmp_path: Path) -> None:
    text = 'name = "Survey"\nuuid = "11111111-1111-0111-0111-111111111111"\nversion = "0.1.0"\n'
    (found,) = world(tmp_path, text, None).findings("taken-in-registry")
    assert found.severity is Severity.HINT


@pytest.mark.parametrize("text", [project("CSV"), project("Meadow"), project(deps="CSV")])
def test_packages_with_a_name_and_a_uuid_of_their_own(tmp_path: Path, text: str) -> None:
    assert world(tmp_path, text, None).findings("taken-in-registry") == []


def test_a_name_that_resembles_a_registered_one(tmp_path: Path) -> None:
    text = project("Other").replace('"Other"', '"MinHush"')
    (found,) = world(tmp_path, text, None).findings("taken-in-registry")
    assert found.severity is Severity.HINT
    assert "MinHash in " in found.message


def test_a_registered_name_may_resemble_others(tmp_path: Path) -> None:
    assert world(tmp_path, project("MinHash"), None).findings("taken-in-registry") == []


# incompatible-versions


def pair(folder: Path, trees: Entry, minhash: str = "0.2.0") -> list[Finding]:
    text = manifest({"MinHash": Entry("Trees", version=minhash), "Trees": trees})
    made = world(folder, project(deps="MinHash"), text)
    found = check(made.session, made.project.parent / "Manifest.toml")
    return [one for one in found if one.code == "incompatible-versions"]


@pytest.mark.parametrize("path", [None, "../Trees"])
def test_two_versions_that_exclude_one_another(tmp_path: Path, path: str | None) -> None:
    (found,) = pair(tmp_path, Entry(version="0.18.0", path=path))
    assert found.severity is Severity.WARNING
    assert "MinHash 0.2.0 excludes Trees 0.18.0: it allows 0.17 in General" in found.message
    assert "Trees has 0.17.0 for it." in found.message
    assert [one.message for one in found.related] == ["MinHash 0.2.0 allows Trees 0.17."]


def test_versions_that_fit_or_are_not_known(tmp_path: Path) -> None:
    assert pair(tmp_path, Entry(version="0.17.0")) == []
    assert pair(tmp_path, Entry(version="0.18.0"), minhash="0.3.0") == []
