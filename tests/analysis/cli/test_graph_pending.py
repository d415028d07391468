"""``precompass graph --pending``: what is recompiled next, by root cause, as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompass.cli import main
from support.reasons_oracle import ReasonsScenario, scenarios


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in which a version was changed, and a source was edited."""
    told = next(one for one in scenarios() if one["name"] == "version-and-edit")
    scenario = ReasonsScenario(told, tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", f"{scenario.depot}")
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)


def drawn(capsys: pytest.CaptureFixture[str], *form: str) -> str:
    assert main(["graph", "--pending", "--project", "envs/plain", *form]) == 0
    return capsys.readouterr().out


def test_each_unit_has_the_number_of_its_root_cause(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(drawn(capsys, "--format", "json"))
    causes = {unit["label"]: unit["cause"] for unit in answer["units"]}
    assert sorted(causes) == ["Ground [1]", "Roof [1]", "Wall [2]"]
    assert [causes[label] for label in sorted(causes)] == [1, 1, 2]
    assert answer["title"].startswith("The next using recompiles 3 of 6 packages")
    assert answer["basis"] == "1: Ground has another version; 2: dev/Wall/src/Wall.jl changed."


@pytest.mark.parametrize("form", ["--html", "--svg", "--dot", "--mermaid"])
def test_causes_are_told_apart_with_and_without_colour(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = drawn(capsys, form, "-")
    assert "Ground [1]" in text
    assert "Wall [2]" in text
    assert "#c2261d" in text
    assert "#3f5fd0" in text
    if form in ("--html", "--svg"):
        assert ".unit.cause-1" in text
        assert 'cause-2"' in text


def test_either_a_subject_or_pending(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--project", "envs/plain", "--dot", "-"]) == 2
    assert main(["graph", "Wall", "--pending", "--project", "envs/plain", "--dot", "-"]) == 2
    assert "name a package or a preference, or else --pending" in capsys.readouterr().err
