"""The table of features in the architecture names each feature of the server, and real tests."""

from __future__ import annotations

import re

from support.shared_data import ROOT

_PAGE = ROOT / "docs" / "architecture.md"
_, _, _AFTER = _PAGE.read_text("utf-8").partition("## Features and their tests\n")
_SECTION, _, _ = _AFTER.partition("\n## ")
_ROWS = re.findall(r"^\| .+? \| \[`(\w+)\.py`\].*$", _SECTION, flags=re.MULTILINE)


def test_every_feature_of_the_server_has_a_row() -> None:
    folder = ROOT / "server" / "precompass_lsp"
    features = [
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^def register\(", path.read_text("utf-8"), flags=re.MULTILINE)
    ]
    assert sorted(_ROWS) == sorted(features)


def test_every_row_names_tests_that_exist() -> None:
    for row in _SECTION.splitlines()[6:]:
        targets = re.findall(r"\]\(([^)]+)\)", row)
        assert any("tests/server/" in target for target in targets), row
        for target in targets:
            assert (_PAGE.parent / target).exists(), target
