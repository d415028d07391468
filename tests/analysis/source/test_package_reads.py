"""Which preferences a package reads, by its source: small packages in, answers out."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from precompass.source.effects import Recording
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import Certainty, Owner, PackageReads, PreferenceRead, When

UUID_OF_FOO = UUID("11111111-2222-3333-4444-555555555555")


def read(folder: Path, code: str, **files: str) -> PackageReads:
    """Read a package Foo; files are given with ``_jl`` for ``.jl`` and ``__`` for ``/``."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "Foo.jl").write_text(code)
    for name, text in files.items():
        path = folder / "src" / (name.replace("__", "/").removesuffix("_jl") + ".jl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    source = PackageSource("Foo", UUID_OF_FOO, folder, folder / "src" / "Foo.jl")
    return read_package_source(source)


def module(body: str) -> str:
    return f"module Foo\nusing Preferences\n{body}\nend\n"


def told(reads: PackageReads) -> list[str]:
    """The reads in short: ``key`` for a certain one of Foo itself while compiling."""
    return [short(item) for item in reads.reads]


def short(item: PreferenceRead) -> str:
    owner = "" if item.owner == Owner("Foo", UUID_OF_FOO) else f"{item.owner.name}/"
    text = f"{owner}{item.key}"
    if item.when is When.RUN:
        text += " run"
    if item.certainty is not Certainty.CERTAIN:
        text += f" {item.certainty.value}"
    if not item.is_recorded:
        text += f" {item.recording.value}"
    return text


# How Preferences gets into a module


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("using Preferences", '@load_preference("k")'),
        ("using Preferences", '@load_preference "k" 1'),
        ("using Preferences", '@has_preference("k")'),
        ("using Preferences: @load_preference", '@load_preference("k", 1)'),
        ("using Preferences:\n    load_preference,\n    @load_preference", '@load_preference("k")'),
        ("using Preferences: Preferences", 'Preferences.@load_preference("k")'),
        ("import Preferences", 'Preferences.@load_preference("k")'),
        ("import Preferences", 'Preferences.load_preference(@__MODULE__, "k")'),
        ("import Preferences", 'Preferences.load_preference(Foo, "k", 1)'),
        ("import Preferences as P", 'P.has_preference(@__MODULE__, "k")'),
        ("import Preferences: load_preference as lp", 'lp(@__MODULE__, "k")'),
        ("using Preferences: load_preference", 'load_preference("Foo", "k")'),
        (
            "using Preferences",
            f'load_preference(Base.UUID("{UUID_OF_FOO}"), "k")',
        ),
        ("using Preferences, UUIDs", f'load_preference(UUID("{UUID_OF_FOO}"), "k")'),
        ("using Preferences", 'load_preference(Base.PkgId(@__MODULE__).uuid, "k")'),
        ("using Preferences", 'load_preference(Preferences.get_uuid(Foo), "k")'),
        ("import Preferences\nconst lp = Preferences.load_preference", 'lp(@__MODULE__, "k")'),
        ("import Preferences\nconst P = Preferences", 'P.@load_preference("k")'),
        ("import JLLWrappers", 'JLLWrappers.Preferences.@load_preference("k")'),
        ("using Preferences", 'Base.record_compiletime_preference(UUID_, "k")'),
    ],
)
def test_all_ways_to_ask(tmp_path: Path, imports: str, call: str) -> None:
    constant = f'const UUID_ = Base.UUID("{UUID_OF_FOO}")\n'
    code = f"module Foo\n{imports}\n{constant}const x = {call}\nend\n"
    assert told(read(tmp_path, code)) == ["k"]


