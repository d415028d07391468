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
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from precompass.depot.cache_header import CacheHeader, parse_cache_header
from precompass.depot.cache_records import parse_cache_records
from precompass.documents.toml import parse_toml, plain
from precompass.source.package_reads import PackageSource, read_package_source
from support.cache_files import BASE, CORE, Module, Require, Source, cache_bytes

SLOWEST = 1.0
"""Seconds that one input may take; a real one takes a millisecond."""

PARSERS = UUID("69de0a69-1ddd-5017-9359-2bf0b02dc9f0")

SOURCES = (
    b'module Parsers\nusing Preferences\nconst A = @load_preference("a", 1)\n'
    b'f() = load_preference(@__MODULE__, "b")\nf()\ninclude("more.jl")\nend\n',
    b'module Parsers\nimport Preferences as P\nfor key in ("left", "right")\n'
    b"    @eval const $(Symbol(key)) = P.load_preference(Parsers, $key)\nend\n"
    b'function __init__()\n    P.@has_preference("c") || return\nend\nend\n',
    b"module Parsers\nusing PrecompileTools\n@setup_workload begin\n    x = 1\n"
    b"    @compile_workload begin\n        g(x)\n    end\nend\nend\n",
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
        read_package_source(PackageSource("Parsers", PARSERS, folder, entry))

    return read


def feed(
    name: str, read: Callable[[bytes], None], seeds: tuple[bytes, ...], number: int, seed: int
) -> None:
    """Feed mutated inputs to a reader, and say how it went."""
    slowest, started = 0.0, time.perf_counter()
    for data in mutations(seeds, number, random.Random(seed)):
        before = time.perf_counter()
        try:
            read(data)
        except Exception:
            print(f"{name}: this input is not survived: {data!r}", file=sys.stderr)
            raise
        took = time.perf_counter() - before
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
