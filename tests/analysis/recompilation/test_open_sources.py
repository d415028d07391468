"""Where a source does not settle which preferences a package reads, the answer says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from precompass.julia.preferences import Preference
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Invalidation
from precompass.recompilation.preference_places import known_keys, reads_of
from precompass.recompilation.read_reasons import Because
from precompass.wording.read_reasons import because
from support.environments import Package, invalidations, manifest, project, uuid, write

PACKAGES = {"Preferences": "", "PrecompileTools": "Preferences"}
DEPS = "Preferences PrecompileTools"


def answer(folder: Path, code: str, key: str, *, deps: str = DEPS, **further: str) -> Invalidation:
    """What happens when a key of the package Alpha, which is the project, changes."""
    packages = PACKAGES | {name: "" for name in deps.split() if name not in PACKAGES}
    files = {
        "Project.toml": project("Alpha", deps=deps),
        "Manifest.toml": manifest(packages),
        "src/Alpha.jl": f"module Alpha\nusing Preferences\n{code}\nend\n",
        **{name.replace("__", "/").replace("_jl", ".jl"): text for name, text in further.items()},
    }
    write(folder, files)
    return invalidations(folder, files).of_preference(Preference(uuid("Alpha"), key))


def told(found: Invalidation) -> str:
    """What the answer rests on, with the reason."""
    if not found.observers:
        assert isinstance(found.why_not, Because)
        return f"no, {found.recompilation.evidence.word}: {because(found.why_not)}"
    (seen,) = found.observers
    return f"{seen.read.evidence.word}: {because(seen.read.because)}"


def test_an_owner_that_is_computed_may_be_the_package_itself(tmp_path: Path) -> None:
    code = 'owner() = parentmodule(@__MODULE__)\nconst M = load_preference(owner(), "mode")'
    found = answer(tmp_path, code, "mode")
    assert told(found) == "possible: may be read in src/Alpha.jl:4, where its package is computed"
    assert told(answer(tmp_path, code, "other")).startswith("no, source: ")


def test_a_name_that_is_computed_may_be_any_key(tmp_path: Path) -> None:
    found = answer(tmp_path, "const M = @load_preference(gethostname())", "mode")
    assert told(found) == (
        "possible: cannot tell: src/Alpha.jl:3 reads a preference whose name is computed"
    )


@pytest.mark.parametrize(
    "code",
    [
        "using Absent: @stable\n@stable f(x) = x",
        "using Absent\n@stable f(x) = x",
        "import Absent\nAbsent.@stable f(x) = x",
        "import Absent as A\nA.@stable f(x) = x",
        "import Absent\nAbsent.register(@__MODULE__)",
        "using Absent\nregister(@__MODULE__; level = 2)",
        "import Absent\nconst LEVEL = Absent.level(Alpha)",
        "import Absent\nconst LEVEL = Absent.level(Base.PkgId(@__MODULE__).uuid)",
        "using Absent: level\nconst LEVEL = level(Base.PkgId(Alpha))",
    ],
)
def test_code_of_a_package_that_is_not_here_may_read_any_key(tmp_path: Path, code: str) -> None:
    found = answer(tmp_path, code, "mode", deps=f"{DEPS} Absent")
    assert found.noticed
    assert found.recompilation.evidence is Evidence.POSSIBLE
    assert "whose source is not installed" in told(found)


@pytest.mark.parametrize(
    "code",
    [
        "using Absent: f\nf(1)",
        "using Absent: f\nf(Alpha.x, () -> g(@__MODULE__))",
        "using Absent\nisdefined(@__MODULE__, :f)\n@assert true",
        "using Absent\nmacro own(x)\nend\n@own f",
        "import Absent\nusing Dates: @dateformat_str\nx = 1",
        "using Test, Absent\n@test true",
        'using Absent\n# @stable f(x) = x\nx = "@stable"',
    ],
)
def test_what_gets_no_module_reads_no_key(tmp_path: Path, code: str) -> None:
    found = answer(tmp_path, code, "mode", deps=f"{DEPS} Absent")
    assert told(found) == "no, source: the source of Alpha does not read it while compiling"


def test_a_source_that_was_not_read_in_full(tmp_path: Path) -> None:
    found = answer(tmp_path, "include(path_of_the_day())", "mode")
    assert found.recompilation.evidence is Evidence.POSSIBLE
    assert told(found) == (
        "possible: cannot tell: the source of Alpha was not read in full (src/Alpha.jl:3, include "
        "of a computed path: path_of_the_day())"
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('include("made_by_the_build.jl")', "made_by_the_build.jl does not exist"),
        (
            "include_string(@__MODULE__, read(path, String), path)",
            "computed code: include_string(@__MODULE__, read(path, String), path)",
        ),
    ],
)
def test_code_that_is_not_here_may_read_any_key(tmp_path: Path, code: str, reason: str) -> None:
    found = answer(tmp_path, code, "mode")
    assert told(found) == (
        "possible: cannot tell: the source of Alpha was not read in full "
        f"(src/Alpha.jl:3, {reason})"
    )


def test_a_file_outside_of_the_package_may_read_any_key(tmp_path: Path) -> None:
    write(tmp_path, {"shared.jl": 'const M = @load_preference("mode")\n'})
    found = answer(tmp_path / "Alpha", 'include("../../shared.jl")', "mode")
    assert told(found).endswith("(src/Alpha.jl:3, shared.jl was not read: outside the package)")


@pytest.mark.parametrize(
    "code",
    [
        'isfile("made.jl") && include("made.jl")',
        'try\n    include("made.jl")\ncatch\nend',
        'f() = include("made.jl")',
        'include_string(@__MODULE__, "x = 1", "a name of it")',
        "f(code) = include_string(@__MODULE__, code)",
    ],
)
def test_a_file_that_the_code_does_without_reads_nothing(tmp_path: Path, code: str) -> None:
    found = answer(tmp_path, code, "mode")
    assert told(found) == "no, source: the source of Alpha does not read it while compiling"


def test_a_computed_path_that_stays_below_is_read(tmp_path: Path) -> None:
    code = 'for name in readdir("rules")\ninclude(joinpath(@__DIR__, "rules", name))\nend'
    rule = '@load_preference("mode")'
    found = answer(tmp_path, code, "mode", src__rules__a_jl=rule)
    assert told(found).startswith("source: read in src/rules/a.jl:1")
    assert told(answer(tmp_path, code, "other")).startswith("no, source")


CALLBACK = """\
import Other
Other.compile(x) = @load_preference("mode") == "fast"
direct() = @load_preference("plain")
"""


def test_a_workload_may_get_back_through_another_package(tmp_path: Path) -> None:
    code = f"using PrecompileTools\n{CALLBACK}@compile_workload begin\nOther.run(1)\nend"
    found = answer(tmp_path, code, "mode", deps=f"{DEPS} Other")
    assert told(found) == "possible: may be read in src/Alpha.jl:5, which the workload can reach"
    found = answer(tmp_path, code, "plain", deps=f"{DEPS} Other")
    assert told(found) == "no, source: it is read at run time only, in src/Alpha.jl:6"


def test_without_a_workload_nothing_calls_back(tmp_path: Path) -> None:
    found = answer(tmp_path, CALLBACK, "mode", deps=f"{DEPS} Other")
    assert told(found) == "no, source: it is read at run time only, in src/Alpha.jl:4"


GENERATED = """\
mode() = @load_preference("mode") == "fast"
@generated function compiled()
    mode() ? :(1) : :(2)
