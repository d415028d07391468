"""What runs where something is defined, though what it defines is called later or never.

Code that is quoted is made where the quote is: what ``$(…)`` stands for is computed then, in the
body of a function that the code defines, too. The test of a ``@static`` runs when the macro is
expanded, so before the function that it is in can be called (``base/osutils.jl``). The types of
fields, of parameters and above a type are computed when the type or the method is defined.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.source.preference_reads import When
from support.one_package import read, verdict

DIRECT = '@load_preference("mode", false)'
HELPER = 'helper() = @load_preference("mode", false)\n'
READERS = {"directly": ("", DIRECT), "by a function": (HELPER, "helper()")}

MADE = {
    "a short function": "@eval f() = $({})",
    "a long function": "@eval function f(x)\ny = x + 1\nreturn y > $({})\nend",
    "a macro": "@eval macro m()\n$({})\nend",
    "a block": "@eval begin\nf() = $({})\nend",
    "a function by a lambda": "@eval const f = () -> $({})",
    "a field's type": "@eval struct S\nx::$({} ? Int : Float64)\nend",
    "in a module that is named": "@eval Foo f() = $({})",
    "under another macro": "@eval @inline f() = $({})",
    "for each of some names": "for T in (:Int, :Float64)\n@eval f(::$T) = $({})\nend",
    "a quote that is evaluated": "eval(quote\nf() = $({})\nend)",
    "an expression that is evaluated": "Core.eval(Foo, :(f() = $({})))",
    "an expression that nobody evaluates": "const code = :(f() = $({}))",
    "with its documentation": '"What f does."\n@eval f() = $({})',
    "a text in a function": '@eval f() = error("x $($({}))")',
    "a text in a quote that is evaluated": 'eval(:(f() = error("x $($({}))")))',
    "a quote in a function": "@eval f() = :($($({})))",
    "a quote in a function, by two signs": "@eval f() = :($$({}))",
    "a quote in a macro, by two signs": "@eval macro m()\nesc(:(x($$({}))))\nend",
}
TESTED = {
    "a function": "function f()\n@static if {}\n1\nend\nend",
    "a short function": "f() = @static {} ? 1 : 2",
    "a call of the macro": "f() = @static({} ? 1 : 2)",
    "a second test": 'function f()\n@static if VERSION < v"1.0"\n1\nelseif {}\n2\nend\nend',
    "one of two": 'f() = @static if VERSION > v"1.6" && {}\n1\nend',
    "what follows a test": "f() = @static {} && g()",
    "__init__": "function __init__()\n@static if {}\n1\nend\nend",
    "a function in a function": "f() = () -> @static if {}\n1\nend",
    "a function in a block": "let\nf() = @static if {}\n1\nend\nend",
    "a default": "f(x = @static({} ? 1 : 2)) = x",
    "fields": "struct S\n@static if {}\nx::Int\nend\nend",
    "a default of a field": "Base.@kwdef struct S\nx::Int = @static({} ? 1 : 2)\nend",
    "a function that is made": "@eval f() = @static if {}\n1\nend",
}
TYPED = {
    "a field": "struct S\nx::T({})\nend",
    "a parametric field": "struct S\nx::Vector{{T({})}}\nend",
    "a type above": "struct S <: A{{T({})}}\nend",
    "a bound": "struct S{{P <: T({})}}\nx::P\nend",
    "a parameter": "f(x::T({})) = 1",
    "a parameter behind a symbol": "f(x::T{{:a, R({})}}) = 1",
    "a parameter by a comparison": "f(x::Val{{1 == R({})}}) = 1",
    "one of two types": "struct S\nx::(A ? B : T({}))\nend",
    "the last of many types": "f(x::Union{{" + "Int, " * 200 + "T({})}}) = 1",
    "a parameter of a stored function": "const f = (x::T({})) -> 1",
    "a parameter of a stored long function": "const f = function (x::T({}))\n1\nend",
    "a parameter of a stored function in a block": "let\nf = (x::T({})) -> x\nend",
    "a callable object": "function (x::T({}))(y)\n1\nend",
    "a parameter of a lambda": "const d = map((x::T({})) -> x, 1:2)",
    "a parameter of a do block": "const d = map(1:2) do x::T({})\nx\nend",
    "a parameter of a constructor": "struct S{{N}}\nx::Int\nS{{N}}(x::T({})) where N = new(x)\nend",
    "a parameter of a constructor under a macro": "struct S\n@inline S(x::T({})) = new()\nend",
    "a primitive type above": "primitive type A <: T({}) 8 end",
    "the size of a primitive type": "primitive type A {} ? 8 : 16 end",
    "the size below another type": "primitive type A{{T}} <: B{{T}} 8 * T({}) end",
    "a parameter without a name": "function f(::Val{{T({})}})\nend",
    "a bound of a method": "f(x::P) where {{P <: T({})}} = 1",
    "a variable": "x::T({}) = 1",
    "what is made of a type": "const x = Array{{Int, T({})}}(undef)",
    "a place in a table": "const d = Dict()\nd[T({})] = 1",
}


def _cases(styles: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (f"{style}, {how}", before, code.format(reader))
        for style, code in styles.items()
        for how, (before, reader) in READERS.items()
    ]


@pytest.mark.parametrize(("style", "before", "code"), _cases(MADE))
def test_code_that_is_interpolated_runs_where_the_quote_is(
    tmp_path: Path, style: str, before: str, code: str
) -> None:
    assert verdict(read(tmp_path, before + code)) == "read", style


RESULTS = {
    "a short function": "f(x)::T({}) = 1\nconst y = f(1)",
    "a long function": "function f(x)::T({})\n1\nend\nconst y = f(1)",
    "with parameters of types": "function f(x::S)::T({}) where S\n1\nend\nconst y = f(1)",
    "in parentheses": "(f(x::S)::T({})) where S = 1\nconst y = f(1)",
    "a stored function": "const f = function (x)::T({})\n1\nend\nconst y = f(1)",
    "a constructor": "struct S\nS(x)::T({}) = new()\nend\nconst y = S(1)",
    "a macro": "macro m(x)::T({})\n1\nend\n@m 1",
}


@pytest.mark.parametrize(("style", "before", "code"), _cases(RESULTS))
def test_the_type_of_a_result_is_computed_by_each_call(
    tmp_path: Path, style: str, before: str, code: str
) -> None:
    assert verdict(read(tmp_path, before + code)) == "read", style


@pytest.mark.parametrize(("style", "before", "code"), _cases(TESTED))
def test_the_test_of_a_static_runs_when_it_is_expanded(
    tmp_path: Path, style: str, before: str, code: str
) -> None:
    assert verdict(read(tmp_path, before + code)) == "read", style


@pytest.mark.parametrize(("style", "before", "code"), _cases(TYPED))
def test_types_are_computed_where_they_are_written(
    tmp_path: Path, style: str, before: str, code: str
) -> None:
    assert verdict(read(tmp_path, before + code)) in {"read", "may"}, style


@pytest.mark.parametrize(
    "type_",
    ["{}", "Val{{θ()}}", "Tuple{{helper.()...}}", "Val{{(helper)()}}", "(helper() ? Int : Bool)"],
)
@pytest.mark.parametrize(
    "style", ["struct S\nx::{}\nend", "f(x::{}) = 1", "const f = (x::{}) -> 1"]
)
def test_a_type_is_computed_however_it_is_written(tmp_path: Path, style: str, type_: str) -> None:
    code = style.format(type_.format("θ()"))
    assert verdict(read(tmp_path, f"{HELPER}θ() = helper()\n{code}")) in {"read", "may"}


@pytest.mark.parametrize(
    "code",
    [
        f"function f()\nif {DIRECT}\n1\nend\nend",
        f"function f()\n@static if true\n{DIRECT}\nend\nend",
        f"function f()\n@static if true\n1\nelseif {DIRECT}\n2\nend\nend",
        f"@eval f() = {DIRECT}",
        f"{HELPER}f(x)::T(helper()) = 1",
        f"f(x)::T({DIRECT}) = 1",
        f'{HELPER}@eval f() = error("x $(helper())")',
        f"f(g = (x::T({DIRECT})) -> x) = 1",
        f"const f = () -> {DIRECT}",
        f"const f = function (x::Int)\n{DIRECT}\nend",
        f"{HELPER}struct S end\nfunction (x::S)(y)\nhelper()\nend",
        f"f() = :(g() = $({DIRECT}))",
        f"Base.@kwdef struct S\nx::Bool = {DIRECT}\nend",
        f'f() = "$({DIRECT})"',
        f'@eval f() = "$({DIRECT})"',
    ],
)
def test_what_is_only_defined_runs_later(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code)) == "run"


@pytest.mark.parametrize(
    "code",
    [
        "let\n f = () -> L\n global M() = f()\nend\nconst X = M()",
        "for i in 1:2\n f = x -> L\n global M() = f(i)\nend\nconst X = M()",
        "let\n f = x -> L\n global M() = map(f, 1:2)\nend\nconst X = M()",
        "let\n f = nothing\n f = () -> L\n global M() = f()\nend\nconst X = M()",
        "const X = let\n f = () -> L\n f()\nend",
        "let\n f = function ()\n L\n end\n f()\nend",
    ],
)
def test_a_function_that_a_variable_of_a_block_holds(tmp_path: Path, code: str) -> None:
    code = code.replace("L", 'load_preference(@__MODULE__, "mode")')
    assert verdict(read(tmp_path, code)) == "read"


def test_a_module_that_another_one_exports_is_used_by_its_name(tmp_path: Path) -> None:
    code = (
        "module A\nexport Inner\nmodule Inner\nexport f\nusing Preferences\n"
        'f() = load_preference(Main.Foo, "mode")\nend\nend\n'
        "module B\nusing ..A\nusing .Inner\nconst X = f()\nend"
    ).replace("Main.Foo", "@__MODULE__")
    reads = read(tmp_path, code)
    assert [one.key for one in reads.reads if one.when is When.COMPILE] == ["mode"]