@pytest.mark.parametrize(
    "code",
    [
        'module Foo\nload_preference(m, k) = 1\nconst x = load_preference(Foo, "k")\nend',
        'module Foo\nmacro load_preference(k)\n1\nend\nconst x = @load_preference("k")\nend',
        'module Foo\nmodule Preferences\nend\nconst x = Preferences.load_preference(Foo, "k")\nend',
        'module Foo\n# const x = @load_preference("k")\nend',
        'module Foo\n"using Preferences: @load_preference(\\"k\\")"\nf() = 1\nend',
    ],
)
def test_the_same_name_of_something_else_does_not_count(tmp_path: Path, code: str) -> None:
    assert told(read(tmp_path, code)) == []


def test_a_name_that_another_package_may_export_is_undecided(tmp_path: Path) -> None:
    reads = read(tmp_path, 'module Foo\nusing Tools\nconst x = @load_preference("k")\nend')
    assert told(reads) == ["k conditional"]
    assert reads.reads[0].condition == "@load_preference comes from Tools"


def test_relative_imports_reach_what_the_module_around_has(tmp_path: Path) -> None:
    code = (
        "module Foo\nusing Preferences: Preferences, @load_preference\n"
        "module Inner\nusing ..Foo: @load_preference\n"
        'const x = @load_preference("inner")\n'
        "module Deep\nusing ...Preferences: load_preference\n"
        'const y = load_preference(@__MODULE__, "deep")\nend\nend\n'
        "using .Inner\nend"
    )
    assert told(read(tmp_path, code)) == ["inner", "deep"]


# Whose preference


def test_preferences_of_others_keep_their_owner(tmp_path: Path) -> None:
    reads = read(
        tmp_path,
        module(
            "using Peer\nimport Other as O\n"
            'a = load_preference(Peer, "a")\n'
            'b = load_preference(O, "b")\n'
            'c = load_preference("Third", "c")\n'
            'd = load_preference(Base.UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041"), "d")\n'
            'e = load_preference(Peer.Inner, "e")\n'
            'f = load_preference(whoever(), "f")\n'
        ),
    )
    assert told(reads) == [
        "Peer/a", "Other/b", "Third/c", "None/d", "Peer/e", "None/f computed",
    ]  # fmt: skip
    assert reads.reads[3].owner.uuid == UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041")


def test_an_extension_asks_for_its_own_preferences(tmp_path: Path) -> None:
    (tmp_path / "ext").mkdir()
    entry = tmp_path / "ext" / "FooBarExt.jl"
    entry.write_text(
        "module FooBarExt\nusing Foo, Bar, Preferences\n"
        'a = @load_preference("own")\nb = load_preference(Foo, "parent")\nend'
    )
    own = UUID(int=7)
    reads = read_package_source(PackageSource("FooBarExt", own, tmp_path, entry))
    assert [(item.owner, item.key) for item in reads.reads] == [
        (Owner("FooBarExt", own), "own"),
        (Owner("Foo", None), "parent"),
    ]


# Which key


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ('const KEY = "k"\nx = @load_preference(KEY)', ["k"]),
        ('const A, B = "a", "b"\nx = @load_preference(B)', ["b"]),
        ('x = @load_preference("a" * "b")', ["ab"]),
        ('x = @load_preference(string("a", :b, 1))', ["ab1"]),
        ('const P = "p"\nx = @load_preference("$(P)_path")', ["p_path"]),
        ('for k in ("a", "b")\n @load_preference(k)\nend', ["a", "b"]),
        ('x = [@load_preference(k) for k in ["a", "b"]]', ["a", "b"]),
        ('x = Dict(k => @load_preference(k) for k in ("a", "b"))', ["a", "b"]),
        ('const KS = ("a", "b")\nx = map(k -> @load_preference(k), KS)', ["a", "b"]),
        ('x = map(("a", "b")) do k\n @load_preference(k)\nend', ["a", "b"]),
        ('for (k, d) in (("a", 1), ("b", 2))\n @load_preference(k, d)\nend', ["a", "b"]),
        ('for (k, d) in ("a" => 1, "b" => 2)\n @load_preference(k, d)\nend', ["a", "b"]),
        ('const D = Dict("a" => 1)\nfor k in keys(D)\n @load_preference(k)\nend', ["a"]),
        ('for (i, k) in enumerate(["a"])\n @load_preference(k)\nend', ["a"]),
        ('for i in 1:2\n @load_preference("k$i")\nend', ["k1", "k2"]),
        ('for a in ("x", "y"), b in (1, 2)\n @load_preference("$a$b")\nend',
         ["x1", "x2", "y1", "y2"]),
        ('x = load_preference.(Ref(@__MODULE__), ["a", "b"])', ["a", "b"]),
        ('let k = "a"\n @load_preference(k)\nend', ["a"]),
        ('for k in ("a", "b")\n @eval const $(Symbol(k)) = @load_preference($k)\nend', ["a", "b"]),
        ('x = @load_preference(rand() > 0.5 ? "a" : "b")', ["a conditional", "b conditional"]),
        ("x = @load_preference(key_of_the_day())", ["None computed"]),
        ('x = @load_preference("k$(gethostname())")', ["None computed"]),
        ("x = @load_preference(ARGS...)", ["None computed"]),
        ("for k in readlines(f)\n @load_preference(k)\nend", ["None computed"]),
    ],
)  # fmt: skip
def test_keys(tmp_path: Path, code: str, keys: list[str]) -> None:
    assert told(read(tmp_path, module(code))) == keys


