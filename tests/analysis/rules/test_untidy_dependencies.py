"""Dependencies that no code loads, that only the tests load, and that `[deps]` lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from precompass.fixes import edits_of
from support.environments import after, manifest, project, session, uuid, write
from support.rule_findings import expect, findings, fixed, titles

CODE = "untidy-dependencies"


def lab(folder: Path, source: str, *, head: str = "", deps: str = "CSV", **more: str) -> str:
    """Write a package with a source and further files; return its project file."""
    write(folder, {"src/Lab.jl": f"module Lab\n{source}\nend\n", **more})
    return project("Lab", deps=deps) + head


def mark(text: str, name: str) -> str:
    return text.replace(f"{name} = ", f"⟦{name}⟧ = ", 1)


# Not used


def test_a_dependency_that_no_code_names(tmp_path: Path) -> None:
    text = lab(tmp_path, "using CSV", deps="CSV Example")
    found = expect(tmp_path, CODE, mark(text, "Example"), Severity.INFORMATION)
    assert found[0].message.startswith("No code of Lab loads Example: ")
    assert titles(found) == ["Delete Example from [deps]"]


def test_the_bound_goes_with_the_dependency(tmp_path: Path) -> None:
    head = '\n[compat]\nCSV = "0.10"\nExample = "0.5"\n'
    text = lab(tmp_path, "using CSV", deps="CSV Example", head=head)
    assert "Example" not in fixed(tmp_path, CODE, text, "Delete Example")


def test_what_another_section_lists_keeps_its_bound(tmp_path: Path) -> None:
    head = f'\n[extras]\nExample = "{uuid("Example")}"\n\n[compat]\nExample = "0.5"\n'
    text = lab(tmp_path, "using CSV", deps="CSV Example", head=head)
    assert fixed(tmp_path, CODE, text, "Delete Example").endswith(head)


def test_three_are_reported_as_one(tmp_path: Path) -> None:
    text = lab(tmp_path, "", deps="CSV Example JSON")
    found = expect(tmp_path, CODE, mark(text, "CSV"))
    assert "loads CSV, Example and JSON" in found[0].message
    assert [related.message for related in found[0].related] == ["Example, too.", "JSON, too."]
    assert "[deps]" not in fixed(tmp_path, CODE, text, "Delete CSV, Example and JSON")


@pytest.mark.parametrize(
    "source",
    [
        "# CSV is what we want",
        "#= using CSV =#",
        '"""\n    read(x)\n\nLike `CSV.read`:\n\n    using CSV\n"""\nread(x) = x',
        'read(x) = error("install CSV first")',
        '@doc "CSV" read',
        "using CSVFiles, MyCSV",
    ],
)
def test_prose_is_no_use(tmp_path: Path, source: str) -> None:
    text = lab(tmp_path, source, head=f'CSVFiles = "{uuid("A")}"\nMyCSV = "{uuid("B")}"\n')
    expect(tmp_path, CODE, mark(text, "CSV"))


@pytest.mark.parametrize(
    "source",
    [
        "using CSV: read",
        "import CSV as Tables",
        "using Base.Threads,\n    CSV",
        "@eval using CSV",
        "f() = @eval Main import CSV",
        "f() = Base.require(@__MODULE__, :CSV)",
        'const ID = Base.PkgId(Base.UUID("336ed68f-0bac-5ca0-87d4-7b16caf5d00b"), "CSV")',
        'f() = include_string(Main, "using CSV")',
        '"""\n    f()\n\nReads with $(CSV.read).\n"""\nf() = 1',
        'VERSION < v"1.11" && using CSV',
        "module Inner\nusing CSV\nend",
        "@reexport using CSV",
        "function (((",  # broken code: all of it may be code\n# CSV
    ],
)
def test_whatever_may_be_code_is_a_use(tmp_path: Path, source: str) -> None:
    text = lab(tmp_path, f"{source}\n# CSV" if "(((" in source else source)
    assert findings(tmp_path, CODE, text) == []


@pytest.mark.parametrize(
    "file", ["ext/LabPlotsExt.jl", "deps/build.jl", "scripts/run.jl", "src/inner/more.jl"]
)
def test_other_files_of_the_package_count(tmp_path: Path, file: str) -> None:
    text = lab(tmp_path, "", **{file: "using CSV\n"})
    assert findings(tmp_path, CODE, text) == []


def test_a_project_of_its_own_below_does_not_count(tmp_path: Path) -> None:
    more = {"docs/make.jl": "using CSV\n", "docs/Project.toml": project(deps="CSV")}
    text = lab(tmp_path, "", **more)
    expect(tmp_path, CODE, mark(text, "CSV"))


def test_weak_dependencies_triggers_and_packages_with_preferences(tmp_path: Path) -> None:
    csv, mpi, gr = uuid("CSV"), uuid("MPIPreferences"), uuid("GR")
    head = (
        f'\n[weakdeps]\nCSV = "{csv}"\n\n[extensions]\nLabGRExt = "GR"\n\n'
        '[preferences.MPIPreferences]\nbinary = "system"\n'
    )
    text = lab(tmp_path, "", deps="CSV MPIPreferences GR", head=head)
    assert str(mpi) in text
    assert str(gr) in text
    assert findings(tmp_path, CODE, text) == []


def test_preferences_in_a_file_beside(tmp_path: Path) -> None:
    text = lab(tmp_path, "", deps="MPIPreferences")
    files = {"Project.toml": text, "LocalPreferences.toml": "[MPIPreferences]\nbinary = 'x'\n"}
    assert findings(tmp_path, CODE, files) == []


def test_a_file_that_is_named_after_a_package_is_read_by_it(tmp_path: Path) -> None:
    """CondaPkg installs what `CondaPkg.toml` lists, for each package that depends on it."""
    text = lab(tmp_path, "using CSV", deps="CondaPkg CSV")
    expect(tmp_path, CODE, mark(text, "CondaPkg"))
    write(tmp_path, {"CondaPkg.toml": '[deps]\ncma = ">=3"\n'})
    assert findings(tmp_path, CODE, text) == []


@pytest.mark.parametrize("name", ["a/b", "..", "a\\u0000b"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    listing = f'"{name}" = "{uuid("Example")}"\n'
    text = lab(tmp_path, "using CSV").replace("[deps]\n", f"[deps]\n{listing}")
    (found,) = findings(tmp_path, CODE, text)
    assert found.message.startswith("No code of Lab loads ")


def test_what_another_dependency_brings_along(tmp_path: Path) -> None:
    text = lab(tmp_path, "using CSV", deps="CSV Parsers")
    files = {"Project.toml": text, "Manifest.toml": manifest({"CSV": "Parsers", "Parsers": ""})}
    assert findings(tmp_path, CODE, files) == []
    files["Manifest.toml"] = manifest({"CSV": "", "Parsers": ""})
    assert len(findings(tmp_path, CODE, files)) == 1


def test_what_a_developed_dependency_brings_along(tmp_path: Path) -> None:
    head = '\n[sources]\nCSV = {path = "lib/CSV"}\n'
    text = lab(tmp_path, "using CSV", deps="CSV Parsers JSON", head=head)
    write(tmp_path, {"lib/CSV/Project.toml": project("CSV", deps="Parsers")})
    expect(tmp_path, CODE, mark(text, "JSON"))


def test_a_standard_library_is_installed_with_julia(tmp_path: Path) -> None:
    found = findings(tmp_path, CODE, lab(tmp_path, "", deps="TOML"))
    assert found[0].message == "No code of Lab loads TOML. Delete it from [deps]."
    found = findings(tmp_path, CODE, lab(tmp_path, "", deps="TOML CSV"))
    assert "everybody who installs Lab installs CSV needlessly" in found[0].message


@pytest.mark.parametrize(
    "source",
    [
        "include(joinpath(homedir(), file))",
        'include("../../shared.jl")',
        'include("made-by-the-build.jl")',
    ],
)
def test_nothing_is_said_of_source_that_cannot_be_read(tmp_path: Path, source: str) -> None:
    assert findings(tmp_path, CODE, lab(tmp_path, source)) == []


def test_an_environment_and_a_jll_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"src/A_jll.jl": "module A_jll\nend\n", "main.jl": "x = 1\n"})
    assert findings(tmp_path, CODE, project(deps="CSV")) == []
    assert findings(tmp_path, CODE, project("A_jll", deps="CSV")) == []


@pytest.mark.parametrize(
    ("deps", "weakdeps", "loaded", "ignored", "unused"),
    [  # the cases of Aqua's own tests of test_stale_deps
        ("", "", "", "", ""),
        ("Dep1", "", "Dep1, Dep2, Dep3", "", ""),
        ("Dep1", "", "Dep2, Dep3", "Dep1", ""),
        ("Dep1", "Dep2", "Dep1", "", ""),
        ("Dep1 Dep2", "Dep2", "Dep1", "", ""),
        ("Dep1 Dep2", "Dep2", "", "Dep1", ""),
        ("Dep1", "", "", "", "Dep1"),
        ("Dep1", "", "Dep2, Dep3", "", "Dep1"),
        ("Dep1 Dep2", "", "Dep3", "Dep1", "Dep2"),
    ],
)
def test_aqua_says_the_same(
    tmp_path: Path, deps: str, weakdeps: str, loaded: str, ignored: str, unused: str
) -> None:
    write(tmp_path, {"src/Lab.jl": f"module Lab\n{'using ' if loaded else ''}{loaded}\nend\n"})
    comment = f"  # precompass: ignore[{CODE}]"
    lines = project("Lab", deps=deps, weakdeps=weakdeps).splitlines()
    text = "\n".join(line + comment if ignored and ignored in line else line for line in lines)
    found = [one for one in findings(tmp_path, CODE, text) if "No code" in one.message]
    names = [text[one.span.start : one.span.end] for one in found]
    assert names == unused.split()


# Used by the tests alone


TESTS = {"test/runtests.jl": "using CSV, Test\n"}


def test_a_dependency_of_the_tests_goes_to_the_target(tmp_path: Path) -> None:
    head = (
        f'\n[compat]\nCSV = "0.10"\n\n[extras]\nTest = "{uuid("Test")}"\n\n'
        '[targets]\ntest = ["Test"]\n'
    )
    text = lab(tmp_path, "", head=head, **TESTS)
    found = expect(tmp_path, CODE, mark(text, "CSV"), Severity.INFORMATION)
    assert "Only the tests of Lab load CSV" in found[0].message
    text = fixed(tmp_path, CODE, text, "Move CSV from [deps] to the target `test`")
    assert text.endswith(
        f'[compat]\nCSV = "0.10"\n\n[extras]\nCSV = "{uuid("CSV")}"\nTest = "{uuid("Test")}"\n\n'
        '[targets]\ntest = ["Test", "CSV"]\n'
    )
    assert "[deps]" not in text


def test_a_target_is_made(tmp_path: Path) -> None:
    text = fixed(tmp_path, CODE, lab(tmp_path, "", **TESTS), "Move CSV")
    assert text.endswith(f'\n[extras]\nCSV = "{uuid("CSV")}"\n\n[targets]\ntest = ["CSV"]\n')


def test_a_dependency_of_the_tests_goes_to_their_project(tmp_path: Path) -> None:
    text = lab(tmp_path, "", head='\n[compat]\nCSV = "0.10"\njulia = "1.10"\n', **TESTS)
    files = {"Project.toml": text, "test/Project.toml": project(deps="Test")}
    found = findings(tmp_path, CODE, files)
    assert titles(found) == ["Move CSV from [deps] to test/Project.toml"]
    edits = edits_of(session(tmp_path, files), found[0].fixes[0].id)
    changed = after(tmp_path, files, edits)
    assert changed["Project.toml"] == project("Lab") + '\n[compat]\njulia = "1.10"\n'
    assert changed["test/Project.toml"] == (project(deps="CSV Test") + '\n[compat]\nCSV = "0.10"\n')


def test_the_tests_list_it_already(tmp_path: Path) -> None:
    text = lab(tmp_path, "", **TESTS)
    files = {"Project.toml": text, "test/Project.toml": project(deps="CSV Test")}
    found = findings(tmp_path, CODE, files)
    assert "test/Project.toml lists it already" in found[0].message
    assert titles(found) == ["Delete CSV from [deps]"]


# Used but not listed


def missing(folder: Path, source: str, **more: str) -> list[str]:
    text = lab(folder, f"using CSV\n{source}", **more)
    return [found.message for found in findings(folder, CODE, text)]


def test_a_package_that_is_loaded_and_not_listed(tmp_path: Path) -> None:
    text = lab(tmp_path, "using CSV\n\nusing DataFrames, TOML")
    found = expect(tmp_path, CODE, text.replace("[deps]", "[⟦deps⟧]"), Severity.INFORMATION)[0]
    assert found.message.startswith(
        "The source loads DataFrames (src/Lab.jl:4) and TOML (src/Lab.jl:4), which [deps] does "
        "not list: "
    )


def test_standard_libraries_are_packages_too(tmp_path: Path) -> None:
    text = lab(tmp_path, "using CSV\nusing TOML")
    fixed_text = fixed(tmp_path, CODE, text, "List TOML in [deps]")
    assert fixed_text == project("Lab", deps="CSV TOML")


@pytest.mark.parametrize(
    "source",
    [
        "using Base.Threads, Core.Compiler",
        "import Main",
        "using Lab.Inner",
        "using .Inner",
        "try\n  using Example\ncatch\nend",
        'if VERSION > v"9"\n  using Example\nend',
        "if isdefined(Main, :x)\n  using Example\nend",
        '@testitem "a" begin\n  using Example\nend',
        "f() = @eval using Example",
        "macro m()\n  :(using Example)\nend",
        '@require Example="7876af07-990d-54b4-ab0e-23690620f79a" using Example',
        "# using Example",
        '"""\nusing Example\n"""\nf() = 1',
    ],
)
def test_what_is_not_loaded_in_any_case_may_be_missing(tmp_path: Path, source: str) -> None:
    assert missing(tmp_path, source) == []


def test_files_are_read_as_they_are_included(tmp_path: Path) -> None:
    more = {"src/used.jl": "using Example\n", "src/old.jl": "using JSON\n"}
    found = missing(tmp_path, 'include("used.jl")', **more)
    assert [message.split(",")[0] for message in found] == [
        "The source loads Example (src/used.jl:1)"
    ]


def test_an_extension_loads_weak_dependencies_and_the_package_does_not(tmp_path: Path) -> None:
    head = f'\n[weakdeps]\nGR = "{uuid("GR")}"\n\n[extensions]\nLabGRExt = "GR"\n'
    source = "module LabGRExt\nusing Lab, CSV, GR, Example\nend\n"
    found = missing(tmp_path, "using GR", head=head, **{"ext/LabGRExt.jl": source})
    assert len(found) == 1
    assert "loads Example (ext/LabGRExt.jl:2) and GR (src/Lab.jl:3), which [deps]" in found[0]
    assert "[deps] does not list ([weakdeps] lists GR)" in found[0]


def test_an_extension_can_name_itself(tmp_path: Path) -> None:
    """`identify_package` looks at the module that loads before it looks at any project."""
    head = f'\n[weakdeps]\nGR = "{uuid("GR")}"\n\n[extensions]\nLabGRExt = "GR"\n'
    files = {
        "ext/LabGRExt/LabGRExt.jl": 'module LabGRExt\nusing GR\ninclude("plots.jl")\nend\n',
        "ext/LabGRExt/plots.jl": "module Plots\nusing LabGRExt: draw\nend\n",
    }
    assert missing(tmp_path, "using CSV", head=head, **files) == []
