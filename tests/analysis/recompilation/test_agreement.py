"""How often the answer equals Julia's, by what it rests on: the table of docs/accuracy.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from precompass.recompilation.evidence import Evidence
from support.compiled_scenarios import CompiledScenario
from support.oracle import ORACLES, scenarios
from support.shared_data import ROOT

pytestmark = pytest.mark.exhaustive

LOST_CACHES = ("native-image-deleted", "cache-deleted-then-nothing")
"""Scenarios in which caches were deleted: without a depot, there is nothing to doubt."""

PAGE = ROOT / "docs" / "accuracy.md"


def stated(julia: str, column: int) -> tuple[list[str], tuple[int, int]]:
    """The misses and the numbers that the page states for a column of its table."""
    text = PAGE.read_text(encoding="utf-8")
    row = re.search(rf"^\| {re.escape(julia)} \|(.*)\|$", text, re.MULTILINE)
    assert row is not None
    right, total = row[1].split("|")[column].strip().split(" of ")
    section = re.split(r"\n##", text.split(f"### {julia}", 1)[1], maxsplit=1)[0]
    part = section.split("**")[2 * column]
    return sorted(re.findall(r"^- `([^`]+)`", part, re.MULTILINE)), (int(right), int(total))


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize(
    ("column", "with_sources"), [(1, True), (2, False)], ids=["source", "neither"]
)
def test_the_page_states_the_agreement(
    oracle: str, column: int, with_sources: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    every = scenarios(oracle).values()
    misses = []
    for number, scenario in enumerate(every):
        place = tmp_path / str(number)
        found = CompiledScenario(scenario, place, with_sources=with_sources).answer()
        names = sorted(unit.name for unit in found.units)
        if names != scenario.recompiled:
            misses.append(scenario.name)
            if set(scenario.recompiled) - set(names):
                is_labelled = found.evidence is Evidence.ASSUMED or scenario.name in LOST_CACHES
                assert is_labelled, "too few, and not labelled"
                assert found.stale is None, "too few, and yet caches were looked at"
    (julia,) = {str(scenario.julia) for scenario in every}
    assert stated(julia, column) == (sorted(misses), (len(every) - len(misses), len(every)))
