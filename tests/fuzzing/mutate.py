"""Mutated inputs: bytes that are nearly right.

``python tests/fuzzing/mutate.py`` feeds a hundred thousand of them to each reader of foreign
bytes, and fails if one crashes, reads without end, or takes longer than a second. The seed makes
a run repeatable.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from precompass.depot.cache_header import CacheHeader, parse_cache_header
from precompass.depot.cache_records import parse_cache_records
from precompass.documents.toml import parse_toml, plain
from precompass.source.absent_code import absent_uses
from precompass.source.environment_reads import environment_reads
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.syntax import Code, JuliaSource, parse_julia
from support.cache_files import BASE, CORE, Module, Require, Source, cache_bytes

SLOWEST = 1.0
"""CPU seconds that one input may take; a real one takes a millisecond."""

PARSERS = UUID("69de0a69-1ddd-5017-9359-2bf0b02dc9f0")

SOURCES = (
    b'module Parsers\nusing Preferences\nconst A = @load_preference("a", 1)\n'
    b'f() = load_preference(@__MODULE__, "b")\nf()\ninclude("more.jl")\nend\n',
    b'module Parsers\nimport Preferences as P\nfor key in ("left", "right")\n'
    b"    @eval const $(Symbol(key)) = P.load_preference(Parsers, $key)\nend\n"
    b'function __init__()\n    P.@has_preference("c") || return\nend\nend\n',
    b"module Parsers\nusing PrecompileTools\n@setup_workload begin\n    x = 1\n"
    b"    @compile_workload begin\n        g(x)\n    end\nend\nend\n",
    b"module Parsers\nusing Preferences: load_preference as lp, @load_preference\n"
    b"macro pref(k, d = 1)\n    esc(:(const $(Symbol(k)) = @load_preference($(string(k)), $d)))\n"
    b'end\n@pref mode\nconst KEYS = ["a"]\npush!(KEYS, "b")\nread(k; d = nothing) ='
    b" lp(Parsers, k, d)\n"
    b'foreach(read, KEYS)\nconst V = ["c", "d"] .|> read\nx = "$(KEYS[1])_e" |> (k ->'
    b" read(k))\nend\n",
    b'module Parsers\nusing Preferences\nconst P = @load_preference("provider", "a")::String\n'
    b'if P == "a"\n    include("more.jl")\nelseif P in ("b", "c") && VERSION >= v"1.6"\n'
    b'    try\n        let q = ENV["HOME"], (r, s) = (1, 2)\n            while q <'
    b" r\n                break\n"
    b"            end\n        end\n    catch e\n        rethrow()\n    finally\n    "
    b"    f(e; r...)\n    end\n"
    b'else\n    error("no $P")\nend\nend\n',
    b"baremodule Parsers\nimport ..A.B as C, D: e, @f\nusing .G\nexport a, @f\npublic b\n"
    b"abstract type T{S} <: U end\nBase.@kwdef mutable struct V{X} <: T{X}\n    const a::X = 1\n"
    b"    b\nend\n@generated function g(x::T{S}, y...; z = 1) where {S}\n    :(x + $(y[1]))\nend\n"
    b"h = [i => j for i in 1:3, j in keys(d) if i != j]\nDict(k => v for (k, v) in zip(a, b))\n"
    b"k = map(x) do y\n    y ? x.a : x.b[end]\nend\n@static if Sys.iswindows() m() end\nend\n",
)

DOCUMENTS = (
    b'[deps]\nCSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"\n\n[compat]\nCSV = "0.10"\n'
    b'julia = "1.6"\n\n[preferences.CSV]\nlist = ["a", 1, 2.5] # why\n__clear__ = ["b"]\n',
    b'# head\n[SnoopPrecompile]\nskip_precompile = [\n  "A", # one\n  "B",\n]\n\n'
    b'[A.b]\nc = { d = 0xff, e = 1979-05-27T07:32:00Z }\nf = """\ng\n"""\n[[h]]\ni = nan\n',
)


def headers() -> tuple[bytes, ...]:
    """Return the header of a cache in each layout."""
    return tuple(
        cache_bytes(
            "Parsers",
            PARSERS,
            julia=julia,
            required=(CORE, BASE, Module("Preferences", PARSERS, 7 << 64 | 7)),
            records=(Source("/a/src/Parsers.jl", 1.5, 10, 11), Require("Dates", PARSERS)),
            keys=("a", "b"),
            blob=blob,
        )
        for julia, blob in (
            ("1.8.5", None),
            ("1.10.4", None),
            ("1.12.2", None),
            ("1.14.0-DEV.1854", f'[unset]\n{PARSERS} = ["a"]\n'),
        )
    )


def mutations(seeds: tuple[bytes, ...], number: int, rng: random.Random) -> Iterator[bytes]:
    """Yield inputs that differ from a seed in a few places."""
    for _ in range(number):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(data) + 1)
            match rng.randrange(6):
                case 0:
                    data[at : at + 1] = bytes([rng.randrange(256)])
                case 1:
                    del data[at : at + rng.randint(1, 16)]
                case 2:
                    data[at:at] = rng.randbytes(rng.randint(1, 8))
                case 3:
                    other = rng.choice(seeds)
                    start = rng.randrange(len(other))
                    data[at:at] = other[start : start + rng.randint(1, 64)]
                case 4:
                    data[at : at + 4] = rng.choice((-1, 0, 2**31 - 1, 255)).to_bytes(
                        4, "little", signed=True
                    )
                case _:
                    del data[at:]
            data = data or bytearray(b"\n")
        yield bytes(data)


def read_header(data: bytes) -> None:
    """Read a header and its records."""
    header = parse_cache_header(data)
    if isinstance(header, CacheHeader):
        parse_cache_records(data, header)


def read_document(data: bytes) -> None:
    """Read a TOML document, whatever it is."""
    document = parse_toml(data.decode("utf-8", "replace"))
    plain(document.root)
    assert isinstance(document.values, dict)
    assert document.faults is not None
    assert document.comments is not None


def source_reader(folder: Path) -> Callable[[bytes], None]:
    """Return what reads a package whose entry file has these bytes."""
    entry = folder / "src" / "Parsers.jl"
    entry.parent.mkdir()

    def read(data: bytes) -> None:
        entry.write_bytes(data)
        source = PackageSource("Parsers", PARSERS, folder, entry)
        read_package_source(source)
        environment_reads(source)
        absent_uses(folder, entry, frozenset({"PrecompileTools"}))
        walk(parse_julia(entry, data))

    return read


def walk(source: JuliaSource) -> None:
    """Ask every piece of code in a tree for all that its class says of it."""
    pending: list[Code] = [*source.statements, *source.errors]
    while pending:
        code = pending.pop()
        for name in dir(type(code)):
            if isinstance(getattr(type(code), name), property | cached_property):
                getattr(code, name)
        pending += code.children


def feed(
    name: str, read: Callable[[bytes], None], seeds: tuple[bytes, ...], number: int, seed: int
) -> None:
    """Feed mutated inputs to a reader, and say how it went."""
    slowest, started = 0.0, time.perf_counter()
    for data in mutations(seeds, number, random.Random(seed)):
        before = time.process_time()
        try:
            read(data)
        except Exception:
            print(f"{name}: this input is not survived: {data!r}", file=sys.stderr)
            raise
        took = time.process_time() - before
        if took > SLOWEST:
            raise SystemExit(f"{name}: this input takes {took:.1f} s: {data!r}")
        slowest = max(slowest, took)
    total = time.perf_counter() - started
    print(f"{name:10} {number:8,} inputs, {total:6.1f} s, the slowest {slowest * 1000:.0f} ms")


def main() -> None:
    """Feed every reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=100_000, help="inputs for each reader")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        read_source = source_reader(Path(folder))
        for name, read, seeds in (
            ("headers", read_header, headers()),
            ("documents", read_document, DOCUMENTS),
            ("sources", read_source, SOURCES),
        ):
            feed(name, read, seeds, arguments.number, arguments.seed)


if __name__ == "__main__":
    main()
