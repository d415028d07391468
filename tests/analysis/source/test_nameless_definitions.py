"""Functions that no name leads to: callable objects, names that code computes, functions as values.

A loop over names that defines a function for each, ``@eval $name() = …``, is how real packages
write what differs in a name only; a callable object is called by way of any variable that holds it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.one_package import read, verdict

HELPER = 'helper() = @load_preference("mode", false)\n'
S = "struct S end\n"

MADE = {
    "a short function": "@eval $n() = helper()",
    "a long function": "@eval function $n()\nhelper()\nend",
    "a block": "@eval begin\n$n() = helper()\nend",
    "a name that is put together": '@eval $(Symbol("", n))() = helper()',
    "a quote that is evaluated": "eval(:($n() = helper()))",
    "a block that is evaluated": "eval(quote\n$n() = helper()\nend)",
    "under another macro": "@eval @inline $n() = helper()",
    "a variable of the loop": "f = Symbol(n)\n@eval $f() = helper()",
    "a lambda": "@eval const $n = () -> helper()",
    "a constructor": "@eval Base.@kwdef struct $n\nx = helper()\nend",
}
CALLED = {
    "at once": f"{S}(s::S)() = helper()\nconst x = S()()",
    "by a constant": f"{S}(::S)(x) = helper()\nconst s = S()\nconst x = s(1)",
    "by a function": f"{S}function (s::S)(x)\nhelper()\nend\nf(s) = s(1)\nconst x = f(S())",
    "for each": f"{S}(s::S)(x) = helper()\nconst x = map(S(), 1:2)",
    "by its type": f"{S}(::Type{{S}})(x) = helper()\nconst x = S(1)",
    "with a type of the result": f"{S}(s::S)()::T(helper()) = 1\nconst x = S()()",
    "far away": f"f() = helper()\ng() = f()\n{S}(s::S)() = g()\nconst x = S()()",
    "by the abstract type": "abstract type A end\nstruct S <: A end\n"
    "(a::A)() = helper()\nconst x = S()()",
    "an operator": "(⊕)(a, b) = helper()\nconst x = 1 ⊕ 2",
}
VALUES = {
    "a long function": "const x = (function ()\nhelper()\nend)()",
    "a lambda": "const x = (() -> helper())()",
    "a lambda with a key": 'const x = (k -> @load_preference(k))("mode")',
    "a lambda that is given a function": "const x = (f -> f())(helper)",
    "braces of a macro": "const T = @NamedTuple{a::R(helper())}",
    "a long function for each": "const x = map(function (i)\nhelper()\nend, 1:2)",
}
DEFAULTS = {
    "Parameters.jl": "using Parameters\n@with_kw struct S\nx = helper()\nend\nconst s = S()",
    "Configurations.jl": "using Configurations\n@option struct S\nx = helper()\nend\nconst s = S()",
}


@pytest.mark.parametrize("style", MADE)
def test_a_function_whose_name_is_computed_is_called_by_that(tmp_path: Path, style: str) -> None:
    code = f"{HELPER}for n in (:a, :b)\n{MADE[style]}\nend\nconst x = a()"
    assert verdict(read(tmp_path, code)) == "read"


def test_a_do_block_may_define_functions(tmp_path: Path) -> None:
    code = f"{HELPER}foreach((:a, :b)) do n\n@eval $n() = helper()\nend\nconst x = a()"
    assert verdict(read(tmp_path, code)) == "may"


def test_a_function_of_an_unknown_name_may_be_any(tmp_path: Path) -> None:
    code = f"{HELPER}for n in names(Base)\n@eval $n() = helper()\nend\nconst x = foo()"
    assert verdict(read(tmp_path, code)) == "may"


def test_a_function_that_a_loop_makes_reads_the_keys_of_the_loop(tmp_path: Path) -> None:
    code = (
        'for n in ("mode", "level")\nf = Symbol("get_", n)\n'
        "@eval $f() = @load_preference($n)\nend\nconst x = get_mode()"
    )
    assert {one.key for one in read(tmp_path, code).reads} == {"mode", "level"}


def test_a_function_in_a_let_block_knows_its_variables(tmp_path: Path) -> None:
    code = 'let key = "mode"\nglobal f() = @load_preference(key)\nend\nconst x = f()'
    assert [one.key for one in read(tmp_path, code).reads] == ["mode"]


@pytest.mark.parametrize("style", CALLED)
def test_a_callable_object_may_be_called_where_its_type_is_used(tmp_path: Path, style: str) -> None:
    assert verdict(read(tmp_path, HELPER + CALLED[style])) in {"may", "read"}


def test_a_callable_object_of_which_there_is_none_is_not_called(tmp_path: Path) -> None:
    assert verdict(read(tmp_path, f"{HELPER}{S}(s::S)() = helper()")) == "run"


@pytest.mark.parametrize("style", VALUES)
def test_a_function_that_is_called_where_it_is_written_runs(tmp_path: Path, style: str) -> None:
    assert verdict(read(tmp_path, HELPER + VALUES[style])) == "read"


@pytest.mark.parametrize("style", DEFAULTS)
def test_the_default_of_a_field_is_computed_by_the_constructor_of_any_macro(
    tmp_path: Path, style: str
) -> None:
    assert verdict(read(tmp_path, HELPER + DEFAULTS[style])) == "read"
