"""What is said of SnoopPrecompile's skip list: its cost, its names, and when it does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.code_actions import fix_all, fixes_at
from precompass.findings import Safety, Severity
from support import survey
from support.environments import Package, changed, marked, project, session, uuid
from support.rule_findings import expect, findings, titles

PREFERENCES = "LocalPreferences.toml"


# global-skip-list

LIST = """\
# Not needed while we develop
[SnoopPrecompile]
⟦skip_precompile⟧ = ["Survey", "CSV", "Parsers", "DataFrame"] # see the wiki

[Tables]
rows = 3
"""


def test_the_list_says_what_it_costs_and_what_flags_would(tmp_path: Path) -> None:
    files = survey.files(LIST)
    (found,) = expect(tmp_path, "global-skip-list", files, Severity.WARNING, of=PREFERENCES)
    assert found.message == (
        "Changing this list recompiles 4 of 10 packages: everything that depends on "
        "SnoopPrecompile. A per-package flag (`[Survey] precompile_workload = false`) would "
        "recompile 1 for Survey and 3 for Parsers. CSV cannot move: it still uses "
        "SnoopPrecompile, which has no flags. DataFrame cannot move: this environment has no such "
        "package."
    )
    assert titles([found]) == [
        "Move 2 packages to per-package flags (recompiles 5 packages once; each later change "
        "1 to 3 instead of 4; CSV stays on the list: it still uses SnoopPrecompile)",
        "Move Survey to its own flag (recompiles 4 packages once; each later change 1 instead "
        "of 4)",
        "Move Parsers to its own flag (recompiles 5 packages once; each later change 3 instead "
        "of 4)",
    ]
    assert [fix.is_preferred for fix in found.fixes] == [True, False, False]


def test_the_names_move_to_flags_and_what_is_not_listed_gets_listed(tmp_path: Path) -> None:
    files = survey.files(marked(LIST)[0])
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert changed(tmp_path, files, found.fixes[0]) == {
        PREFERENCES: """\
# Not needed while we develop
[SnoopPrecompile]
skip_precompile = ["CSV", "DataFrame"] # see the wiki

[Survey]
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
    survey_alone = changed(tmp_path, files, found.fixes[1])
    assert list(survey_alone) == [PREFERENCES]
    assert 'skip_precompile = ["CSV", "Parsers", "DataFrame"] #' in survey_alone[PREFERENCES]


