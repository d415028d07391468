from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Command
from support.environments import manifest, project, write
from support.special_files import make_pipe


def codes(out: str) -> list[tuple[str, str]]:
    return [(found["file"], found["code"]) for found in json.loads(out)["findings"]]


def test_a_warning_makes_the_exit_code_1(precompass: Command) -> None:
    outcome = precompass("check")
    assert outcome.code == 1
    assert outcome.out.startswith("LocalPreferences.toml:2:1: warning[global-skip-list] ")
    assert ' 2 | skip_precompile = ["Splines", "Meshes"]\n' in outcome.out
    assert outcome.out.splitlines()[-1].startswith("2 warnings in 3 files.")
    assert outcome.err == ""


def test_a_clean_environment_gives_0(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").unlink()
    assert precompass("check") == (0, "Nothing found in 2 files.\n", "")


def test_json_has_places_as_the_lsp_has_them(precompass: Command) -> None:
    answer = json.loads(precompass("check", "--format", "json").out)
    assert set(answer) == {"schema", "findings", "files"}
    assert (answer["schema"], answer["files"]) == (1, 3)
    finding = answer["findings"][0]
    assert set(finding) == {"code", "severity", "file", "range", "message", "fixes", "fix_safety"}
    assert finding["code"] == "global-skip-list"
    assert finding["severity"] == "warning"
    assert finding["file"] == "LocalPreferences.toml"
    assert finding["range"] == {
        "start": {"line": 1, "character": 0},
        "end": {"line": 1, "character": len("skip_precompile")},
    }
    assert all(isinstance(title, str) for title in finding["fixes"])
    assert len(finding["fix_safety"]) == len(finding["fixes"])
    assert {*finding["fix_safety"]} <= {"safe", "unsafe", "manual"}


def test_the_threshold_decides_the_exit_code_and_not_what_is_shown(
    precompass: Command, app: Path
) -> None:
    everything = precompass("check", "--format", "json")
    for severity, code in [("error", 0), ("warning", 1), ("hint", 1), ("never", 0)]:
        outcome = precompass("check", "--format", "json", "--severity", severity)
        assert outcome.code == code
        assert outcome.out == everything.out
    (app / "LocalPreferences.toml").write_text("x = \n")
    assert precompass("check", "--severity", "error").code == 1
    assert precompass("check", "--severity", "never").code == 0


def test_severities_of_rules_can_be_chosen(precompass: Command) -> None:
    everything = precompass("check", "--format", "json").out
    assert ("LocalPreferences.toml", "global-skip-list") in codes(everything)
    off = precompass("check", "--format", "json", "--rule", "global-skip-list=off")
    assert ("LocalPreferences.toml", "global-skip-list") not in codes(off.out)
    rules = ["--rule", "global-skip-list=hint", "--rule", "unknown-skipped-package=hint"]
    assert precompass("check", *rules).out.startswith(
        "LocalPreferences.toml:2:1: hint[global-skip-list] "
    )


def test_what_is_chosen_on_the_command_line_goes_over_the_file(
    precompass: Command, app: Path
) -> None:
    (app / "LocalPreferences.toml").write_text("[Splines]\norder = 3\n")
    (app / "precompass.toml").write_text(
        'wide-threshold = 3\n[severity]\nwide-invalidation = "error"\n'
    )
    assert precompass("check").out.startswith(
        "LocalPreferences.toml:2:1: error[wide-invalidation] Changing"
    )
    assert precompass("check", "--wide-threshold", "4").code == 0
    assert precompass("check", "--rule", "wide-invalidation=off").code == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ["--rule", "global-skip-lits=off"],
            "there is no rule 'global-skip-lits'; did you mean global-skip-list?",
        ),
        (
            ["--rule", "global-skip-list"],
            'the severity of global-skip-list must be "error", "warning", "information", "hint" '
            'or "off"',
        ),
        (["--wide-threshold", "0"], "'0' is not a number of packages, such as 20"),
    ],
)
def test_choices_that_cannot_be(precompass: Command, arguments: list[str], error: str) -> None:
    outcome = precompass("check", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert error in outcome.err


def test_information_alone_gives_0(precompass: Command, app: Path) -> None:
    (app / "Project.toml").write_text(
        (app / "Project.toml").read_text() + "\n[preferences.Splines]\norder = 3\n"
    )
    (app / "LocalPreferences.toml").write_text("[Splines]\norder = 4\n")
    outcome = precompass("check", "--format", "json")
    assert ("Project.toml", "shadowed-preference") in codes(outcome.out)
    assert outcome.code == 0
    assert precompass("check", "--severity", "information").code == 1


def test_a_file_is_checked_alone(precompass: Command) -> None:
    assert json.loads(precompass("check", "Project.toml", "--format", "json").out)["files"] == 1


def test_folders_are_walked_past_hidden_ones_and_links(precompass: Command, app: Path) -> None:
    for name in (".git", ".hidden", "node_modules", "docs/deep"):
        (app / name).mkdir(parents=True)
        (app / name / "LocalPreferences.toml").write_text("x = \n")
    (app / "docs" / "loop").symlink_to(app)
    (app / "notes.toml").write_text("x = \n")
    outcome = precompass("check", "--format", "json")
    assert json.loads(outcome.out)["files"] == 4
    assert ("docs/deep/LocalPreferences.toml", "toml-syntax") in codes(outcome.out)


def test_a_file_that_is_named_twice_is_checked_once(precompass: Command) -> None:
    once = precompass("check", "--format", "json")
    assert precompass("check", ".", "LocalPreferences.toml", "--format", "json").out == once.out


def test_a_file_outside_of_the_working_directory_has_its_whole_path(
    precompass: Command, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / "docs").mkdir()
    monkeypatch.chdir(app / "docs")
    outcome = precompass("check", "..", "--format", "json")
    assert codes(outcome.out)[0][0] == str(app / "LocalPreferences.toml")


def test_the_julia_that_is_named_decides_which_rules_apply(precompass: Command, app: Path) -> None:
    (app / "Project.toml").write_text(
        '[deps]\n[extras]\nSplines = "0f0e0d0c-1111-4222-8333-444455556603"\n'
    )
    (app / "LocalPreferences.toml").write_text("[Splines]\nprecompile_workload = false\n")

    def ignored(*arguments: str) -> bool:
        out = precompass("check", "--format", "json", *arguments).out
        return ("LocalPreferences.toml", "ignored-preferences") in codes(out)

    assert not ignored()
    assert not ignored("--julia", "1.11")
    assert ignored("--julia", "1.6.5")  # [extras] makes preferences visible from 1.6.6 on


def test_verbose_says_what_was_looked_at(precompass: Command) -> None:
    assert precompass("check", "Manifest.toml", "--verbose").err == (
        "Manifest.toml: manifest of the environment Project.toml, Manifest.toml, Julia 1.11.2"
        "; 0 of 9 units have a cache\n"
    )


def test_sarif_and_github(precompass: Command) -> None:
    sarif = json.loads(precompass("check", "--format", "sarif").out)
    results = sarif["runs"][0]["results"]
    assert results[0]["ruleId"] == "global-skip-list"
    github = precompass("check", "--format", "github")
    assert github.code == 1
    assert len(github.out.splitlines()) == len(results)
    assert github.out.startswith("::warning file=LocalPreferences.toml,line=2,col=1,endColumn=16,")


def test_no_file_of_julia_is_no_failure(precompass: Command, app: Path) -> None:
    (app / "empty").mkdir()
    outcome = precompass("check", "empty")
    assert outcome.code == 0
    assert outcome.err == "warning: there are no Julia project files in empty\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nowhere"], "error: there is no file or folder nowhere\n"),
        (
            ["notes.txt"],
            "error: notes.txt is not a Julia project file, manifest or preferences file\n",
        ),
    ],
)
def test_a_path_that_cannot_be_checked(
    precompass: Command, app: Path, arguments: list[str], error: str
) -> None:
    (app / "notes.txt").write_text("")
    assert precompass("check", *arguments) == (2, "", error)


