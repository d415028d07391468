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

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from precompass.files.snapshot import Disk, Snapshot  # noqa: E402
from precompass.julia.crc32c import crc32c  # noqa: E402
from precompass.julia.slugs import cache_directory, cache_entry  # noqa: E402
from precompass.registry.memory import RegistryMemory  # noqa: E402
from precompass.rules import check  # noqa: E402
from precompass.session import Session  # noqa: E402
from precompass.settings.settings import Settings  # noqa: E402
from precompass.source.package_reads import PackageSource, read_package_source  # noqa: E402
from support.cache_files import Source, cache_bytes  # noqa: E402
from support.registry_files import Package, write_registry  # noqa: E402

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
LINES: dict[str, tuple[str, Callable[[int], str]]] = {
    "blanks in a compat entry": (
        "Project.toml",
        lambda n: f'{HEAD}[compat]\njulia = "1{" " * n}x"\n',
    ),
    "a long key": ("LocalPreferences.toml", lambda n: f"[A]\n{'k' * n} = 1\n"),
    "a long string": ("LocalPreferences.toml", lambda n: f'[A]\na = "{"x" * n}"\n'),
    "a long comment": ("Project.toml", lambda n: f"{HEAD}# {'x' * n}\n"),
    "nested arrays": ("LocalPreferences.toml", lambda n: f"[A]\na = {'[' * n}1{']' * n}\n"),
    "nested inline tables": (
        "LocalPreferences.toml",
        lambda n: f"[A]\na = {'{a = ' * n}1{'}' * n}\n",
    ),
    "members of a workspace that are not there": (
        "Project.toml",
        lambda n: f"{HEAD}[workspace]\nprojects = {[f'lib/M{i}' for i in range(n)]}\n",
    ),
    "patterns to leave out": (
        "precompass.toml",
        lambda n: f"exclude = {[f'a{i}/**/b*' for i in range(n)]}\n",
    ),
    "severities of rules that are none": (
        "precompass.toml",
        lambda n: "[severity]\n" + "".join(f'rule-{i} = "off"\n' for i in range(n)),
    ),
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
    "blank lines": lambda n: "\n" * n,
    "modules": lambda n: "".join(f"module M{i}\nend\n" for i in range(n)),
    "text that doubles": lambda n: (
        'const t0 = "ab"\n' + "".join(f"const t{i + 1} = t{i} * t{i}\n" for i in range(n // 100))
    ),
    "functions that call the next one three times": lambda n: (
        "".join(f"f{i}(x) = f{i + 1}(x) + f{i + 1}(x) + f{i + 1}(x)\n" for i in range(n // 200))
        + f"f{n // 200}(x) = x\nconst c = f0(1)\n"
    ),
}


def seconds_of_caches(packages: int, caches: int, keys: int, files: int = 0) -> float:
    """Return the CPU seconds that a check takes of packages with caches in a depot.

    Args:
        packages: that a project depends on.
        caches: of each package.
        keys: preferences that each package read and that are set.
        files: source files of each package beside its entry file, all as they were.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        uuids = {f"P{i}": uuid5(NAMESPACE_DNS, f"P{i}") for i in range(packages)}
        names = [f"k{i}" for i in range(keys)]
        project = [HEAD, "[deps]\n"]
        manifest = ['julia_version = "1.12.2"\nmanifest_format = "2.0"\n']
        preferences = []
        for package, uuid in uuids.items():
            project.append(f'{package} = "{uuid}"\n')
            manifest.append(f'[[deps.{package}]]\npath = "{package}"\nuuid = "{uuid}"\n')
            preferences += [f"[{package}]\n", *(f"{key} = 1\n" for key in names)]
            entry = root / package / "src" / f"{package}.jl"
            entry.parent.mkdir(parents=True)
            entry.write_text(f"module {package}\nend\n", encoding="utf-8")
            folder = root / "depot" / cache_directory(package, uuid, (1, 12))
            folder.mkdir(parents=True)
            records = [Source(str(entry), size=1)]  # not as it was
            if files:
                records = [source_of(entry)]
                for number in range(files):
                    part = entry.with_name(f"part{number}.jl")
                    part.write_text(f"part() = {number}\n", encoding="utf-8")
                    records.append(source_of(part))
            for number in range(caches):
                data = cache_bytes(package, uuid, julia="1.12.2", keys=names, records=records)
                (folder / f"{cache_entry(package, uuid)}_{number:05}.ji").write_bytes(data)
        for file, parts in (
            ("Project.toml", project),
            ("Manifest.toml", manifest),
            ("LocalPreferences.toml", preferences),
        ):
            (root / file).write_text("".join(parts), encoding="utf-8")
        settings = Settings(depots=str(root / "depot"), variables={"JULIA_LOAD_PATH": "@"})
        session = Session(Snapshot(Disk()), settings)
        started = time.process_time()
        for file in ("Project.toml", "LocalPreferences.toml"):
            check(session, root / file)
        return time.process_time() - started


def source_of(file: Path) -> Source:
    """Return what a cache records of a source file as it is."""
    data = file.read_bytes()
    return Source(str(file), size=len(data), crc32c=crc32c(data, 0))


def seconds_of_registry(versions: int) -> float:
    """Return the CPU seconds that a check takes whose package has many registered versions."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        uuid = str(uuid5(NAMESPACE_DNS, "Big"))
        deps = {f"D{i}": str(uuid5(NAMESPACE_DNS, f"D{i}")) for i in range(10)}
        names = [f"{i // 100}.{i % 100}.0" for i in range(versions)]
        compat = {one: {"julia": "1.6-1", **dict.fromkeys(deps, "0.1-1")} for one in names}
        package = Package("Big", uuid, dict.fromkeys(names, deps), compat=compat)
        write_registry(root / "depot", package)
        (root / "Project.toml").write_text(
            f'{HEAD}[deps]\nBig = "{uuid}"\n[compat]\nBig = "0.1"\n', encoding="utf-8"
        )
        settings = Settings(
            depots=str(root / "depot"),
            variables={"JULIA_LOAD_PATH": "@", "PRECOMPASS_CACHE": str(root / "cache")},
        )
        session = Session(Snapshot(Disk()), settings, registry_memory=RegistryMemory(patience=0))
        started = time.process_time()
        check(session, root / "Project.toml")
        return time.process_time() - started


PLACES: dict[str, tuple[Callable[[int], float], int]] = {
    "caches of one package": (lambda n: seconds_of_caches(1, n, 0), 4_000),
    "packages with one cache": (lambda n: seconds_of_caches(n, 1, 0), 2_000),
    "source files of one cache": (lambda n: seconds_of_caches(1, 1, 0, n), 20_000),
    "keys of one cache that are set": (lambda n: seconds_of_caches(1, 1, n), 8_000),
    "versions of a registered package": (seconds_of_registry, 3_000),
}
"""What lies in a depot, and the largest size that is measured."""


def row_of_place(name: str, measure: Callable[[int], float], most: int) -> None:
    """Print the exponent by which the time of something in a depot grows, and its longest time."""
    measure(8)  # loads what a check needs
    few, many = (max(measure(size), 1e-4) for size in (most // 4, most))
    print(f"{name:46} {math.log2(many / few) / 2:9.2f} {many:9.2f} s of {most:,}", flush=True)


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
    for name, (file, text_of) in (FILES | LINES).items():
        row(name, text_of, lambda text, file=file: seconds_of_check(file, text))  # type: ignore[misc]
    for name, text_of in SOURCES.items():
        row(f"Julia: {name}", text_of, seconds_of_source)
    for name, (measure, most) in PLACES.items():
        row_of_place(name, measure, most)
    return 0


if __name__ == "__main__":
    sys.exit(main())
