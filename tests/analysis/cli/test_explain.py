from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompass.cli import main
from support.command_line import Command
from support.environments import manifest, project, write

SKIP_LIST = """\
SnoopPrecompile.skip_precompile
Changing it recompiles 4 of 7 packages and 1 extension (SnoopPrecompile 1.0.3 reads it \
once, when it compiles itself).

  value         ["Splines", "Meshes"], from LocalPreferences.toml:2
  read by       SnoopPrecompile
  required by   App → SnoopPrecompile
  recompiled    App, Fields, Meshes, SnoopPrecompile
  extensions    Splines/SplinesMeshesExt
  Julia version 1.11.2 (from the manifest)
"""


ONCE = {
    "kind": "published",
    "tool": "SnoopPrecompile",
    "version": "1.0.3",
    "fact": "reads-once",
    "key": None,
}


def test_a_preference_in_words(precompass: Command) -> None:
    assert precompass("explain", "SnoopPrecompile.skip_precompile") == (0, SKIP_LIST, "")


def test_a_preference_for_programs(precompass: Command) -> None:
    outcome = precompass("explain", "SnoopPrecompile.skip_precompile", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == {
        "schema": 1,
        "package": "SnoopPrecompile",
        "uuid": "66db9d55-30c0-4569-8b51-7e840670fc0c",
        "key": "skip_precompile",
        "complete": True,
        "count": 4,
        "of": 7,
        "compiled_bytes": None,
        "of_bytes": None,
        "recompiled": ["App", "Fields", "Meshes", "SnoopPrecompile"],
        "extensions": ["Splines/SplinesMeshesExt"],
        "stale": None,
        "observers": ["SnoopPrecompile"],
        "evidence": "known",
        "noticed": True,
        "why": None,
        "reason": ONCE,
        "observations": [{"unit": "SnoopPrecompile", "evidence": "known", "reason": ONCE}],
        "value": ["Splines", "Meshes"],
        "origin": {"file": "LocalPreferences.toml", "line": 1},
        "chain": ["App", "SnoopPrecompile"],
    }


def test_a_package_itself(precompass: Command) -> None:
    answer = json.loads(precompass("explain", "Meshes", "--format", "json").out)
    assert answer["key"] is None
    assert answer["recompiled"] == ["App", "Fields", "Meshes"]
    assert answer["chain"] == ["App", "Fields", "Meshes"]
    assert (answer["noticed"], answer["why"]) == (True, None)
    assert (answer["value"], answer["origin"], answer["observers"]) == (None, None, [])
    assert precompass("explain", "Meshes").out.splitlines()[1] == (
        "Changing it recompiles 3 of 7 packages and 1 extension, Meshes included."
    )


def test_a_package_by_its_uuid(precompass: Command) -> None:
    by_uuid = precompass("explain", "0f0e0d0c-1111-4222-8333-444455556603.x")
    assert by_uuid.out == precompass("explain", "Splines.x").out


def test_an_extension(precompass: Command) -> None:
    outcome = precompass("explain", "Splines/SplinesMeshesExt", "--format", "json")
    answer = json.loads(outcome.out)
    assert answer["package"] == "Splines/SplinesMeshesExt"
    assert answer["extensions"] == ["Splines/SplinesMeshesExt"]


def test_a_key_may_have_dots(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text('[Splines]\n"a.b" = 0x10\n')
    outcome = precompass("explain", "Splines.a.b", "--format", "json")
    assert json.loads(outcome.out)["key"] == "a.b"
    assert json.loads(outcome.out)["value"] == 16
    assert "  value         0x10, from LocalPreferences.toml:2\n" in (
        precompass("explain", "Splines.a.b").out
    )


def test_a_value_that_is_not_set(precompass: Command) -> None:
    assert "  value         not set\n" in precompass("explain", "Splines.x").out
    answer = json.loads(precompass("explain", "Splines.x", "--format", "json").out)
    assert (answer["value"], answer["origin"]) == (None, None)
    assert answer["evidence"] == "assumed"


def test_values_that_json_does_not_have(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text("[Splines]\nx = [inf, 2026-05-01, {y = nan}]\n")
    answer = json.loads(precompass("explain", "Splines.x", "--format", "json").out)
    assert answer["value"] == ["inf", "2026-05-01", {"y": "nan"}]


def test_a_change_that_julia_does_not_notice_says_why(precompass: Command) -> None:
    answer = json.loads(
        precompass("explain", "SnoopPrecompile.skip_precompiles", "--format", "json").out
    )
    assert answer["noticed"] is False
    assert (answer["count"], answer["recompiled"], answer["observers"]) == (0, [], [])
    assert answer["why"] == "SnoopPrecompile 1.0.3 reads `skip_precompile` and nothing else"
    text = precompass("explain", "SnoopPrecompile.skip_precompiles").out
    assert text.splitlines()[1] == f"Changing it recompiles nothing: {answer['why']}."


def test_a_package_that_is_listed_and_not_in_the_manifest(precompass: Command, app: Path) -> None:
    project = app / "Project.toml"
    uuid = "12345678-0000-4000-8000-000000000009"
    project.write_text(project.read_text() + f'\n[extras]\nNowhere = "{uuid}"\n')
    answer = json.loads(precompass("explain", "Nowhere", "--format", "json").out)
    assert (answer["package"], answer["uuid"], answer["count"]) == ("Nowhere", uuid, 0)
    assert answer["noticed"] is False
    assert answer["why"] == "the package is not in the manifest"
    assert answer["chain"] == []


def test_what_makes_julia_throw_is_said_besides(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text("[Splines]\nx = 1\ny = \n")
    outcome = precompass("explain", "Splines.x", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["value"] == 1
    assert outcome.err.startswith("warning: LocalPreferences.toml:3:")
    (app / "Manifest.toml").write_text("x = \n")
    assert "Manifest.toml is not valid TOML: Julia cannot read it\n" in (
        precompass("explain", "Splines.x").err
    )


class TestProject:
    """Which environment it is about."""

    @pytest.fixture
    def elsewhere(self, app: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = app.parent / "elsewhere"
        folder.mkdir()
        monkeypatch.chdir(folder)
        return folder

    @pytest.mark.parametrize("project", ["../App", "../App/Project.toml", "../App/../App/"])
    @pytest.mark.usefixtures("elsewhere")
    def test_that_of_the_option(self, precompass: Command, project: str) -> None:
        outcome = precompass("explain", "Meshes", "--project", project)
        assert outcome.out.startswith("Meshes\nChanging it recompiles 3 of 7 packages")

    @pytest.mark.usefixtures("elsewhere")
    def test_or_of_the_environment_variable(
        self, precompass: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JULIA_PROJECT", "../App")
        assert precompass("explain", "Meshes").code == 0
        monkeypatch.setenv("JULIA_PROJECT", "../nowhere")
        outcome = precompass("explain", "Meshes")
        assert (outcome.code, outcome.err) == (2, "error: there is no project file ../nowhere\n")
        assert precompass("explain", "Meshes", "--project", "../App").code == 0

    def test_or_the_nearest_one_upward(
        self, precompass: Command, app: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (app / "src" / "deep").mkdir(parents=True)
        monkeypatch.chdir(app / "src" / "deep")
        answer = json.loads(
            precompass("explain", "SnoopPrecompile.skip_precompile", "--format", "json").out
        )
        assert answer["count"] == 4
        assert answer["origin"]["file"] == str(app / "LocalPreferences.toml")

    def test_a_named_one_of_a_depot(self, precompass: Command, elsewhere: Path) -> None:
        shared = elsewhere / "depot" / "environments" / "tools"
        shared.mkdir(parents=True)
        (shared / "Project.toml").write_text(
            '[deps]\nExample = "7876af07-990d-54b4-ab0e-23690620f79a"\n'
        )
        arguments = ("explain", "Example", "--depot", "depot", "--project")
        assert precompass(*arguments, "@tools").out.startswith("Example\n")
        assert precompass(*arguments, "@nothing") == (
            2,
            "",
            "error: there is no environment @nothing\n",
        )

    @pytest.mark.usefixtures("elsewhere")
    def test_no_project_file(self, precompass: Command) -> None:
        outcome = precompass("explain", "Meshes", "--project", ".")
        assert (outcome.code, outcome.err) == (2, "error: there is no project file in .\n")


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        (
            "meshs",
            "there is no package meshs in the environment of Project.toml; did you mean Meshes?",
        ),
        (
            "meshes.x",
            "there is no package meshes in the environment of Project.toml; did you mean Meshes?",
        ),
        ("Qqqq", "there is no package Qqqq in the environment of Project.toml"),
        (
            "12345678-0000-4000-8000-000000000000",
            "there is no package 12345678-0000-4000-8000-000000000000 in the environment of "
            "Project.toml",
        ),
        ("Meshes.", "the key is missing after the dot of Meshes"),
    ],
)
def test_a_subject_that_is_none(precompass: Command, subject: str, error: str) -> None:
    assert precompass("explain", subject) == (2, "", f"error: {error}\n")


def test_two_packages_of_one_name(precompass: Command, app: Path) -> None:
    manifest = app / "Manifest.toml"
    manifest.write_text(
        manifest.read_text()
        + '\n[[deps.Meshes]]\nuuid = "9a1b2c3d-0000-4000-8000-000000000005"\n'
        + 'path = "other"\n'
    )
    assert precompass("explain", "Meshes").err == (
        "error: several packages are called Meshes; name one by its UUID: "
        "9a1b2c3d-0000-4000-8000-000000000004, 9a1b2c3d-0000-4000-8000-000000000005\n"
    )


def test_without_a_manifest(precompass: Command, app: Path) -> None:
    (app / "Manifest.toml").unlink()
    outcome = precompass("explain", "Splines.x")
    assert outcome.code == 0
    assert "the newest known; no manifest names one" in outcome.out
    assert outcome.err == (
        f"warning: {app / 'Project.toml'} has no manifest; `Pkg.instantiate()` writes one\n"
    )


OPEN = """\
module App
using Fields, Preferences
include(ENV["APP_GENERATED"])
end
"""


def test_a_misspelt_key_is_named_as_it_was_probably_meant(precompass: Command) -> None:
    assert precompass("explain", "SnoopPrecompile.skip_precompil").err == (
        "warning: SnoopPrecompile.skip_precompil is neither set nor known; did you mean "
        "skip_precompile?\n"
    )
    assert precompass("explain", "SnoopPrecompile.skip_precompile").err == ""


def test_a_value_that_julia_ignores_is_shown_with_its_line(precompass: Command, app: Path) -> None:
    (app / "LocalPreferences.toml").write_text("[Meshes]\norder = 2\n")
    assert "  value         not set; Julia ignores LocalPreferences.toml:2\n" in (
        precompass("explain", "Meshes.order").out
    )


def test_an_extension_by_its_own_name(precompass: Command) -> None:
    whole = precompass("explain", "Splines/SplinesMeshesExt")
    assert whole.code == 0
    assert precompass("explain", "SplinesMeshesExt") == whole


def test_a_key_without_a_package(precompass: Command) -> None:
    assert precompass("explain", ".order").err == "error: the package is missing before '.order'\n"


def test_what_a_source_does_not_settle_may_be_recompiled(precompass: Command, app: Path) -> None:
    (app / "src" / "App.jl").write_text(OPEN)
    project = (app / "Project.toml").read_text()
    listed = 'Preferences = "21216c6a-2e73-6563-6e65-726566657250"'
    (app / "Project.toml").write_text(project.replace("[deps]", f"[deps]\n{listed}"))
    said = precompass("explain", "App.mode").out.splitlines()[1]
    assert said.startswith("Changing it may recompile 1 of 7 packages (cannot tell: ")


def test_without_a_manifest_nobody_knows_what_depends_on_the_package_of_another_member(
    precompass: Command, app: Path
) -> None:
    project = app / "Project.toml"
    project.write_text('workspace.projects = ["docs"]\n' + project.read_text())
    (app / "docs").mkdir()
    (app / "docs" / "Project.toml").write_text(
        '[deps]\nMeshes = "9a1b2c3d-0000-4000-8000-000000000004"\n'
    )
    (app / "Manifest.toml").unlink()
    for subject in ("Meshes", "Fields.mode"):
        assert precompass("explain", subject, "--julia", "1.12").code == 0
    said = precompass("explain", "Meshes", "--julia", "1.12").out.splitlines()[1]
    assert said == (
        "The effect of a change is unknown: there is no manifest, so its dependents are unknown."
    )


def test_without_a_manifest_nobody_knows_what_the_tests_depend_on(
    precompass: Command, app: Path
) -> None:
    (app / "test").mkdir()
    (app / "test" / "runtests.jl").write_text("using App\n")
    (app / "test" / "Project.toml").write_text(
        '[deps]\nPrecompileTools = "aea7be01-6a6a-4083-8856-8a6e6704d82a"\n'
    )
    (app / "Manifest.toml").unlink()
    answer = json.loads(precompass("explain", "PrecompileTools.x", "--format", "json").out)
    assert (answer["tests"]["noticed"], answer["tests"]["complete"]) == (None, False)
    said = precompass("explain", "PrecompileTools.x").out
    assert "recompiles nothing" not in said
    assert said.count("The effect of a change is unknown") == 1


# Environment variables that are read while a package compiles


READS_VARIABLES = """\
module App
using Fields, PrecompileTools, SnoopPrecompile, Splines
const THREADS = get(ENV, "APP_THREADS", "1")
at_run_time() = ENV["APP_LATER"]
if THREADS != "1"
    const FAST = ENV["APP_FAST"]
end
end
"""


def test_variables_that_julia_does_not_notice(precompass: Command, app: Path) -> None:
    (app / "src" / "App.jl").write_text(READS_VARIABLES)
    said = " ".join(precompass("explain", "App").out.split())
    assert (
        "App reads environment variables while it compiles, and Julia does not notice when they "
        "change: `APP_THREADS` (src/App.jl:3), `APP_FAST` (src/App.jl:6)."
    ) in said
    assert "APP_LATER" not in said


def test_variables_for_programs(precompass: Command, app: Path) -> None:
    (app / "src" / "App.jl").write_text(READS_VARIABLES)
    answer = json.loads(precompass("explain", "App", "--format", "json").out)
    assert [
        (one["name"], Path(one["file"]).name, one["line"], one["certain"])
        for one in answer["environment_variables"]
    ] == [("APP_THREADS", "App.jl", 2, True), ("APP_FAST", "App.jl", 5, False)]


def test_variables_belong_to_the_package_and_not_to_a_key(precompass: Command, app: Path) -> None:
    (app / "src" / "App.jl").write_text(READS_VARIABLES)
    of_a_key = precompass("explain", "App.x", "--format", "json").out
    assert "environment_variables" not in json.loads(of_a_key)
    of_another = precompass("explain", "Meshes", "--format", "json").out
    assert json.loads(of_another)["environment_variables"] == []
    assert "environment variables" not in precompass("explain", "Meshes").out


def test_a_standard_library_changes_with_julia(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts are of packages, and this project is not one: no count includes it."""
    text = manifest({"Parsers": "Dates", "CSV": "Parsers", "JSON": "", "Dates": ""})
    write(tmp_path, {"Project.toml": project(deps="CSV JSON"), "Manifest.toml": text})
    assert main(["explain", "Dates", "--project", str(tmp_path), "--no-depot"]) == 0
    said = capsys.readouterr().out
    assert "Dates comes with Julia and changes only with it: 2 of 3 packages depend on it." in said
    assert "included" not in said


def test_a_package_that_only_another_project_of_the_workspace_uses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages = {"CSV": "Parsers", "Parsers": "", "JSON": ""}
    write(
        tmp_path,
        {
            "Project.toml": project("Survey", deps="JSON") + '\n[workspace]\nprojects = ["test"]\n',
            "test/Project.toml": project(deps="CSV"),
            "test/runtests.jl": "using CSV\n",
            "Manifest.toml": manifest(packages, julia="1.12.2"),
        },
    )
    arguments = ["explain", "Parsers", "--project", str(tmp_path), "--no-depot"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "recompiles nothing: Project.toml does not depend on it." in said
    assert "For test, changing it recompiles 2 of 4 packages." in said
    assert "Pkg.test" not in said  # the tests run in this very project, since Julia 1.12
    assert main([*arguments, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (member,) = answer["members"]
    assert (member["project"], member["count"], member["noticed"]) == ("test", 2, True)
    assert answer["tests"]["count"] == 2
    assert main(["explain", "JSON", "--project", str(tmp_path), "--no-depot"]) == 0
    assert "For test" not in capsys.readouterr().out
