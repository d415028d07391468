"""Values that Pkg and Julia cannot read, and keys that they do not look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import manifest, project, uuid
from support.registry_files import Package
from support.registry_world import RegistryWorld
from support.rule_findings import expect, findings, fixed, titles

CSV = uuid("CSV")


# unknown-key


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dep", "deps"),
        ("weak_deps", "weakdeps"),
        ("Compat", "compat"),
        ("dependencies", "deps"),
        ("extension", "extensions"),
    ],
)
def test_a_section_that_is_misspelt(tmp_path: Path, written: str, meant: str) -> None:
    text = f"# a\n[⟦{written}⟧] # b\nA = 1\n"
    found = expect(tmp_path, "unknown-key", text, Severity.WARNING)
    assert f"`{meant}`" in found[0].message
    assert fixed(tmp_path, "unknown-key", text, "Rename") == f"# a\n[{meant}] # b\nA = 1\n"


def test_a_key_that_is_misspelt(tmp_path: Path) -> None:
    text = 'name = "App"\n⟦entry_file⟧ = "src/main.jl"\n'
    expect(tmp_path, "unknown-key", text, Severity.WARNING)
    assert fixed(tmp_path, "unknown-key", text, "Rename") == (
        'name = "App"\nentryfile = "src/main.jl"\n'
    )


def test_a_misspelt_section_beside_the_right_one_is_not_renamed(tmp_path: Path) -> None:
    text = f'[deps]\nCSV = "{CSV}"\n\n[⟦dep⟧]\nTOML = "{uuid("TOML")}"\n'
    assert titles(expect(tmp_path, "unknown-key", text)) == []


def test_keys_for_people_and_other_tools_are_left_alone(tmp_path: Path) -> None:
    text = """\
name = "App"
authors = ["Ada"]
description = "An app"
desc = "An app"
license = "MIT"
keywords = ["app"]
homepage = "https://example.org"
documentation = "https://example.org/docs"
readonly = true

[jtable]
font = 12

[apps]
app = {}

[syntax]
julia_version = "1.13"
"""
    assert findings(tmp_path, "unknown-key", text) == []


SOURCES = f"""\
[deps]
CSV = "{CSV}"

[sources]
CSV = {{url = "https://example.org/CSV.jl", ⟦branch⟧ = "main"}}
"""


def test_pkg_refuses_other_keys_of_a_source(tmp_path: Path) -> None:
    found = expect(tmp_path, "unknown-key", SOURCES, Severity.ERROR, julia="1.11.0")
    assert "path, rev, subdir and url" in found[0].message
    assert 'rev = "main"' in fixed(tmp_path, "unknown-key", SOURCES, "Rename", julia="1.11.0")


def test_older_julia_does_not_read_sources(tmp_path: Path) -> None:
    text = SOURCES.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "unknown-key", text, julia="1.10.4") == []


def test_pkg_refuses_other_keys_of_a_workspace(tmp_path: Path) -> None:
    text = '[workspace]\n⟦members⟧ = ["test"]\n'
    expect(tmp_path, "unknown-key", text, Severity.ERROR, julia="1.12.0")
    plain = text.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "unknown-key", plain, julia="1.11.0") == []


# invalid-uuid


def test_a_uuid_with_a_digit_too_few(tmp_path: Path) -> None:
    text = f'[deps]\nCSV = ⟦"{str(CSV)[:-1]}"⟧\n'
    files = {"Project.toml": text, "Manifest.toml": manifest({"CSV": ""})}
    expect(tmp_path, "invalid-uuid", files, Severity.ERROR)
    assert fixed(tmp_path, "invalid-uuid", files, "Write") == f'[deps]\nCSV = "{CSV}"\n'


def test_the_uuid_of_a_standard_library_is_known_without_a_manifest(tmp_path: Path) -> None:
    text = '[extras]\nTOML = ⟦"fa267f1f"⟧\n'
    expect(tmp_path, "invalid-uuid", text, Severity.ERROR)
    assert fixed(tmp_path, "invalid-uuid", text, "Write") == f'[extras]\nTOML = "{uuid("TOML")}"\n'


def test_the_project_s_own_uuid(tmp_path: Path) -> None:
    expect(tmp_path, "invalid-uuid", 'name = "App"\nuuid = ⟦"tbd"⟧\n', Severity.ERROR)


def test_a_dot_in_a_key_makes_a_table(tmp_path: Path) -> None:
    found = expect(tmp_path, "invalid-uuid", f'[deps]\n⟦CSV⟧.jl = "{CSV}"\n', Severity.ERROR)
    assert "no `.jl`" in found[0].message


def test_a_section_that_is_no_table(tmp_path: Path) -> None:
    expect(tmp_path, "invalid-uuid", '⟦deps⟧ = ["CSV"]\n', Severity.ERROR)


def test_weak_dependencies_are_read_since_1_9(tmp_path: Path) -> None:
    expect(tmp_path, "invalid-uuid", '[weakdeps]\nCSV = ⟦"x"⟧\n', julia="1.9.0")
    assert findings(tmp_path, "invalid-uuid", '[weakdeps]\nCSV = "x"\n', julia="1.8.5") == []


def test_an_entry_of_a_manifest_without_a_uuid(tmp_path: Path) -> None:
    text = f"""\
