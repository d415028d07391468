"""Valid Julia that the parser's grammar takes for broken is read all the same."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads
from precompass.source.preparation import prepared
from precompass.source.syntax import parse_julia

UUID_OF_FOO = UUID("11111111-2222-3333-4444-555555555555")

VALID = [
    "macro public(names)\n    nothing\nend",
    "@compat(public, (a, b))",
    ":(function $name end)",
    "q = quote\n    function f end\nend",
    'export var"#name", b',
    'using A: var".."',
    "isexpr(x, :for) || isexpr(x, :where)",
    "kind in (:call, :where)",
    "if head === :for\n    1\nend",
    "d = Dict(:in => 1, :end => 2)",
    "f(where, x)",
    "where = 1",
    "mutable struct S\n    const a::Int\n    const b\n    c\nend",
    "mutable struct S\n    const a::Int # why\n    @atomic b::Bool\n    Base.@atomic c::Bool\nend",
    "const global x = 1",
    "a, = f()",
    "a.b[], = f()",
    "import Base.@pure",
    "abstract = false\nif abstract\n    1\nend",
    "primitive type P Sys.WORD_SIZE end",
    ":(primitive type $T <: Unsigned $n end)",
    "f(a, b, ; c = 1)",
    "f(a = 1;)",
    "last = line[begin+1:end]",
    "f(xs) do @nospecialize(x)\n    x\nend",
    "g = @nospecialize(x) -> x",
    ":(Pkg.activate($$path))",
    ":(let $(bindings...)\n    1\nend)",
    ":(map(xs) do $x\n    1\nend)",
    "<ₑ(a, b) = 1\nsort!(x; lt = <ₑ)\na <ₑ b",
    "for (T) in (Int, Float64)\n    f(T)\nend",
    "@data mutable Node begin\n    a\nend",
    '@assert isa(x, T) "why"\n@assert !isa(x, T) && !isa(y, T) "why"',
    'D = (10^(-4.0))u"m^2/s"\nx = f((5.7e11)s, sind(a)NoUnits)\ny = [g(x)for x in xs]',
    "if m!=i && y!=false || a!==b\n    1\nend",
    "import Base.(|>)\nusing A: $, With\nimport A.f, A.*, A.g\nimport A: ⊗, ○",
    "import ..@attempt",
    ":(include($file); @reexport using .$name)",
    ":(a ; b)",
    "export ⋅¹\nexport ⋅²",
    'd = Dict(:⋅² => "double")\ns in (:⁺, :plus)',
    "f(∞, ▽)\ng(□Γ, \U0001d7d9)\na = \u22120.5\nb = f(x)\u00a0.+ 1",
    "replace(x, ''' => 1)",
    "struct S\n    c::@static if a\n        Int\n    else\n        String\n    end\nend",
    "a[1 + sum(b) : sum(c), 2]\nr = lo : hi\nfor i in a : 2 : b\n    1\nend",
    "struct E{F, T} <: A{F} where {T}\n    size::T\nend",
    "if (&plt == 0)\n    1\nend",
]


def read(folder: Path, code: str, **files: str) -> PackageReads:
    (folder / "src").mkdir()
    for name, text in {"Foo": code, **files}.items():
        (folder / "src" / f"{name}.jl").write_text(text)
    source = PackageSource("Foo", UUID_OF_FOO, folder, folder / "src" / "Foo.jl")
    return read_package_source(source)


@pytest.mark.parametrize("code", VALID)
def test_what_follows_is_read_in_its_place(tmp_path: Path, code: str) -> None:
    found = read(
        tmp_path,
        f'module Foo\nusing Preferences\n{code}\ninclude("more.jl")\nend\n',
        more='x = @load_preference("k")\n',
    )
    assert [(item.key, item.site.line) for item in found.reads] == [("k", 0)]
    assert found.problems == ()


@pytest.mark.parametrize("code", VALID)
def test_all_of_it_is_understood(code: str) -> None:
    assert parse_julia(Path("a.jl"), code.encode()).errors == ()


@pytest.mark.parametrize("code", [*VALID, '"a \\$b ; ) :for"', "é :for é", ""])
def test_places_stay_as_they_are(code: str) -> None:
    data = code.encode()
    changed = prepared(data)
    assert len(changed) == len(data)
    assert [i for i, byte in enumerate(changed) if byte == 10] == [
        i for i, byte in enumerate(data) if byte == 10
    ]


def test_names_and_strings_are_those_of_the_file(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "module Foo\nusing Preferences\nmacro public(x)\nend\n"
        'x = @load_preference("a, ; :for \\$b")\nend\n',
    )
    assert [item.key for item in found.reads] == ["a, ; :for $b"]


def test_a_choice_is_no_range(tmp_path: Path) -> None:
    code = '@m isa(x, T) "why"\na = b ? @load_preference("k") : @load_preference("l")\n'
    split = 'c = b ?\n    @load_preference("m") : @load_preference("n")\n'
    found = read(tmp_path, f"module Foo\nusing Preferences\n{code}{split}end\n")
    assert [item.key for item in found.reads] == ["k", "l", "m", "n"]
    assert found.problems == ()


# Code that is not understood all the same


def test_a_part_that_is_not_understood_may_hide_a_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'module Foo\nusing Preferences\nx = ((1\ny = @load_preference("k")\nend\n',
    )
    (problem,) = found.problems[:1]
    assert problem.text.startswith("not understood: ")
    assert "k" in {item.key for item in found.reads}


def test_a_part_that_is_not_understood_may_hide_an_include(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'module Foo\nusing Preferences\nx = ((1\ninclude("more.jl")\nend\n',
        more='x = @load_preference("k")\n',
    )
    assert found.problems


def test_an_error_where_nothing_can_be_hidden_does_not_count(tmp_path: Path) -> None:
    body = 'x = @load_preference("k")\nf(a) = (1/2)log(a)-(1/2)a\n'
    found = read(tmp_path, f"module Foo\nusing Preferences\n{body}end\n")
    assert [item.key for item in found.reads] == ["k"]
    assert found.problems == ()
