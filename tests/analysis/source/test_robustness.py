"""Reading sources that are broken, hostile or enormous: an answer comes back all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.source.cache import SourceCache
from precompass.source.package_files import Limits
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads
from support.special_files import make_pipe

HEAD = b"module Foo\nusing Preferences\n"
READ = b'@load_preference("k")'

FRAGMENTS = [
    "module Foo", "module Bar", "baremodule Foo", "end", "\n", " ", "using Preferences",
    "using .Bar", "using ..Foo", "import Preferences as P", "using Preferences: load_preference",
    "@reexport using Bar", "include(\"a.jl\")", "include(x)", "include(\"../../b.jl\")",
    "@load_preference(\"k\")", "@load_preference k", "load_preference(Foo, \"k\", 1)",
    "load_preference(@__MODULE__, k; disable_invalidation = x)", "P.@has_preference(\"p\")",
    "load_preference.(Ref(Foo), KEYS)", "Base.get_preferences(u)[\"k\"]", "foreign(1)",
    "Base.record_compiletime_preference(u, \"k\")", "const KEYS = (\"a\", \"b\")", "KEYS = KEYS",
    "for k in KEYS", "for (k, v) in pairs(KEYS)", "[f(k) for k in KEYS if k]", "let k = KEYS",
    "if x", "elseif f(1)", "else", "x ? f(1) : g()", "f(x) && g()", "x || return", "return f(2)",
    "function f(x, y = @load_preference(\"d\"); z = 1, w...)", "f(x) = g(x)", "g() = f(\"k\")",
    "macro m(x)", ":(load_preference($__module__, $(esc(x))))", "quote", "$x", "@m \"k\"", "@m",
    "@eval $x", "@static if VERSION >= v\"1.6\"", "@compile_workload begin", "begin", "do k",
    "map(f, KEYS)", "x -> f(x)", "->", "struct S", "Base.@kwdef struct S", "a::Int = f(1)", "S()",
    "try", "catch e", "finally", "while true", "=", "(", ")", "[", "]", "{", "}", ",", ";", ":",
    "\"", "\"\"\"", "`", "'", "#", "#=", "=#", "$", "$(", ".", "...", "::", "where", "@", "@@",
    "\\", "\x00", "\ufeff", "é", "🎨", "\r\n", "\t", "0x", "1.5e", "export f",
    "function __init__()",
    "__precompile__(false)", "const lp = load_preference", "lp(Foo, \"z\")", "eval(:(f(1)))",
]  # fmt: skip


def package(folder: Path, code: bytes) -> PackageSource:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    entry = folder / "src" / "Foo.jl"
    entry.write_bytes(code)
    return PackageSource("Foo", None, folder, entry)


def read(folder: Path, code: bytes, limits: Limits | None = None) -> PackageReads:
    return read_package_source(package(folder, code), limits=limits)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join),
    other=st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("\n".join),
)
def test_any_text_is_read_and_kept(tmp_path: Path, code: str, other: str) -> None:
    source = package(tmp_path, code.encode())
    (tmp_path / "src" / "a.jl").write_text(other)
    foreign = frozenset({"foreign"})
    answer = read_package_source(source, foreign=foreign)
    cache = SourceCache(tmp_path / "kept")
    assert cache.read(source, foreign) == answer
    assert cache.read(source, foreign) == answer


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.binary(max_size=300), cut=st.integers(0, 200))
def test_any_bytes_are_read(tmp_path: Path, code: bytes, cut: int) -> None:
    text = HEAD + b'f(k) = @load_preference(k)\nconst x = [f(k) for k in ("a", "b")]\nend'
    read(tmp_path, text[:cut] + code + text[cut:])


MANY = 5_000


@pytest.mark.parametrize(
    "code",
    [
        b"(" * MANY + READ + b")" * MANY,
        b"x = " + b"a + " * MANY + READ,
        b"if x\n" * MANY + READ + b"\nend" * MANY,
        b"let a = 1\n" * MANY + READ + b"\nend" * MANY,
        b"x = " + b"a ? b : " * MANY + READ,
        b"x -> " * MANY + READ,
        b"f(" * MANY + READ + b")" * MANY,
        b"@m " * MANY + READ,
    ],
)
def test_code_nested_however_deeply_is_searched(tmp_path: Path, code: bytes) -> None:
    [item] = read(tmp_path, HEAD + code + b"\nend").reads
    assert item.key == "k"


@pytest.mark.parametrize("code", [b"#=" * MANY, b"f() do x " * MANY])
def test_code_that_would_take_the_parser_for_ever(tmp_path: Path, code: bytes) -> None:
    reads = read(tmp_path, HEAD + READ + b"\n" + code)
    assert [problem.text for problem in reads.problems] == ["too tangled to parse"]


def test_names_and_texts_before_such_code_are_read(tmp_path: Path) -> None:
    """The parser must not be asked for them: it gives no more than it may, and asks for ever."""
    code = b'\nvar"a" = r"b"\n@doc "text" f(x) = 1\nstruct S{P <: T(1)}\nx::P\nend\n'
    code += READ + b"\n" + b"#=" * MANY
    reads = read(tmp_path, HEAD + code)
    assert [item.key for item in reads.reads] == ["k"]
    assert [problem.text for problem in reads.problems] == ["too tangled to parse"]


def test_more_pieces_than_are_followed(tmp_path: Path) -> None:
    functions = b"".join(b"f%d() = 1\n" % number for number in range(20))
    late = b'g() = @load_preference("late")\nconst c = g()\n'
    assert not read(tmp_path, HEAD + functions + READ + b"\nend", Limits(pieces=100)).problems
    limits = Limits(pieces=20, piece_bytes=1_000)
    reads = read(tmp_path, HEAD + READ + b"\n" + functions + late + b"end", limits)
    assert [problem.text for problem in reads.problems] == [
        "too much code: the rest is not followed"
    ]
    # What reads a preference in the rest may do so.
    assert {item.key for item in reads.reads} == {"k", "late"}


def test_more_is_followed_of_longer_code(tmp_path: Path) -> None:
    """Five megabytes hold more statements than one, and take longer by themselves."""
    functions = b"".join(b"f%d() = 1\n" % number for number in range(20))
    comment = b"# " + b"what they are for " * 100 + b"\n"
    limits = Limits(pieces=20, piece_bytes=50)
    assert read(tmp_path, HEAD + functions + READ + b"\nend", limits).problems
    assert not read(tmp_path, HEAD + functions + comment + READ + b"\nend", limits).problems


def test_what_is_left_out_of_one_file_is_reported_however_long_the_next_one_is(
    tmp_path: Path,
) -> None:
    """A longer text allows for more, but what was left out before stays left out."""
    functions = b"".join(b"f%d() = 1\n" % number for number in range(40))
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "short.jl").write_bytes(functions + READ + b"\n")
    (folder / "long.jl").write_bytes(READ + b"\n# " + b"long" * 5_000)
    includes = b'include("short.jl")\ninclude("long.jl")\n'
    reads = read(tmp_path, HEAD + includes + b"end", Limits(pieces=20, piece_bytes=50))
    assert [problem.text for problem in reads.problems] == [
        "too much code: the rest is not followed"
    ]


@pytest.mark.parametrize(
    "code",
    [
        b"".join(b"f%d() = f%d()\n" % (i, i + 1) for i in range(MANY)) + b"f%d() = " % MANY + READ,
        b"".join(b"f%d() = (f%d(); f%d(); %s)\n" % (i, i * 7 % 99, i * 5 % 99, READ)
                 for i in range(99)),
        b"".join(b"const a%d = a%d\n" % (i, (i + 1) % 99) for i in range(99)) + READ,
        b'const k0 = "ab"\n' + b"".join(b'const k%d = "$k%d$k%d"\n' % (i + 1, i, i)
                                        for i in range(99)) + b"@load_preference(k99)",
        b"function f(k)\n" + b"k = (k, k)\n" * 99 + b"@load_preference(k)\nend",
        b"".join(b"macro m%d(x)\n :(@m%d $x; @m%d $x)\nend\n" % (i, i + 1, i + 1)
                 for i in range(99)) + b"macro m99(x)\n " + READ + b"\nend\n@m0 1",
    ],
)  # fmt: skip
def test_circles_and_towers_end(tmp_path: Path, code: bytes) -> None:
    assert read(tmp_path, HEAD + code + b"\nf0()\nend").reads


def test_limits(tmp_path: Path) -> None:
    code = HEAD + b'include("a.jl")\ninclude("b.jl")\n' + READ + b"\nend"
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.jl").write_bytes(b"# " + b"x" * 2_000 + b'\n@load_preference("a")')
    (tmp_path / "src" / "b.jl").write_bytes(b'@load_preference("b")')

    def keys(limits: Limits) -> list[str | None]:
        return sorted((item.key for item in read(tmp_path, code, limits).reads), key=str)

    assert keys(Limits()) == ["a", "b", "k"]
    assert keys(Limits(file_bytes=1_000)) == ["b", "k"]
    assert keys(Limits(total_bytes=1_000)) == ["b", "k"]
    assert keys(Limits(parsed_bytes=1_000)) == ["k"]
    assert keys(Limits(files=1)) == ["k"]
    (tmp_path / "src" / "a.jl").write_bytes(b"a=" * 1_000 + b'1\n@load_preference("a")')
    assert keys(Limits(parsed_tokens=1_000)) == ["k"]
    assert keys(Limits(parsed_tokens=3_000)) == ["a", "b", "k"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    make_pipe(tmp_path / "src" / "a.jl")
    [item] = read(tmp_path, HEAD + b'include("a.jl")\n' + READ + b"\nend").reads
    assert item.key == "k"
