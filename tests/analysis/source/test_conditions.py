"""Reads of preferences behind conditions, which the preferences in effect may decide.

Measured with Julia 1.10 and 1.14: a key behind ``backend == "custom"`` is in the cache only if
the backend was "custom" while the package was compiled.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.julia.preferences import Preference
from precompass.recompilation.difference import difference
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidations
from support.environments import Package, invalidations, manifest, project, uuid, why_not, write

BACKEND = 'const backend = @load_preference("backend", "native")\n'
READ = '@load_preference("path")'
IF_CUSTOM = f'if backend == "custom"\n{READ}\nend'


def state(folder: Path, code: str, preferences: str = "") -> Invalidations:
    files = {
        "Project.toml": project(deps="Solver Other"),
        "Manifest.toml": manifest(
            {
                "Other": Package("Preferences", path="Other"),
                "Preferences": "",
                "Solver": Package("Other Preferences", path="Solver"),
            }
        ),
        "Solver/src/Solver.jl": f"module Solver\nusing Preferences\n{code}\nend\n",
        "Solver/src/custom.jl": READ,
        "Other/src/Other.jl": "module Other end",
        "LocalPreferences.toml": f"[Solver]\n{preferences}\n",
    }
    write(folder, files)
    return invalidations(folder, {})


def is_read(folder: Path, code: str, preferences: str) -> bool:
    return (
        state(folder, code, preferences).of_preference(Preference(uuid("Solver"), "path")).noticed
    )


@pytest.mark.parametrize(
    "code",
    [
        f'{BACKEND}const path = backend == "custom" ? {READ} : ""',
        BACKEND + IF_CUSTOM,
        f'{BACKEND}if "custom" === backend\n{READ}\nend',
        f'{BACKEND}if backend != "custom"\nelse\n{READ}\nend',
        f'{BACKEND}if backend == "native"\nelseif backend == "custom"\n{READ}\nend',
        f'{BACKEND}backend == "custom" && {READ}',
        f'{BACKEND}backend != "custom" || {READ}',
        f'{BACKEND}if backend == "custom"\ninclude("custom.jl")\nend',
        f"{BACKEND}choose() = {READ}\n{IF_CUSTOM.replace(READ, 'choose()')}",
        f'if load_preference(@__MODULE__, "backend", "native") == "custom"\n{READ}\nend',
        f"function choose()\n{BACKEND.removeprefix('const ')}{IF_CUSTOM}\nend\nchoose()",
    ],
)
def test_a_branch_that_is_not_taken_reads_nothing(tmp_path: Path, code: str) -> None:
    assert not is_read(tmp_path, code, "")
    assert not is_read(tmp_path, code, 'backend = "native"')
    assert not is_read(tmp_path, code, "backend = 1")
    assert is_read(tmp_path, code, 'backend = "custom"')


@pytest.mark.parametrize(
    ("condition", "taken", "not_taken"),
    [
        ('@load_preference("on", false)', "on = true", ""),
        ('!@load_preference("on", false)', "", "on = true"),
        ('@load_preference("n", 1) == 1', "n = 1.0", "n = 2"),
        ('@load_preference("n", 1) === 1', "n = 1", "n = 1.0"),
        ('isnothing(@load_preference("at"))', "", 'at = "x"'),
        ('@has_preference("at")', 'at = "x"', ""),
        ('!has_preference(@__MODULE__, "at")', "", 'at = "x"'),
        ('load_preference(@__MODULE__, "on", false)', "on = true", ""),
        ('@load_preference("at", "a") in ("b", "c")', 'at = "c"', 'at = "d"'),
        ('@load_preference("at", "a") ∈ ["a", "b"]', "", 'at = "c"'),
        ('!(@load_preference("at", "a") in ("a", "b"))', 'at = "c"', 'at = "b"'),
        ('@load_preference("at", nothing) !== nothing', 'at = "x"', ""),
    ],
)
def test_values_are_compared_as_julia_does(
    tmp_path: Path, condition: str, taken: str, not_taken: str
) -> None:
    code = f"if {condition}\n{READ}\nend"
    assert is_read(tmp_path, code, taken)
    assert not is_read(tmp_path, code, not_taken)


@pytest.mark.parametrize(
    "code",
    [
        f'const backend = @load_preference("backend", get(ENV, "B", "native"))\n{IF_CUSTOM}',
        f'backend = @load_preference("backend", "native")\n{IF_CUSTOM}',
        f'const backend = lowercase(@load_preference("backend", "native"))\n{IF_CUSTOM}',
        f'using Other\nconst backend = load_preference(Other, "backend", "native")\n{IF_CUSTOM}',
        f'{BACKEND}choose(backend) = backend == "custom" ? {READ} : ""\nchoose("custom")',
        f"{BACKEND}{IF_CUSTOM[:-3]}else\n{READ}\nend",
        f'function choose()\nbackend = @load_preference("backend", "native")\n'
        f'backend = "custom"\n{IF_CUSTOM}\nend\nchoose()',
    ],
)
def test_what_is_not_sure_counts(tmp_path: Path, code: str) -> None:
    """The value may be another one than the preference's, or it is read on every way."""
    assert is_read(tmp_path, code, "")


