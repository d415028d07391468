"""What is recompiled between two states of the files, version by version of Julia.

The environment is :mod:`survey`: a change of Tables recompiles Tables, CSV, DataFrames and
Survey; of SnoopPrecompile also Both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.recompilation.difference import Difference, difference
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidations
from precompass.wording import failures
from support import survey
from support.environments import Package, invalidations, manifest, project, uuid

FOLDER = Path("/no/such/folder")

HASH = ("1.6.7", "1.9.4", "1.10.4", "1.12.2", "1.13.0-beta3")
BLOB = ("1.14.0",)
EVERY = (*HASH, *BLOB)

TABLES = ["CSV", "DataFrames", "Survey", "Tables"]
SNOOP = ["Both", "CSV", "SnoopPrecompile", "Survey"]
TOOLS = ["Both", "CSV", "DataFrames", "Parsers", "PrecompileTools", "Survey"]


def between(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    return difference(invalidations(FOLDER, before), invalidations(FOLDER, after))


def names(found: Difference) -> list[str]:
    return sorted(unit.label for unit in found.recompilation.units)


def recompiled(before: str, after: str, julia: str) -> list[str]:
    """What is recompiled when the preferences file becomes another one."""
    return names(between(survey.files(before, julia=julia), survey.files(after, julia=julia)))


@pytest.mark.parametrize("julia", EVERY)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[Tables]\nrows = 1\n"),
        ("[Tables]\nrows = 1\n", ""),
        ("[Tables]\nrows = 1\n", "[Tables]\nrows = 2\n"),
        ("[Tables]\nrows = 1\n", '[Tables]\nrows = "1"\n'),
        ("[Tables]\nrows = [1, 2]\n", "[Tables]\nrows = [2, 1]\n"),
        ("[Tables]\nrows = { a = 1 }\n", "[Tables]\nrows = { a = 1, b = 1 }\n"),
        ("[Tables]\nrows = 0.0\n", "[Tables]\nrows = -0.0\n"),
    ],
)
def test_a_change_of_a_value(before: str, after: str, julia: str) -> None:
    assert recompiled(before, after, julia) == TABLES


@pytest.mark.parametrize("julia", EVERY)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[Tables]\nrows = 1\n", "[Tables] # note\nrows = 1  # the same\n"),
        ("[Tables]\nrows = 1\ncolumns = 2\n", "Tables = { columns = 2, rows = 1 }\n"),
        ("[Tables]\nrows = { a = 1, b = 2 }\n", "[Tables.rows]\nb = 2\na = 1\n"),
        ("[Tables]\nrows = nan\n", "[Tables]\nrows = nan\n"),
        ("[Tables]\n", ""),
        ("[Plain]\ncolor = 1\n", "[Plain]\ncolor = 2\n"),
        ("[Parsers]\nstrict = 1\n", "[Parsers]\nstrict = 2\n"),
        ("[Nobody]\na = 1\n", ""),
    ],
)
def test_changes_that_make_no_difference(before: str, after: str, julia: str) -> None:
    """The layout, packages that read nothing, and tables that Julia ignores."""
    assert recompiled(before, after, julia) == []


@pytest.mark.parametrize(
    ("before", "after"), [("1", "1.0"), ("1", "true"), ("255", "0xff"), ("[1]", "[true]")]
)
def test_types_count_only_for_caches_with_a_blob(before: str, after: str) -> None:
    for julia in EVERY:
        found = recompiled(f"[Tables]\nrows = {before}\n", f"[Tables]\nrows = {after}\n", julia)
        assert found == (TABLES if julia in BLOB else []), julia


def test_which_key_has_which_value_counts_only_for_caches_with_a_blob() -> None:
    for julia in EVERY:
        found = recompiled("[Tables]\nrows = 1\n", "[Tables]\ncolumns = 1\n", julia)
        assert found == (TABLES if julia in BLOB else []), julia


@pytest.mark.parametrize("zero", ["false", "0", "0.0"])
def test_julia_1_13_takes_false_and_nothing_for_the_same(zero: str) -> None:
    for julia in EVERY:
        found = recompiled("", f"[Tables]\nrows = {zero}\n", julia)
        assert found == ([] if julia == "1.13.0-beta3" else TABLES), julia
    values = f"[Tables]\na = 1\nb = {zero}\n"
    after_another = recompiled("[Tables]\na = 1\n", values, "1.13.0-beta3")
    assert after_another == TABLES


# Where a value stands


def test_a_value_may_move_between_the_two_files_of_an_environment() -> None:
    in_project = f"{survey.PROJECT}\n[preferences.Tables]\nrows = 1\n"
    local = survey.files("[Tables]\nrows = 1\n")
    assert names(between(local, survey.files(project=in_project))) == []
    other = survey.files("[Tables]\nrows = 1\n", project=in_project.replace("rows = 1", "rows = 2"))
    assert names(between(local, other)) == []
    (change,) = between(survey.files(project=in_project), survey.files()).changes
    assert (*change.preference, change.before, change.after) == (
        uuid("Tables"),
        "rows",
        1,
        None,
    )


@pytest.mark.parametrize("julia", ["1.10.4", "1.14.0"])
def test_listing_a_package_brings_its_table_to_life(julia: str) -> None:
    listed = survey.PROJECT + f'Parsers = "{uuid("Parsers")}"\n'
    preferences = "[Parsers]\nstrict = 1\n"
    before = survey.files(preferences, julia=julia)
    after = survey.files(preferences, julia=julia, project=listed)
    assert names(between(before, after)) == ["CSV", "Parsers", "Survey"]
    assert names(between(after, before)) == ["CSV", "Parsers", "Survey"]


# The packages that it is all about


@pytest.mark.parametrize("julia", EVERY)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[SnoopPrecompile]\nskip_precompile = ["Survey"]\n'),
        (
            '[SnoopPrecompile]\nskip_precompile = ["A", "B"]\n',
            '[SnoopPrecompile]\nskip_precompile = ["B", "A"]\n',
        ),
        ("[SnoopPrecompile]\nskip_precompile = []\n", ""),
    ],
)
def test_a_change_of_the_skip_list(before: str, after: str, julia: str) -> None:
    assert recompiled(before, after, julia) == SNOOP


def test_snoop_precompile_reads_no_other_key() -> None:
    assert recompiled("", "[SnoopPrecompile]\nother = 1\n", "1.10.4") == []


def test_the_first_versions_of_snoop_precompile_had_no_list() -> None:
    packages = survey.with_versions(SnoopPrecompile="1.0.1")
    before = survey.files(packages=packages)
    after = survey.files('[SnoopPrecompile]\nskip_precompile = ["CSV"]\n', packages=packages)
    found = between(before, after)
    assert names(found) == []
    assert [change.noticed for change in found.changes] == [False]


@pytest.mark.parametrize(
    ("tools", "julia", "expected"),
    [
        ("1.1.2", "1.10.4", []),
        ("1.2.0", "1.10.4", []),
        ("1.3.3", "1.12.2", []),
        ("1.3.4", "1.12.2", TOOLS),
        ("1.1.2", "1.14.0", []),
        ("1.3.3", "1.14.0", [name for name in TOOLS if name != "PrecompileTools"]),
        ("1.3.4", "1.14.0", TOOLS),
    ],
)
def test_a_change_of_the_switch(tools: str, julia: str, expected: list[str]) -> None:
    packages = survey.with_versions(PrecompileTools=tools)
    before = survey.files(packages=packages, julia=julia)
    after = survey.files(
        "[PrecompileTools]\nprecompile_workloads = false\n", packages=packages, julia=julia
    )
    assert names(between(before, after)) == expected


@pytest.mark.parametrize("julia", ["1.10.4", "1.14.0"])
def test_a_flag_binds_its_package_only(julia: str) -> None:
    flag = "[{}]\nprecompile_workload = false\n"
    assert recompiled("", flag.format("Survey"), julia) == ["Survey"]
    assert recompiled("", flag.format("DataFrames"), julia) == ["DataFrames", "Survey"]
    assert recompiled("", flag.format("CSV"), julia) == []  # it has no workload of that kind
    off = "[PrecompileTools]\nprecompile_workloads = false\n"
    assert recompiled(off, off + flag.format("Survey"), julia) == []


# Extensions


HOSTS: Mapping[str, str | Package] = {
    "Host": Package("Preferences", weakdeps="Guest", extensions={"HostGuestExt": "Guest"}),
    "Guest": "Preferences",
    "Above": "Host Guest",
    "Preferences": "TOML",
    "TOML": "",
}


@pytest.mark.parametrize(
    ("julia", "expected"),
    [
        ("1.8.5", ["Above", "Guest", "Top"]),
        ("1.9.0", ["Above", "Guest", "Host/HostGuestExt", "Top"]),
        ("1.12.2", ["Above", "Guest", "Host/HostGuestExt", "Top"]),
    ],
)
def test_an_extension_counts_as_its_own(julia: str, expected: list[str]) -> None:
    files = {
        **survey.files(project=project("Top", deps="Above Guest Host"), packages=HOSTS, julia=julia)
    }
    found = between(files, files | {"LocalPreferences.toml": "[Guest]\ncolor = 1\n"})
    assert names(found) == expected
    assert [unit.name for unit in found.recompilation.extensions] == (
        ["HostGuestExt"] if julia != "1.8.5" else []
    )
    assert found.recompilation.count == 3
    assert found.recompilation.of == 5


def test_an_extension_without_its_trigger_is_not_there() -> None:
    packages = {name: package for name, package in HOSTS.items() if name not in ("Guest", "Above")}
    files = survey.files(project=project("Top", deps="Host"), packages=packages)
    found = between(files, files | {"LocalPreferences.toml": "[Host]\ncolor = 1\n"})
    assert names(found) == ["Host", "Top"]


# What can no longer be compiled


@pytest.mark.parametrize("julia", EVERY)
def test_preferences_that_make_julia_throw_recompile_nothing(julia: str) -> None:
    found = between(survey.files(julia=julia), survey.files("Tables = 1\n", julia=julia))
    assert names(found) == []
    assert failures(found.errors) == (
        "LocalPreferences.toml: `Tables` is not a table: Julia throws a TypeError when it looks "
        "for `Tables` here",
    )


@pytest.mark.parametrize(
    ("preferences", "tools", "failed", "compiled"),
    [
        (
            '[SnoopPrecompile]\nskip_precompile = "CSV"\n',
            "1.3.3",
            ["Both", "CSV", "Survey"],
            ["SnoopPrecompile"],
        ),
        ("[SnoopPrecompile]\nskip_precompile = 1\n", "1.3.3", [], SNOOP),
        (
            '[DataFrames]\nprecompile_workload = "false"\n',
            "1.3.3",
            ["DataFrames", "Survey"],
            [],
        ),
        ('[DataFrames]\nprecompile_workload = "false"\n', "1.3.4", [], ["DataFrames", "Survey"]),
        ('[PrecompileTools]\nprecompile_workloads = "off"\n', "1.3.4", TOOLS, []),
        ('[PrecompileTools]\nprecompile_workloads = "off"\n', "1.3.3", [], []),
    ],
)
def test_values_with_which_packages_do_not_compile(
    preferences: str, tools: str, failed: list[str], compiled: list[str]
) -> None:
    packages = survey.with_versions(PrecompileTools=tools)
    found = between(survey.files(packages=packages), survey.files(preferences, packages=packages))
    assert sorted(unit.name for unit in found.failed) == failed
    assert names(found) == compiled


# Other files


def test_another_version_of_a_package_is_another_package() -> None:
    before = survey.files()
    after = {**before}
    entry = Package("Preferences").text("Tables")
    other = entry.replace("46e4", "57f5")
    after["Manifest.toml"] = before["Manifest.toml"].replace(entry, other)
    assert after != before
    found = between(before, after)
    assert names(found) == TABLES
    assert found.changes == ()
    assert found.recompilation.evidence is Evidence.KNOWN


@pytest.mark.parametrize("upgraded", [True, False])
def test_a_standard_library_may_be_upgraded_and_go_back(upgraded: bool) -> None:
    """With a tree hash it comes from a depot, without one from Julia; what is above follows."""
    with_julia = survey.files()
    entry = f'uuid = "{uuid("Dates")}"'
    own = with_julia["Manifest.toml"].replace(entry, f'git-tree-sha1 = "{"5" * 40}"\n{entry}')
    upgrade = {**with_julia, "Manifest.toml": own}
    states = (with_julia, upgrade) if upgraded else (upgrade, with_julia)
    found = names(between(*states))
    assert ("Dates" in found) is upgraded
    assert {"CSV", "Parsers", "Preferences", "Survey"} <= {*found}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("dev/Mine", "./dev/Mine", True),
        ("dev/Mine", "/before/dev/Mine", True),
        ("/elsewhere/Mine", "/elsewhere/Mine", True),
        ("../Mine", "../Mine", True),
        ("dev/Mine", "dev/Other", False),
        ("/before/dev/Mine", "/elsewhere/Mine", False),
    ],
)
def test_a_developed_package_is_where_its_path_leads(old: str, new: str, same: bool) -> None:
    """However it is written, and wherever the two states lie."""

    def state(folder: str, path: str) -> Invalidations:
        packages: dict[str, str | Package] = {"Mine": Package("", path=path), "Above": "Mine"}
        files = {"Project.toml": project(deps="Above"), "Manifest.toml": manifest(packages)}
        return invalidations(Path(folder), files)

    found = difference(state("/before", old), state("/somewhere/after", new))
    assert names(found) == ([] if same else ["Above", "Mine"])


@pytest.mark.parametrize(("julia", "expected"), [("1.10.4", []), ("1.12.2", ["App/PlainExt"])])
def test_an_extension_that_was_not_there_is_compiled(julia: str, expected: list[str]) -> None:
    """The project declares it now; parent and trigger have their caches."""
    text = project("App", deps="Uses", weakdeps="Plain")
    states = [
        {
            "Project.toml": one,
            "Manifest.toml": manifest({"Uses": "Plain", "Plain": ""}, julia=julia),
        }
        for one in (text, f'{text}\n[extensions]\nPlainExt = "Plain"\n')
    ]
    assert names(between(*states)) == expected


def test_the_layout_of_the_manifest_does_not_matter() -> None:
    before = survey.files()
    after = {**before, "Manifest.toml": before["Manifest.toml"].replace("\n\n", "\n\n\n")}
    assert names(between(before, after)) == []


@pytest.mark.parametrize(
    ("after", "evidence"),
    [
        ("[Tables]\nrows = 1\n", Evidence.ASSUMED),
        ("[Survey]\nprecompile_workload = false\n", Evidence.ASSUMED),
        ('[SnoopPrecompile]\nskip_precompile = ["A"]\n', Evidence.KNOWN),
        ("[Plain]\ncolor = 1\n", Evidence.KNOWN),
        ("", Evidence.KNOWN),
    ],
)
def test_an_answer_is_worth_its_weakest_part(after: str, evidence: Evidence) -> None:
    found = between(survey.files(), survey.files(after))
    assert found.recompilation.evidence is evidence


@pytest.mark.parametrize("julia", EVERY)
def test_what_julia_throws_for_is_not_recompiled_for_another_reason_either(julia: str) -> None:
    """The list changes, on which CSV depends too; but nothing above Tables can be loaded."""
    before = survey.files('[SnoopPrecompile]\nskip_precompile = ["CSV"]\n', julia=julia)
    broken = 'Tables = 1\n[SnoopPrecompile]\nskip_precompile = ["Both"]\n'
    found = between(before, survey.files(broken, julia=julia))
    assert names(found) == ["Both", "SnoopPrecompile"]


def test_changes_are_in_the_order_of_packages_and_their_keys() -> None:
    packages = ["Both", "CSV", "DataFrames", "Survey", "Tables"]
    keys = [f"key{number}" for number in range(8)]
    lines = "".join(f"{key} = 1\n" for key in reversed(keys))
    after = survey.files("".join(f"[{package}]\n{lines}" for package in packages))
    changed = [tuple(change.preference) for change in between(survey.files(""), after).changes]
    assert changed == [(owner, key) for owner in sorted(map(uuid, packages)) for key in keys]