def test_without_a_manifest_no_number_is_made_up(tmp_path: Path) -> None:
    files = survey.files('[SnoopPrecompile]\n⟦skip_precompile⟧ = ["Survey"]\n')
    del files["Manifest.toml"]
    (found,) = expect(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert found.message == (
        "Changing this list recompiles every package that depends on SnoopPrecompile. There is "
        "no manifest, so its dependents are unknown. A per-package flag (`[Survey] "
        "precompile_workload = false`) recompiles only that package and its dependents."
    )
    assert titles([found]) == ["Move Survey to its own flag"]


@pytest.mark.parametrize(
    ("written", "cure", "fixes"),
    [
        (
            "[]",
            "The list is empty: delete it.",
            ["Delete the empty list (recompiles 4 packages once)"],
        ),
        ('"Survey"', "", []),
        ("[1]", "", []),
        ('["CSV"]', "CSV cannot move: it still uses SnoopPrecompile, which has no flags.", []),
        (
            '["Nobody", "Survey.IO"]',
            "Nobody cannot move: this environment has no such package. Survey.IO cannot move: a "
            "submodule has no flag.",
            [],
        ),
    ],
)
def test_a_list_from_which_nothing_can_move(
    tmp_path: Path, written: str, cure: str, fixes: list[str]
) -> None:
    files = survey.files(f"[SnoopPrecompile]\n⟦skip_precompile⟧ = {written}\n")
    (found,) = expect(tmp_path, "global-skip-list", files, of=PREFERENCES)
    cost = "everything that depends on SnoopPrecompile."
    assert found.message.partition(": ")[2] == f"{cost} {cure}".rstrip()
    assert titles([found]) == fixes


@pytest.mark.parametrize("other", ['["Nested"]', "{ a = 1 }", "1.5", "1979-05-27"])
def test_what_is_no_name_stays_on_the_list(tmp_path: Path, other: str) -> None:
    files = survey.files(f'[SnoopPrecompile]\nskip_precompile = ["Survey", {other}]\n')
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert f"skip_precompile = [{other}]" in changed(tmp_path, files, found.fixes[0])[PREFERENCES]


def test_a_package_that_uses_both_gets_its_flag_and_stays_on_the_list(tmp_path: Path) -> None:
    files = survey.files('[SnoopPrecompile]\nskip_precompile = ["Both"]\n')
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert titles([found]) == [
        "Add a flag for Both and keep it on the list: its source is not available, so it may still "
        "use SnoopPrecompile (recompiles 2 packages once)"
    ]
    assert changed(tmp_path, files, found.fixes[0]) == {
        PREFERENCES: files[PREFERENCES] + "\n[Both]\nprecompile_workload = false\n"
    }


def test_a_flag_that_says_otherwise_keeps_its_name_on_the_list(tmp_path: Path) -> None:
    flag = "[Survey]\nprecompile_workload = true\n"
    files = survey.files(f'[SnoopPrecompile]\nskip_precompile = ["Survey"]\n{flag}')
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert found.fixes == ()
    # It does not matter in which file it is in effect.
    in_project = '[preferences.SnoopPrecompile]\nskip_precompile = ["Survey"]\n'
    files = survey.files(flag, project=f"{survey.PROJECT}\n{in_project}")
    (found,) = findings(tmp_path, "global-skip-list", files)
    assert found.fixes == ()


def test_a_flag_that_is_there_already_only_leaves_the_list(tmp_path: Path) -> None:
    flag = "[Survey]\nprecompile_workload = false\n"
    files = survey.files(f'[SnoopPrecompile]\nskip_precompile = ["Survey"]\n\n{flag}')
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert titles([found]) == [
        "Delete Survey from the list, as its flag is already set (recompiles 4 packages once; each "
        "later change 1 instead of 4)"
    ]
    assert changed(tmp_path, files, found.fixes[0]) == {PREFERENCES: flag}


def test_a_title_says_which_names_move_and_which_only_leave_the_list(tmp_path: Path) -> None:
    flag = "[Survey]\nprecompile_workload = false\n"
    files = survey.files(f'[SnoopPrecompile]\nskip_precompile = ["Survey", "DataFrames"]\n{flag}')
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert titles([found])[0].partition(" (")[0] == (
        "Move DataFrames to its own flag, delete Survey from the list, as its flag is already set"
    )
    assert changed(tmp_path, files, found.fixes[0]) == {
        PREFERENCES: f"[DataFrames]\nprecompile_workload = false\n{flag}"
    }


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ('"CSV", "Nobody"', "CSV cannot move: it still uses SnoopPrecompile"),
        ('"CSV", "Old"', "CSV and Old cannot move: they still use SnoopPrecompile"),
        ('"Survey.IO", "CSV.IO"', "CSV.IO and Survey.IO cannot move: submodules have no flags."),
        ('"No", "Body"', "Body and No cannot move: this environment has no such packages."),
        ('"Plain", "Tables"', "Plain and Tables cannot move: they use neither PrecompileTools nor"),
    ],
)
def test_reasons_agree_with_the_number_of_names(tmp_path: Path, names: str, why: str) -> None:
    packages = {**survey.PACKAGES, "Old": "SnoopPrecompile"}
    files = survey.files(f"[SnoopPrecompile]\nskip_precompile = [{names}]\n", packages=packages)
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert why in found.message


@pytest.mark.parametrize(
    "preferences",
    [
        "",
        '[SnoopPrecompile]\nother = ["Survey"]\n',
        '[Tables]\nskip_precompile = ["Survey"]\n',
        "[Survey]\nprecompile_workload = false\n",
    ],
)
def test_where_there_is_no_list_nothing_is_said(tmp_path: Path, preferences: str) -> None:
    files = survey.files(preferences + "\n")
    assert findings(tmp_path, "global-skip-list", files, of=PREFERENCES) == []


