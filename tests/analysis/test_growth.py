"""Readers whose time once grew with the square of their input, or faster.

Time is that of the CPU, and is compared with the time for a quarter of the input: neither a slow
machine nor a busy one changes their ratio.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.source_evidence import refuses_precompilation
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.effects import MOST_READS
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads

GROWTH = 10.0
"""How many times the CPU time four times the input may take; the square would take 16 times."""


def growth_of_check(text: Callable[[int], str], size: int) -> float:
    """Return how many times the CPU time a check of a text takes that is four times as long.

    A text that was read before would be remembered, so no two are the same.
    """
    seconds_of_check(text(8))  # loads what a check needs
    few, many = (
        min(seconds_of_check(f"{text(count)}# {number}\n") for number in range(3))
        for count in (size // 4, size)
    )
    return many / few


def seconds_of_check(text: str) -> float:
    path = Path("/nowhere/Project.toml")
    session = Session(Snapshot(Disk(), {path: text}), Settings(use_depot=False, variables={}))
    started = time.process_time()
    found = check(session, path)
    seconds = time.process_time() - started
    assert found
    assert not any("more than 256 KiB" in one.message for one in found)  # nothing is left out
    return seconds


def test_thousands_of_conflicts_are_looked_through_once() -> None:
    assert growth_of_check(lambda size: "<<<<<<< a\n=======\n>>>>>>> b\n" * size, 8_000) < GROWTH


def test_thousands_of_unknown_bounds_are_compared_with_few_names() -> None:
    def text(size: int) -> str:
        deps = "".join(f'Package{i} = "{i:08x}-0000-4000-8000-000000000000"\n' for i in range(size))
        compat = "".join(f'Pakage{i} = "1"\n' for i in range(size))
        return f"[deps]\n{deps}[compat]\n{compat}"

    assert growth_of_check(text, 2_000) < GROWTH


def test_a_global_variable_is_computed_once_however_often_others_name_it(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        lines = (f"a{i + 1} = string(a{i}, a{i}, a{i})\n" for i in range(count))
        started = time.process_time()
        code = f'a0 = "aa"\n{"".join(lines)}@load_preference(a{count})\n'
        read(tmp_path / str(count), code)
        return time.process_time() - started

    few = min(seconds(count) for count in (8, 9, 10))
    assert seconds(30) < 100 * few  # each further line would triple it


def test_a_source_with_thousands_of_reads_is_not_read_in_full(tmp_path: Path) -> None:
    found = read(tmp_path, "".join(f'@load_preference("k{i}")\n' for i in range(MOST_READS + 99)))
    assert {one.key for one in found.reads} >= {"k0", f"k{MOST_READS - 1}"}
    assert [one.text for one in found.problems] == ["too much code: the rest is not followed"]


def test_a_source_with_hundreds_of_reads_is_read_in_full(tmp_path: Path) -> None:
    found = read(tmp_path, "".join(f'@load_preference("k{i}")\n' for i in range(MOST_READS)))
    assert (len(found.reads), found.problems) == (MOST_READS, ())


def read(folder: Path, code: str) -> PackageReads:
    """Read a package whose module has some code."""
    entry = folder / "src" / "Foo.jl"
    entry.parent.mkdir(parents=True)
    entry.write_text(f"module Foo\nusing Preferences\n{code}end\n", encoding="utf-8")
    return read_package_source(PackageSource("Foo", None, folder, entry))


def test_a_function_of_many_methods_that_is_called_often_is_given_up(tmp_path: Path) -> None:
    """Each call may mean each method: eight million ways, and no end within a minute."""
    methods = "".join(f'f(x::T{number}) = @load_preference("k")\n' for number in range(900))
    calls = "".join(f"const c{number} = f({number})\n" for number in range(9_000))
    entry = tmp_path / "src" / "Foo.jl"
    entry.parent.mkdir()
    entry.write_text(f"module Foo\nusing Preferences\n{methods}{calls}end\n")
    found = read_package_source(PackageSource("Foo", None, tmp_path, entry))
    assert {read.key for read in found.reads} == {"k"}
    assert [one.text for one in found.problems] == ["too much code: the rest is not followed"]


def test_blanks_in_a_compat_entry_are_looked_at_once() -> None:
    """From each blank on to the next: thirty thousand million steps, a minute and more."""
    text = f'[compat]\njulia = "1{" " * 250_000}x"\n'
    path = Path("/nowhere/Project.toml")
    session = Session(Snapshot(Disk(), {path: text}), Settings(use_depot=False, variables={}))
    assert [one.code for one in check(session, path)] == ["invalid-compat"]


def test_blank_lines_of_an_entry_file_are_looked_at_once(tmp_path: Path) -> None:
    """From each line on to the last: half a million million steps, twenty minutes."""
    entry = tmp_path / "Foo.jl"
    blank = "\n" * (2**20 - 100)
    entry.write_text(f"{blank}module Foo\nend\n")
    assert not refuses_precompilation(entry)
    entry.write_text(f"{blank}\n __precompile__( false )\nmodule Foo\nend\n")
    assert refuses_precompilation(entry)


def test_the_benchmark_measures_what_lies_in_a_depot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "benchmarks"))
    growth = import_module("growth")
    assert len(growth.PLACES) == 5
    for measure, most in growth.PLACES.values():
        assert most >= 1_000
        assert measure(2) >= 0
