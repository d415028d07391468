"""``--for test``: the questions of the command line, asked about what ``Pkg.test`` runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.command_line import Command

TESTS = """\
[deps]
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[preferences.App]
mode = "tested"
"""


@pytest.fixture
def tested(app: Path) -> Path:
    """The application with a folder of tests, whose project sets a preference of it."""
    (app / "test").mkdir()
    (app / "test" / "runtests.jl").write_text("using App, Test\n")
    (app / "test" / "Project.toml").write_text(TESTS)
    (app / "src" / "App.jl").write_text(
        'module App\nusing Fields, Preferences\nconst MODE = @load_preference("mode")\nend\n'
    )
    return app


def test_explain_says_the_count_in_the_tests_beside_the_other(
    precompass: Command, tested: Path
) -> None:
    assert tested.is_dir()
    out = precompass("explain", "SnoopPrecompile.skip_precompile").out
    assert (
        "In `Pkg.test`, changing it recompiles nothing: the project that it runs in does not list "
        "SnoopPrecompile."
    ) in " ".join(out.split())
    answer = json.loads(
        precompass("explain", "SnoopPrecompile.skip_precompile", "--format", "json").out
    )
    assert answer["count"] == 4
    assert (answer["tests"]["count"], answer["tests"]["noticed"]) == (0, False)
    answer = json.loads(precompass("explain", "Meshes", "--format", "json").out)
    assert answer["tests"]["recompiled"] == ["App", "Fields", "Meshes"]
    assert answer["tests"]["complete"] is True


def test_explain_for_the_tests_alone(precompass: Command, tested: Path) -> None:
    assert tested.is_dir()
    outcome = precompass("explain", "App.mode", "--for", "test", "--format", "json")
    answer = json.loads(outcome.out)
    assert outcome.code == 0
    assert answer["value"] == "tested"
    assert answer["origin"] == {"file": "test/Project.toml", "line": 4}
    assert "tests" not in answer
    assert json.loads(precompass("explain", "App.mode", "--format", "json").out)["value"] is None


def test_what_the_manifest_lacks_of_the_tests_is_said(precompass: Command, tested: Path) -> None:
    (tested / "test" / "Project.toml").write_text(
        '[deps]\nExample = "7876af07-990d-54b4-ab0e-23690620f79a"\n'
    )
    outcome = precompass("explain", "Example.mode", "--for", "test")
    assert "the manifest does not have Example, which only the tests use" in outcome.err
    answer = json.loads(
        precompass("explain", "Example.mode", "--for", "test", "--format", "json").out
    )
    assert (answer["noticed"], answer["evidence"]) == (True, "assumed")


def test_diff_for_the_tests(precompass: Command, tested: Path) -> None:
    before = tested.parent / "Before"
    shutil.copytree(tested, before)
    changed = TESTS.replace("tested", "other")
    (tested / "test" / "Project.toml").write_text(changed)
    assert precompass("diff", "../Before", ".").code == 0
    outcome = precompass("diff", "../Before", ".", "--for", "test", "--format", "json")
    answer = json.loads(outcome.out)
    assert outcome.code == 1
    assert answer["recompiled"] == ["App"]
    assert [(one["package"], one["key"]) for one in answer["changes"]] == [("App", "mode")]


def test_a_project_without_tests(precompass: Command) -> None:
    outcome = precompass("explain", "Meshes", "--for", "test")
    assert outcome.code == 2
    assert "is not a package with a test/runtests.jl" in outcome.err
    assert precompass("diff", ".", ".", "--for", "test").code == 2