def test_the_answer_says_which_condition_does_not_hold(tmp_path: Path) -> None:
    answers = state(tmp_path, BACKEND + IF_CUSTOM)
    found = answers.of_preference(Preference(uuid("Solver"), "path"))
    assert why_not(answers, found) == (
        'read in src/Solver.jl:5, if `backend == "custom"`, '
        "which is not so with the preferences in effect"
    )
    assert found.recompilation.evidence is Evidence.SOURCE


def test_the_preferences_with_which_it_was_compiled_decide(tmp_path: Path) -> None:
    """Both change: what was read before counts, which is the backend alone."""
    before = state(tmp_path / "a", BACKEND + IF_CUSTOM)
    after = state(tmp_path / "b", BACKEND + IF_CUSTOM, 'backend = "custom"\npath = "x"')
    forth, back = difference(before, after), difference(after, before)
    assert {change.preference.key: change.noticed for change in forth.changes} == {
        "backend": True,
        "path": False,
    }
    assert {change.preference.key: change.noticed for change in back.changes} == {
        "backend": True,
        "path": True,
    }


@pytest.mark.parametrize(
    "condition",
    [
        "n + 1 == 3",
        "n - 1 > 0",
        "n -1 == 1",
        "n .+ 1 == 3",
        "-n == -2",
        "2n == 4",
        "n <: Any",
        "n ==\n2",
        "n #= one =# + 1 == 3",
    ],
)
@pytest.mark.parametrize(
    "statement", ["if {}\n{}\nend", "if false\nelseif {}\n{}\nend", "while {}\n{}\nbreak\nend"]
)
def test_a_condition_that_computes_with_a_preference_may_hold(
    tmp_path: Path, condition: str, statement: str
) -> None:
    code = 'const n = @load_preference("n", 1)\n' + statement.format(condition, READ)
    assert is_read(tmp_path, code, "n = 2")


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ('string(n) == "1"', "1"),
        ('"$n" == "1"', "1"),
        ("Symbol(n) == :true", "true"),
        ('reverse(n) == "ba"', '"ab"'),
        ("sort(n) == [1, 2]", "[2, 1]"),
        ('normpath(n) == "a"', '"b/../a"'),
        ("tuple(n) == (1,)", "1"),
    ],
)
def test_a_preference_that_is_made_something_else_may_be_equal(
    tmp_path: Path, condition: str, value: str
) -> None:
    code = f'const n = @load_preference("n", "d")\nif {condition}\n{READ}\nend'
    assert is_read(tmp_path, code, f"n = {value}")


def test_a_text_that_is_made_a_text_stays_the_same(tmp_path: Path) -> None:
    code = f'const n = string(@load_preference("n", "d"))\nif n == "custom"\n{READ}\nend'
    assert is_read(tmp_path, code, 'n = "custom"')
    assert not is_read(tmp_path, code, 'n = "other"')
    assert not is_read(tmp_path, code, "")
