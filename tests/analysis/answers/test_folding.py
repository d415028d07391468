"""What can be folded away."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.folding import FoldingRange, folding_ranges
from support.environments import Package, manifest, session


def folded(folder: Path, name: str, text: str) -> list[tuple[int, int]]:
    """The first and the last line of each range."""
    found = folding_ranges(session(folder, {name: text}), folder / name)
    return [(one.first, one.last) for one in found]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tables_and_long_values_are_folded(tmp_path: Path, newline: str) -> None:
    lines = ["name = 1", "[deps]", "A = 1", "B = [", "  2,", "]", "", "# about", "[compat]", "C=1"]
    text = newline.join(lines)
    assert folded(tmp_path, "Project.toml", text) == [(1, 5), (3, 5), (8, 9)]


def test_a_package_of_a_manifest_is_one_range(tmp_path: Path) -> None:
    text = manifest({"A": Package(weakdeps="B", extensions={"BExt": "B"}), "B": ""})
    lines = text.splitlines()
    first, last = lines.index("[[deps.A]]"), lines.index('    BExt = "B"')
    assert (first, last) in folded(tmp_path, "Manifest.toml", text)


def test_comments_of_several_lines_are_folded(tmp_path: Path) -> None:
    text = "# one\n\n# two\n# three\nx = 1 # four\n# five\n"
    opened = session(tmp_path, {"Project.toml": text})
    found = folding_ranges(opened, tmp_path / "Project.toml")
    assert found == (FoldingRange(2, 3, is_comment=True),)


def test_a_broken_file_is_folded_outside_the_damage(tmp_path: Path) -> None:
    text = "[CSV\nx = 1\n[deps]\nA =\nB = 1\n"
    assert folded(tmp_path, "Project.toml", text) == [(2, 4)]