def test_a_local_variable_that_is_set_twice_is_one_of_two_keys(tmp_path: Path) -> None:
    code = 'f(x) = begin\n k = "a"\n if x\n  k = "b"\n end\n @load_preference(k)\nend\ny = f(1)'
    assert told(read(tmp_path, module(code))) == ["a conditional", "b conditional"]


def test_the_source_of_a_computed_key_is_given(tmp_path: Path) -> None:
    [item] = read(tmp_path, module("x = @load_preference(key_of_the_day())")).reads
    assert item.condition == "key_of_the_day()"


# When


def test_what_only_functions_read_is_read_at_run_time(tmp_path: Path) -> None:
    code = 'f() = @load_preference("a")\nfunction g(x)\n load_preference(Foo, "b")\nend'
    assert told(read(tmp_path, module(code))) == ["a run", "b run"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('f() = @load_preference("k")\nconst x = f()', ["k"]),
        ('f() = @load_preference("k")\ng() = f()\nh() = g() + 1\nconst x = [h()]', ["k"]),
        ('const x = f()\nf() = @load_preference("k")', ["k"]),
        ('f = () -> @load_preference("k")\nconst x = f()', ["k"]),
        ('const x = (() -> @load_preference("k"))()', ["k"]),
        ('const x = let\n @load_preference("k")\nend', ["k"]),
        ('const x = begin\n 1\n @load_preference("k")\nend', ["k"]),
        ('get_it(key) = @load_preference(key)\nconst x = get_it("k")', ["None run computed", "k"]),
        ('get_it(key; m = Foo) = load_preference(m, key)\nconst x = get_it("k")',
         ["None/None run computed", "k"]),
        ('get_it(key = "k") = @load_preference(key)\nconst x = get_it()',
         ["None run computed", "k"]),
        ('f(x = @load_preference("k")) = x\nconst y = f()', ["k"]),
        ('f(x = @load_preference("k")) = x\nconst y = f(1)', ["k run"]),
        ('f(x) = @load_preference("one")\nf(x, y) = @load_preference("two")\nconst z = f(1)',
         ["one", "two run"]),
        ('f(x::Int) = @load_preference("a")\nf(x::String) = 1\nconst z = f(1)', ["a conditional"]),
        ('f(x::Int) = @load_preference("a")\nf(x::String) = @load_preference("a")\nconst z = f(1)',
         ["a", "a"]),
        ('f() = g()\ng() = (f(); @load_preference("k"))\nconst x = g()', ["k"]),
        ('Base.@kwdef struct S\n a::Int = @load_preference("k")\nend\nconst s = S()', ["k"]),
        ('Base.@kwdef struct S\n a::Int = @load_preference("k")\nend\nconst s = S(a = 1)',
         ["k run"]),
        ('f() = @load_preference("k")\nx = lock(f, l)', ["k"]),
        ('f(k) = @load_preference(k)\nx = map(f, ("a",))', ["None run computed", "a"]),
        ('f() = @load_preference("k")\nx = OncePerProcess(f)', ["k conditional"]),
        ('x = "k" |> f\nf(k) = @load_preference(k)', ["k", "None run computed"]),
        ('function __init__()\n @load_preference("k")\nend', ["k run"]),
        ('macro m()\n @load_preference("k") ? 1 : 2\nend\nf() = @m', ["k"]),
        ('macro m(k)\n :(@load_preference($k))\nend\nx = @m "a"', ["None/None run computed", "a"]),
        ('macro m(k)\n quote\n  load_preference($__module__, $(esc(k)))\n end\nend\n'
         'f() = @m("a")', ["None/None run computed", "a run"]),
        ('module Inner\nusing Preferences\nf() = @load_preference("k")\nexport f\nend\n'
         'using .Inner\nconst x = f()', ["k"]),
        ('module Inner\nusing Preferences\nf() = @load_preference("k")\nend\n'
         'const x = Inner.f()', ["k"]),
    ],
)  # fmt: skip
def test_when_a_function_s_reads_count(tmp_path: Path, code: str, expected: list[str]) -> None:
    assert sorted(told(read(tmp_path, module(code)))) == sorted(expected)


