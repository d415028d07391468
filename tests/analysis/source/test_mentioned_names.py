"""Whether the source of a package names another one at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.source.mentioned_names import mentioned_names
from support.environments import write


def names(folder: Path, files: dict[str, str]) -> frozenset[str]:
    write(folder, files)
    found = mentioned_names(folder, folder / "src" / "App.jl")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "source",
    [
        "using Root",
        "using Base: a\nimport Other, Root as R",
        "@eval using Root",
        'x = "# not a comment"; using Root',
        "#= using Root =#",
        '"""\n[`Root`](@ref)\n"""',
    ],
)
def test_a_name_anywhere_in_the_code_may_be_an_import(tmp_path: Path, source: str) -> None:
    """Strings and block comments count too: what they hold is not worth a mistake."""
    assert "Root" in names(tmp_path, {"src/App.jl": source})


@pytest.mark.parametrize("source", ["# Root is not loaded", "  # using Root", "using Roots", ""])
def test_a_name_in_line_comments_alone_is_none(tmp_path: Path, source: str) -> None:
    assert "Root" not in names(tmp_path, {"src/App.jl": source})


def test_the_source_is_what_lies_beside_the_entry_file_and_below(tmp_path: Path) -> None:
    files = {"src/App.jl": "", "src/parts/one.jl": "using Root", "test/runtests.jl": "using Test"}
    found = names(tmp_path, files)
    assert "Root" in found
    assert "Test" not in found


def test_a_file_may_lead_out_of_the_source_folder(tmp_path: Path) -> None:
    source = 'include(joinpath(@__DIR__, "..", "lib", "more.jl"))'
    assert "Root" in names(tmp_path, {"src/App.jl": source, "lib/more.jl": "using Root"})


def test_what_is_too_large_to_read_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, {"src/App.jl": "", "src/data.jl": "#" * 4_000_001})
    assert mentioned_names(tmp_path, tmp_path / "src" / "App.jl") is None
