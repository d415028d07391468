"""Methods that only Julia calls may read a preference where a value of their type is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.one_package import read, verdict

K = '@load_preference("mode")'


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("Base.length(::L)", "x = collect(L())"),
        ("Base.size(::L)", "x = length(L())"),
        ("Base.hash(::L, h::UInt)", "x = Set([L()])"),
        ("Base.isless(::L, ::L)", "x = L() < L()"),
        ("Base.isequal(::L, ::L)", "x = unique([L(), L()])"),
        ("Base.zero(::Type{L})", "x = zeros(L, 3)"),
        ("Base.axes(::L)", "x = eachindex(L())"),
        ("Base.in(x, ::L)", "x = 1 ∉ L()"),
        ("Base.isless(::A, ::A)", "x = extrema([L(), L()])"),
        ("Base.length(::L)", "make() = L()\nx = collect(make())"),
        ("Base.length(::L)", "struct W\nx::L\nend\nf(w::W) = collect(w.x)\nx = f(W(make()))"),
        ("Base.show(io::IO, ::L)", "f(x) = string(x)\nx = f(L())"),
        ("Base.print(io::IO, ::L)", "x = Symbol(L())"),
        ("Base.length(::String)", 'x = collect("a")'),
    ],
)
def test_a_method_for_a_type_that_the_top_level_uses(
    tmp_path: Path, method: str, code: str
) -> None:
    types = "abstract type A end\nstruct L <: A end\n"
    assert verdict(read(tmp_path, f"{types}{method} = {K}\n{code}")) == "may"


@pytest.mark.parametrize(
    ("use", "answer"),
    [
        ("x = Bar.run(1)", "may"),
        ("x = Baz.run(1)", "may"),
        ("Baz.@run 1", "may"),
        ("f() = Bar.run(1)", "run"),
        ("@compile_workload begin\nBar.run(1)\nend", "run"),
        ("", "run"),
    ],
)
def test_a_method_for_any_type_that_another_package_calls(
    tmp_path: Path, use: str, answer: str
) -> None:
    code = f"using PrecompileTools\nimport Bar, Baz\nBar.compile(x) = {K}\n{use}"
    assert verdict(read(tmp_path, code)) == answer


@pytest.mark.parametrize(
    "code", ["f() = L()", "export L", "struct M end\nx = M()", "f(x::L) = 1\ng(x) = f(x)"]
)
def test_a_method_for_a_type_that_only_functions_use(tmp_path: Path, code: str) -> None:
    types = "abstract type A end\nstruct L <: A end\n"
    assert verdict(read(tmp_path, f"{types}Base.length(::L) = {K}\n{code}")) == "run"


@pytest.mark.parametrize(
    "code",
    [
        f"f() = {K}\nmodule In\nconst x = parentmodule(@__MODULE__).f()\nend",
        f"f() = {K}\nconst table = (f = f,)\nx = table.f()",
        f"⊕(a, b) = {K}\nx = 1 ⊕ 2",
        f"@eval export $(Symbol({K}))",
        f"@eval using $(Symbol({K}))",
        f"primitive type S {K} end",
    ],
)
def test_code_that_is_called_in_another_way(tmp_path: Path, code: str) -> None:
    assert verdict(read(tmp_path, code)) in {"may", "read"}
