"""Packages with more in them than is followed: what is not followed is never denied.

Whoever reads that a package does not read a preference concludes that setting it recompiles
nothing. So wherever the reader stops, the package has a problem, or an open read.
"""

from __future__ import annotations

from collections.abc import Callable
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


CHAINS: dict[str, Callable[[int], str]] = {
    "aliases": lambda count: (
        "const f0 = load_preference\n"
        + "".join(f"const f{number + 1} = f{number}\n" for number in range(count))
        + f'f{count}(Foo, "mode")'
    ),
    "aliases of modules": lambda count: (
        f"module Inner\nusing Preferences\nf() = {READ}\nend\nconst M0 = Inner\n"
        + "".join(f"const M{number + 1} = M{number}\n" for number in range(count))
        + f"M{count}.f()"
    ),
    "imports": lambda count: submodules(count, "using ..M#: f"),
    "using": lambda count: submodules(count, "using ..M#\nexport f"),
    "@reexport": lambda count: submodules(count, "using Reexport\n@reexport using ..M#"),
}


def submodules(count: int, line: str) -> str:
    """Return modules each of which takes a function over from the one before, and a call of it."""
    return (
        f"module M0\nexport f\nusing Preferences\nf() = {READ}\nend\n"
        + "".join(
            f"module M{number + 1}\n{line.replace('#', str(number))}\nexport f\nend\n"
            for number in range(count)
        )
        + f"using .M{count}\nf()"
    )


@pytest.mark.parametrize("chain", CHAINS)
def test_names_that_stand_for_one_another_are_followed(tmp_path: Path, chain: str) -> None:
    reads = read(tmp_path, CHAINS[chain](60))
    assert verdict(reads) == "read"
    assert not reads.problems


@pytest.mark.parametrize("chain", CHAINS)
def test_a_name_that_stands_for_too_many_others(tmp_path: Path, chain: str) -> None:
    [problem] = read(tmp_path, CHAINS[chain](300)).problems
    assert problem.text == "a name stands for too many others in turn: not followed"


@pytest.mark.parametrize(
    "code",
    [
        "const f = g\nconst g = f\nf()",
        "const A = B\nconst B = A\nA.f()",
        "using .Inner, .Other.Inmost\nf()",
        "module A\nusing ..Foo\nexport f\nend\nmodule B\nusing ..Foo\nexport f\nend\n"
        "using .A, .B\nexport f\nf()",
        "module A\nusing ..B\nexport f\nf()\nend\nmodule B\nusing ..A\nexport f\nend",
        "module A\nusing Reexport\n@reexport using ..B\nf()\nend\n"
        "module B\nusing Reexport\n@reexport using ..A\nend\nusing .A\nf()",
    ],
    ids=[
        "names",
        "modules by other names",
        "modules that nobody knows",
        "a module and those in it",
        "modules",
        "modules that export one another",
    ],
)
def test_names_that_lead_to_one_another_mean_nothing(tmp_path: Path, code: str) -> None:
    reads = read(tmp_path, f'{code}\n@load_preference("other")')
    assert verdict(reads, "f") == "no"
    assert verdict(reads, "other") == "read"
    assert not reads.problems


def test_a_name_is_found_past_a_circle(tmp_path: Path) -> None:
    """``A`` and ``B`` use one another; the function is in a module that ``B`` uses after that."""
    code = (
        f"module C\nexport f\nusing Preferences\nf() = {READ}\nend\n"
        "module A\nusing ..B\nexport f\nend\n"
        "module B\nusing ..A, ..C\nexport f\nend\nusing .A\nf()"
    )
    reads = read(tmp_path, code)
    assert verdict(reads) == "read"
    assert not reads.problems


def test_modules_that_all_use_one_another(tmp_path: Path) -> None:
    """There are millions of ways from module to module; each module is looked at once."""
    modules = "".join(
        f"module M{number}\nexport f\n{each(12, 'using ..M#')}using Preferences\nend\n"
        for number in range(12)
    )
    code = f'{modules}using .M0\nf() || load_preference(Foo, "mode")'
    assert verdict(read(tmp_path, code)) == "read"
