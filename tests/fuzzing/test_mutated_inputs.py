"""No mutated input crashes a reader; ``make fuzz`` tries a hundred thousand for each."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.exhaustive


def test_a_thousand_mutated_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("mutate", Path(__file__).with_name("mutate.py"))
    assert spec is not None
    assert spec.loader is not None
    mutate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutate)
    monkeypatch.setattr(sys, "argv", ["mutate.py", "--number", "1000", "--seed", "1"])
    monkeypatch.setattr(mutate, "SLOWEST", float("inf"))
    mutate.main()
