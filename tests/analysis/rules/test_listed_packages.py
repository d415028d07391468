"""Packages that a project lists: under the right UUID, once, and in the right section."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import manifest, marked, project, uuid
from support.rule_findings import expect, findings, fixed

CSV, TOML = uuid("CSV"), uuid("TOML")
OTHER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c09"


# missing-from-manifest


def test_a_dependency_that_the_manifest_does_not_have(tmp_path: Path) -> None:
    files = {
        "Project.toml": f'[deps]\nCSV = "{CSV}"\n⟦TOML⟧ = "{TOML}"\n',
        "Manifest.toml": manifest({"CSV": ""}),
    }
    found = expect(tmp_path, "missing-from-manifest", files, Severity.ERROR)
    assert "Manifest.toml has no TOML" in found[0].message


def test_several_dependencies_that_it_does_not_have_are_one_finding(tmp_path: Path) -> None:
    text = project(deps="CSV JSON TOML").replace("CSV =", "⟦CSV⟧ =")
    (found,) = expect(
        tmp_path, "missing-from-manifest", {"Project.toml": text, "Manifest.toml": manifest({})}
    )
    assert found.message.startswith("Manifest.toml has no CSV, JSON and TOML: `using` fails for ")
    assert [related.message for related in found.related] == ["JSON, too.", "TOML, too."]


def test_packages_that_are_no_table_are_reported_in_the_manifest_alone(tmp_path: Path) -> None:
    files = {
        "Project.toml": project(deps="CSV"),
        "Manifest.toml": 'julia_version = "1.11.5"\nmanifest_format = "2.0"\n⟦deps⟧ = []\n',
    }
    expect(tmp_path, "malformed-manifest", files, Severity.ERROR, of="Manifest.toml")
    files["Manifest.toml"] = files["Manifest.toml"].replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "missing-from-manifest", files) == []


def test_without_a_manifest_nothing_is_missing_from_it(tmp_path: Path) -> None:
    assert findings(tmp_path, "missing-from-manifest", project(deps="CSV")) == []


def test_an_empty_manifest_has_no_dependency(tmp_path: Path) -> None:
    files = {"Project.toml": f'[deps]\n⟦CSV⟧ = "{CSV}"\n', "Manifest.toml": manifest({})}
    expect(tmp_path, "missing-from-manifest", files)


def test_a_broken_manifest_may_have_it(tmp_path: Path) -> None:
    broken = manifest({"TOML": ""}) + "\n<<<<<<< HEAD\n"
    files = {"Project.toml": project(deps="CSV"), "Manifest.toml": broken}
    assert findings(tmp_path, "missing-from-manifest", files) == []


def test_weak_dependencies_and_extras_need_not_be_there(tmp_path: Path) -> None:
    text = project("Lab", deps="CSV", weakdeps="CSV", extras="TOML")
    files = {"Project.toml": text, "Manifest.toml": manifest({})}
    assert findings(tmp_path, "missing-from-manifest", files) == []


def test_before_1_9_a_weak_dependency_was_an_ordinary_one(tmp_path: Path) -> None:
    text = project(deps="CSV", weakdeps="CSV").replace("CSV =", "⟦CSV⟧ =", 1)
    files = {"Project.toml": text, "Manifest.toml": manifest({}, julia="1.8.5")}
    expect(tmp_path, "missing-from-manifest", files)


def test_a_member_of_a_workspace_has_the_manifest_of_its_base(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    files = {
        "Project.toml": '[workspace]\nprojects = ["test"]\n',
        "Manifest.toml": manifest({"CSV": ""}, julia="1.12.1"),
        "test/Project.toml": f'[deps]\nCSV = "{CSV}"\n⟦TOML⟧ = "{TOML}"\n',
    }
    expect(tmp_path, "missing-from-manifest", files, of="test/Project.toml")


def test_a_dependency_within_the_manifest(tmp_path: Path) -> None:
    text = manifest({"CSV": "Parsers TOML", "TOML": ""}).replace('"Parsers"', '⟦"Parsers"⟧')
    found = expect(tmp_path, "missing-from-manifest", {"Manifest.toml": text}, of="Manifest.toml")
    assert "CSV depends on Parsers, and there is no entry of Parsers" in found[0].message


def test_an_entry_that_was_lost_is_one_finding(tmp_path: Path) -> None:
    text = manifest({"CSV": "Parsers", "JSON": "Parsers"}).replace('"Parsers"', '⟦"Parsers"⟧', 1)
    (found,) = expect(
        tmp_path, "missing-from-manifest", {"Manifest.toml": text}, of="Manifest.toml"
    )
    assert "CSV depends on Parsers" in found.message
    assert "JSON depends on Parsers" in found.related[0].message


def test_two_packages_of_one_name_have_to_be_told_apart(tmp_path: Path) -> None:
    text = f"""\
