"""What is said of PrecompileTools' switch and of the flags of single packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from precompass.rules import check
from support import survey
from support.environments import changed, marked, project, session, uuid
from support.rule_findings import expect, findings, titles

PREFERENCES = "LocalPreferences.toml"

SWITCH = """\
[PrecompileTools]
⟦precompile_workloads⟧ = false # for now

[Tables]
rows = 3
"""

UNNOTICED = (
    "Julia 1.10 binds a cache only to the preferences of its own package, and "
    "`precompile_workloads` of PrecompileTools is read by Both, DataFrames, Parsers and 1 more"
)


# global-workload-switch


def test_the_switch_says_what_it_costs(tmp_path: Path) -> None:
    files = survey.files(SWITCH, packages=survey.with_versions(PrecompileTools="1.3.4"))
    (found,) = expect(tmp_path, "global-workload-switch", files, Severity.WARNING, of=PREFERENCES)
    assert found.message == (
        "This turns off every workload of the environment, and changing it recompiles 6 of "
        "10 packages. A flag for only the package developed here costs less."
    )
    assert found.beside_count == (
        "This turns off every workload of the environment. A flag for only the package "
        "developed here costs less."
    )
    assert titles([found]) == [
        "Replace the switch by flags for the packages developed here (1 flag; recompiles 6 "
        "packages once)",
        "Replace the switch by flags for every package with a workload (4 flags; recompiles 6 "
        "packages once)",
    ]


def test_the_switch_is_replaced_by_flags(tmp_path: Path) -> None:
    files = survey.files(marked(SWITCH)[0])
    (found,) = findings(tmp_path, "global-workload-switch", files, of=PREFERENCES)
    developed, every = found.fixes
    assert changed(tmp_path, files, developed) == {
        PREFERENCES: """\
# for now

[Survey]
precompile_workload = false

[Tables]
rows = 3
"""
    }
    assert changed(tmp_path, files, every) == {
        PREFERENCES: """\
# for now

[Survey]
precompile_workload = false

[Both]
precompile_workload = false

[DataFrames]
precompile_workload = false

[Parsers]
precompile_workload = false

