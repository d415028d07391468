"""What a growing selection takes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.selection_ranges import selection_range
from support.cursors import opened


@pytest.mark.parametrize(
    ("text", "grown"),
    [
        (
            '[a]\nx = 1\n[b]\ny = ["c", "d¦e"]\nz = 1\n',
            [
                "de",
                '"de"',
                '["c", "de"]',
                'y = ["c", "de"]',
                '[b]\ny = ["c", "de"]\nz = 1',
                '[a]\nx = 1\n[b]\ny = ["c", "de"]\nz = 1\n',
            ],
        ),
        ("A = {p¦ = 'b'}", ["p", "p = 'b'", "{p = 'b'}", "A = {p = 'b'}"]),
        ("[a\nb¦ =\n", ["[a\nb =\n"]),
        ("¦", [""]),
    ],
)
def test_a_selection_grows_by_the_structure(tmp_path: Path, text: str, grown: list[str]) -> None:
    session, path, offset = opened(tmp_path, {"LocalPreferences.toml": text})
    plain = text.replace("¦", "")
    found = selection_range(session, path, offset)
    assert [plain[span.start : span.end] for span in found] == grown