def test_a_package_without_a_cache_reads_at_every_load(tmp_path: Path) -> None:
    reads = read(tmp_path, "__precompile__(false)\n" + module('x = @load_preference("k")'))
    assert told(reads) == ["k run"]
    assert reads.precompile_disabled is not None
    assert reads.precompile_disabled.line == 0
    assert read(tmp_path, "__precompile__()\n" + module("")).precompile_disabled is None


# Conditions


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('if y\n @load_preference("k")\nend', ["k conditional"]),
        ('if y\n @load_preference("k")\nelse\n @load_preference("k")\nend', ["k", "k"]),
        ('x = y ? @load_preference("k") : @load_preference("k", 2)', ["k", "k"]),
        ('x = y ? @load_preference("k") : 1', ["k conditional"]),
        ('if y\n @load_preference("a")\nelseif z\n @load_preference("b")\nelse\n'
         ' @load_preference("a")\nend', ["a conditional", "a conditional", "b conditional"]),
        ('y && @load_preference("k")', ["k conditional"]),
        ('true && @load_preference("k")', ["k"]),
        ('false && @load_preference("k")', []),
        ('if @load_preference("k")\n 1\nend', ["k"]),
        ('if y\n 1\nelseif @load_preference("k")\n 2\nend', ["k conditional"]),
        ('@static if VERSION >= v"1.6"\n const k = @load_preference("k")\nend', ["k"]),
        ('@static if VERSION >= v"1.11"\n const k = @load_preference("k")\nend', ["k conditional"]),
        ('if ccall(:jl_generating_output, Cint, ()) == 1\n @load_preference("k")\nend', ["k"]),
        ('if Base.generating_output()\n @load_preference("k")\nend', ["k"]),
        ('Base.generating_output() || @load_preference("k")', []),
        ('try\n @load_preference("k")\ncatch\n @load_preference("c")\nend', ["c conditional", "k"]),
        ('for i in things\n @load_preference("k")\nend', ["k conditional"]),
        ('while go()\n @load_preference("k")\nend', ["k conditional"]),
        ('x = get!(d, 1) do\n @load_preference("k")\nend', ["k conditional"]),
        ('x = any(k -> @has_preference(k), ("a", "b"))', ["a conditional", "b conditional"]),
        ('f() = (z && return 1; @load_preference("k"))\nx = f()', ["k conditional"]),
        ('function f()\n if z\n  return 1\n end\n @load_preference("k")\nend\nx = f()',
         ["k conditional"]),
        ('function f()\n return 1\n @load_preference("k")\nend\nx = f()', []),
        ('@info "x" a = @load_preference("k")', ["k conditional"]),
        ('@inline f() = @load_preference("k")\nx = f()', ["k"]),
    ],
)  # fmt: skip
def test_conditions(tmp_path: Path, code: str, expected: list[str]) -> None:
    assert sorted(told(read(tmp_path, module(code)))) == expected


