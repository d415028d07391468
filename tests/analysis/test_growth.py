"""Readers whose time once grew with the square of their input, or faster."""

from __future__ import annotations

import time
from pathlib import Path

from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.package_reads import PackageSource, read_package_source

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
    code = f'using Preferences\na0 = "aa"\n{"".join(lines)}@load_preference(a30)\n'
    entry = tmp_path / "src" / "Foo.jl"
    entry.parent.mkdir()
    entry.write_text(f"module Foo\n{code}end\n", encoding="utf-8")
    started = time.process_time()
    read_package_source(PackageSource("Foo", None, tmp_path, entry))
    assert time.process_time() - started < SECONDS
