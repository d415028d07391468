"""Packages with more in them than is followed: what is not followed is never denied.

Whoever reads that a package does not read a preference concludes that setting it recompiles
nothing. So wherever the reader stops, the package has a problem, or an open read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.source import closure
from precompass.source.package_files import Limits
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads, PreferenceRead, When
from support.one_package import UUID_OF_FOO, read, verdict

TOO_MUCH = ["too much code: the rest is not followed"]
ONE_READER = "f(k) = load_preference(Foo, k)\n"
WORKLOAD = "using PrecompileTools\n" + "@compile_workload begin\n level()\nend\n" * 4
LEVEL = 'level() = @load_preference("level")\n'


def each(count: int, line: str) -> str:
    """Return a line with each number from 0 on."""
    return "".join(line.replace("#", str(number)) + "\n" for number in range(count))


def at_compile_time(reads: PackageReads, key: str) -> PreferenceRead:
    """Return the one place where a key is read while the package compiles."""
    [found] = (one for one in reads.reads if one.key == key and one.when is When.COMPILE)
    return found


@pytest.mark.parametrize(
    "code",
    [
        ONE_READER + each(1_200, 'f("k#")'),
        ONE_READER + "function g()\n" + each(1_200, 'f("k#")') + "end\nconst x = g()",
        ONE_READER + each(1_200, 'h#() = f("k#")') + each(1_200, "h#()"),
        "macro r(k)\n :(load_preference(Foo, $k))\nend\n" + each(1_200, '@r("k#")'),
        each(1_200, 'f#() = @load_preference("k#")').replace("\n", ";") + each(900, "f#()"),
    ],
    ids=["calls", "calls in a function", "functions", "macros", "places"],
)
def test_what_is_read_behind_a_thousand_reads(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code), "k1150") in {"read", "may"}


@pytest.mark.parametrize("length", [2, 6, 40])
def test_functions_that_call_one_another_in_a_circle(tmp_path: Path, length: int) -> None:
    last = length - 1
    code = each(last, "walk#(x) = next#(x)") + "".join(
        f"next{number}(x) = walk{number + 1}(x)\n" for number in range(last)
    )
    code += f'walk{last}(x) = x > 3 ? @load_preference("mode") : walk0(x + 1)\nwalk0(1)\n'
    reads = read(tmp_path, code)
    assert verdict(reads) == "read"
    assert not reads.problems


def test_a_circle_with_more_ways_than_are_kept_ends(tmp_path: Path) -> None:
    """Which of the ways are kept goes to and fro: Manopt has such circles."""
    reads = read(
        tmp_path,
        'first(x) = x > 5 ? fifth(x) : x > 4 ? first(x) : x == 1 && @load_preference("mode")\n'
        "function second(x)\n x > 1 && third(x)\n fourth(x)\nend\n"
        "function third(x)\n third(x)\n x > 8 && first(x)\nend\n"
        "function fourth(x)\n x > 4 && second(x)\n fifth(x)\n x > 5 && third(x)\n"
        " x > 5 && fourth(x)\nend\n"
        "function fifth(x)\n second(x)\n x > 8 && third(x)\nend\n"
        "first(rand())\n",
    )
    assert verdict(reads) == "read"
    assert not reads.problems


def test_a_circle_that_reads_ever_other_keys(tmp_path: Path) -> None:
    """``read_all("")`` reads "", "x", "xx" and so on."""
    code = 'read_all(k) = (load_preference(Foo, k); read_all(k * "x"))\nread_all("")\n'
    assert [one.text for one in read(tmp_path, code).problems] == TOO_MUCH


def test_a_circle_that_nests_values_ever_deeper(tmp_path: Path) -> None:
    """A value that is nested more than 20 deep is unknown: behind that, nothing new is found."""
    code = 'walk(x) = (load_preference(x, "mode"); walk((x, 1)))\nwalk(Foo)\n'
    reads = read(tmp_path, code)
    assert verdict(reads) == "read"
    assert not reads.problems


@pytest.mark.parametrize(
    "code",
    [
        each(8, '@load_preference("k#")'),
        "f() = begin\n" + each(8, '@load_preference("k#")') + "end\nf()",
        each(8, 'g#() = @load_preference("k#")') + "f() = begin\n" + each(8, "g#()") + "end\nf()",
        each(8, '@generated g#() = (@load_preference("k#"); :(1))')
        + "f() = begin\n"
        + each(8, "g#()")
        + "end",
    ],
    ids=["top level", "function", "calls", "generated functions"],
)
def test_more_effects_than_are_kept(tmp_path: Path, code: str) -> None:
    (tmp_path / "src").mkdir()
    entry = tmp_path / "src" / "Foo.jl"
    entry.write_text(f"module Foo\nusing Preferences\n{code}\nend\n")
    source = PackageSource("Foo", UUID_OF_FOO, tmp_path, entry)
    assert not read_package_source(source, limits=Limits(effects=9)).problems
    reads = read_package_source(source, limits=Limits(effects=5))
    assert [one.text for one in reads.problems] == TOO_MUCH


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("way", ["level()", "ENABLED && level()", "a && b && level()"])
def test_a_workload_is_not_the_only_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, exact: bool
) -> None:
    """Only a few ways are kept, those with the fewest conditions: the others count all the same."""
    if not exact:
        monkeypatch.setattr(closure, "_MAX_EXACT", 0)
    folders = tmp_path / "with", tmp_path / "without"
    assert not at_compile_time(read(folders[0], LEVEL + WORKLOAD + way), "level").in_workload
    assert at_compile_time(read(folders[1], LEVEL + WORKLOAD), "level").in_workload


READ = '@load_preference("mode")'
NAMES = ", ".join(f'"k{number}"' for number in range(1_100))


def nested(begin: str, inner: str, end: str) -> str:
    """Return code that is nested deeper than it is followed."""
    return begin * 70 + inner + end * 70


@pytest.mark.parametrize(
    "code",
    [
        'KEY = "k"\n' * 70 + 'KEY = "mode"\nload_preference(Foo, KEY)',
        'load_preference(Foo, string("mo", ' + '"", ' * 1_100 + '"de"))',
        'load_preference(Foo, "mo' + '$("")' * 1_100 + 'de")',
        f'for k in ({NAMES}, "mode")\n load_preference(Foo, k)\nend',
        f'for (k, v) in Dict({NAMES.replace(",", " => 1,")} => 1, "mode" => 1)\n'
        " load_preference(Foo, k)\nend",
        f'const KEYS = [{NAMES}, "mode"]\nload_preference(Foo, KEYS[n])',
        each(300, "f#() = 1")
        + f"g() = {READ}\nfor f in ({', '.join(f':f{number}' for number in range(300))}, :g)\n"
        " @eval $f()\nend",
        nested("begin\n", 'include("a.jl")', "\nend"),
        nested("identity(", 'include("a.jl")', ")"),
        nested("let x = 1\n", 'include("a.jl")', "\nend"),
        nested("module Inner\n", 'include("a.jl")', "\nend"),
        nested("if x\n", "using Preferences: load_preference as f", "\nend") + '\nf(Foo, "mode")',
        'include("a.jl")\n' * 4_100,
    ],
    ids=[
        "assignments",
        "pieces of string()",
        "pieces of a text",
        "items of a loop",
        "pairs of a dictionary",
        "items one of which is taken",
        "symbols",
        "include in blocks",
        "include in calls",
        "include in let",
        "include in modules",
        "import in conditions",
        "includes",
    ],
)
def test_a_preference_behind_a_bound_may_be_read(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code, a=READ)) in {"may", "read"}


@pytest.mark.parametrize("count", [500, 1_500])
def test_what_is_not_understood_behind_a_thousand_errors(tmp_path: Path, count: int) -> None:
    problems = read(tmp_path, "begin ) end\n" * count + 'begin ) include("a.jl") end').problems
    assert any(one.text.startswith("not understood") for one in problems)


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(file_bytes=200), "1.jl was not read: too large"),
        (Limits(files=10), "9.jl was not read: too many files"),
    ],
)
def test_a_file_that_a_computed_include_may_mean(
    tmp_path: Path, limits: Limits, problem: str
) -> None:
    (tmp_path / "src" / "rules").mkdir(parents=True)
    entry = tmp_path / "src" / "Foo.jl"
    entry.write_text(
        'module Foo\nusing Preferences\ninclude(joinpath(@__DIR__, "rules", FILE))\nend\n'
    )
    for number in range(1, 31):
        code = READ + "#" * 200 if number == 1 else "1"
        (tmp_path / "src" / "rules" / f"{number}.jl").write_text(code)
    source = PackageSource("Foo", UUID_OF_FOO, tmp_path, entry)
    assert not read_package_source(source).problems
    assert problem in [one.text for one in read_package_source(source, limits=limits).problems]


def test_a_folder_of_which_not_all_is_listed(tmp_path: Path) -> None:
    """What the files define that are not listed, nobody looks for."""
    for number in range(30):
        (tmp_path / "src" / str(number)).mkdir(parents=True)
        (tmp_path / "src" / str(number) / "a.jl").write_text("1")
    (tmp_path / "src" / "29" / "a.jl").write_text(READ)
    entry = tmp_path / "src" / "Foo.jl"
    entry.write_text('module Foo\nusing Preferences\ninclude("29/a.jl")\nend\n')
    source = PackageSource("Foo", UUID_OF_FOO, tmp_path, entry)
    assert verdict(read_package_source(source)) == "read"
    assert read_package_source(source, limits=Limits(files=20)).problems