def test_a_condition_is_told(tmp_path: Path) -> None:
    code = 'const b = @load_preference("b")\nif b == "x"\n const l = @load_preference("l")\nend'
    _, item = read(tmp_path, module(code)).reads
    assert (item.key, item.condition) == ("l", 'b == "x"')


# What is not recorded


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('load_preference(Foo, "k", 1; disable_invalidation = true)', Recording.DISABLED),
        ('load_preference(Foo, "k", 1; disable_invalidation = false)', Recording.RECORDED),
        ('load_preference(Foo, "k"; force_compiletime_default = true)', Recording.DEFAULT),
        ('has_preference(Foo, "k"; force_compiletime_default = true)', Recording.DEFAULT),
        ('get(Base.get_preferences(Base.PkgId(Foo).uuid), "k", 1)', Recording.BASE),
        ('Base.get_preferences(Base.PkgId(Foo).uuid)["k"]', Recording.BASE),
    ],
)
def test_reads_that_julia_does_not_record(tmp_path: Path, call: str, expected: Recording) -> None:
    [item] = read(tmp_path, module(f"x = {call}")).reads
    assert (item.key, item.recording, item.certainty) == ("k", expected, Certainty.CERTAIN)
    assert item.is_recorded is (expected is Recording.RECORDED)


def test_whether_it_is_recorded_may_itself_be_undecided(tmp_path: Path) -> None:
    code = 'x = load_preference(Foo, "k"; disable_invalidation = quiet)'
    assert told(read(tmp_path, module(code))) == ["k conditional"]


# Files


def test_includes_are_followed(tmp_path: Path) -> None:
    reads = read(
        tmp_path,
        module('include("a.jl")\ninclude(joinpath("deep", "b.jl"))\n'
               'include(joinpath(@__DIR__, "..", "src", "c.jl"))\n'
               'for f in ("d", "e")\n include("$f.jl")\nend\n'
               'foreach(include, ["g.jl"])\ninclude.(("h.jl",))\n'
               'Base.include(@__MODULE__, "i.jl")\ninclude(identity, "j.jl")'),
        a_jl='const a = @load_preference("a")\ninclude("deep/k.jl")',
        deep__b_jl='const b = @load_preference("b")\ninclude("l.jl")',
        deep__k_jl='@load_preference("k")',
        deep__l_jl='@load_preference("l")',
        **{f"{name}_jl": f'@load_preference("{name}")' for name in "cdeghij"},
        unused_jl='@load_preference("unused")',
    )  # fmt: skip
    assert sorted(told(reads)) == list("abcdeghijkl")
    [place] = [item.site for item in reads.reads if item.key == "l"]
    assert place.file == tmp_path / "src" / "deep" / "l.jl"
    assert reads.problems == ()


def test_an_include_under_a_condition(tmp_path: Path) -> None:
    code = '@static if Sys.iswindows()\n include("a.jl")\nelse\n include("b.jl")\nend'
    reads = read(
        tmp_path,
        module(code),
        a_jl='const x = @load_preference("both")',
        b_jl='const x = @load_preference("both")\nconst y = @load_preference("one")',
    )
    assert sorted(told(reads)) == ["both", "both", "one conditional"]


def test_functions_of_files_that_mention_no_preference(tmp_path: Path) -> None:
    reads = read(
        tmp_path,
        module('include("a.jl")\ninclude("b.jl")\ninclude("c.jl")'),
        a_jl="const x = second()",
        b_jl="second() = first()",
        c_jl='first() = @load_preference("k")',
    )
    assert told(reads) == ["k"]