end
"""


@pytest.mark.parametrize(
    "code",
    [
        f"{GENERATED}precompile(compiled, ())",
        f"{GENERATED}outer() = compiled()\nprecompile(outer, ())",
        f"{GENERATED}using PrecompileTools\n@compile_workload begin\nprecompile(compiled, ())\nend",
        f"{GENERATED}__init__() = compiled()",
        'compiled() = @generated() ? (@load_preference("mode"); :(1)) : 2',
        GENERATED.replace("@generated", "Base.@generated"),
    ],
)
def test_inferring_a_call_runs_what_makes_the_code(tmp_path: Path, code: str) -> None:
    found = answer(tmp_path, code, "mode")
    assert re.fullmatch(
        r"possible: may be read in src/Alpha.jl:\d, which may run while the package compiles",
        told(found),
    )
    assert told(answer(tmp_path, code, "other")).startswith("no, source: ")


@pytest.mark.parametrize(
    "code",
    [
        f"{GENERATED}const X = compiled()",
        f"{GENERATED}using PrecompileTools\n@compile_workload begin\ncompiled()\nend",
        '@generated compiled() = :(@load_preference("mode"))\nconst X = compiled()',
        'mode() = @load_preference("mode")\n@generated compiled() = :(mode())\n'
        "const X = compiled()",
    ],
)
def test_a_call_runs_what_makes_the_code_and_the_code(tmp_path: Path, code: str) -> None:
    assert told(answer(tmp_path, code, "mode")).startswith("source: read in src/Alpha.jl:")


def test_code_that_is_made_runs_with_the_call_only(tmp_path: Path) -> None:
    code = '@generated compiled() = :(@load_preference("mode"))\nprecompile(compiled, ())'
    assert told(answer(tmp_path, code, "mode")).startswith("no, source: it is read at run time")


def answer_beside_a_macro(folder: Path, macro: str, code: str, key: str = "mode") -> str:
    """What is told of a key of Alpha, which has a helper and the macro of another package."""
    files = {
        "Project.toml": project("Alpha", deps=f"{DEPS} Other"),
        "Manifest.toml": manifest({**PACKAGES, "Other": Package(path="Other")}),
        "src/Alpha.jl": "module Alpha\nusing Preferences\n"
        f'helper() = @load_preference("mode")\nget_key(key) = @load_preference(key)\n{code}\nend\n',
        "Other/Project.toml": project("Other"),
        "Other/src/Other.jl": f"module Other\nexport @call\n{macro}\nend\n",
    }
    write(folder, files)
    found = invalidations(folder, files).of_preference(Preference(uuid("Alpha"), key))
    return told(found)


ESCAPED = "macro call()\nesc(:(helper()))\nend"


@pytest.mark.parametrize(
    ("macro", "code"),
    [
        (ESCAPED, "using Other\nconst X = @call()"),
        (ESCAPED, "using Other: @call\nconst X = @call"),
        (ESCAPED, "import Other\nconst X = Other.@call"),
        (ESCAPED, "import Other\nconst X = @Other.call"),
        (ESCAPED, "using Other, PrecompileTools\n@compile_workload begin\n@call\nend"),
        ("macro call()\nh = esc(:helper)\n:($h())\nend", "using Other\nconst X = @call"),
        ("macro call()\nex = quote\nhelper()\nend\nesc(ex)\nend", "using Other\nconst X = @call"),
        ("code() = :(helper())\nmacro call()\nesc(code())\nend", "using Other\nconst X = @call"),
    ],
)
def test_a_macro_of_another_package_may_call_a_function_by_its_name(
    tmp_path: Path, macro: str, code: str
) -> None:
    assert answer_beside_a_macro(tmp_path, macro, code) == (
        "possible: may be read in src/Alpha.jl:3, which may run while the package compiles"
    )


def test_a_key_that_a_macro_of_another_package_may_pass(tmp_path: Path) -> None:
    macro = 'macro call()\nesc(:(get_key("level")))\nend'
    assert answer_beside_a_macro(tmp_path, macro, "using Other\nconst X = @call", "level") == (
        "possible: cannot tell: src/Alpha.jl:4 reads a preference whose name is computed"
    )


@pytest.mark.parametrize(
    ("macro", "code"),
    [
        (ESCAPED, "using Other"),
        ("macro call()\nesc(:(other()))\nend", "using Other\nconst X = @call"),
        ("macro call()\nhelper()\nend\nhelper() = esc(:(1))", "using Other\nconst X = @call"),
        (ESCAPED, "using Other\nmacro call()\nend\nconst X = @call"),
    ],
)
def test_a_macro_that_does_not_name_a_function_does_not_call_it(
    tmp_path: Path, macro: str, code: str
) -> None:
    assert answer_beside_a_macro(tmp_path, macro, code) == (
        "no, source: it is read at run time only, in src/Alpha.jl:3"
    )


# Whose key it is


def test_keys_that_are_read_of_another_package_are_not_its_own(tmp_path: Path) -> None:
    files = {
        "Project.toml": project("Alpha", deps=f"{DEPS} Beta"),
        "Manifest.toml": manifest({**PACKAGES, "Beta": Package("Preferences", path="Beta")}),
        "src/Alpha.jl": "module Alpha\nusing Preferences, Beta\n"
        'x = load_preference(Beta, "theirs")\ny = @load_preference("mine")\nend\n',
        "Beta/Project.toml": project("Beta", deps="Preferences"),
        "Beta/src/Beta.jl": "module Beta\nusing Preferences\nend\n",
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, files)
    alpha, beta = (found.graph.unit_of(uuid(name)) for name in ("Alpha", "Beta"))
    assert alpha is not None
    assert beta is not None
    assert known_keys(found, alpha) == frozenset({"mine"})
    assert known_keys(found, beta) == frozenset({"theirs"})
    assert reads_of(found, Preference(uuid("Alpha"), "theirs")) == ()


def test_an_extension_reads_keys_of_its_parent(tmp_path: Path) -> None:
    extension = (
        "module AlphaExampleExt\nusing Alpha\nusing Preferences: load_preference\n"
        'f() = load_preference(Alpha, "precision")\nend\n'
    )
    files = {
        "Project.toml": project("Alpha", deps="Preferences", weakdeps="Example")
        + '[extensions]\nAlphaExampleExt = "Example"\n',
        "Manifest.toml": manifest({"Preferences": ""}),
        "src/Alpha.jl": "module Alpha\nend\n",
        "ext/AlphaExampleExt.jl": extension,
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, files)
    alpha = found.graph.unit_of(uuid("Alpha"))
    assert alpha is not None
    assert known_keys(found, alpha) == frozenset({"precision"})
    (read,) = reads_of(found, Preference(uuid("Alpha"), "precision"))
    assert read.site.file.name == "AlphaExampleExt.jl"


def test_escaped_code_means_what_its_names_mean_where_the_macro_is_used(tmp_path: Path) -> None:
    code = 'include("macros.jl")\nusing .Macros\n@make("alpha_")'
    macros = (
        "module Macros\nexport @make\nmacro make(prefix)\n"
        'esc(quote\nconst M = @load_preference($prefix * "mode")\nend)\nend\nend\n'
    )
    found = answer(tmp_path, code, "alpha_mode", src__macros_jl=macros)
    assert told(found) == "source: read in src/Alpha.jl:5"


def test_a_table_whose_keys_are_recorded_beside_it(tmp_path: Path) -> None:
    code = (
        f'const OWN = Base.UUID("{uuid("Alpha")}")\nconst chosen = Base.get_preferences(OWN)\n'
        'Base.record_compiletime_preference(OWN, "version")\n'
        'const V = haskey(chosen, "version") ? chosen["version"] : "auto"'
    )
    found = answer(tmp_path, code, "version")
    assert told(found) == "source: read in src/Alpha.jl:5"
    reopened = invalidations(
        tmp_path,
        {name: (tmp_path / name).read_text() for name in ("Project.toml", "Manifest.toml")},
    )
    reads = reads_of(reopened, Preference(uuid("Alpha"), "version"))
    assert all(read.is_recorded for read in reads)


# What is loaded while a package compiles


def with_an_extension(folder: Path, reads: str, *, deps: str, julia: str) -> Invalidation:
    """What happens when a key of Alpha changes that an extension of Beta, by Gamma, reads."""
    beta = Package(weakdeps="Gamma", path="Beta", extensions={"BetaGammaExt": "Gamma"})
    packages: dict[str, str | Package] = {
        "Preferences": "",
        "Beta": beta,
        "Gamma": Package(path="Gamma"),
        "Delta": Package("Gamma", path="Delta"),
    }
    files = {
        "Project.toml": project("Alpha", deps=deps),
        "Manifest.toml": manifest(packages, julia),
        "src/Alpha.jl": f"module Alpha\nusing {', '.join(deps.split())}\nend\n",
        "Beta/Project.toml": project("Beta", weakdeps="Gamma")
        + '[extensions]\nBetaGammaExt = "Gamma"\n',
        "Beta/src/Beta.jl": "module Beta\nend\n",
        "Beta/ext/BetaGammaExt.jl": "module BetaGammaExt\nusing Beta, Gamma\nimport Preferences\n"
        f"__init__() = {reads}\nend\n",
        "Gamma/Project.toml": project("Gamma"),
        "Gamma/src/Gamma.jl": "module Gamma\nend\n",
        "Delta/Project.toml": project("Delta", deps="Gamma"),
        "Delta/src/Delta.jl": "module Delta\nusing Gamma\nend\n",
    }
    write(folder, files)
    return invalidations(folder, files).of_preference(Preference(uuid("Alpha"), "mode"))


READS_OF_ALPHA = f'Preferences.load_preference(Base.UUID("{uuid("Alpha")}"), "mode")'


@pytest.mark.parametrize("julia", ["1.9.4", "1.10.4", "1.12.2"])
@pytest.mark.parametrize("deps", ["Beta Gamma", "Beta Delta"])
def test_an_extension_of_a_dependency_reads_when_it_is_loaded(
    tmp_path: Path, deps: str, julia: str
) -> None:
    found = with_an_extension(tmp_path, READS_OF_ALPHA, deps=deps, julia=julia)
    assert [one.unit.name for one in found.observers] == ["Alpha"]
    assert told(found) == (
        "source: read in Beta/ext/BetaGammaExt.jl:4, if `BetaGammaExt is loaded`"
    )


def test_an_extension_of_a_dependency_may_read_of_a_package_that_is_computed(
    tmp_path: Path,
) -> None:
    computed = 'Preferences.load_preference(Base.UUID(read("id", String)), "mode")'
    found = with_an_extension(tmp_path, computed, deps="Beta Gamma", julia="1.10.4")
    assert told(found).startswith("possible: may be read in ")
    assert "BetaGammaExt.jl:4, where its package is computed" in told(found)


@pytest.mark.parametrize("julia", ["1.9.1", "1.10.4", "1.12.2"])
@pytest.mark.parametrize("deps", ["Beta", "Gamma", "Delta"])
def test_an_extension_that_a_package_does_not_load_reads_nothing_of_it(
    tmp_path: Path, deps: str, julia: str
) -> None:
    found = with_an_extension(tmp_path, READS_OF_ALPHA, deps=deps, julia=julia)
    assert not found.observers
    assert told(found).startswith("no, source: ")