manifest_format = "2.0"

[[deps.CSV]]
uuid = "{CSV}"

⟦[[deps.Lab]]⟧
version = "1.0.0"

[[deps.TOML]]
uuid = ⟦"x"⟧
"""
    expect(tmp_path, "invalid-uuid", {"Manifest.toml": text}, Severity.ERROR, of="Manifest.toml")


def test_a_manifest_of_format_1(tmp_path: Path) -> None:
    text = f'[[CSV]]\nuuid = "{CSV}"\n\n[[TOML]]\nuuid = ⟦"x"⟧\n'
    expect(tmp_path, "invalid-uuid", {"Manifest.toml": text}, of="Manifest.toml")


# invalid-version


@pytest.mark.parametrize("version", ['"1.2.3"', '"0.1"', '"1"', '"v1.2.0-DEV"', '"1.0.0+1"'])
def test_versions(tmp_path: Path, version: str) -> None:
    assert findings(tmp_path, "invalid-version", f"version = {version}\n") == []


@pytest.mark.parametrize("version", ['"1.2.3.4"', '"one"', '""', "[1, 2]", "true"])
def test_no_versions(tmp_path: Path, version: str) -> None:
    found = expect(tmp_path, "invalid-version", f"version = ⟦{version}⟧\n", Severity.ERROR)
    assert titles(found) == []


def test_a_number_is_no_version(tmp_path: Path) -> None:
    text = 'name = "App"\nversion = ⟦0.10⟧ # first\n'
    expect(tmp_path, "invalid-version", text, Severity.ERROR)
    assert fixed(tmp_path, "invalid-version", text, "Write") == (
        'name = "App"\nversion = "0.10" # first\n'
    )


def test_versions_of_a_manifest(tmp_path: Path) -> None:
    text = f"""\
julia_version = ⟦"one"⟧
manifest_format = "2.0"

[[deps.CSV]]
uuid = "{CSV}"
version = ⟦"0.10.x"⟧

[[deps.TOML]]
uuid = "{uuid("TOML")}"
"""
    expect(tmp_path, "invalid-version", {"Manifest.toml": text}, Severity.ERROR, of="Manifest.toml")


# invalid-name


@pytest.mark.parametrize("name", ["my-package", "2Go", "CSV.jl", "", "My Package"])
def test_names_that_are_no_identifiers(tmp_path: Path, name: str) -> None:
    (found,) = expect(tmp_path, "invalid-name", f'name = ⟦"{name}"⟧\n', Severity.WARNING)
    assert "that is not an identifier, so" in found.message


@pytest.mark.parametrize("name", ["true", "end", "using"])
def test_names_that_julia_has_for_itself(tmp_path: Path, name: str) -> None:
    (found,) = expect(tmp_path, "invalid-name", f'name = ⟦"{name}"⟧\n', Severity.WARNING)
    assert "that is a reserved word, so" in found.message


@pytest.mark.parametrize("name", ["CSV", "Über", "lower_case", "Δ", "X2", "Mutate!", "where"])
def test_names_of_environments_are_free(tmp_path: Path, name: str) -> None:
    assert findings(tmp_path, "invalid-name", f'name = "{name}"\n') == []


def test_a_name_has_to_be_a_string(tmp_path: Path) -> None:
    expect(tmp_path, "invalid-name", "name = ⟦1⟧\n", Severity.ERROR)


@pytest.mark.parametrize(
    "name",
    ["LCS", "survey", "JuliaTools", "Junctions", "ToolsJl", "Fußball", "SURVEY", "Survey_Maps"],
)
def test_names_that_general_does_not_take(tmp_path: Path, name: str) -> None:
    text = f'name = "{name}"\nuuid = "{uuid(name)}"\nversion = "0.1.0"\n'
    world = RegistryWorld(tmp_path, (), {"Project.toml": text})
    (found,) = world.findings("invalid-name")
    assert found.severity is Severity.HINT
    assert "General's AutoMerge" in found.message


def test_of_a_package_that_is_registered_already_nothing_is_said(tmp_path: Path) -> None:
    text = f'name = "LCS"\nuuid = "{uuid("LCS")}"\nversion = "0.1.0"\n'
    registered = (Package("LCS", str(uuid("LCS"))),)
    assert (
        RegistryWorld(tmp_path, registered, {"Project.toml": text}).findings("invalid-name") == []
    )
    assert findings(tmp_path, "invalid-name", text) == []  # there is no registry


def test_the_name_of_a_dependency_has_no_jl(tmp_path: Path) -> None:
    text = f'[deps]\n⟦"CSV.jl"⟧ = "{CSV}"\n'
    expect(tmp_path, "invalid-name", text, Severity.WARNING)
    assert fixed(tmp_path, "invalid-name", text, "Rename") == f'[deps]\nCSV = "{CSV}"\n'


# invalid-app


@pytest.mark.parametrize(
    "text",
    [
        '⟦apps⟧ = "survey"\n',
        '[apps]\n⟦survey⟧ = "Survey"\n',
        '[apps.survey]\n⟦julia_flags⟧ = "--threads=4"\n',
        '[apps.survey]\n⟦julia_flags⟧ = ["--threads", 4]\n',
        "[apps.survey]\n⟦submodule⟧ = 1\n",
    ],
)
def test_pkg_refuses_an_app_of_another_shape(tmp_path: Path, text: str) -> None:
    expect(tmp_path, "invalid-app", text, Severity.ERROR, julia="1.12.0")
    plain = text.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "invalid-app", plain, julia="1.11.0") == []


@pytest.mark.parametrize("name", ["", "A.B", "my-app", "1st"])
def test_pkg_does_not_install_an_app_of_such_a_submodule(tmp_path: Path, name: str) -> None:
    text = f'[apps.survey]\nsubmodule = ⟦"{name}"⟧\n'
    expect(tmp_path, "invalid-app", text, Severity.WARNING, julia="1.12.0")


def test_apps_as_pkg_describes_them(tmp_path: Path) -> None:
    text = """\
