"""The comparison with other servers names tests that are there, and what is really announced."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from precompass.rules import RULES
from support.raw_client import RawClient
from support.shared_data import ROOT

PAGE = ROOT / "docs" / "comparison.md"
PULLS = {
    "textDocument": {"diagnostic": {}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}


def _rows() -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split("## Features\n")[1].split("\nWhat others")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row[1:-1].split(" | ")] for row in rows[2:]]


@pytest.fixture
def announced(tmp_path: Path) -> Iterator[Mapping[str, Any]]:
    """What the server says that it can do."""
    client = RawClient((sys.executable, "-m", "precompass_lsp"))
    yield client.initialize(tmp_path, PULLS)["capabilities"]
    client.end()


def test_every_feature_is_announced_and_every_announced_feature_is_a_row(
    announced: Mapping[str, Any],
) -> None:
    named = {name for row in _rows() for name in re.findall(r"`(\w+Provider)`", row[0])}
    told = {name for name, value in announced.items() if name.endswith("Provider") and value}
    assert named == told - {"executeCommandProvider"}  # which serves the others


def test_every_row_names_tests_that_are_there() -> None:
    for row in _rows():
        links = re.findall(r"\]\((\.\./tests/[^)]+)\)", row[-1])
        assert links, row[0]
        assert all((PAGE.parent / link).is_file() for link in links), row[0]


def test_the_number_of_rules_is_right() -> None:
    (number,) = re.findall(r"(\d+) rules", PAGE.read_text(encoding="utf-8"))
    assert int(number) == len(RULES)
