"""How much work reading a package is: nothing is done twice, nothing left for the collector."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from precompass.source.closure import CallSite, Formals
from precompass.source.effects import Effect
from precompass.source.handed_modules import handed_modules
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import PackageReads
from precompass.source.values import Value


def read(folder: Path, code: str) -> PackageReads:
    entry = folder / "src" / "Foo.jl"
    entry.parent.mkdir(parents=True)
    entry.write_text(f"module Foo\nusing Preferences\n{code}\nend\n")
    return read_package_source(PackageSource("Foo", None, folder, entry))


def test_reading_leaves_no_garbage(tmp_path: Path) -> None:
    """Hundreds of thousands of objects in circles take the collector a quarter of a second."""
    code = "".join(
        f'f{number}(x = 1) = @load_preference("k{number}")\nconst c{number} = f{number}()\n'
        for number in range(50)
    )
    read(tmp_path / "first", code)  # loads what reading needs
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        found = read(tmp_path / "second", f"{code}module Inner\nh(x) = Foo.f1(x)\nend\n")
        assert len(found.reads) == 50
        assert gc.collect() < 100
    finally:
        if was_enabled:
            gc.enable()


def test_what_functions_of_a_circle_do_is_worked_out_once_for_each_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are gone through again when one that they call does more than was known."""
    worked_out: Counter[tuple[str, int, Effect]] = Counter()
    inline = CallSite.inline

    def count(site: CallSite, effect: Effect) -> Effect | None:
        worked_out[site.name, site.site.line, effect] += 1
        return inline(site, effect)

    monkeypatch.setattr(CallSite, "inline", count)
    most = 12
    circle = "".join(
        f'f{number}(x) = (@load_preference("k{number}"); f{(number + 1) % most}(x); '
        f"f{(number + 5) % most}(x))\n"
        for number in range(most)
    )
    found = read(tmp_path, f"{circle}const c = f0(1)\n")
    assert {one.key for one in found.reads} == {f"k{number}" for number in range(most)}
    assert not found.problems
    assert set(worked_out.values()) == {1}


@pytest.mark.parametrize("others", [0, 30])
def test_only_whole_names_among_arguments_are_modules(others: int) -> None:
    """With many modules, the arguments are gone through in place of the modules."""
    modules = "".join(f"module M{number}\nend\n" for number in range(others))
    calls = """
module Wall
first(Wall)
second(@__MODULE__, 1)
third(Walls)
fourth(aWall)
fifth(x.Wall)
sixth(@Wall)
seventh(1Wall)
eighth(g(y), (z), Wall;)
ninth(Wall(1))
Wall |> tenth
eleventh(éWall)
twelfth(Wallé)
end
"""
    assert handed_modules([(modules + calls).encode()]) == {
        *("first", "second", "eighth", "tenth"),
    }


def test_which_methods_a_call_may_mean_is_found_once_for_so_many_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of calls of a function that has as many methods may mean each of them."""
    asked: Counter[int] = Counter()
    accepts = Formals.accepts

    def count(formals: Formals, arguments: Sequence[Value] | None) -> bool:
        asked[len(arguments or ())] += 1
        return accepts(formals, arguments)

    monkeypatch.setattr(Formals, "accepts", count)
    many = 30
    methods = "".join(f'f(x::T{one}) = @load_preference("k{one}")\n' for one in range(many))
    calls = "".join(f"const c{one} = f({one})\n" for one in range(many))
    found = read(tmp_path, methods + calls)
    assert {one.key for one in found.reads} == {f"k{number}" for number in range(many)}
    assert asked == {1: many}
