"""Further ways in which packages hide a read of a preference, or spread it over their code.

``read``: the reader follows the code. ``may``: it does not, and says so. Nothing that runs while
the package compiles may end as "run at run time only", or as not read at all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.one_package import read, verdict

HELPER = 'helper() = @load_preference("mode")\n'


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("a string macro", 'macro p_str(k)\n:(load_preference(Foo, $k))\nend\nx = p"mode"'),
        ("a string macro's body", 'macro p_str(k)\nload_preference(Foo, k)\nend\nf() = p"mode"'),
        ("a command macro", "macro p_cmd(k)\nload_preference(Foo, k)\nend\nx = p`mode`"),
        (
            "a string macro of a submodule",
            "module Inner\nusing Preferences\nexport @p_str\n"
            "macro p_str(k)\n:(load_preference($(@__MODULE__), $k))\nend\nend\n"
            'using .Inner\nx = p"mode"',
        ),
        ("a key with an escape", r'x = load_preference(Foo, "m\u006fde")'),
        ("a key in octal", r'x = load_preference(Foo, "m\157de")'),
        ("a name that is quoted", 'const var"my mode" = @load_preference("mode")'),
        ("a macro by another name", 'const var"@p" = var"@load_preference"\nx = @p("mode")'),
        (
            "a constructor with parameters",
            'struct O{T}\nx::T\nend\nO{T}() where {T} = O{T}(@load_preference("mode"))\n'
            "x = O{Int}()",
        ),
        ("a global of a function", 'set() = global X = @load_preference("mode")\nset()'),
        ("a cached value", 'x = get!(Dict(), :a) do\n@load_preference("mode")\nend'),
        (
            "recorded by another name",
            'const note = Base.record_compiletime_preference\nnote(Base.PkgId(Foo).uuid, "mode")',
        ),
        (
            "a module under a condition",
            'if VERSION > v"1.6"\n@eval module Inner\nusing Preferences\n'
            'x = @load_preference("mode")\nend\nend',
        ),
        (
            "a product of lists",
            'for a in ("mo", "no"), b in ("de",)\nload_preference(Foo, a * b)\nend',
        ),
        (
            "a library's name",
            'const lib = @load_preference("mode", "libc")\nf() = ccall((:x, lib), Cint, ())',
        ),
    ],
)
def test_a_style_that_is_followed(tmp_path: Path, style: str, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "read", style


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("a field of the module", "x = getfield(@__MODULE__, :helper)()"),
        ("a global of the module", "x = getglobal(Foo, :helper)()"),
        ("a symbol in a table", "const T = Dict(:a => :helper)\nx = getfield(Foo, T[:a])()"),
        ("a name as a text", 'x = getfield(Foo, Symbol("helper"))()'),
        ("a symbol that is spliced", "const f = :helper\n@eval x = $f()"),
        ("a loop over symbols", "for f in (:helper,)\n@eval $f()\nend"),
        ("an expression", "x = eval(Expr(:call, :helper))"),
        ("parsed text", 'x = eval(Meta.parse("helper()"))'),
        ("included text", 'include_string(Foo, "helper()")'),
        ("a function that is returned", "pick() = helper\nx = pick()()"),
        ("a default", "run_it(f = helper) = f()\nx = run_it()"),
        ("a keyword's default", "run_it(; f = helper) = f()\nx = run_it()"),
        ("a symbol in a function", "go() = getfield(Foo, :helper)()\ngo()"),
        ("all names", "for n in names(Foo; all = true)\nn === :helper && getfield(Foo, n)()\nend"),
    ],
)
def test_a_function_that_is_got_hold_of(tmp_path: Path, style: str, code: str) -> None:
    assert verdict(read(tmp_path, HELPER + code)) in {"read", "may"}, style


@pytest.mark.parametrize(
    ("method", "use"),
    [
        ("Base.show(io::IO, ::S) =", "x = string(S())"),
        ("Base.print(io::IO, ::S) =", 'x = "$(S())"'),
        ("Base.hash(::S, h::UInt) =", "x = Dict(S() => 1)"),
        ("Base.promote_rule(::Type{S}, ::Type{Int}) =", "x = S() + 1"),
        ("Base.isless(::S, ::S) =", "x = sort([S(), S()])"),
    ],
)
def test_a_method_that_base_calls(tmp_path: Path, method: str, use: str) -> None:
    code = f'struct S end\n{method} @load_preference("mode")\n'
    assert verdict(read(tmp_path, code + use)) == "may"
    assert verdict(read(tmp_path / "unused", code)) == "run"


@pytest.mark.parametrize(
    "code",
    [
        'Base.evalfile(joinpath(@__DIR__, "other.jl"))',
        'include("other.jl")',
        'eval(Meta.parseall(read(joinpath(@__DIR__, "other.jl"), String)))',
        "eval(Meta.parse(text()))",
        'load(name) = include_string(Foo, read(name, String))\nload("other.jl")',
    ],
)
def test_code_of_a_file(tmp_path: Path, code: str) -> None:
    other = {"other": 'using Preferences\nx = @load_preference("mode")\n'}
    assert verdict(read(tmp_path, code, **other)) in {"read", "may"}


@pytest.mark.parametrize(
    "code",
    [
        'helper_of_mode() = 1\nx = getfield(Foo, Symbol("helper_of_mode"))()',
        'x = "the helper says"',
        'x = Meta.parse("1 + 1")',
        "go() = :helper\n",
        "load(name) = include_string(Foo, read(name, String))",
        'mode() = @load_preference("mode")\nset(x) = @set_preferences!("mode" => x)',
    ],
)
def test_what_calls_nothing(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, HELPER + code)) == "run"


def test_a_key_with_the_name_of_a_function(tmp_path: Path) -> None:
    code = 'mode() = @load_preference("other")\nx = @load_preference("mode")\n'
    code += 'y = getfield(Foo, Symbol("z"))'
    reads = read(tmp_path, code)
    assert verdict(reads) == "read"
    assert verdict(reads, "other") == "run"