def test_a_list_that_julia_does_not_see_is_another_rules_business(tmp_path: Path) -> None:
    files = survey.files(
        '[⟦SnoopPrecompile⟧]\nskip_precompile = ["Survey"]\n',
        project=project("Survey", deps="CSV PrecompileTools"),
    )
    assert expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    for code in ("global-skip-list", "stale-skip-list", "unknown-skipped-package"):
        assert findings(tmp_path, code, files, of=PREFERENCES) == []
    (fix,) = (
        fix
        for found in findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
        for fix in found.fixes
        if fix.title.startswith("Move")
    )
    assert (
        fix.title == "Move Survey to its own flag (recompiles 1 package once; each later change 1)"
    )


def test_a_move_is_not_applied_on_save(tmp_path: Path) -> None:
    """It recompiles, and it changes which workloads run."""
    files = survey.files(marked(LIST)[0])
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert {fix.safety for fix in found.fixes} == {Safety.UNSAFE}
    assert fix_all(session(tmp_path, files), tmp_path / PREFERENCES) is None


def test_at_a_name_its_own_move_is_offered_first(tmp_path: Path) -> None:
    text, (span,) = marked('[SnoopPrecompile]\nskip_precompile = ["CSV", ⟦"Survey"⟧]\n')
    offered = fixes_at(session(tmp_path, survey.files(text)), tmp_path / PREFERENCES, span)
    assert [fix.title.partition(" (")[0] for fix, _ in offered] == [
        "Move Survey to its own flag",
        'Delete "Survey" from the list',
    ]
    assert offered[0][0].is_preferred


@pytest.mark.parametrize(
    ("name", "more", "advice"),
    [
        ("Survey", "", "Move it to its own flag."),
        (
            "Survey",
            "[Survey]\nprecompile_workload = false\n",
            "Its flag is already set: delete it.",
        ),
        (
            "Survey",
            "[Survey]\nprecompile_workload = true\n",
            "Delete it, or set `[Survey] precompile_workload = false`.",
        ),
        ("Survey.IO", "", "Delete it, or set `[Survey] precompile_workload = false`."),
    ],
)
def test_the_advice_at_a_name_is_one_that_can_be_followed(
    tmp_path: Path, name: str, more: str, advice: str
) -> None:
    """Nobody is told to move a name that cannot move."""
    files = survey.files(f'[SnoopPrecompile]\nskip_precompile = ["{name}"]\n{more}')
    (found,) = findings(tmp_path, "unknown-skipped-package", files, of=PREFERENCES)
    assert found.message.endswith(advice)
    can_move = any(title.startswith("Move") for title in titles([found]))
    assert can_move == (advice == "Move it to its own flag.")


def test_two_fixes_with_the_same_edits_are_offered_once(tmp_path: Path) -> None:
    flag = "[Survey]\nprecompile_workload = false\n"
    text, (span,) = marked(f'[SnoopPrecompile]\nskip_precompile = [⟦"Survey"⟧]\n{flag}')
    offered = fixes_at(session(tmp_path, survey.files(text)), tmp_path / PREFERENCES, span)
    assert [fix.title.partition(" (")[0] for fix, _ in offered] == [
        "Delete Survey from the list, as its flag is already set"
    ]


def test_the_equals_sign_belongs_to_the_key(tmp_path: Path) -> None:
    text, (span,) = marked('[SnoopPrecompile]\nskip_precompile ⟦=⟧ ["Survey"]\n')
    offered = fixes_at(session(tmp_path, survey.files(text)), tmp_path / PREFERENCES, span)
    assert [fix.title.partition(" (")[0] for fix, _ in offered] == ["Move Survey to its own flag"]


def test_the_fix_of_another_name_is_not_preferred(tmp_path: Path) -> None:
    """Editors apply the preferred fix of a place without asking which."""
    text, (span,) = marked('[SnoopPrecompile]\nskip_precompile = ["Survey", ⟦"Nobody"⟧]\n')
    offered = fixes_at(session(tmp_path, survey.files(text)), tmp_path / PREFERENCES, span)
    assert [(fix.title.partition(" (")[0], fix.is_preferred) for fix, _ in offered] == [
        ('Delete "Nobody" from the list', False),
        ("Move Survey to its own flag", False),
    ]


