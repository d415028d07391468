"""What `why`, `status` and `caches` print for programs is what their JSON Schemas say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from precompass.cli import main
from precompass.recompilation import reasons
from support.reasons_oracle import ReasonsScenario, scenarios
from support.shared_data import ROOT

SCHEMAS = ROOT / "docs" / "schemas" / "output"


def errors(name: str, text: str) -> list[str]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(json.loads(text))
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


@pytest.mark.parametrize("told", [pytest.param(one, id=one["name"]) for one in scenarios()])
def test_every_measured_scenario_fits_the_schemas(
    told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = ReasonsScenario(told, tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(scenario.depot))
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    environment = scenario.environments[-1]
    envs = scenario.world / "envs" / environment
    folder = scenario.depot / "environments" / "v1.12" if environment == "global" else envs
    monkeypatch.chdir(folder)
    flags = [flag for flag in told.get("flags", ()) if not flag.startswith("--code-coverage")]
    commands = [
        ["why", *flags],
        ["why", "--for", "precompile"],
        ["why", "--startup"],
        ["status"],
        ["caches"],
    ]
    if told["recompiled"] and told["name"] != "dependency-identity":  # two have the same name
        commands.append(["why", told["recompiled"][0]])
    for command in commands:
        assert main([*command, "--format", "json"]) in (0, 1)
        assert errors(command[0], capsys.readouterr().out) == [], command


def test_the_names_of_all_reasons_are_in_the_schema() -> None:
    kinds = {
        one.KIND: one.CHECK or None
        for one in vars(reasons).values()
        if isinstance(one, type) and issubclass(one, reasons.Reason) and one is not reasons.Reason
    }
    for name in ("why", "status", "caches"):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
        listed = schema["$defs"]["reason"]["oneOf"]
        found = {
            one["properties"]["kind"]["const"]: one["properties"]["check"]["const"]
            for one in listed
        }
        assert found == kinds
