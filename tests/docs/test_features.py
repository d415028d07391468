"""The table of features names tests that are there, and every feature of the server."""

from __future__ import annotations

import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "features.md"


def test_every_row_names_tests_that_are_there() -> None:
    rows = [line for line in _PAGE.read_text().splitlines() if line.startswith("| ")][2:]
    features = [row for row in rows if "](../tests/" in row]
    assert len(features) >= 13
    for row in features:
        for target in re.findall(r"\]\(([^)]+)\)", row):
            assert (_PAGE.parent / target.partition("#")[0]).is_file(), target
