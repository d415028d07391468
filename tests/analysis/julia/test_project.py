"""Project files: what is read from them, and whose preferences they make visible."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.behaviour import Julia
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.versions import VersionNumber
from support.environments import uuid
from support.toml_documents import SCALARS

PATH = Path("/home/user/env/Project.toml")

PROJECT = f"""\
name = "MyPackage"
uuid = "{uuid("MyPackage")}"
version = "0.3.1"
authors = ["A. Uthor"]
manifest = "../Manifest.toml"

[deps]
CSV = "{uuid("CSV")}"
DataFrames = "{uuid("DataFrames")}"

[weakdeps]
Plots = "{uuid("Plots")}"

[extensions]
MyPackagePlotsExt = "Plots"
MyPackageBothExt = ["Plots", "CSV"]

[extras]
Test = "{uuid("Test")}"

[workspace]
projects = ["test", "docs"]

[preferences.CSV]
threads = 0x04
"""


def project(text: str) -> ProjectFile:
    return parse_project(PATH, text)


def julia(version: str) -> Julia:
    parsed = VersionNumber.parse(version)
    assert parsed is not None
    return Julia(parsed)


def test_what_a_project_file_says() -> None:
    found = project(PROJECT)
    assert (found.name, found.uuid) == ("MyPackage", uuid("MyPackage"))
    assert found.version == VersionNumber((0, 3, 1))
    assert found.is_package
    assert found.deps == {"CSV": uuid("CSV"), "DataFrames": uuid("DataFrames")}
    assert found.weakdeps == {"Plots": uuid("Plots")}
    assert found.extras == {"Test": uuid("Test")}
    assert found.extensions == {
        "MyPackagePlotsExt": ("Plots",),
        "MyPackageBothExt": ("Plots", "CSV"),
    }
    assert found.manifest == "../Manifest.toml"
    assert found.workspace == ("test", "docs")
    assert found.preferences == {"CSV": {"threads": 4}}
    assert found.is_readable


@pytest.mark.parametrize(
    ("key", "expected"), [("entryfile", "a.jl"), ("path", "a.jl"), ("other", None)]
)
def test_the_entry_file_has_an_old_and_a_new_key(key: str, expected: str | None) -> None:
    assert project(f'{key} = "a.jl"').entryfile == expected


def test_a_project_without_a_uuid_is_no_package() -> None:
    assert not project('name = "MyPackage"').is_package
    assert not project(f'uuid = "{uuid("MyPackage")}"').is_package


# Whose preferences are visible (``get_uuid_name``)


@pytest.mark.parametrize(
    ("version", "visible"),
    [
        ("1.6.5", {"MyPackage", "CSV", "DataFrames"}),
        ("1.6.6", {"MyPackage", "CSV", "DataFrames", "Test"}),
        ("1.7.0", {"MyPackage", "CSV", "DataFrames"}),
        ("1.7.1", {"MyPackage", "CSV", "DataFrames", "Test"}),
        ("1.8.0", {"MyPackage", "CSV", "DataFrames", "Test"}),
        ("1.9.0", {"MyPackage", "CSV", "DataFrames", "Test", "Plots"}),
        ("1.14.0", {"MyPackage", "CSV", "DataFrames", "Test", "Plots"}),
    ],
)
def test_which_packages_a_project_lists(version: str, visible: set[str]) -> None:
    found = project(PROJECT)
    assert found.listed(julia(version)) == {name: uuid(name) for name in visible}
    for name in ("MyPackage", "CSV", "DataFrames", "Test", "Plots", "Parsers"):
        expected = name if name in visible else None
        assert found.table_name(uuid(name), julia(version)) == expected


def test_the_projects_own_name_comes_before_any_section() -> None:
    text = f'name = "A"\nuuid = "{uuid("A")}"\n[deps]\nB = "{uuid("A")}"\n'
    assert project(text).table_name(uuid("A"), julia("1.11.0")) == "A"
    assert project(text).listed(julia("1.11.0")) == {"A": uuid("A")}


def test_deps_come_before_extras_and_extras_before_weakdeps() -> None:
    sections = {"deps": "InDeps", "extras": "InExtras", "weakdeps": "InWeak"}
    while sections:
        text = "".join(
            f'[{section}]\n{name} = "{uuid("A")}"\n' for section, name in sections.items()
        )
        first = next(iter(sections.values()))
        assert project(text).table_name(uuid("A"), julia("1.11.0")) == first
        assert project(text).listed(julia("1.11.0")) == {first: uuid("A")}
        del sections[next(iter(sections))]


def test_a_name_without_a_uuid_does_not_list_the_project_itself() -> None:
    assert project('name = "A"').listed(julia("1.11.0")) == {}


def test_a_uuid_without_a_name_does_not_come_before_the_sections() -> None:
    text = f'uuid = "{uuid("A")}"\n[deps]\nB = "{uuid("A")}"\n'
    assert project(text).table_name(uuid("A"), julia("1.11.0")) == "B"


def test_the_key_of_the_project_names_the_table_whatever_the_package_is_called() -> None:
    found = project(f'[deps]\nMyCSV = "{uuid("CSV")}"\n')
    assert found.table_name(uuid("CSV"), julia("1.11.0")) == "MyCSV"


# What is wrong is not there


TYPED_KEYS = (
    "name",
    "uuid",
    "version",
    "manifest",
    "entryfile",
    "path",
    "deps",
    "weakdeps",
    "extras",
    "extensions",
    "workspace",
    "preferences",
)
VALUES = (*SCALARS, "[]", "[1]", '["a", 1]', "{}", '{a = 1, b = "x", c = [1, "y"], d = {}}')


@given(st.dictionaries(st.sampled_from(TYPED_KEYS), st.sampled_from(VALUES)))
def test_no_type_of_any_key_is_refused(values: dict[str, str]) -> None:
    found = project("".join(f"{key} = {value}\n" for key, value in values.items()))
    assert found.name is None or isinstance(found.name, str)
    for section in ("deps", "weakdeps", "extras"):
        assert not found.section(section)  # none of these values is a UUID
    for triggers in found.extensions.values():
        assert all(isinstance(trigger, str) for trigger in triggers)
    assert all(isinstance(folder, str) for folder in found.workspace)
    assert not found.is_package


def test_a_malformed_uuid_lists_nothing() -> None:
    found = project(f'[deps]\nA = "not-a-uuid"\nB = 1\nC = "{uuid("C")}"\n')
    assert found.deps == {"C": uuid("C")}


def test_projects_of_a_workspace_are_an_array() -> None:
    assert project('[workspace]\nprojects = "test"\n').workspace == ()
    assert project('[workspace]\nprojects = ["test", 1, "docs"]\n').workspace == ("test", "docs")


def test_a_broken_file_gives_what_stands_outside_the_damage() -> None:
    found = project(PROJECT.replace('CSV = "', "CSV = "))
    assert not found.is_readable
    assert found.deps == {"DataFrames": uuid("DataFrames")}
    assert found.name == "MyPackage"


def test_a_key_written_twice_loses_no_line() -> None:
    text = f'[deps]\nA = "{uuid("A")}"\nA = "{uuid("A")}"\nB = "{uuid("B")}"\n'
    assert project(text).is_readable
    assert set(project(text).deps) == {"A", "B"}


@pytest.mark.parametrize(("name", "section"), [("CSV", "deps"), ("Test", "extras"), ("X", None)])
def test_where_a_name_is_listed(name: str, section: str | None) -> None:
    assert project(PROJECT).lists_in(name) == section