manifest_format = "2.0"

[[deps.App]]
deps = [⟦"Lab"⟧]
uuid = "{uuid("App")}"

[[deps.Lab]]
uuid = "{OTHER}"

[[deps.Lab]]
uuid = "{uuid("Lab")}"
"""
    found = expect(tmp_path, "missing-from-manifest", {"Manifest.toml": text}, of="Manifest.toml")
    assert "there are several" in found[0].message


# uuid-mismatch


@pytest.mark.parametrize(
    ("section", "severity"),
    [
        ("deps", Severity.ERROR),
        ("weakdeps", Severity.WARNING),
        ("extras", Severity.WARNING),
    ],
)
def test_another_uuid_than_the_manifest_has(
    tmp_path: Path, section: str, severity: Severity
) -> None:
    files = {
        "Project.toml": f'[{section}]\nCSV = ⟦"{OTHER}"⟧\n',
        "Manifest.toml": manifest({"CSV": ""}),
    }
    found = expect(tmp_path, "uuid-mismatch", files, severity)
    related = found[0].related[0]
    assert files["Manifest.toml"][related.span.start : related.span.end] == f'"{CSV}"'
    assert fixed(tmp_path, "uuid-mismatch", files, "Write") == f'[{section}]\nCSV = "{CSV}"\n'
    assert findings(tmp_path, "missing-from-manifest", files) == []


def test_two_packages_of_one_name_in_the_manifest(tmp_path: Path) -> None:
    text = manifest({"CSV": ""}) + f'\n[[deps.CSV]]\nuuid = "{OTHER}"\n'
    for one in (CSV, OTHER):
        files = {"Project.toml": f'[deps]\nCSV = "{one}"\n', "Manifest.toml": text}
        assert findings(tmp_path, "uuid-mismatch", files) == []


# duplicate-uuid


@pytest.mark.parametrize("section", ["deps", "weakdeps", "extras"])
def test_two_names_in_one_section(tmp_path: Path, section: str) -> None:
    text = f'[{section}]\nCSV = "{CSV}"\nTOML = ⟦"{CSV}"⟧\n'
    found = expect(tmp_path, "duplicate-uuid", text, Severity.ERROR)
    assert f"[{section}] lists this UUID as CSV already" in found[0].message
    assert f'TOML = "{TOML}"' in fixed(tmp_path, "duplicate-uuid", text, "Write the UUID of TOML")
    assert "TOML" not in fixed(tmp_path, "duplicate-uuid", text, "Delete TOML")


def test_two_names_in_two_sections(tmp_path: Path) -> None:
    text = f'[deps]\nCSV = "{CSV}"\n\n[extras]\nCVS = ⟦"{CSV}"⟧\n'
    expect(tmp_path, "duplicate-uuid", text, Severity.WARNING)


def test_one_name_in_several_sections(tmp_path: Path) -> None:
    text = project(deps="CSV", weakdeps="CSV", extras="CSV")
    assert findings(tmp_path, "duplicate-uuid", text) == []


# self-dependency


@pytest.mark.parametrize("section", ["deps", "weakdeps"])
def test_a_package_that_lists_itself(tmp_path: Path, section: str) -> None:
    head = project("Lab")
    text = f'{head}\n[{section}]\n⟦Lab⟧ = "{uuid("Lab")}"\n'
    expect(tmp_path, "self-dependency", text, Severity.INFORMATION)
    assert fixed(tmp_path, "self-dependency", text, "Delete") == head


def test_another_package_of_the_same_name(tmp_path: Path) -> None:
    text = project("Lab") + f'\n[deps]\n⟦Lab⟧ = "{OTHER}"\n'
    expect(tmp_path, "self-dependency", text, Severity.WARNING)


def test_extras_may_list_the_package_itself(tmp_path: Path) -> None:
    assert findings(tmp_path, "self-dependency", project("Lab", extras="Lab")) == []


def test_an_environment_is_no_package(tmp_path: Path) -> None:
    text = f'name = "Lab"\n\n[deps]\nLab = "{OTHER}"\n'
    assert findings(tmp_path, "self-dependency", text) == []


# dep-and-weakdep


BOTH = project("Lab", deps="CSV", weakdeps="CSV")


@pytest.mark.parametrize("compat", ["", '\n[compat]\njulia = "1.6"\n', '\n[compat]\njulia = "1"\n'])
def test_both_for_a_package_that_is_for_older_julia_too(tmp_path: Path, compat: str) -> None:
    assert findings(tmp_path, "dep-and-weakdep", BOTH + compat) == []


def test_both_for_a_package_that_is_for_newer_julia_only(tmp_path: Path) -> None:
    text = BOTH.replace("CSV =", "⟦CSV⟧ =", 1) + '\n[compat]\njulia = "1.10"\n'
    expect(tmp_path, "dep-and-weakdep", text, Severity.WARNING)
    weak = fixed(tmp_path, "dep-and-weakdep", text, "Delete CSV from [deps]")
    assert "[deps]" not in weak
    strong = fixed(tmp_path, "dep-and-weakdep", text, "Delete CSV from [weakdeps]")
    assert "[weakdeps]" not in strong


def test_several_in_both_are_one_finding(tmp_path: Path) -> None:
    text = (
        project("Lab", deps="CSV Parsers", weakdeps="CSV Parsers") + '\n[compat]\njulia = "1.10"\n'
    )
    text = text.replace("CSV =", "⟦CSV⟧ =", 1)
    (found,) = expect(tmp_path, "dep-and-weakdep", text, Severity.WARNING)
    assert found.message.startswith("The lines of CSV and Parsers do nothing")
    related = [
        text.replace("⟦", "").replace("⟧", "")[one.span.start :][:7] for one in found.related
    ]
    assert [one.split(" ")[0] for one in related] == ["CSV", "Parsers", "Parsers"]


def test_both_in_an_environment(tmp_path: Path) -> None:
    text = project(deps="CSV", weakdeps="CSV").replace("CSV =", "⟦CSV⟧ =", 1)
    expect(tmp_path, "dep-and-weakdep", text)


@pytest.mark.parametrize(("julia", "loads"), [("1.13.1", True), ("1.14.0", False)])
def test_since_1_14_what_both_list_is_not_loaded_either(
    tmp_path: Path, julia: str, loads: bool
) -> None:
    """Up to 1.13, `using` looks into [deps] alone, and finds what is in the manifest."""
    text = project(deps="CSV", weakdeps="CSV").replace("CSV =", "⟦CSV⟧ =", 1)
    (found,) = expect(tmp_path, "dep-and-weakdep", text, julia=julia)
    said = "Julia 1.14 does not load it through this project either." in found.message
    assert said is not loads


def test_two_packages_under_one_name(tmp_path: Path) -> None:
    text = f'[deps]\n⟦CSV⟧ = "{CSV}"\n\n[weakdeps]\nCSV = "{OTHER}"\n'
    found = expect(tmp_path, "dep-and-weakdep", text, Severity.WARNING)
    assert OTHER in found[0].message


# unknown-extension-trigger


LAB = project("Lab", deps="TOML", weakdeps="CSV")


@pytest.mark.parametrize(
    "extension", ['LabCSVExt = "CSV"', 'LabCSVExt = ["CSV"]', 'LabExt = ["CSV", "TOML"]']
)
def test_triggers_that_are_listed(tmp_path: Path, extension: str) -> None:
    text = f"{LAB}\n[extensions]\n{extension}\n"
    for julia in ("1.10.7", "1.10.12", "1.11.0"):
        assert findings(tmp_path, "unknown-extension-trigger", text, julia=julia) == [], julia


def test_a_trigger_that_is_not_listed(tmp_path: Path) -> None:
    text = f'{LAB}\n[extensions]\nLabExt = ["CSV", ⟦"DataFrames"⟧]\n'
    packages = {"CSV": "", "TOML": "", "DataFrames": ""}
    files = {"Project.toml": text, "Manifest.toml": manifest(packages)}
    expect(tmp_path, "unknown-extension-trigger", files, Severity.ERROR)
    fix = fixed(tmp_path, "unknown-extension-trigger", files, "List DataFrames in [weakdeps]")
    assert f'CSV = "{CSV}"\nDataFrames = "{uuid("DataFrames")}"\n' in fix


def test_a_dependency_is_a_trigger_since_1_10_7(tmp_path: Path) -> None:
    text = f'{LAB}\n[extensions]\nLabExt = ["CSV", ⟦"TOML"⟧]\n'
    found = expect(tmp_path, "unknown-extension-trigger", text, julia="1.10.4")
    assert "Julia 1.10.4 ignores [deps] here" in found[0].message


@pytest.mark.parametrize(("compat", "said"), [("1.10", True), ("1.10.7", False)])
def test_where_only_the_series_is_known_older_patches_are_told_of(
    tmp_path: Path, compat: str, said: bool
) -> None:
    text = f'{LAB}\n[extensions]\nLabExt = ["CSV", ⟦"TOML"⟧]\n\n[compat]\njulia = "{compat}"\n'
    bare, _ = marked(text)
    files = {"Project.toml": text if said else bare}
    files["Manifest.toml"] = manifest({"CSV": "", "TOML": ""}, julia="1.10")
    if not said:
        assert findings(tmp_path, "unknown-extension-trigger", files) == []
        return
    (found,) = expect(tmp_path, "unknown-extension-trigger", files, Severity.INFORMATION)
    assert found.message == (
        "Julia 1.10.0 to 1.10.6 throws a KeyError when it loads Lab: LabExt waits for TOML, which "
        "only [deps] lists. Only the series is known here."
    )


def test_since_1_14_an_unlisted_trigger_stops_every_load(tmp_path: Path) -> None:
    """Projects of the load path are read whole, and names are looked for in [extras] too."""
    text = f'{LAB}\n[extensions]\nLabExt = ["CSV", ⟦"DataFrames"⟧]\n'
    (found,) = expect(tmp_path, "unknown-extension-trigger", text, julia="1.14.0")
    assert "throws a KeyError at every load with this project on the load path" in found.message
    (found,) = expect(tmp_path, "unknown-extension-trigger", text, julia="1.13.1")
    assert "throws a KeyError when it loads Lab" in found.message
    extras = f'{LAB}\n[extras]\nDataFrames = "{uuid("DataFrames")}"\n\n[extensions]\n'
    only_there, _ = marked(f'{extras}LabExt = ["CSV", "DataFrames"]\n')
    for julia, number in (("1.13.1", 1), ("1.14.0", 0)):
        found_there = findings(tmp_path, "unknown-extension-trigger", only_there, julia=julia)
        assert len(found_there) == number


@pytest.mark.parametrize("triggers", ["[]", "1", '["CSV", 1]', "{CSV = true}"])
def test_triggers_that_are_no_names(tmp_path: Path, triggers: str) -> None:
    text = f"{LAB}\n[extensions]\nLabExt = ⟦{triggers}⟧\n"
    expect(tmp_path, "unknown-extension-trigger", text, Severity.ERROR)


def test_an_environment_has_no_extensions(tmp_path: Path) -> None:
    text = '[extensions]\nLabExt = "CSV"\n'
    assert findings(tmp_path, "unknown-extension-trigger", text) == []


# unknown-target


def test_a_package_of_a_target_that_is_not_listed(tmp_path: Path) -> None:
    text = project("Lab", extras="TOML") + '\n[targets]\ntest = ["TOML", ⟦"Dates"⟧]\n'
    expect(tmp_path, "unknown-target", text, Severity.ERROR)
    listed = fixed(tmp_path, "unknown-target", text, "List Dates in [extras]")
    assert f'[extras]\nDates = "{uuid("Dates")}"\nTOML' in listed
    assert 'test = ["TOML"]' in fixed(tmp_path, "unknown-target", text, "Delete Dates")


def test_a_package_that_is_listed_under_a_wrong_name_is_not_listed_twice(tmp_path: Path) -> None:
    text = project("Lab", extras="TOML") + f'Dattes = "{uuid("Dates")}"\n'
    text += '\n[targets]\ntest = ["TOML", "Dates"]\n'
    (found,) = findings(tmp_path, "unknown-target", text)
    assert not [fix for fix in found.fixes if fix.title.startswith("List Dates")]


@pytest.mark.parametrize("targets", ['"TOML"', "[]", '["TOML", 1]'])
def test_a_target_that_is_no_list_of_names(tmp_path: Path, targets: str) -> None:
    text = project("Lab", extras="TOML") + f"\n[targets]\ntest = ⟦{targets}⟧\n"
    expect(tmp_path, "unknown-target", text, Severity.ERROR)


def test_a_name_that_is_named_twice(tmp_path: Path) -> None:
    text = project("Lab", extras="TOML") + '\n[targets]\ntest = ["TOML", ⟦"TOML"⟧]\n'
    expect(tmp_path, "unknown-target", text, Severity.ERROR)


def test_a_target_that_pkg_does_not_know(tmp_path: Path) -> None:
    text = project("Lab", extras="TOML") + '\n[targets]\n⟦tests⟧ = ["TOML"]\ndocs = ["TOML"]\n'
    expect(tmp_path, "unknown-target", text, Severity.WARNING)
    assert '\ntest = ["TOML"]' in fixed(tmp_path, "unknown-target", text, "Rename")


def test_the_tests_of_a_dependency_that_is_not_in_extras(tmp_path: Path) -> None:
    text = project("Lab", deps="CSV", extras="TOML") + '\n[targets]\ntest = [⟦"CSV"⟧, "TOML"]\n'
    files = {"Project.toml": text, "test/runtests.jl": ""}
    expect(tmp_path, "unknown-target", files, Severity.ERROR)
    own = {**files, "test/Project.toml": "", "Project.toml": text.replace("⟦", "").replace("⟧", "")}
    assert findings(tmp_path, "unknown-target", own) == []


def test_weak_dependencies_of_a_target_since_1_9(tmp_path: Path) -> None:
    text = project("Lab", weakdeps="CSV") + '\n[targets]\ntest = [⟦"CSV"⟧]\n'
    expect(tmp_path, "unknown-target", text, julia="1.8.5")
    plain = text.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "unknown-target", plain, julia="1.9.0") == []