def test_a_computed_include_is_reported_and_its_files_are_undecided(tmp_path: Path) -> None:
    code = "for f in readdir(@__DIR__)\n include(f)\nend"
    reads = read(tmp_path, module(code), a_jl='const x = @load_preference("a")')
    assert told(reads) == ["a conditional"]
    [problem] = reads.problems
    assert (problem.site.line, problem.text) == (3, "include of a computed path: f")


def test_includes_in_circles_end(tmp_path: Path) -> None:
    reads = read(tmp_path, module('include("a.jl")'), a_jl='include("a.jl")\n@load_preference("k")')
    assert told(reads) == ["k"]
    assert [problem.text for problem in reads.problems] == ["a file that includes itself"]


def test_nothing_outside_the_package_is_read(tmp_path: Path) -> None:
    (tmp_path / "other.jl").write_text('const x = @load_preference("other")')
    package = tmp_path / "Foo"
    (package / "src").mkdir(parents=True)
    (package / "src" / "link.jl").symlink_to(tmp_path / "other.jl")
    code = module('include("../../other.jl")\ninclude("link.jl")\n@load_preference("own")')
    assert told(read(package, code)) == ["own"]


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    source = PackageSource("Foo", None, tmp_path, tmp_path / "src" / "Foo.jl")
    reads = read_package_source(source)
    assert reads.reads == ()
    assert len(reads.problems) == 1


def test_places_count_utf16_units(tmp_path: Path) -> None:
    code = '\ufeffmodule Foo; using Preferences\r\nconst 🎨 = @load_preference("k")\r\nend'
    [item] = read(tmp_path, code).reads
    assert (item.site.line, item.site.character) == (1, len("const ") + 2 + len(" = "))


# Workloads


@pytest.mark.parametrize(
    ("package", "macro"),
    [
        ("PrecompileTools", "@compile_workload"),
        ("PrecompileTools", "@setup_workload"),
        ("SnoopPrecompile", "@precompile_all_calls"),
        ("SnoopPrecompile", "@precompile_setup"),
    ],
)
@pytest.mark.parametrize(
    ("form", "used"),
    [
        ("using {p}", "{m}"),
        ("using {p}: {m}", "{m}"),
        ("using {p}: {m} as @run", "@run"),
        ("import {p}", "{p}.{m}"),
        ("import {p} as T", "T.{m}"),
    ],
)
def test_workloads(tmp_path: Path, package: str, macro: str, form: str, used: str) -> None:
    imports, used = (text.format(p=package, m=macro) for text in (form, used))
    code = f"module Foo\n{imports}\n{used} begin\n 1\nend\nend"
    [use] = read(tmp_path, code).workloads
    assert (use.package, use.macro, use.site.line) == (package, macro, 2)
    assert use.certainty is Certainty.CERTAIN


def test_a_workload_makes_run_time_keys_compile_time_keys(tmp_path: Path) -> None:
    code = module(
        "using PrecompileTools\n"
        'level() = @load_preference("level")\nother() = @load_preference("other")\n'
        '@setup_workload begin\n if @load_preference("setup")\n  @compile_workload begin\n'
        "   level()\n  end\n end\nend"
    )
    reads = read(tmp_path, code)
    assert told(reads) == ["level conditional", "setup conditional", "other run"]
    level, setup, _ = reads.reads
    assert setup.in_workload
    assert not level.in_workload  # a condition besides
    assert [use.certainty for use in reads.workloads] == [
        Certainty.CERTAIN,
        Certainty.CONDITIONAL,
    ]


def test_importing_the_tools_is_no_workload(tmp_path: Path) -> None:
    code = "using PrecompileTools\n@recompile_invalidations begin\n using Bar\nend"
    assert not read(tmp_path, module(code)).workloads