[Tables]
rows = 3
""",
        "Project.toml": survey.PROJECT.replace(
            "[extras]\n", f'[extras]\nParsers = "{uuid("Parsers")}"\n'
        ),
    }


def test_a_switch_that_julia_does_not_notice(tmp_path: Path) -> None:
    files = survey.files(SWITCH)
    (found,) = expect(tmp_path, "global-workload-switch", files, of=PREFERENCES)
    assert found.message == (
        "This turns off every workload of the environment in new caches; existing "
        f"caches keep theirs: {UNNOTICED}. A flag for only the package developed here costs less."
    )
    assert titles([found]) == [
        "Replace the switch by flags for the packages developed here (1 flag; recompiles nothing "
        "now)",
        "Replace the switch by flags for every package with a workload (4 flags; recompiles "
        "nothing now)",
    ]
    files[PREFERENCES], _ = marked(SWITCH)
    assert findings(tmp_path, "unnoticed-change", files, of=PREFERENCES) == []


def test_from_julia_1_14_on_every_reader_of_the_switch_is_bound_to_it(tmp_path: Path) -> None:
    files = survey.files(SWITCH, julia="1.14.0")
    (found,) = expect(tmp_path, "global-workload-switch", files, of=PREFERENCES)
    # The readers are Both, DataFrames, Parsers and Survey, and CSV is above one of them.
    assert "recompiles 5 of 10 packages." in found.message


def test_a_flag_that_was_set_to_true_on_purpose_stays(tmp_path: Path) -> None:
    flag = "[Survey]\nprecompile_workload = true\n"
    files = survey.files(f"[PrecompileTools]\nprecompile_workloads = false\n\n{flag}")
    (found,) = findings(tmp_path, "global-workload-switch", files, of=PREFERENCES)
    (every,) = found.fixes
    assert "(3 flags;" in every.title
    assert flag in changed(tmp_path, files, every)[PREFERENCES]


@pytest.mark.parametrize("value", ["true", '"false"', "0"])
def test_only_false_turns_it_off(tmp_path: Path, value: str) -> None:
    files = survey.files(f"[PrecompileTools]\nprecompile_workloads = {value}\n")
    assert findings(tmp_path, "global-workload-switch", files, of=PREFERENCES) == []


def test_before_precompile_tools_1_2_there_was_no_switch(tmp_path: Path) -> None:
    packages = survey.with_versions(PrecompileTools="1.1.1")
    files = survey.files(SWITCH, packages=packages)
    expect(tmp_path, "unnoticed-change", files, of=PREFERENCES)
    files[PREFERENCES], _ = marked(SWITCH)
    assert findings(tmp_path, "global-workload-switch", files, of=PREFERENCES) == []
    (found,) = findings(tmp_path, "unnoticed-change", files, of=PREFERENCES)
    assert found.message == (
        "Julia does not notice changes to this preference: PrecompileTools 1.1.1 reads no "
        "preference while it compiles itself."
    )


# workload-flag-without-workload


def test_flags_that_nothing_reads(tmp_path: Path) -> None:
    files = survey.files(
        "[Tables]\n⟦precompile_workload⟧ = false\n"
        "[CSV]\n⟦precompile_workload⟧ = true\n"
        "[PrecompileTools]\n⟦precompile_workload⟧ = false\n"
        "[Both]\nprecompile_workload = false\n"
        "[Survey]\nprecompile_workload = false\nprecompile_workloads = true\n"
    )
    found = expect(
        tmp_path, "workload-flag-without-workload", files, Severity.WARNING, of=PREFERENCES
    )
    assert [one.message for one in found] == [
        "This flag does nothing: Tables does not depend on PrecompileTools, so it has no workload "
        "that could be skipped. Delete it.",
        "This flag does nothing: CSV uses SnoopPrecompile, which has no flags. Its workload is "
        "skipped only by SnoopPrecompile's list `skip_precompile`.",
        "This flag does nothing: PrecompileTools has no workload of its own. The switch for all "
        "workloads is `precompile_workloads`, with an s.",
    ]
    assert all(one.is_unnecessary for one in found)
    assert titles(found) == ["Delete the flag (recompiles nothing)"] * 3
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    assert changed(tmp_path, files, found[0].fixes[0]) == {
        PREFERENCES: files[PREFERENCES].replace("[Tables]\nprecompile_workload = false\n", "")
    }


def test_a_flag_of_a_package_that_is_not_there_is_not_judged(tmp_path: Path) -> None:
    files = survey.files(
        "[Elsewhere]\nprecompile_workload = false\n",
        project=project("Survey", deps="CSV Elsewhere"),
    )
    assert findings(tmp_path, "workload-flag-without-workload", files, of=PREFERENCES) == []


# wrong-preference-type


def test_values_that_their_readers_do_not_take(tmp_path: Path) -> None:
    preferences = (
        '[Survey]\nprecompile_workload = ⟦"False"⟧\n'
        "[DataFrames]\nprecompile_workload = ⟦1.0⟧\n"
        "[Both]\nprecompile_workload = ⟦[false]⟧\n"
        '[PrecompileTools]\nprecompile_workloads = ⟦"off"⟧\n'
        "[CSV]\nprecompile_workload = 1\n"
        "[Tables]\nrows = '3'\n"
    )
    files = survey.files(preferences)
    found = expect(tmp_path, "wrong-preference-type", files, Severity.WARNING, of=PREFERENCES)
    assert [one.message for one in found] == [
        "PrecompileTools 1.3.3 takes only true or false here: with this value Survey does not "
        "compile. Write true or false.",
        "PrecompileTools 1.3.3 takes only true or false here: with this value DataFrames does "
        "not compile. Write true or false.",
        "PrecompileTools 1.3.3 takes only true or false here: with this value Both does not "
        "compile. Write true or false.",
        "PrecompileTools 1.3.3 takes anything but the boolean false for true. Write true or false.",
    ]
    assert titles(found) == ["Write the boolean false", "Write the boolean true"]
    files[PREFERENCES], _ = marked(preferences)
    assert changed(tmp_path, files, found[0].fixes[0]) == {
        PREFERENCES: files[PREFERENCES].replace('"False"', "false")
    }


def test_what_precompile_tools_1_3_4_does_with_them(tmp_path: Path) -> None:
    files = survey.files(
        '[Survey]\nprecompile_workload = ⟦"no"⟧\n[PrecompileTools]\nprecompile_workloads = ⟦0⟧\n',
        packages=survey.with_versions(PrecompileTools="1.3.4"),
    )
    found = expect(tmp_path, "wrong-preference-type", files, of=PREFERENCES)
    assert [one.message for one in found] == [
        "PrecompileTools 1.3.4 takes anything but a boolean for true. Write true or false.",
        "PrecompileTools 1.3.4 takes only true or false here: with this value it does not "
        "compile, nor does any package that uses it. Write true or false.",
    ]
    assert titles(found) == ["Write the boolean false"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('"CSV"', "with this value every package that runs its workload fails to compile."),
        ("{ CSV = true }", "with this value every package that runs its workload fails"),
        ("3", "SnoopPrecompile finds no name in a number."),
        ("[1, 'CSV']", "only strings can match."),
        ("['CSV']", None),
        ("[]", None),
    ],
)
def test_a_skip_list_that_is_none(tmp_path: Path, written: str, message: str | None) -> None:
    files = survey.files(f"[SnoopPrecompile]\nskip_precompile = {written}\n")
    found = findings(tmp_path, "wrong-preference-type", files, of=PREFERENCES)
    assert len(found) == (message is not None)
    for one in found:
        assert message is not None
        assert message in one.message
        span = one.span
        assert files[PREFERENCES][span.start : span.end] == written


def test_a_flag_that_is_not_read_may_be_anything(tmp_path: Path) -> None:
    files = survey.files(
        "[PrecompileTools]\nprecompile_workloads = false\n[Survey]\nprecompile_workload = 1\n"
    )
    assert findings(tmp_path, "wrong-preference-type", files, of=PREFERENCES) == []


# unnoticed-change


def test_changes_that_julia_does_not_notice(tmp_path: Path) -> None:
    files = survey.files(
        "[Plain]\n⟦color⟧ = 1\n[PrecompileTools]\n⟦precompile_workloads⟧ = true\n"
        "[Tables]\nrows = 3\n[Survey]\nprecompile_workload = true\n"
    )
    found = expect(tmp_path, "unnoticed-change", files, Severity.WARNING, of=PREFERENCES)
    assert [one.message for one in found] == [
        "Julia does not notice changes to this preference: Plain does not depend on "
        "Preferences.jl, so it records no preference.",
        f"Julia does not notice changes to this switch: {UNNOTICED}. Caches keep the state they "
        "were made in; PrecompileTools 1.3.4 fixes this.",
    ]


def test_a_flag_while_the_switch_is_off(tmp_path: Path) -> None:
    files = survey.files(
        "[PrecompileTools]\nprecompile_workloads = false\n[Survey]\n⟦precompile_workload⟧ = true\n"
    )
    (found,) = expect(tmp_path, "unnoticed-change", files, of=PREFERENCES)
    assert found.message == (
        "Julia does not notice changes to this preference: no flag is read while "
        "`[PrecompileTools] precompile_workloads` is false."
    )


@pytest.mark.parametrize(
    ("julia", "value", "is_lost"),
    [
        ("1.13.0-beta3", "false", True),
        ("1.13.0", "true", False),
        ("1.12.2", "false", False),
        ("1.14.0", "false", False),
    ],
)
def test_on_julia_1_13_false_is_as_good_as_nothing(
    tmp_path: Path, julia: str, value: str, is_lost: bool
) -> None:
    files = survey.files(f"[Survey]\nprecompile_workload = {value}\n", julia=julia)
    found = findings(tmp_path, "unnoticed-change", files, of=PREFERENCES)
    assert [one.message for one in found] == is_lost * [
        "Julia 1.13 does not notice that this is set: false and an unset key have one hash "
        "there. The value takes effect when the package is recompiled for another reason."
    ]


# wide-invalidation


def test_a_preference_deep_in_the_environment(tmp_path: Path) -> None:
    text, spans = marked(
        "[Tables]\n⟦rows⟧ = 3\n[Survey]\nprecompile_workload = false\n"
        '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n'
    )
    opened = session(tmp_path, survey.files(text), wide_threshold=4)
    found = [
        one for one in check(opened, tmp_path / PREFERENCES) if one.code == "wide-invalidation"
    ]
    assert [one.span for one in found] == spans
    assert found[0].severity is Severity.INFORMATION
    assert found[0].message == (
        "Changing this preference recompiles 4 of 10 packages: Tables and its dependents "
        "(assumed: no cache and no source of Tables was found)."
    )
    higher = session(tmp_path, survey.files(text), wide_threshold=5)
    assert "wide-invalidation" not in {one.code for one in check(higher, tmp_path / PREFERENCES)}
