"""Styles in which packages read preferences: each is found, or is said to be possible.

``read``: the reader follows the code. ``may``: it does not, and says so. Nothing here may end as
"does not read it".
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.one_package import read, verdict

F = "f(k) = @load_preference(k)\n"


@pytest.mark.parametrize(
    ("style", "code"),
    [
        (
            "a macro with its module behind @",
            'x = @Preferences.load_preference("mode", "slow")',
        ),
        (
            "a package that is loaded by a call",
            "const P = Base.require(@__MODULE__, :Preferences)\n"
            'x = P.load_preference(@__MODULE__, "mode")',
        ),
        ("a pipe over a list", F + 'x = ["mode"] .|> f'),
        ("a function by another name", F + 'const g = f\nx = g("mode")'),
        (
            "a function that returns code, evaluated",
            'g(k) = :(@load_preference($k))\neval(g("mode"))',
        ),
        (
            "a function that other code calls as __init__",
            '__init__() = @load_preference("mode")\n__init__()',
        ),
        (
            "a loop that defines constants",
            'for k in ("mode",)\n@eval const $(Symbol(k)) = @load_preference($k)\nend',
        ),
        ("a key put together", 'const S = "mo"\nx = @load_preference("$(S)de")'),
        (
            "a default of a field",
            'Base.@kwdef struct C\nmode::Int = @load_preference("mode")\nend\nx = C()',
        ),
        ("a macro of the package", 'macro p(k)\n:(@load_preference($k))\nend\nx = @p("mode")'),
        (
            "a macro that escapes all",
            'macro p(k)\nesc(:(@load_preference($k)))\nend\nx = @p("mode")',
        ),
    ],
)
def test_a_style_that_is_followed(tmp_path: Path, style: str, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "read", style


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("functions composed", F + 'x = (Symbol ∘ f)("mode")'),
        ("functions in a tuple", 'f() = @load_preference("mode")\nconst T = (f,)\nx = T[1]()'),
        ("a callable object", 'struct L end\n(::L)(k) = @load_preference(k)\nx = L()("mode")'),
        (
            "a property",
            "struct L end\n"
            "Base.getproperty(::L, s::Symbol) = @load_preference(string(s))\nx = L().mode",
        ),
        (
            "an index",
            'struct L end\nBase.getindex(::L, k) = @load_preference(k)\nx = L()["mode"]',
        ),
        (
            "a method of Base",
            'struct L end\nBase.parse(::Type{L}, k) = @load_preference(k)\nx = parse(L, "mode")',
        ),
        (
            "a reader in a variable",
            'f() = begin\nr = Preferences.load_preference\nr(Foo, "mode")\nend\nx = f()',
        ),
        (
            "a reader in a variable of a block",
            'x = let\nr = Preferences.load_preference\nr(@__MODULE__, "mode")\nend',
        ),
        (
            "a reader in a variable of a loop",
            'for k in ("mode",)\nr = Preferences.load_preference\nr(@__MODULE__, k)\nend',
        ),
        (
            "a reader in a variable of the module",
            'f() = (global r = Preferences.load_preference; r(Foo, "mode"))\nx = f()',
        ),
        ("a function in a variable", F + 'g() = (r = f; r("mode"))\nx = g()'),
        ("a function in a variable of a block", F + 'x = let\nr = f\nr("mode")\nend'),
        ("a function in a variable of a loop", F + 'for k in ("mode",)\nr = f\nr(k)\nend'),
        (
            "a reader by its symbol",
            'x = getfield(Preferences, :load_preference)(@__MODULE__, "mode")',
        ),
        (
            "quoted code, evaluated later",
            'ex = quote\nx = @load_preference("mode")\nend\neval(ex)',
        ),
        ("quoted code, put into other", 'ex = :(@load_preference("mode"))\n@eval x = $ex'),
        (
            "an expression, built",
            'x = eval(Expr(:macrocall, Symbol("@load_preference"), nothing, "mode"))',
        ),
        ("code as text", 'include_string(@__MODULE__, "x = @load_preference(\\"mode\\")")'),
        ("parsed text", 'eval(Meta.parse("x = @load_preference(\\"mode\\")"))'),
        ("the type of an argument", 'f(::Val{@load_preference("mode")}) = 1'),
        ("the type of a field", 'struct C\nx::(@load_preference("mode") ? Int : Any)\nend'),
        ("a supertype", 'struct C <: (@load_preference("mode") ? Integer : Any)\nend'),
        (
            "a list that grows",
            'const K = ["a"]\npush!(K, "mode")\nfor k in K\n@load_preference(k)\nend',
        ),
        (
            "a list that is changed",
            'const K = ["a"]\nK[1] = "mode"\nfor k in K\n@load_preference(k)\nend',
        ),
        (
            "a table that grows",
            'const K = Dict("a" => 1)\nmerge!(K, Dict("mode" => 1))\nfor k in keys(K)\n'
            "@load_preference(k)\nend",
        ),
    ],
)
def test_a_style_that_is_not_followed_is_possible(tmp_path: Path, style: str, code: str) -> None:
    assert verdict(read(tmp_path, code)) in {"may", "read"}, style


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("piped", '"other.jl" |> include'),
        ("in a function", 'inc(name) = include(name * ".jl")\ninc("other")'),
        ("in a macro", 'macro inc(name)\n:(include($name))\nend\n@inc "other.jl"'),
        ("in a loop", 'for name in ["other"]\ninclude(name * ".jl")\nend'),
        ("evaluated", '@eval include("other.jl")'),
        ("quoted and evaluated", 'eval(:(include("other.jl")))'),
        ("in a block that is evaluated", 'Core.eval(Foo, quote\ninclude("other.jl")\nend)'),
        ("evaluated later", 'const code = :(include("other.jl"))\neval(code)'),
        ("as an expression", 'eval(Expr(:call, :include, "other.jl"))'),
        ("in a stored function", 'const load = () -> include("other.jl")\nload()'),
        ("in a long function", 'const load = function ()\ninclude("other.jl")\nend\nload()'),
        ("by a default", 'load(x = include("other.jl")) = x\nload()'),
        ("by a keyword", 'load(; x = include("other.jl")) = x\nload()'),
        ("in a constructor", 'struct S\nS() = include("other.jl")\nend\nS()'),
        ("by the default of a field", '@kwdef struct S\nx = include("other.jl")\nend\nS()'),
        ("in a type", 'f(x::typeof(include("other.jl"))) = 1'),
        ("in a do block", 'foreach(1:1) do _\ninclude("other.jl")\nend'),
        ("in a lambda", 'foreach(name -> include(name), ("other.jl",))'),
        ("in a comprehension", '[include(name * ".jl") for name in ["other"]]'),
        ("in what a loop goes over", 'for x in include("other.jl")\nend'),
        ("compared", 'include("other.jl") == 1'),
        ("interpolated", '@eval f() = $(include("other.jl"))'),
        ("when a macro is expanded", 'macro m()\ninclude("other.jl")\nend\n@m'),
    ],
)
def test_a_file_is_found_however_it_is_included(tmp_path: Path, style: str, code: str) -> None:
    reads = read(tmp_path, code, other='x = @load_preference("mode")\n')
    assert verdict(reads) == "read", style


@pytest.mark.parametrize(
    "code",
    [
        'load() = (file = joinpath(@__DIR__, "other.jl"); include(file))\nload()',
        'macro inc(name)\n:(include(joinpath(@__DIR__, $name)))\nend\n@inc "other.jl"',
    ],
)
def test_a_file_of_a_computed_path_may_read_by_a_function(tmp_path: Path, code: str) -> None:
    helper = 'helper() = @load_preference("mode")\n'
    assert verdict(read(tmp_path, helper + code, other="x = helper()\n")) in {"may", "read"}


@pytest.mark.parametrize(
    "code",
    [
        'const inc = include\ninc("other.jl")',
        'let inc = include\ninc("other.jl")\nend',
        'run_it() = (inc = include; inc("other.jl"))\nrun_it()',
        'a, b = include, 1\na("other.jl")',
        'load(with) = with("other.jl")\nload(include)',
        'load(; with = include) = with("other.jl")\nload()',
        'const d = Dict(:load => include)\nd[:load]("other.jl")',
        'const inc = VERSION > v"1.9" ? include : Base.include\ninc("other.jl")',
        '(include ∘ string)("other.jl")',
        'import Base: include as inc\ninc(Foo, "other.jl")',
    ],
)
def test_a_file_that_is_included_by_another_name_is_possible(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code, other='x = @load_preference("mode")\n')) == "may"


@pytest.mark.parametrize(
    "code",
    [
        'cflags() = (include = joinpath("a", "include"); "-I" * include)',
        "search(include) = first(include)",
        "is_include(f) = f === include || f === Base.include",
        "f(::typeof(include)) = 1",
        "hasmethod(Base.include, Tuple{Function, Module, String})",
        "folders(c) = c.include",
        ":(include($file))",
        "f(x; include = true) = x\ng(x) = f(x; include = false)",
    ],
)
def test_a_use_of_the_word_include_hides_nothing(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "no"


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("a function that is not called", 'f() = @load_preference("mode")'),
        ("__init__", '__init__() = @load_preference("mode")'),
        ("a function that is precompiled", 'f() = @load_preference("mode")\nprecompile(f, ())'),
        ("a function with a documentation", '"about it"\nf() = @load_preference("mode")'),
        ("a handler in a function", 'f() = @load_preference("mode")\ng() = on(f)'),
        (
            "a text to show",
            'f() = @load_preference("mode")\nerror_text() = "see @load_preference"',
        ),
        ("a number that is parsed", 'f() = parse(Int, @load_preference("mode"))'),
    ],
)
def test_what_only_runs_later_is_no_more_than_that(tmp_path: Path, style: str, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "run", style


def test_code_that_is_never_taken_may_not_read(tmp_path: Path) -> None:
    assert verdict(read(tmp_path, 'if false\nx = @load_preference("mode")\nend')) == "no"
    body = '\n@require Bar = "…" begin\nx = @load_preference("mode")\nend'
    assert verdict(read(tmp_path / "other", body)) == "no"


HELPER = 'helper() = @load_preference("mode")\n'


@pytest.mark.parametrize(
    "macro",
    [
        "macro m()\nesc(:(helper()))\nend",
        "macro m()\nh = esc(:helper)\n:($h())\nend",
        "macro m()\nquote\n$(esc(:(helper())))\nend\nend",
    ],
)
def test_a_name_that_a_macro_escapes_means_what_it_means_where_the_macro_is_used(
    tmp_path: Path, macro: str
) -> None:
    code = f"module Inner\nexport @m\n{macro}\nend\nusing .Inner\n{HELPER}x = @m()"
    assert verdict(read(tmp_path, code)) == "read"


def test_a_name_that_a_macro_does_not_escape_means_what_it_means_there(tmp_path: Path) -> None:
    inner = "module Inner\nexport @m\nhelper() = 1\nmacro m()\nhelper()\n:(1)\nend\nend\n"
    assert verdict(read(tmp_path, f"{inner}using .Inner\n{HELPER}x = @m()")) == "run"


def test_a_method_for_another_package_may_be_called_by_it(tmp_path: Path) -> None:
    method = 'struct T <: Bar.Base end\nBar.key(::T) = @load_preference("mode")\n'
    assert verdict(read(tmp_path, f"using Bar\n{method}Bar.go(T())")) == "may"
    assert verdict(read(tmp_path / "uncalled", f"using Bar\n{method}")) == "run"


@pytest.mark.parametrize(
    "code",
    [
        'const P = @load_preference("mode$P")',
        'const P = if P == "a"\n1\nelse\n2\nend\nx = @load_preference(P)',
        'const P = P in ("a", "b") ? "a" : "b"\nx = @load_preference(P)',
        'const P = !isnothing(P) ? "a" : P\nx = @load_preference(P)',
        "const P = load_preference(P, P)",
    ],
)
def test_a_value_that_is_defined_by_itself_ends(tmp_path: Path, code: str) -> None:
    assert read(tmp_path, code).reads


def test_a_list_that_is_only_sorted_is_known(tmp_path: Path) -> None:
    code = 'const K = ["a", "mode"]\nsort!(K)\nfor k in K\n@load_preference(k)\nend'
    reads = read(tmp_path, code)
    assert verdict(reads) == "read"
    assert verdict(reads, "third") == "no"


SHOWN = 'struct T end\nBase.show(io::IO, ::T) = print(io, @load_preference("mode"))\n'


@pytest.mark.parametrize(
    "code",
    [
        "x = getfield(@__MODULE__, :helper)()",
        "const g = getglobal(@__MODULE__, :helper)\nx = g()",
        "go(name) = getfield(@__MODULE__, name)()\nx = go(:helper)",
        'go(name) = getfield(@__MODULE__, Symbol(name))()\nx = go(Symbol("helper"))',
        "go() = getfield(@__MODULE__, :helper)()\nx = go()",
        "for name in (:helper,)\n@eval const $(Symbol(name, :_was)) = $name()\nend",
        'include_string(@__MODULE__, "x = helper()")',
        'eval(Meta.parse("x = helper()"))',
        'include_string(@__MODULE__, read("code.jl", String))',
        "for n in names(@__MODULE__; all = true)\nn === A && getfield(@__MODULE__, n)()\nend",
    ],
)
def test_a_function_may_be_called_by_its_symbol_or_in_text(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, HELPER + code)) == "may"


@pytest.mark.parametrize(
    "code",
    [
        "const NAMES = (:other, :third)",
        "for name in names(@__MODULE__)\n@eval export $name\nend",
        'include_string(@__MODULE__, "x = other()")',
        "about(x) = x === :helper",
    ],
)
def test_other_symbols_and_texts_call_no_function(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, HELPER + code)) == "run"


@pytest.mark.parametrize(
    "code",
    ["x = string(T())", "x = repr(T())", "println(devnull, T())", 'x = "$(T())"', "@info T()"],
)
def test_text_that_is_made_of_a_value_calls_its_show(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, SHOWN + code)) == "may"


def test_a_value_is_not_shown_where_no_text_is_made(tmp_path: Path) -> None:
    assert verdict(read(tmp_path, SHOWN + 'const t = T()\nf(x) = string(x)\ny = "a text"')) == "run"


def test_a_name_that_a_module_does_not_see_may_come_from_elsewhere(tmp_path: Path) -> None:
    code = 'module Inner\nconst x = @load_preference("mode")\nend'
    assert verdict(read(tmp_path, code)) == "may"


NAMES = """
f() = @load_preference("mode")
module Inner
{inner}
end
for name in filter(n -> startswith(string(n), "get_"), names(Inner, all = true))
    getfield(Inner, name)()
