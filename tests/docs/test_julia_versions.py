"""The page about versions of Julia: each test that it names is there."""

from __future__ import annotations

import re

from support.shared_data import ROOT

PAGE = ROOT / "docs" / "julia-versions.md"


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    assert {name for name in named if f"def {name}(" not in code} == set()


def test_every_row_has_a_test_or_a_sentence() -> None:
    rows = [line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if "|" in line]
    assert len(rows) > 20
    short = [what.strip() for what, _, held in rows[2:] if len(held.strip()) < 10]
    assert short == []
