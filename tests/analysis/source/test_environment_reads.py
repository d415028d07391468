"""Environment variables that a package reads while it compiles, by its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.source.environment_reads import environment_reads
from precompass.source.package_reads import PackageSource


def read(folder: Path, code: str) -> list[str]:
    """The variables in short: ``NAME`` for one that is read in any case."""
    (folder / "src").mkdir(exist_ok=True)
    entry = folder / "src" / "Foo.jl"
    entry.write_text(f"module Foo\n{code}\nend\n")
    found = environment_reads(PackageSource("Foo", None, folder, entry))
    return [f"{one.name} {one.site.line}" + ("" if one.is_certain else " ?") for one in found]


@pytest.mark.parametrize(
    ("code", "variables"),
    [
        ('const A = ENV["A"]', ["A 1"]),
        ('const A = get(ENV, "A", "")', ["A 1"]),
        ('if haskey(ENV, "A")\nend', ["A 1"]),
        ('const A = Base.ENV["A"]', ["A 1"]),
        ('f() = ENV["A"]\nconst A = f()', ["A 1"]),
        ('f(name) = get(ENV, name, "")\nconst A = f("A")', ["A 2"]),
        ('const A = VERSION > v"2" && ENV["A"]', ["A 1 ?"]),
        ('for name in ("A", "B")\nENV[name]\nend', ["A 2", "B 2"]),
        ("const A = ENV[gethostname()]", ["None 1"]),
        ('@static if get(ENV, "CI", "") == "true"\nend', ["CI 1"]),
        ('macro m()\nENV["A"] == "1" ? 1 : 2\nend\nx = @m', ["A 4"]),
    ],
)
def test_what_is_read_while_compiling(tmp_path: Path, code: str, variables: list[str]) -> None:
    assert [text.split()[0] for text in read(tmp_path, code)] == [
        text.split()[0] for text in variables
    ]


@pytest.mark.parametrize(
    "code",
    [
        'f() = ENV["A"]',
        'function __init__()\nENV["A"]\nend',
        'ENV["A"] = "1"',
        'const MY_ENV = Dict("A" => 1)\nMY_ENV["A"]',
        '# ENV["A"]\nx = "ENV"',
    ],
)
def test_what_is_not(tmp_path: Path, code: str) -> None:
    assert read(tmp_path, code) == []


def test_a_place_and_a_condition(tmp_path: Path) -> None:
    assert read(tmp_path, 'const A = f() && ENV["A"]') == ["A 1 ?"]
    assert read(tmp_path, '\nconst A = ENV["A"]') == ["A 2"]
