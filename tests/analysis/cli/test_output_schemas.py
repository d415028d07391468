"""What the commands print for programs is what their JSON Schemas say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.command_line import PREFERENCES, Command
from support.registry_files import Package, write_registry
from support.shared_data import ROOT

SCHEMAS = ROOT / "docs" / "schemas" / "output"
LAKE = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
RIVER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"


def errors(name: str, text: str) -> list[str]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/docs/schemas/output/{name}.schema.json")
    found = Draft202012Validator(schema).iter_errors(json.loads(text))
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "Project.toml"],
        ["explain", "SnoopPrecompile.skip_precompile"],
        ["explain", "Splines.nothing_reads_this"],
        ["explain", "Splines"],
        ["graph", "SnoopPrecompile.skip_precompile"],
        ["graph", "Splines.nothing_reads_this"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("has_manifest", [True, False], ids=["manifest", "no manifest"])
def test_an_answer_fits_its_schema(
    precompass: Command, app: Path, arguments: list[str], has_manifest: bool
) -> None:
    if not has_manifest:
        (app / "Manifest.toml").unlink()
    assert errors(arguments[0], precompass(*arguments, "--format", "json").out) == []


@pytest.mark.parametrize(
    "preferences",
    [
        PREFERENCES,
        '[SnoopPrecompile]\nskip_precompile = ["Meshes"]\n',
        "[Splines]\nprecompile_workload = false\nsince = 2026-01-01\n[Nobody]\na = 1\n",
    ],
)
def test_a_difference_fits_its_schema(
    precompass: Command, app: Path, tmp_path: Path, preferences: str
) -> None:
    after = tmp_path / "after"
    shutil.copytree(app, after)
    (after / "LocalPreferences.toml").write_text(preferences)
    assert errors("diff", precompass("diff", ".", str(after), "--format", "json").out) == []


@pytest.mark.parametrize("arguments", [["Lake"], ["--top", "2"]], ids=" ".join)
def test_a_count_of_dependents_fits_its_schema(
    precompass: Command, tmp_path: Path, arguments: list[str]
) -> None:
    depot = tmp_path / "depot"
    write_registry(
        depot,
        Package("Lake", LAKE, {"1.0.0": {}}),
        Package("River", RIVER, {"2.0.0": {"Lake": LAKE}}),
    )
    outcome = precompass("ecosystem", *arguments, "--depot", str(depot), "--format", "json")
    assert errors("ecosystem", outcome.out) == []


def test_an_answer_with_another_shape_does_not_fit(precompass: Command) -> None:
    """The schemas are strict: a name that nobody documented is noticed."""
    found = json.loads(precompass("check", "--format", "json").out)
    found["findings"][0]["more"] = 1
    assert errors("check", json.dumps(found)) != []
    del found["findings"][0]["more"], found["files"]
    assert errors("check", json.dumps(found)) != []


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_schemas_are_on_the_page_of_settings(path: Path) -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert f"(schemas/output/{path.name})" in page
