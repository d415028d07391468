"""Preferences of a package's own project, where other projects develop the package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.answers.explanation import explain
from precompass.findings import Severity
from support.environments import Package, manifest, project, session, uuid, write
from support.rule_findings import expect, findings

CODE = "preferences-of-dependency"
MIDDLE = project("Middle", deps="Lower") + '\n[preferences.⟦Lower⟧]\nbackend = "fast"\n'
PLAIN = MIDDLE.replace("⟦", "").replace("⟧", "")


def upper(head: str = "", name: str = "Upper", path: str = "../Middle") -> dict[str, str]:
    """Return a project that develops Middle."""
    packages: Mapping[str, str | Package] = {
        "Lower": Package("Preferences"),
        "Middle": Package("Lower", path=path),
        "Preferences": "",
    }
    return {
        f"{name}/Project.toml": project(deps="Middle") + head,
        f"{name}/Manifest.toml": manifest(packages, julia="1.12.2"),
    }


def test_a_project_that_develops_the_package(tmp_path: Path) -> None:
    write(tmp_path, upper() | {"Middle/Project.toml": PLAIN})
    files = upper() | {"Middle/Project.toml": MIDDLE}
    found = expect(tmp_path, CODE, files, Severity.INFORMATION, of="Middle/Project.toml")
    assert found[0].message.startswith(
        "These preferences of Lower do not count for Upper/Project.toml, which depends on Middle: "
    )
    assert [related.file.name for related in found[0].related] == ["Manifest.toml"]


def test_a_project_above_the_package_is_named_as_seen_from_it(tmp_path: Path) -> None:
    files = upper(path="dev/Middle") | {"Upper/dev/Middle/Project.toml": PLAIN}
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="Upper/dev/Middle/Project.toml")
    assert "do not count for ../../Project.toml, which depends on Middle" in found[0].message


def test_what_explains_a_preference_names_the_place_without_effect(tmp_path: Path) -> None:
    files = upper() | {"Middle/Project.toml": PLAIN}
    write(tmp_path, files)
    opened = session(tmp_path, files)
    invalidations = opened.invalidations(tmp_path / "Upper" / "Project.toml")
    assert invalidations is not None
    asked = (invalidations, uuid("Lower"), "backend")
    found = explain(*asked, files=opened.snapshot)
    assert [(one.file.parent.name, one.line) for one in found.in_vain] == [("Middle", 8)]
    assert explain(invalidations, uuid("Lower"), "other", files=opened.snapshot).in_vain == ()
    assert explain(*asked).in_vain == ()


def test_a_project_that_sets_the_same_is_left_alone(tmp_path: Path) -> None:
    head = f'\n[extras]\nLower = "{uuid("Lower")}"\n\n[preferences.Lower]\nbackend = "slow"\n'
    files = upper(head) | {"Middle/Project.toml": PLAIN}
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/Project.toml") == []


def test_the_tests_of_the_package_get_its_preferences(tmp_path: Path) -> None:
    files = upper(name="Middle/test", path="..") | {"Middle/Project.toml": PLAIN}
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/Project.toml") == []


def test_the_documentation_of_the_package_does_not(tmp_path: Path) -> None:
    files = upper(name="Middle/docs", path="..") | {"Middle/Project.toml": PLAIN}
    write(tmp_path, files)
    found = findings(tmp_path, CODE, files, of="Middle/Project.toml")
    assert "do not count for Middle/docs/Project.toml" in found[0].message


def test_the_base_of_a_workspace_is_read_for_its_members(tmp_path: Path) -> None:
    packages: Mapping[str, str | Package] = {
        "Lower": "",
        "Middle": Package("Lower", path="."),
        "Upper": Package("Middle", path="Upper"),
    }
    files = {
        "Middle/Project.toml": PLAIN + '\n[workspace]\nprojects = ["Upper"]\n',
        "Middle/Manifest.toml": manifest(packages, julia="1.12.2"),
        "Middle/Upper/Project.toml": project("Upper", deps="Middle"),
    }
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/Project.toml") == []


def test_a_registered_version_is_another_package_than_the_folder(tmp_path: Path) -> None:
    files = upper() | {"Middle/Project.toml": PLAIN}
    files["Upper/Manifest.toml"] = manifest({"Lower": "", "Middle": "Lower"})
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/Project.toml") == []


LOCAL = '[⟦Lower⟧]\nbackend = "fast"\n'


@pytest.mark.parametrize("name", ["LocalPreferences.toml", "JuliaLocalPreferences.toml"])
def test_the_preferences_file_of_the_package_counts_as_little(tmp_path: Path, name: str) -> None:
    """Julia looks for it beside the project files of the load path, not beside dependencies."""
    files = upper() | {"Middle/Project.toml": project("Middle", deps="Lower")}
    local = f"Middle/{name}"
    write(tmp_path, files | {local: LOCAL.replace("⟦", "").replace("⟧", "")})
    found = expect(tmp_path, CODE, files | {local: LOCAL}, Severity.INFORMATION, of=local)
    assert found[0].message.startswith(
        "These preferences of Lower do not count for Upper/Project.toml, which depends on Middle: "
    )
    opened = session(tmp_path, files)
    invalidations = opened.invalidations(tmp_path / "Upper" / "Project.toml")
    assert invalidations is not None
    explained = explain(invalidations, uuid("Lower"), "backend", files=opened.snapshot)
    assert [(one.file.name, one.line) for one in explained.in_vain] == [(name, 1)]


def test_a_preferences_file_that_julia_does_not_read_is_left_alone(tmp_path: Path) -> None:
    text = LOCAL.replace("⟦", "").replace("⟧", "")
    files = upper() | {
        "Middle/Project.toml": project("Middle", deps="Lower"),
        "Middle/JuliaLocalPreferences.toml": "",
        "Middle/LocalPreferences.toml": text,
    }
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/LocalPreferences.toml") == []


def test_an_environment_without_a_name_is_no_package_that_others_depend_on(tmp_path: Path) -> None:
    text = LOCAL.replace("⟦", "").replace("⟧", "")
    files = upper() | {
        "Middle/Project.toml": project(deps="Lower"),
        "Middle/LocalPreferences.toml": text,
    }
    write(tmp_path, files)
    assert findings(tmp_path, CODE, files, of="Middle/LocalPreferences.toml") == []