def test_a_path_that_leads_nowhere_is_named_and_the_others_are_checked(
    precompass: Command, app: Path
) -> None:
    assert (app / "Project.toml").is_file()
    outcome = precompass("check", "nowhere", "LocalPreferences.toml")
    assert outcome.code == 2
    assert outcome.err == "error: there is no file or folder nowhere\n"
    assert "global-skip-list" in outcome.out


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_checked(
    precompass: Command, app: Path
) -> None:
    make_pipe(app / "JuliaProject.toml")
    outcome = precompass("check")
    assert outcome.code == 2
    assert outcome.err == "error: JuliaProject.toml cannot be read: it is not a regular file\n"
    assert "files." in outcome.out


@pytest.mark.parametrize("version", ["x", "1.2.3.4", ""])
def test_a_version_that_is_none(precompass: Command, version: str) -> None:
    outcome = precompass("check", "--julia", version)
    assert outcome.code == 2
    assert "is no version of Julia" in outcome.err
    assert outcome.out == ""


def test_quiet_prints_findings_alone(precompass: Command, app: Path) -> None:
    loud = precompass("check")
    quiet = precompass("check", "--quiet")
    assert quiet.code == loud.code == 1
    assert loud.out.startswith(quiet.out)
    assert loud.out.removeprefix(quiet.out).count("\n") == 1  # the line that counts them
    (app / "src" / "empty").mkdir()
    assert precompass("check", "-q", "src/empty") == (0, "", "")


def stale(folder: Path, name: str) -> None:
    """Write a project, and a manifest that was resolved for another one."""
    write(
        folder,
        {
            f"{name}/Project.toml": project(deps="Parsers"),
            f"{name}/Manifest.toml": f'project_hash = "{40 * "0"}"\n{manifest({"Parsers": ""})}',
        },
    )


@pytest.mark.parametrize(("stale_ones", "told"), [("ABC", "ABC"), ("ABCD", "A")])
def test_manifests_that_grew_old_together_are_one_finding(
    precompass: Command, tmp_path: Path, stale_ones: str, told: str
) -> None:
    for name in stale_ones:
        stale(tmp_path / "many", name)
    outcome = precompass("check", str(tmp_path / "many"), "--format", "json")
    assert outcome.code == 1
    found = json.loads(outcome.out)["findings"]
    assert [one["file"].split("/")[-2] for one in found] == list(told)
    if len(told) == 1:
        assert found[0]["message"].endswith(" The same is true of 3 other projects.")
        text = precompass("check", str(tmp_path / "many"), "--color", "never").out
        assert "D/Project.toml:1:2: Here, too." in text
