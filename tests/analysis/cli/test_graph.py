from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.command_line import Command

SUBJECT = "SnoopPrecompile.skip_precompile"
TITLE = f"{SUBJECT}: changing it recompiles 4 of 7 packages and 1 extension"


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("html", "<!doctype html>\n"),
        ("svg", "<svg xmlns="),
        ("dot", f'digraph "{SUBJECT}" {{\n'),
        ("mermaid", f'---\ntitle: "{TITLE}"\n---\nflowchart LR\n'),
    ],
)
def test_each_form_goes_to_a_file_or_to_the_standard_output(
    precompass: Command, app: Path, form: str, beginning: str
) -> None:
    to_file = precompass("graph", SUBJECT, f"--{form}", "picture")
    assert to_file == (0, "", f"picture: {TITLE}\n")
    text = (app / "picture").read_text()
    assert text.startswith(beginning)
    assert precompass("graph", SUBJECT, f"--{form}", "-") == (0, text, "")


def test_several_forms_at_once(precompass: Command, app: Path) -> None:
    outcome = precompass("graph", SUBJECT, "--html", "a.html", "--svg", "a.svg", "--dot", "-")
    assert outcome.code == 0
    assert outcome.out.startswith("digraph")
    assert {path.name for path in app.glob("a.*")} == {"a.html", "a.svg"}


def test_a_file_that_is_there_is_replaced(precompass: Command, app: Path) -> None:
    (app / "a.svg").write_text("something else, and longer" * 9999)
    assert precompass("graph", SUBJECT, "--svg", "a.svg").code == 0
    ElementTree.parse(app / "a.svg")


def test_the_content_for_programs(precompass: Command) -> None:
    outcome = precompass("graph", SUBJECT, "--format", "json")
    answer = json.loads(outcome.out)
    assert (outcome.code, answer["schema"], answer["title"]) == (0, 1, TITLE)
    assert (answer["count"], answer["of"], answer["evidence"]) == (4, 7, "known")
    assert answer["origin"] == {"file": "LocalPreferences.toml", "line": 1}
    assert [(unit["label"], unit["distance"]) for unit in answer["units"]] == [
        ("SnoopPrecompile", 0),
        ("App", 1),
        ("Meshes", 1),
        ("Fields", 2),
        ("Splines/SplinesMeshesExt", 2),
    ]


def test_a_package_and_an_extension(precompass: Command) -> None:
    package = precompass("graph", "Meshes", "--format", "json")
    assert json.loads(package.out)["title"] == (
        "Meshes: changing it recompiles 3 of 7 packages and 1 extension"
    )
    extension = precompass("graph", "Splines/SplinesMeshesExt", "--format", "json")
    assert json.loads(extension.out)["units"][0]["kind"] == "extension"


def test_where_nothing_is_recompiled_the_picture_says_so(precompass: Command) -> None:
    outcome = precompass("graph", "SnoopPrecompile.skip_precompiles", "--svg", "-")
    assert outcome.code == 0
    assert "skip_precompiles: changing it recompiles nothing" in outcome.out
    assert "reads `skip_precompile` and nothing else." in outcome.out


def test_another_project_from_elsewhere(
    precompass: Command, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app.parent)
    outcome = precompass("graph", SUBJECT, "--project", str(app), "--format", "json")
    assert json.loads(outcome.out)["origin"]["file"] == "App/LocalPreferences.toml"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            (SUBJECT,),
            "choose an output: --html FILE, --svg FILE, --dot FILE, "
            "--mermaid FILE, or --format json",
        ),
        (
            (SUBJECT, "--svg", "-", "--dot", "-"),
            "only one form of the picture can go to the standard output",
        ),
        (
            (SUBJECT, "--svg", "-", "--format", "json"),
            "only one form of the picture can go to the standard output",
        ),
        ((SUBJECT, "--svg", "no/such/folder.svg"), "no/such/folder.svg: No such file or directory"),
        (
            ("Splnes.x", "--svg", "-"),
            "there is no package Splnes in the environment of Project.toml; did you mean Splines?",
        ),
    ],
)
def test_what_cannot_be_done(
    precompass: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    assert precompass("graph", *arguments) == (2, "", f"error: {complaint}\n")


def test_without_a_manifest_only_what_the_project_names_is_drawn(
    precompass: Command, app: Path
) -> None:
    (app / "Manifest.toml").unlink()
    outcome = precompass("graph", SUBJECT, "--format", "json")
    assert [unit["label"] for unit in json.loads(outcome.out)["units"]] == [
        "SnoopPrecompile",
        "App",
        "Splines",  # it is on the list, so it uses SnoopPrecompile
    ]
    assert not json.loads(outcome.out)["complete"]
    assert "has no manifest" in outcome.err
