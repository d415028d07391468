"""Preferences asked for while a package compiles, by the code of other packages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from precompass.julia.uuids import PRECOMPILE_TOOLS
from precompass.julia.versions import VersionNumber
from precompass.julia.workload_tools import PrecompileTools
from precompass.source.compile_time_reads import CompileTimeReads, InstalledSource
from precompass.source.effects import WorkloadRun
from precompass.source.package_reads import PackageSource
from precompass.source.preference_reads import Certainty
from precompass.source.syntax import Site
from precompass.source.values import PackageModule, PackageUuid
from precompass.source.workload_keys import workload_reads

SPACE = UUID(int=1)


def uuid_of(name: str) -> UUID:
    return uuid5(SPACE, name)


def told(
    folder: Path,
    packages: Mapping[str, str],
    name: str,
    *,
    records_blob: bool = True,
    precompile_tools: VersionNumber | None = None,
    extensions: Collection[str] = (),
) -> list[str]:
    """What compiling *name* asks for; a package depends on those that its code mentions.

    Those that are *extensions* are loaded with what it depends on.
    """
    found: dict[UUID, InstalledSource] = {}
    for package, code in packages.items():
        root = folder / package
        (root / "src").mkdir(parents=True)
        entry = root / "src" / f"{package}.jl"
        entry.write_text(f"module {package}\n{code}\nend\n")
        source = PackageSource(package, uuid_of(package), root, entry)
        others = {
            other: uuid_of(other)
            for other in packages
            if other != package and re.search(rf"\b{other}\b", code)
        }
        others["PrecompileTools"] = PRECOMPILE_TOOLS
        found[uuid_of(package)] = InstalledSource(source, others)
    reader = CompileTimeReads(
        found.get,
        records_blob=records_blob,
        precompile_tools=PrecompileTools(precompile_tools),
    )
    certain = Certainty.CERTAIN
    return sorted(
        f"{read.owner.name}/{read.key}"
        + ("" if read.certainty is certain else f" {read.certainty.value}")
        for read in reader.of(uuid_of(name), map(uuid_of, extensions))
    )


READER = 'using Preferences\nexport level\nlevel() = @load_preference("level")\n'


@pytest.mark.parametrize(
    "code",
    [
        "import A\nconst x = A.level()",
        "using A\nconst x = level()",
        "using A: level\nconst x = level()",
        "import A: level as l\nconst x = l()",
        "import A as Q\nconst x = Q.level()",
        "import A\nf() = A.level()\nconst x = f()",
    ],
)
def test_a_function_of_a_dependency_called_at_top_level(tmp_path: Path, code: str) -> None:
    assert told(tmp_path, {"A": READER, "B": code}, "B") == ["A/level"]


@pytest.mark.parametrize("code", ["const x = level()", "f() = @level", "const x = Inner.level()"])
@pytest.mark.parametrize(
    "use", ["using A.Inner", "import A\nusing A.Inner", "using A: Inner\nusing .Inner"]
)
def test_what_a_module_within_a_dependency_exports(tmp_path: Path, use: str, code: str) -> None:
    macro = "export @level\nmacro level()\nlevel()\nend\n"
    inner = READER.replace("@load_preference(", "load_preference(parentmodule(Inner), ")
    packages = {"A": f"module Inner\n{inner}{macro}end", "B": f"{use}\n{code}"}
    assert [one.split()[0] for one in told(tmp_path, packages, "B")] == ["A/level"]


def test_before_the_blob_it_is_not_recorded(tmp_path: Path) -> None:
    packages = {"A": READER, "B": "import A\nconst x = A.level()"}
    assert told(tmp_path, packages, "B", records_blob=False) == []


def test_a_function_of_that_name_that_is_not_exported_is_another(tmp_path: Path) -> None:
    code = READER.replace("export level", "")
    assert told(tmp_path, {"A": code, "B": "using A\nconst x = level()"}, "B") == []


def test_what_a_module_within_a_dependency_exports_is_not_exported_by_it(tmp_path: Path) -> None:
    packages = {"A": f"module Inner\n{READER}end", "B": "using A\nconst x = level()"}
    assert told(tmp_path, packages, "B") == []


def test_one_s_own_function_of_that_name_is_another(tmp_path: Path) -> None:
    assert told(tmp_path, {"A": READER, "B": "using A\nlevel() = 1\nconst x = level()"}, "B") == []


def test_through_two_packages(tmp_path: Path) -> None:
    packages = {
        "A": READER,
        "B": "using A\nexport twice\ntwice() = 2 * level()",
        "C": "using B\nconst x = twice()",
    }
    assert told(tmp_path, packages, "C") == ["A/level"]


def test_a_dependency_that_is_told_module_and_key(tmp_path: Path) -> None:
    packages = {
        "A": 'using Preferences\nask(m, key = "default") = load_preference(m, key)',
        "B": 'import A\nconst x = A.ask(@__MODULE__, "k")\nconst y = A.ask(B)\nconst z = A.ask(A)',
    }
    assert told(tmp_path, packages, "B") == ["A/default", "B/default", "B/k"]


@pytest.mark.parametrize("records_blob", [False, True])
def test_own_keys_that_a_dependency_s_function_asks_for(tmp_path: Path, records_blob: bool) -> None:
    packages = {
        "A": 'using Preferences\nenabled(m::Module) = load_preference(m, "enabled")',
        "B": "import A\nconst x = A.enabled(@__MODULE__)",
    }
    assert told(tmp_path, packages, "B", records_blob=records_blob) == ["B/enabled"]


@pytest.mark.parametrize("records_blob", [False, True])
@pytest.mark.parametrize(
    "macro",
    [
        ":(load_preference($__module__, $(esc(key))))",
        ":(load_preference(@__MODULE__, $key))",
        "quote\n @load_preference($(esc(key)))\nend",
        "helper(key)",
    ],
)
def test_code_that_a_macro_of_a_dependency_returns(
    tmp_path: Path, macro: str, records_blob: bool
) -> None:
    packages = {
        "A": "using Preferences\nexport @setting\nhelper(k) = :(@load_preference($k))\n"
        f"macro setting(key)\n return {macro}\nend",
        "B": 'using A\nconst x = @setting("k")\nf() = @setting("run")',
    }
    [key] = told(tmp_path, packages, "B", records_blob=records_blob)
    assert key == ("B/k conditional" if macro == "helper(key)" else "B/k")


def test_a_macro_s_own_body_runs_wherever_it_is_used(tmp_path: Path) -> None:
    packages = {
        "A": "using Preferences\nmacro checked(x)\n"
        ' @load_preference("checks") ? esc(x) : nothing\nend',
        "B": "using A: @checked\nf(x) = @checked x + 1",
    }
    assert told(tmp_path, packages, "B") == ["A/checks"]
    assert told(tmp_path / "old", packages, "B", records_blob=False) == []


def test_initialisation_of_what_is_loaded(tmp_path: Path) -> None:
    packages = {
        "A": 'using Preferences\nfunction __init__()\n @load_preference("a")\nend',
        "B": "using A",
        "C": "import B",
        "D": "using E",
        "E": "f() = 1",
    }
    assert told(tmp_path, packages, "A") == []
    for name in "BC":
        assert told(tmp_path / name, packages, name) == ["A/a"]
    assert told(tmp_path / "D", packages, "D") == []


def test_initialisation_under_a_condition(tmp_path: Path) -> None:
    packages = {
        "A": 'using Preferences\nfunction __init__()\n @load_preference("a")\nend',
        "B": "if Sys.iswindows()\n using A\nend",
    }
    assert told(tmp_path, packages, "B") == ["A/a conditional"]


@pytest.mark.parametrize("records_blob", [False, True])
@pytest.mark.parametrize(
    ("reads", "keys"),
    [
        (f'load_preference(Base.UUID("{uuid_of("U")}"), "k")', ["U/k"]),
        (f'load_preference(parse(Base.UUID, "{uuid_of("U")}"), "k")', ["U/k"]),
        (f'has_preference(Base.UUID("{uuid_of("U")}"), "k")', ["U/k"]),
        ('load_preference("U", "k")', ["U/k"]),
        (f'Base.record_compiletime_preference(Base.UUID("{uuid_of("U")}"), "k")', ["U/k"]),
        ('load_preference(Base.UUID(read("id", String)), "k")', ["None/k computed"]),
        (f'f(u) = load_preference(u, "k")\nf(Base.UUID("{uuid_of("U")}"))', ["U/k"]),
    ],
)
def test_initialisation_that_reads_of_the_package_that_loads_it(
    tmp_path: Path, reads: str, keys: list[str], records_blob: bool
) -> None:
    *before, last = reads.split("\n")
    lines = "\n".join(before)
    packages = {
        "D": f"using Preferences\n{lines}\nfunction __init__()\n {last}\nend",
        "M": "import D",
        "U": "using D\nf() = 1",
        "V": "import M",
    }
    assert told(tmp_path, packages, "U", records_blob=records_blob) == keys
    through_another = {**packages, "U": "import M"}
    assert told(tmp_path / "far", through_another, "U", records_blob=records_blob) == keys


def test_before_the_blob_initialisation_reads_nothing_of_others_that_counts(tmp_path: Path) -> None:
    packages = {
        "A": "using Preferences\nimport C\nfunction __init__()\n"
        f' @load_preference("a")\n load_preference(C, "c")\n'
        f' load_preference(Base.UUID("{uuid_of("X")}"), "x")\nend',
        "B": "using A",
        "C": "f() = 1",
    }
    assert told(tmp_path, packages, "B", records_blob=False) == []


@pytest.mark.parametrize("records_blob", [False, True])
@pytest.mark.parametrize(
    ("reads", "keys"),
    [
        (f'load_preference(Base.UUID("{uuid_of("U")}"), "k")', ["U/k conditional"]),
        ('load_preference("U", "k")', ["U/k conditional"]),
        ('load_preference(Base.UUID(read("id", String)), "k")', ["None/k computed"]),
        (f'D.reader(Base.UUID("{uuid_of("U")}"))', ["U/k conditional"]),
        ("", []),
    ],
)
def test_initialisation_of_an_extension_that_is_loaded_with_dependencies(
    tmp_path: Path, reads: str, keys: list[str], records_blob: bool
) -> None:
    packages = {
        "D": 'using Preferences\nreader(u) = load_preference(u, "k")',
        "T": "f() = 1",
        "E": f"using D, T, Preferences\nfunction __init__()\n {reads}\nend",
        "U": "using D, T\nf() = 1",
    }
    found = told(tmp_path, packages, "U", records_blob=records_blob, extensions=["E"])
    assert found == keys
    assert told(tmp_path / "without", packages, "U", records_blob=records_blob) == []


def test_before_the_blob_an_extension_reads_nothing_of_others_that_counts(tmp_path: Path) -> None:
    packages = {
        "D": "f() = 1",
        "T": "f() = 1",
        "E": 'using D, T, Preferences\nfunction __init__()\n @load_preference("e")\n'
        f' load_preference(D, "d")\n load_preference(Base.UUID("{uuid_of("X")}"), "x")\nend',
        "U": "using D, T",
    }
    assert told(tmp_path, packages, "U", records_blob=False, extensions=["E"]) == []
    with_blob = ["D/d conditional", "E/e conditional", "None/x conditional"]
    assert told(tmp_path / "blob", packages, "U", extensions=["E"]) == with_blob


def test_packages_in_a_circle(tmp_path: Path) -> None:
    packages = {
        "A": 'using Preferences\nimport B\nf() = (B.g(); @load_preference("a"))',
        "B": 'using Preferences\nimport A\ng() = (A.f(); @load_preference("b"))',
        "C": "import A\nconst x = A.f()",
    }
    assert "A/a" in told(tmp_path, packages, "C")


def test_a_workload_runs_functions_of_dependencies(tmp_path: Path) -> None:
    packages = {
        "A": READER,
        "B": "using A, PrecompileTools\n@compile_workload begin\n level()\nend",
    }
    version = VersionNumber((1, 2, 1))
    assert told(tmp_path, packages, "B", precompile_tools=version) == [
        "A/level conditional",
        "B/precompile_workload conditional",
        "PrecompileTools/precompile_workloads",
    ]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((1, 0, 0), ["flag conditional"]),
        ((1, 0, 2), ["flag"]),
        ((1, 1, 2), ["flag"]),
        ((1, 2, 0), ["switch", "flag conditional"]),
        ((1, 3, 3), ["switch", "flag conditional"]),
        ((1, 3, 4), ["flag conditional"]),
        (None, ["switch conditional", "flag conditional"]),
    ],
)
def test_keys_of_a_workload_by_version(
    version: tuple[int, int, int] | None, expected: list[str]
) -> None:
    run = WorkloadRun("PrecompileTools", "@compile_workload", Site(Path("Foo.jl"), 3, 0), ())
    known = None if version is None else VersionNumber(version)
    reads = workload_reads(run, PrecompileTools(known))
    names = {PackageModule(None): "flag", PackageUuid(PRECOMPILE_TOOLS): "switch"}
    assert expected == [
        names[read.owner] + (" conditional" if read.conditions else "") for read in reads
    ]


def test_snoopprecompile_s_users_read_nothing_themselves(tmp_path: Path) -> None:
    code = "using SnoopPrecompile\n@precompile_all_calls begin\n 1\nend"
    assert told(tmp_path, {"A": code}, "A") == []


def test_a_package_without_a_cache_records_nothing(tmp_path: Path) -> None:
    code = 'using Preferences\n__precompile__(false)\nconst x = @load_preference("x")'
    assert told(tmp_path, {"A": code}, "A") == []


LEVEL_OF = "using Preferences\nexport level, @level\n" + (
    'level(m::Module) = load_preference(m, "level")\n'
    'macro level()\nload_preference(__module__, "level")\nend\n'
)


@pytest.mark.parametrize("records_blob", [False, True])
@pytest.mark.parametrize("call", ["level(@__MODULE__)", "@level"])
@pytest.mark.parametrize(
    ("between", "using"),
    [
        ("using Reexport\n@reexport using A", "using B\n"),
        ("using A: level, @level\nexport level, @level", "using B\n"),
        ("using A\nexport level, @level", "using B: level, @level\n"),
        ("using A\nfor name in names(A)\n@eval export $name\nend", "using B\n"),
        ("using A", "using B: level, @level\n"),
    ],
)
def test_what_another_package_passes_on(
    tmp_path: Path, between: str, using: str, call: str, records_blob: bool
) -> None:
    packages = {"A": LEVEL_OF, "B": between, "C": f"{using}const x = {call}"}
    assert told(tmp_path, packages, "C", records_blob=records_blob) == ["C/level"]


@pytest.mark.parametrize(
    ("between", "call"),
    [
        ("using A", "B.level(C)"),
        ("import A", "B.A.level(C)"),
        ("import A", "B.A.@level"),
        ("import A\nconst other = A.level", "B.other(C)"),
        ("import A: level as other", "B.other(C)"),
        ('import A\nconst var"@other" = A.var"@level"', "B.@other"),
    ],
)
def test_what_can_be_named_through_another_package(tmp_path: Path, between: str, call: str) -> None:
    packages = {"A": LEVEL_OF, "B": between, "C": f"import B\nconst x = {call}"}
    assert told(tmp_path, packages, "C", records_blob=False) == ["C/level"]


def test_what_two_packages_pass_on(tmp_path: Path) -> None:
    packages = {
        "A": LEVEL_OF,
        "B": "@reexport using A",
        "C": "@reexport using B",
        "D": "using C\nconst x = @level",
    }
    assert told(tmp_path, packages, "D") == ["D/level"]


def test_what_is_not_passed_on(tmp_path: Path) -> None:
    packages = {"A": LEVEL_OF, "B": "using A", "C": "using B\nconst x = @level"}
    assert told(tmp_path, packages, "C") == []
    packages["B"] = "using A\nlevel(m) = 1\nexport level"
    packages["C"] = "using B\nconst x = level(C)"
    assert told(tmp_path / "own", packages, "C") == []


GENERATED = (
    'using Preferences\nexport g, h\n@generated g() = (@load_preference("mode"); 1)\nh() = g()\n'
)


@pytest.mark.parametrize(
    "code",
    [
        "import A\nprecompile(A.g, ())",
        "import A\nprecompile(A.h, ())",
        "using A\nprecompile(g, ())",
        "using A: h\nprecompile(h, ())",
        "import A\nprecompile(Tuple{typeof(A.g)})",
        "import A\nf() = A.h()",
        "import A\nstart() = precompile(A.g, ())\nstart()",
        "import A as Other\n__init__() = Other.g()",
    ],
)
def test_the_code_of_a_generated_function_may_be_made_for_another_package(
    tmp_path: Path, code: str
) -> None:
    assert told(tmp_path, {"A": GENERATED, "B": code}, "B") == ["A/mode unfollowed"]


def test_the_code_of_a_generated_function_may_be_made_further_above(tmp_path: Path) -> None:
    packages = {"A": GENERATED, "B": "import A\nf() = A.g()", "C": "import B\nprecompile(B.f, ())"}
    assert told(tmp_path, packages, "C") == ["A/mode unfollowed"]


def test_each_module_is_looked_into_for_what_its_names_mean(tmp_path: Path) -> None:
    first = "".join(f"module M{number}\ng() = 1\nend\n" for number in range(70))
    last = f"{first}module Last\nusing A\nprecompile(g, ())\nend"
    assert told(tmp_path, {"A": GENERATED, "B": last}, "B") == ["A/mode unfollowed"]


def test_an_inferred_call_of_any_other_function_reads_nothing(tmp_path: Path) -> None:
    code = 'using Preferences\ng() = @load_preference("mode")\n'
    assert told(tmp_path, {"A": code, "B": "import A\nprecompile(A.g, ())"}, "B") == []
    mention = 'import A\n# A.g\nx = "A.g"'
    assert told(tmp_path / "mentioned", {"A": GENERATED, "B": mention}, "B") == []


@pytest.mark.parametrize(
    ("helper", "code"),
    [
        (
            "using Preferences\nconst lp = load_preference",
            'import A\nconst x = A.lp(@__MODULE__, "mode")',
        ),
        (
            "using Preferences: load_preference as lp\nexport lp",
            'using A\nconst x = lp(@__MODULE__, "mode")',
        ),
        (
            "using Preferences: @load_preference as @lp\nexport @lp",
            'using A\nconst x = @lp("mode")',
        ),
        (
            "import Preferences\nexport @p\nmacro p(k)\n"
            ":($(Preferences.load_preference)($__module__, $k))\nend",
            'using A\nconst x = @p "mode"',
        ),
        (
            "import Preferences: load_preference\nexport @p\nmacro p(k)\n"
            ":($load_preference($__module__, $k))\nend",
            'using A\nconst x = @p "mode"',
        ),
    ],
)
def test_readers_by_another_name_and_put_into_code(tmp_path: Path, helper: str, code: str) -> None:
    assert told(tmp_path, {"A": helper, "B": code}, "B") == ["B/mode"]