def test_one_s_own_macro_of_that_name_is_no_workload(tmp_path: Path) -> None:
    code = "macro compile_workload(x)\n x\nend\n@compile_workload begin\n 1\nend"
    assert not read(tmp_path, module(code)).workloads


# JLL packages


def jll(folder: Path, wrappers: dict[str, str]) -> PackageReads:
    (folder / "src" / "wrappers").mkdir(parents=True)
    entry = folder / "src" / "Foo_jll.jl"
    entry.write_text(
        "baremodule Foo_jll\nusing Base\nusing Base: UUID\nimport JLLWrappers\n\n"
        'JLLWrappers.@generate_main_file_header("Foo")\n'
        'JLLWrappers.@generate_main_file("Foo", UUID("11111111-2222-3333-4444-555555555555"))\n'
        "end  # module Foo_jll\n"
    )
    for name, text in wrappers.items():
        (folder / "src" / "wrappers" / f"{name}.jl").write_text(text)
    return read_package_source(PackageSource("Foo_jll", UUID_OF_FOO, folder, entry))


def test_products_of_a_jll_package(tmp_path: Path) -> None:
    common = (
        'export libfoo\n\nJLLWrappers.@generate_wrapper_header("Foo")\n'
        'JLLWrappers.@declare_library_product(libfoo, "libfoo.so.1")\n'
        "JLLWrappers.@declare_executable_product(foo)\n"
    )
    reads = jll(
        tmp_path,
        {
            "aarch64-apple-darwin": common,
            "x86_64-linux-gnu": common + "JLLWrappers.@declare_file_product(foo_data)\n",
        },
    )
    assert [(r.key, r.certainty, r.via) for r in reads.reads] == [
        ("libfoo_path", Certainty.CERTAIN, ("JLLWrappers",)),
        ("foo_path", Certainty.CERTAIN, ("JLLWrappers",)),
        ("foo_data_path", Certainty.CONDITIONAL, ("JLLWrappers",)),
    ]
    place = reads.reads[0].site
    assert (place.file.stem, place.line) == ("aarch64-apple-darwin", 3)
    assert reads.reads[2].condition == "the platform is one of the 1 of 2 that have foo_data"


# In the style of packages that people use


def test_a_provider_that_a_function_validates(tmp_path: Path) -> None:
    code = module(
        'function get_provider()\n    fallback = "one"\n'
        '    provider = @load_preference("provider", fallback)\n'
        '    if provider ∉ ("one", "two")\n        @error("no such provider")\n'
        "        provider = fallback\n    end\n    return provider\nend\n"
        "const provider = get_provider()\n"
        "function set_provider!(p; export_prefs::Bool = false)\n"
        '    set_preferences!(@__MODULE__, "provider" => p; export_prefs, force = true)\n'
        '    get_provider() == p || @info("restart Julia")\nend\n'
        '@static if provider == "one"\n    import one_jll\nend'
    )
    [item] = read(tmp_path, code).reads
    assert (item.key, item.default, item.via) == ("provider", "fallback", ("get_provider",))
    assert (item.when, item.certainty) == (When.COMPILE, Certainty.CERTAIN)
    assert item.site.line == 4


def test_an_mpi_like_choice_with_a_submodule_for_the_system(tmp_path: Path) -> None:
    code = module(
        'if !(VersionNumber(@load_preference("_format", "1.0")) <= v"1.0")\n error("")\nend\n'
        'const binary = @load_preference("binary", Sys.iswindows() ? "A_jll" : "B_jll")\n'
        'const abi = if binary == "system"\n    @load_preference("abi")\n'
        'elseif binary == "A_jll"\n    "A"\nelse\n    error("")\nend\n'
        '@static if binary == "system"\n    include("system.jl")\nend\n'
    )
    system = 'module System\nusing Preferences\nconst lib = @load_preference("libmpi")\nend'
    reads = read(tmp_path, code, system_jl=system)
    assert told(reads) == ["_format", "binary", "abi conditional", "libmpi conditional"]


