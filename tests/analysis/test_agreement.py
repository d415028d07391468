"""How often the answer equals Julia's, by what it rests on: the table of docs/accuracy.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_scenarios import JULIAS, Oracle, scenarios
from precompass.evidence import Evidence
from shared_data import ROOT, shared

PAGE = ROOT / "docs" / "accuracy.md"


def worlds(oracle: str, folder: Path, *, with_sources: bool) -> Iterator[Oracle]:
    for number, parameters in enumerate(scenarios()):
        name, scenario = parameters.values
        if name == oracle:
            yield Oracle(name, scenario, folder / str(number), with_sources=with_sources)


def stated(oracle: str, column: int) -> tuple[list[str], tuple[int, int]]:
    """The misses and the numbers that the page states for a column of its table."""
    text = PAGE.read_text(encoding="utf-8")
    row = re.search(rf"^\| {re.escape(JULIAS[oracle])} \|(.*)\|$", text, re.MULTILINE)
    assert row is not None
    right, total = row[1].split("|")[column].strip().split(" of ")
    section = text.split(f"### {JULIAS[oracle]}", 1)[1].split("\n### ", 1)[0]
    part = section.split("**")[2 * column]
    return sorted(re.findall(r"^- `([^`]+)`", part, re.MULTILINE)), (int(right), int(total))


@pytest.mark.parametrize("oracle", JULIAS)
@pytest.mark.parametrize(
    ("column", "with_sources"), [(1, True), (2, False)], ids=["source", "neither"]
)
def test_the_page_states_the_agreement(
    oracle: str, column: int, with_sources: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared(oracle, "scenarios.toml")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    misses, total = [], 0
    for world in worlds(oracle, tmp_path, with_sources=with_sources):
        total += 1
        found = world.answer()
        names = sorted(unit.name for unit in found.units)
        if names != world.compiled_by_pkg:
            misses.append(world.scenario["name"])
            if set(world.compiled_by_pkg) - set(names):
                assert found.evidence is Evidence.ASSUMED, "too few, and not labelled"
    assert stated(oracle, column) == (sorted(misses), (total - len(misses), total))
