"""How the time of each reader grows with its input: each input is doubled, and doubled again.

    python benchmarks/growth.py

An exponent of 1 means twice the time for twice the input. The last columns are the CPU time of
8,000 repetitions, and of as many as make a megabyte. A check of any megabyte takes at most a
second: what is too large, or too broken, is not read, which a finding says. A megabyte of Julia
code takes longer where much of it has to do with preferences; it is read once.
"""

from __future__ import annotations

import gc
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.package_reads import PackageSource, read_package_source

SIZES = (1_000, 2_000, 4_000, 8_000)
MEGABYTE = 2**20
GARBAGE = 50_000, 20, 20
"""When the collector looks for garbage, as in the server and on the command line."""
HEAD = 'name = "Survey"\nuuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"\n'


def seconds_of_check(name: str, text: str) -> float:
    """Return the CPU seconds that a check of one file takes, with nothing remembered."""
    path = Path("/nowhere") / name
    texts = {path: text}
    if name != "Project.toml":
        texts[path.with_name("Project.toml")] = HEAD
    started = time.process_time()
    check(Session(Snapshot(Disk(), texts), Settings(use_depot=False, variables={})), path)
    return time.process_time() - started


def seconds_of_source(text: str) -> float:
    """Return the CPU seconds that reading a package takes whose entry file has a text."""
    with tempfile.TemporaryDirectory() as name:
        entry = Path(name, "src", "Foo.jl")
        entry.parent.mkdir()
        entry.write_text(
            f"module Foo\nusing Preferences\n{text}\n@load_preference(c)\nend\n", encoding="utf-8"
        )
        started = time.process_time()
        read_package_source(PackageSource("Foo", None, Path(name), entry))
        return time.process_time() - started


def _deps(n: int) -> str:
    return "".join(f'P{i} = "{uuid5(NAMESPACE_DNS, str(i))}"\n' for i in range(n))


FILES: dict[str, tuple[str, Callable[[int], str]]] = {
    "TOML that is all errors": ("Project.toml", lambda n: "= ] [\n" * n),
    "open brackets": ("Project.toml", lambda n: "a = " + "[" * n),
    "open strings": ("Project.toml", lambda n: 'a = "\n' * n),
    "tables": ("LocalPreferences.toml", lambda n: "".join(f"[T{i}]\na = 1\n" for i in range(n))),
    "dotted keys": ("LocalPreferences.toml", lambda n: "a" + ".a" * n + " = 1\n"),
    "preferences": (
        "LocalPreferences.toml",
        lambda n: "[A]\n" + "".join(f"k{i} = 1\n" for i in range(n)),
    ),
    "dependencies": ("Project.toml", lambda n: f"{HEAD}[deps]\n{_deps(n)}"),
    "one compat entry": ("Project.toml", lambda n: f'{HEAD}[compat]\njulia = "{"1.6, " * n}1.7"\n'),
    "compat entries": (
        "Project.toml",
        lambda n: HEAD + "[compat]\n" + "".join(f'P{i} = "1"\n' for i in range(n)),
    ),
    "codes of a comment": (
        "Project.toml",
        lambda n: f"a = 1  # precompass: ignore[{', '.join(f'code-{i}' for i in range(n))}]\n",
    ),
    "ignore comments": ("Project.toml", lambda n: "a = 1  # precompass: ignore[unknown-key]\n" * n),
    "skip list": (
        "LocalPreferences.toml",
        lambda n: f"[SnoopPrecompile]\nskip_precompile = {[f'P{i}' for i in range(n)]}\n",
    ),
    "conflict markers": ("Project.toml", lambda n: "<<<<<<< a\n=======\n>>>>>>> b\n" * n),
    "manifest entries": (
        "Manifest.toml",
        lambda n: "".join(
            f'[[deps.P{i}]]\ndeps = ["P{i // 2}"]\nuuid = "{uuid5(NAMESPACE_DNS, str(i))}"\n'
            for i in range(n)
        ),
    ),
    "a chain of packages": (
        "Manifest.toml",
        lambda n: "".join(
            f'[[deps.P{i}]]\ndeps = ["P{i + 1}"]\nuuid = "{uuid5(NAMESPACE_DNS, str(i))}"\n'
            for i in range(n)
        ),
    ),
    "configuration": ("precompass.toml", lambda n: "".join(f"key{i} = 1\n" for i in range(n))),
}
SOURCES: dict[str, Callable[[int], str]] = {
    "functions that read": lambda n: (
        "using Preferences\n"
        + "".join(f'f{i}() = @load_preference("k{i}")\nconst c{i} = f{i}()\n' for i in range(n))
    ),
    "functions that call the next one": lambda n: (
        "".join(f"f{i}(x) = f{i + 1}(x)\n" for i in range(n)) + "const c = f0(1)\n"
    ),
    "open brackets": lambda n: "(" * n,
    "open interpolations": lambda n: '"$(' * n,
    "nested if": lambda n: "if a\n" * n + "end\n" * n,
    "a long sum": lambda n: "const c = " + " + ".join(["1"] * n) + "\n",
    "aliases": lambda n: "const a0 = 1\n" + "".join(f"const a{i + 1} = a{i}\n" for i in range(n)),
    "modules": lambda n: "".join(f"module M{i}\nend\n" for i in range(n)),
    "text that doubles": lambda n: (
        'const t0 = "ab"\n' + "".join(f"const t{i + 1} = t{i} * t{i}\n" for i in range(n // 100))
    ),
    "functions that call the next one three times": lambda n: (
        "".join(f"f{i}(x) = f{i + 1}(x) + f{i + 1}(x) + f{i + 1}(x)\n" for i in range(n // 200))
        + f"f{n // 200}(x) = x\nconst c = f0(1)\n"
    ),
}


def row(name: str, text_of: Callable[[int], str], measure: Callable[[str], float]) -> None:
    """Print the exponent by which the time of something grows, and its longest times."""
    times = [max(measure(text_of(size)), 1e-4) for size in SIZES]
    exponent = math.log2(times[-1] / times[-3]) / 2
    whole = measure(megabyte(text_of))
    print(f"{name:46} {exponent:9.2f} {times[-1]:9.2f} s {whole:9.2f} s", flush=True)


def megabyte(text_of: Callable[[int], str]) -> str:
    """Return as many repetitions as make about a megabyte."""
    fewest, most = 1, 2**21
    while most - fewest > max(1, fewest // 50):
        middle = (fewest + most) // 2
        if len(text_of(middle)) > MEGABYTE:
            most = middle
        else:
            fewest = middle
    return text_of(fewest)


def main() -> int:
    """Measure everything."""
    gc.set_threshold(*GARBAGE)
    print(f"{'input':46} {'exponent':>9} {'8,000':>11} {'a megabyte':>11}")
    for name, (file, text_of) in FILES.items():
        row(name, text_of, lambda text, file=file: seconds_of_check(file, text))  # type: ignore[misc]
    for name, text_of in SOURCES.items():
        row(f"Julia: {name}", text_of, seconds_of_source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
