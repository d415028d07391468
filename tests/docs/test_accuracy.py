"""Numbers of docs/accuracy.md that are the size of a set of tests."""

from __future__ import annotations

import re

from support.reasons_oracle import scenarios
from support.shared_data import ROOT

TEXT = " ".join((ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8").split())


def test_the_page_says_in_how_many_scenarios_julia_was_asked_for_reasons() -> None:
    number = len(scenarios())
    assert f"asked in {number} scenarios why it does not use each cache" in TEXT
    assert f"In all {number} the answers of `precompass why` equal Julia's" in TEXT


def test_the_page_says_how_many_further_kinds_of_change_are_tests() -> None:
    tests = ROOT / "tests" / "analysis" / "recompilation" / "test_kinds_of_change.py"
    changes = re.findall(r"^@recompiles\(", tests.read_text(encoding="utf-8"), re.MULTILINE)
    assert f"{len(changes)} further kinds of change are tests" in TEXT
