"""What packages are known to read while they compile, version by version."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.julia.preferences import Preference
from precompass.julia.workload_tools import breaks_skip_list
from precompass.recompilation.evidence import Evidence, weakest
from precompass.recompilation.invalidation import Invalidations
from precompass.wording import read_reasons
from support import survey
from support.environments import Package, invalidations, manifest, project, uuid, why_not

FOLDER = Path("/no/such/folder")


def answers(preferences: str = "", *, julia: str = "1.10.4", **versions: str) -> Invalidations:
    packages = survey.with_versions(**versions)
    return invalidations(FOLDER, survey.files(preferences, packages=packages, julia=julia))


def observers(found: Invalidations, name: str, key: str) -> list[str]:
    return sorted(seen.unit.name for seen in found.observers.of(Preference(uuid(name), key)))


# SnoopPrecompile


@pytest.mark.parametrize(("version", "reads"), [("1.0.2", []), ("1.0.3", ["SnoopPrecompile"])])
def test_the_skip_list_is_read_from_one_version_on(version: str, reads: list[str]) -> None:
    found = answers(SnoopPrecompile=version)
    assert observers(found, "SnoopPrecompile", "skip_precompile") == reads
    assert observers(found, "SnoopPrecompile", "other") == []


def test_of_the_first_version_it_is_said_that_it_reads_nothing() -> None:
    found = answers(SnoopPrecompile="1.0.1")
    invalidation = found.of_preference(Preference(uuid("SnoopPrecompile"), "skip_precompile"))
    assert not invalidation.noticed
    assert why_not(found, invalidation) == "SnoopPrecompile 1.0.1 reads no preferences"
    assert invalidation.recompilation.evidence is Evidence.KNOWN


# PrecompileTools

READERS = ["Both", "DataFrames", "Parsers", "Survey"]


@pytest.mark.parametrize(
    ("version", "julia", "reads"),
    [
        ("1.0.3", "1.10.4", []),
        ("1.1.2", "1.14.0", []),
        ("1.2.0", "1.10.4", []),
        ("1.3.3", "1.12.5", []),
        ("1.3.3", "1.13.0", READERS),
        ("1.2.0", "1.14.0", READERS),
        ("1.3.3", "1.14.0", READERS),
        ("1.3.4", "1.10.4", ["PrecompileTools"]),
        ("1.3.4", "1.14.0", ["PrecompileTools"]),
    ],
)
def test_who_is_bound_to_the_switch(version: str, julia: str, reads: list[str]) -> None:
    """Before caches had a blob, a package was bound to its own keys only."""
    found = answers(julia=julia, PrecompileTools=version)
    assert observers(found, "PrecompileTools", "precompile_workloads") == reads


@pytest.mark.parametrize("julia", ["1.6.7", "1.10.4", "1.13.0", "1.14.0"])
@pytest.mark.parametrize(
    ("name", "reads"),
    [("Survey", True), ("Parsers", True), ("CSV", False), ("Tables", False), ("Plain", False)],
)
def test_who_reads_a_flag(julia: str, name: str, reads: bool) -> None:
    expected = [name] if reads else []
    assert observers(answers(julia=julia), name, "precompile_workload") == expected


def test_no_flag_is_read_while_the_switch_is_off() -> None:
    off = "[PrecompileTools]\nprecompile_workloads = false\n"
    assert observers(answers(off), "Survey", "precompile_workload") == []
    # 1.1 knows no switch, and anything but false leaves it on.
    assert observers(answers(off, PrecompileTools="1.1.0"), "Survey", "precompile_workload")
    on = off.replace("false", '"false"')
    assert observers(answers(on), "Survey", "precompile_workload") == ["Survey"]


# Everybody else


def test_who_depends_on_preferences_may_read_any_key_of_its_own() -> None:
    found = answers()
    assert observers(found, "Tables", "anything") == ["Tables"]
    assert observers(found, "CSV", "anything") == ["CSV"]  # by way of Parsers
    invalidation = found.of_preference(Preference(uuid("Tables"), "anything"))
    assert invalidation.recompilation.evidence is Evidence.ASSUMED
    assert invalidation.recompilation.count == 4


def test_who_does_not_depend_on_preferences_reads_nothing() -> None:
    found = answers()
    invalidation = found.of_preference(Preference(uuid("Plain"), "anything"))
    assert not invalidation.noticed
    assert why_not(found, invalidation) == (
        "Plain does not depend on Preferences.jl, so it records no preference"
    )


def test_a_package_that_is_not_there_is_bound_to_nothing() -> None:
    listed = project("Survey", deps="CSV Elsewhere")
    found = invalidations(FOLDER, survey.files(project=listed))
    invalidation = found.of_preference(Preference(uuid("Elsewhere"), "a"))
    assert (invalidation.noticed, invalidation.recompilation.count) == (False, 0)
    assert why_not(found, invalidation) == (
        "Manifest.toml has no entry of Elsewhere, so its dependencies are unknown"
    )


def test_a_package_that_is_not_listed_gets_no_preferences() -> None:
    found = answers()
    invalidation = found.of_preference(Preference(uuid("Parsers"), "a"))
    assert (invalidation.noticed, invalidation.recompilation.count) == (False, 0)
    assert why_not(found, invalidation) == (
        "Project.toml does not list Parsers, so Julia ignores its preferences; if it did, a "
        "change would recompile 3 of 10 packages"
    )
    assert (
        found.of_preference(Preference(uuid("Parsers"), "a"), if_listed=True).recompilation.count
        == 3
    )


def test_a_wrapper_of_a_binary_may_read_its_paths() -> None:
    packages: dict[str, str | Package] = {
        "Zlib_jll": Package("JLLWrappers"),
        "JLLWrappers": "Preferences",
        "Preferences": "",
    }
    files = survey.files(project=project("Top", deps="Zlib_jll"), packages=packages)
    found = invalidations(FOLDER, files).of_preference(Preference(uuid("Zlib_jll"), "libz_path"))
    (seen,) = found.observers
    said = read_reasons.because(seen.read.because)
    assert said.startswith("assumed: JLLWrappers reads a `…_path` key")


def test_a_project_that_is_no_package_reads_nothing() -> None:
    files = survey.files(project=project(deps="CSV PrecompileTools"))
    found = invalidations(FOLDER, files)
    (active,) = found.graph.projects
    assert found.reads[active.id].keys == {}
    assert found.reads[active.id].others is None


# Evidence


def test_an_answer_is_worth_its_weakest_statement() -> None:
    assert weakest([Evidence.RECORDED, Evidence.SOURCE, Evidence.KNOWN]) is Evidence.SOURCE
    assert weakest([]) is Evidence.KNOWN
    words = ["recorded", "known", "source", "possible", "assumed"]
    assert [evidence.word for evidence in Evidence] == words


@pytest.mark.parametrize(
    ("value", "breaks"),
    [([], False), (["A"], False), (1, False), (1.5, False), (True, False), ("A", True), ({}, True)],
)
def test_with_which_skip_lists_packages_fail(value: object, breaks: bool) -> None:
    """``name in value`` throws in Julia for a text or a table, and a number is a collection."""
    assert breaks_skip_list(value) is breaks  # type: ignore[arg-type]


def test_that_others_read_the_switch_unnoticed_is_assumed_without_a_source() -> None:
    """Up to Julia 1.13 a cache is bound to its own package; who reads the switch is assumed."""
    found = answers(julia="1.10.4", PrecompileTools="1.2.1")
    invalidation = found.of_preference(Preference(uuid("PrecompileTools"), "precompile_workloads"))
    assert (invalidation.noticed, invalidation.recompilation.count) == (False, 0)
    assert invalidation.recompilation.evidence is Evidence.ASSUMED


def test_only_where_all_dependencies_are_known_is_it_known_that_nothing_reads_preferences() -> None:
    """Without Preferences.jl nothing can; without a manifest, whether it is there is not known."""
    preference = Preference(uuid("Lake"), "depth")
    files = {"Project.toml": project(deps="Lake River")}
    assumed = invalidations(FOLDER, files, julia="1.14.0").of_preference(preference)
    assert [seen.unit.name for seen in assumed.observers] == ["Lake"]
    assert assumed.recompilation.evidence is Evidence.ASSUMED
    files["Manifest.toml"] = manifest({"Lake": "", "River": ""}, julia="1.14.0")
    known = invalidations(FOLDER, files).of_preference(preference)
    assert known.observers == ()
    assert known.recompilation.evidence is Evidence.KNOWN