def test_a_deletion_from_a_list_that_julia_does_not_notice_costs_nothing(tmp_path: Path) -> None:
    packages = survey.with_versions(SnoopPrecompile="1.0.0")  # reads no preferences
    files = survey.files('[SnoopPrecompile]\nskip_precompile = ["Nobody"]\n', packages=packages)
    (found,) = findings(tmp_path, "unknown-skipped-package", files, of=PREFERENCES)
    assert titles([found]) == ['Delete "Nobody" from the list (recompiles nothing)']


@pytest.mark.parametrize(("version", "is_preferred"), [("1.0.0", False), ("1.0.3", True)])
def test_a_move_that_costs_more_than_staying_is_not_preferred(
    tmp_path: Path, version: str, is_preferred: bool
) -> None:
    """SnoopPrecompile 1.0.0 reads no preferences, so changing its list recompiles nothing."""
    packages = survey.with_versions(SnoopPrecompile=version)
    text, (span,) = marked('[SnoopPrecompile]\nskip_precompile = [⟦"Survey"⟧]\n')
    files = survey.files(text, packages=packages)
    (move,) = [
        fix
        for fix, _ in fixes_at(session(tmp_path, files), tmp_path / PREFERENCES, span)
        if fix.title.startswith("Move Survey")
    ]
    assert move.is_preferred == is_preferred
    (listed,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert [fix.is_preferred for fix in listed.fixes] == [is_preferred]


# The story of BaseBenchmarks, a suite of Julia's own, in brief: in April 2023 it had a list of
# four packages, which by August had all gone over to PrecompileTools and had a flag each.

BENCHMARKS: dict[str, str | Package] = {
    "CSV": "PrecompileTools Tables",
    "DataFrames": "PrecompileTools Tables",
    "Dates": "",
    "OrdinaryDiffEq": "PrecompileTools Preferences SciMLBase",
    "Plots": "Preferences PrecompileTools RecipesBase",
    "PrecompileTools": "Preferences",
    "Preferences": "TOML",
    "RecipesBase": "PrecompileTools",
    "SciMLBase": "SnoopPrecompile",
    "SnoopPrecompile": Package("Preferences", version="1.0.3"),
    "TOML": "Dates",
    "Tables": "",
}

APRIL = """\
# Only the inference benchmark needs these, so there is no need
# to precompile them.
[SnoopPrecompile]
skip_precompile = ["CSV", "DataFrames", "OrdinaryDiffEq", "Plots"]
"""

AUGUST = """\
# Only the inference benchmark needs these, so there is no need
# to precompile them.
[CSV]
precompile_workload = false

[DataFrames]
precompile_workload = false

[OrdinaryDiffEq]
precompile_workload = false

[Plots]
precompile_workload = false
"""


def benchmarks(*, extras: str, newline: str = "\n") -> dict[str, str]:
    files = survey.files(
        APRIL,
        project=project(
            "BaseBenchmarks", deps="CSV DataFrames OrdinaryDiffEq Plots", extras=extras
        ),
        packages=BENCHMARKS,
    )
    return {name: text.replace("\n", newline) for name, text in files.items()}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_list_of_base_benchmarks_becomes_the_flags_of_base_benchmarks(
    tmp_path: Path, newline: str
) -> None:
    files = benchmarks(extras="SnoopPrecompile", newline=newline)
    (found,) = findings(tmp_path, "global-skip-list", files, of=PREFERENCES)
    assert titles([found])[0] == (
        "Move 4 packages to per-package flags (recompiles 7 packages once; each later change 2 "
        "instead of 4)"
    )
    assert changed(tmp_path, files, found.fixes[0]) == {PREFERENCES: AUGUST.replace("\n", newline)}


def test_the_list_of_base_benchmarks_was_never_seen_by_julia(tmp_path: Path) -> None:
    files = benchmarks(extras="Test")
    (found,) = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert found.message == (
        "Julia ignores these preferences: Project.toml does not list SnoopPrecompile, and only "
        "preferences of listed packages count. List it in [deps], [extras] or [weakdeps], or "
        "delete the table."
    )


# unknown-skipped-package


def test_names_that_skip_nothing(tmp_path: Path) -> None:
    files = survey.files(
        "[SnoopPrecompile]\nskip_precompile = [\n"
        '  "CSV", "CSV.Reader", "Both",\n'
        '  ⟦"Survey"⟧, ⟦"Parsers"⟧,\n  ⟦"Tables"⟧, # why?\n  ⟦"DataFrame"⟧, ⟦"Zebra.Sub"⟧\n]\n'
    )
    found = expect(tmp_path, "unknown-skipped-package", files, Severity.WARNING, of=PREFERENCES)
    assert [one.message for one in found] == [
        "This entry skips nothing: Survey uses PrecompileTools, which does not read this list. "
        "Move it to its own flag.",
        "This entry skips nothing: Parsers uses PrecompileTools, which does not read this list. "
        "Move it to its own flag.",
        "This entry skips nothing: Tables does not use SnoopPrecompile, so it has no workload "
        "that could be skipped. Delete it.",
        "This entry skips nothing: no package DataFrame is in this environment. Did you mean "
        "DataFrames?",
        "This entry skips nothing: no package Zebra is in this environment. Delete it, or "
        "correct the name.",
    ]
    assert [fix.title.partition(" (")[0] for fix in found[0].fixes] == [
        "Move Survey to its own flag",
        'Delete "Survey" from the list',
    ]
    assert [fix.is_preferred for fix in found[0].fixes] == [True, False]
    assert titles(found[2:4]) == [
        'Delete "Tables" from the list (recompiles 4 of 10 packages)',
        'Delete "DataFrame" from the list (recompiles 4 of 10 packages)',
    ]
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    assert changed(tmp_path, files, found[2].fixes[0]) == {
        PREFERENCES: files[PREFERENCES].replace('"Tables", # why?', "# why?")
    }


def test_deleting_the_last_name_deletes_the_list(tmp_path: Path) -> None:
    files = survey.files('[Tables]\nrows = 3\n\n[SnoopPrecompile]\nskip_precompile = ["Zebra"]\n')
    (found,) = findings(tmp_path, "unknown-skipped-package", files, of=PREFERENCES)
    assert changed(tmp_path, files, found.fixes[0]) == {PREFERENCES: "[Tables]\nrows = 3\n"}


def test_without_a_manifest_no_name_is_unknown(tmp_path: Path) -> None:
    files = survey.files('[SnoopPrecompile]\nskip_precompile = ["Zebra"]\n')
    del files["Manifest.toml"]
    assert findings(tmp_path, "unknown-skipped-package", files, of=PREFERENCES) == []


# stale-skip-list


def test_a_list_that_nobody_reads_any_more(tmp_path: Path) -> None:
    files = survey.files(
        '[SnoopPrecompile]\n⟦skip_precompile⟧ = ["Survey", "CSV"] # old\n',
        packages=survey.without("SnoopPrecompile"),
    )
    (found,) = expect(tmp_path, "stale-skip-list", files, Severity.WARNING, of=PREFERENCES)
    assert found.is_unnecessary
    assert found.message == (
        "This list does nothing: SnoopPrecompile is not in Manifest.toml, and nothing else reads "
        "it. Move Survey to flags, which PrecompileTools reads, or delete the list."
    )
    assert titles([found]) == [
        "Move Survey to its own flag (recompiles 1 package once; each later change 1)",
        "Delete the list (recompiles nothing)",
    ]
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    move, delete = found.fixes
    assert changed(tmp_path, files, move) == {
        PREFERENCES: (
            '[SnoopPrecompile]\nskip_precompile = ["CSV"] # old\n\n'
            "[Survey]\nprecompile_workload = false\n"
        )
    }
    assert changed(tmp_path, files, delete) == {PREFERENCES: "# old\n"}
    for code in ("global-skip-list", "unknown-skipped-package"):
        assert findings(tmp_path, code, files, of=PREFERENCES) == []


def test_a_list_of_which_nothing_can_move_is_only_deleted(tmp_path: Path) -> None:
    files = survey.files(
        '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n', packages=survey.without("SnoopPrecompile")
    )
    (found,) = findings(tmp_path, "stale-skip-list", files, of=PREFERENCES)
    assert found.message.endswith("nothing else reads it. Delete it.")
    assert titles([found]) == ["Delete the list (recompiles nothing)"]


def test_a_list_that_is_read_is_not_stale(tmp_path: Path) -> None:
    files = survey.files('[SnoopPrecompile]\nskip_precompile = ["CSV"]\n')
    assert findings(tmp_path, "stale-skip-list", files, of=PREFERENCES) == []