[apps]
survey = {}
report = {submodule = "Report_2", julia_flags = ["--threads=4"], other = 1}
"""
    assert findings(tmp_path, "invalid-app", text, julia="1.12.0") == []


# invalid-source


@pytest.mark.parametrize(
    "source",
    [
        '⟦CSV⟧ = "../CSV"',
        '⟦CSV⟧ = {path = "../CSV", url = "https://example.org/CSV.jl"}',
        '⟦CSV⟧ = {path = "../CSV", rev = "main"}',
        '⟦Lab⟧ = {path = "../Lab"}',
    ],
)
def test_sources_that_pkg_refuses(tmp_path: Path, source: str) -> None:
    text = f'[deps]\nCSV = "{CSV}"\n\n[sources]\n{source}\n'
    expect(tmp_path, "invalid-source", text, Severity.ERROR, julia="1.11.0")
    assert "Lab" not in fixed(tmp_path, "invalid-source", text, "Delete", julia="1.11.0")


@pytest.mark.parametrize(
    "source", ['{path = "../CSV"}', '{url = "https://x.org/CSV.jl", rev = "main", subdir = "lib"}']
)
def test_sources_that_pkg_takes(tmp_path: Path, source: str) -> None:
    text = f'[extras]\nCSV = "{CSV}"\n\n[sources]\nCSV = {source}\n'
    assert findings(tmp_path, "invalid-source", text, julia="1.11.0") == []


def test_a_weak_dependency_has_no_source(tmp_path: Path) -> None:
    text = project(deps="CSV", weakdeps="CSV") + '\n[sources]\n⟦CSV⟧ = {path = "../CSV"}\n'
    expect(tmp_path, "invalid-source", text, Severity.ERROR, julia="1.11.0")


# TOML 1.1, which Julia reads from 1.13.0-rc3 on


SOURCES_1_1 = """\
[deps]
Example = "7876af07-990d-54b4-ab0e-23690620f79a"

[sources]
Example = {⟦
⟧    url = "https://github.com/JuliaLang/Example.jl.git",
    rev = "master",
}
"""


@pytest.mark.parametrize("julia", ["1.13.0-rc3", "1.13.1", "1.14.0-DEV"])
def test_toml_1_1_is_right_for_a_julia_that_reads_it(tmp_path: Path, julia: str) -> None:
    text = SOURCES_1_1.replace("⟦", "").replace("⟧", "")
    assert findings(tmp_path, "toml-syntax", text, julia=julia) == []


@pytest.mark.parametrize("julia", ["1.10.4", "1.12.7", "1.13.0-rc2"])
def test_toml_1_1_stops_a_julia_that_does_not_read_it(tmp_path: Path, julia: str) -> None:
    found = expect(tmp_path, "toml-syntax", SOURCES_1_1, Severity.ERROR, julia=julia)
    assert "from 1.13 on" in found[0].message


@pytest.mark.parametrize("text", ['versio.n = "0.1.0"\n', 'dep = "CSV"\n'])
def test_a_key_is_not_renamed_to_one_that_its_value_does_not_fit(tmp_path: Path, text: str) -> None:
    (found,) = findings(tmp_path, "unknown-key", text)
    assert "Did you mean" in found.message
    assert not found.fixes
