"""Readers whose time once grew with the square of their input, or faster."""

from __future__ import annotations

import time
from pathlib import Path

from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.effects import MOST_READS
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads

SECONDS = 5.0
"""Of CPU time, amply: each of these takes well under a second, and took ten and more."""


def seconds_of_check(text: str) -> float:
    path = Path("/nowhere/Project.toml")
    session = Session(Snapshot(Disk(), {path: text}), Settings(use_depot=False, variables={}))
    started = time.process_time()
    assert check(session, path)
    return time.process_time() - started


def test_thousands_of_conflicts_are_looked_through_once() -> None:
    assert seconds_of_check("<<<<<<< a\n=======\n>>>>>>> b\n" * 8_000) < SECONDS


def test_thousands_of_unknown_bounds_are_compared_with_few_names() -> None:
    deps = "".join(f'Package{i} = "{i:08x}-0000-4000-8000-000000000000"\n' for i in range(4_000))
    compat = "".join(f'Pakage{i} = "1"\n' for i in range(4_000))
    assert seconds_of_check(f"[deps]\n{deps}[compat]\n{compat}") < SECONDS


def test_a_global_variable_is_computed_once_however_often_others_name_it(tmp_path: Path) -> None:
    lines = (f"a{i + 1} = string(a{i}, a{i}, a{i})\n" for i in range(30))
    started = time.process_time()
    read(tmp_path, f'a0 = "aa"\n{"".join(lines)}@load_preference(a30)\n')
    assert time.process_time() - started < SECONDS


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
    entry.parent.mkdir()
    entry.write_text(f"module Foo\nusing Preferences\n{code}end\n", encoding="utf-8")
    return read_package_source(PackageSource("Foo", None, folder, entry))