end
"""


@pytest.mark.parametrize(
    ("inner", "answer"),
    [
        ("get_text() = 1", "run"),
        ("using ..Foo\nget_text() = 1", "run"),
        ("f() = 1", "may"),  # the same name elsewhere
        ("using ..Foo: f", "may"),
    ],
)
def test_only_what_a_module_binds_is_among_its_names(
    tmp_path: Path, inner: str, answer: str
) -> None:
    assert verdict(read(tmp_path, NAMES.format(inner=inner))) == answer


def test_a_module_in_a_variable_may_be_given_more_names(tmp_path: Path) -> None:
    evaluated = "for m in (Inner,)\nCore.eval(m, :(get_text() = $f()))\nend\n"
    module, loop = NAMES.format(inner="").split("end\n", 1)
    assert verdict(read(tmp_path / "plain", f"{module}end\n{loop}")) == "run"
    assert verdict(read(tmp_path / "more", f"{module}end\n{evaluated}{loop}")) == "may"


def test_a_module_that_others_evaluate_code_in_may_bind_anything(tmp_path: Path) -> None:
    code = NAMES.format(inner="get_text() = 1") + "@eval Inner const get_f = $f"
    assert verdict(read(tmp_path, code)) == "may"


ASKED = '(@__MODULE__, "mode")'
NAME = 'Symbol(join(["load", "preference"], "_"))'


@pytest.mark.parametrize(
    "code",
    [
        f'x = getfield(Preferences, Symbol("load_", "preference")){ASKED}',
        f'x = getfield(Preferences, Symbol("load_" * "preference")){ASKED}',
        f"x = getproperty(Preferences, {NAME}){ASKED}",
        f'x = getproperty(Preferences, {NAME})("Foo", "mode")',
        f"x = Base.getproperty(Preferences, {NAME}){ASKED}",
        f"x = getglobal(Preferences, {NAME}){ASKED}",
        f"x = (getfield(Preferences, {NAME})){ASKED}",
        f"x = Foo.Preferences |> m -> getfield(m, {NAME}){ASKED}",
        f"const P = Preferences\nx = getfield(P, {NAME}){ASKED}",
        f"import Preferences as P\nx = getfield(P, {NAME}){ASKED}",
        f"const read_it = getfield(Preferences, {NAME})\nx = read_it{ASKED}",
        f"const read_it = getfield(Preferences, Symbol(:load_, :preference))\nx = read_it{ASKED}",
        f'x = Base.invokelatest(getfield(Preferences, {NAME}), @__MODULE__, "mode")',
        f'x = @invokelatest getfield(Preferences, {NAME})(@__MODULE__, "mode")',
        f"for n in names(Preferences)\nx = getfield(Preferences, n){ASKED}\nend",
        f'go(name, m, k) = getfield(Preferences, name)(m, k)\nx = go({NAME}, Foo, "mode")',
        f"pick(m, n) = getfield(m, n)\nx = pick(Preferences, {NAME}){ASKED}",
        f"const P = Base.require(@__MODULE__, :Preferences)\nx = getfield(P, {NAME}){ASKED}",
        f"x = getfield(@__MODULE__, {NAME}){ASKED}",
        f"x = getfield(Foo, {NAME}){ASKED}",
        f"x = Core.eval(Preferences, {NAME}){ASKED}",
        f"x = eval(GlobalRef(Preferences, {NAME})){ASKED}",
        f"x = map(n -> getfield(Preferences, n){ASKED}, [{NAME}])",
        f'x = getfield(Preferences, {NAME})((@__MODULE__, "mode")...)',
        "const ID = Base.PkgId(@__MODULE__).uuid\n"
        'getfield(Base, :record_compiletime_preference)(ID, "mode")',
        "const ID = Base.PkgId(@__MODULE__).uuid\n"
        'getfield(Base, Symbol(join(["record", "compiletime_preference"], "_")))(ID, "mode")',
    ],
)
def test_a_reader_may_be_got_by_a_computed_name(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "may"


def test_what_such_a_reader_is_passed_is_what_it_may_read(tmp_path: Path) -> None:
    reads = read(tmp_path, f"x = getfield(Preferences, {NAME}){ASKED}")
    assert verdict(reads) == "may"
    assert verdict(reads, "other") == "no"
    stored = read(tmp_path / "stored", f"const read_it = getfield(Preferences, {NAME})")
    assert verdict(stored, "other") == "may"


@pytest.mark.parametrize(
    "code",
    [
        'x = getproperty(Base, Symbol("Float", width()))(1, "mode")',
        'for f in (:sin, :cos)\nx = getfield(Base, f)(1.0, "mode")\nend',
        "x = getfield(Base, pick())(1.0)",
        'x = getfield(Preferences, Symbol("set_", "preferences!"))(@__MODULE__, "mode" => 1)',
        'x = getfield(Preferences, Symbol("get_", name()))(@__MODULE__)',
        'x = getfield(settings(), name())("mode", 1)',
        "struct S end\nx = getfield(S(), name())",
        f"f() = getfield(Preferences, {NAME})()",
        f"y() = getfield(Preferences, {NAME}){ASKED.replace('mode', 'later')}",
    ],
)
def test_what_is_got_by_another_name_reads_nothing(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "no"