def test_platform_augmentation_that_records_by_hand(tmp_path: Path) -> None:
    code = (
        f'module Foo\nconst foo_uuid = Base.UUID("{UUID_OF_FOO}")\n'
        "const preferences = Base.get_preferences(foo_uuid)\n"
        'Base.record_compiletime_preference(foo_uuid, "version")\n'
        'const version = haskey(preferences, "version") ? preferences["version"] : nothing\nend'
    )
    assert told(read(tmp_path, code)) == [
        "version",
        "version Base.get_preferences",
        "version conditional Base.get_preferences",
    ]


def test_a_getter_with_key_environment_variable_and_default(tmp_path: Path) -> None:
    code = module(
        "getpref(::Type{T}, key, env, default = nothing) where {T} = begin\n"
        "    ans = @load_preference(key, nothing)\n    ans === nothing || return convert(T, ans)\n"
        "    get(ENV, env, default)\nend\n"
        'getpref_exe() = getpref(String, "exe", "FOO_EXE", "")\n'
        'const verbosity = getpref(Int, "verbosity", "FOO_VERBOSITY", 0)'
    )
    reads = read(tmp_path, code)
    assert told(reads) == ["verbosity", "None run computed", "exe run"]
    assert [item.site.line for item in reads.reads] == [8, 3, 7]
    assert reads.reads[0].via == ("getpref",)


def test_numbers_of_the_machine_on_two_architectures(tmp_path: Path) -> None:
    code = module(
        '@static if Sys.ARCH === :x86_64\n    include("x86.jl")\nelse\n    include("any.jl")\nend'
    )
    reads = read(
        tmp_path,
        code,
        x86_jl='const nc = @load_preference("nc", cores())\nconst cs = @load_preference("cs", 1)',
        any_jl='const nc = @load_preference("nc", 1)',
    )
    assert sorted(told(reads)) == ["cs conditional", "nc", "nc"]


def test_code_that_does_not_parse_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    code = 'module Foo\nusing Preferences\nconst a = @load_preference("a")\nf(x = \nconst b = )'
    assert "a" in told(read(tmp_path, code))


def test_keys_that_the_cache_records(tmp_path: Path) -> None:
    code = module(
        'using Peer\na = @load_preference("a")\nb = y ? @load_preference("b") : 1\n'
        'c() = @load_preference("c")\nd = load_preference(Peer, "d")\n'
        'e = load_preference(Foo, "e"; disable_invalidation = true)'
    )
    recorded = [item for item in read(tmp_path, code).reads if item.is_recorded]
    own = [item for item in recorded if item.owner == Owner("Foo", UUID_OF_FOO)]
    assert {item.key for item in own if item.when is When.COMPILE} == {"a", "b"}


def test_methods_that_submodules_add_to_a_function(tmp_path: Path) -> None:
    code = module(
        "function ask end\nmodule Inner\nusing Preferences\nimport ..Foo: ask\n"
        'ask(x) = @load_preference("inner")\nend\n'
        'module Other\nusing Preferences\nimport ..Foo\nFoo.ask(x, y) = @load_preference("other")\n'
        "end\nconst a = ask(1)"
    )
    assert told(read(tmp_path, code)) == ["inner", "other run"]


def test_a_method_of_base_that_is_called_by_its_name_may_be_meant(tmp_path: Path) -> None:
    code = module(
        'import Base: show\nshow(io::IO, x) = @load_preference("shown")\n'
        'Base.print(io::IO, x) = @load_preference("printed")\nshow(stdout, 1)\nprint(stdout, 1)'
    )
    assert told(read(tmp_path, code)) == ["shown unfollowed", "printed unfollowed"]


def test_variables_of_let_and_loops_are_not_the_module_s(tmp_path: Path) -> None:
    code = module(
        'const key = "a"\nlet\n    key = "b"\nend\nfor i in 1:2\n    key = "c"\nend\n'
        "const x = @load_preference(key)"
    )
    assert told(read(tmp_path, code)) == ["a"]
