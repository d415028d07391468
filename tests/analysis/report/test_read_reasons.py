"""Every reason, as it is said and as programs get it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from precompass.julia.preferences import Preference
from precompass.julia.versions import VersionNumber
from precompass.recompilation import read_reasons as reasons
from precompass.recompilation.graph import Unit, package_id
from precompass.recompilation.read_reasons import Because, Opening, PublishedFact, WhyNot
from precompass.report.reason_json import kind_of, reason_json
from precompass.wording import read_reasons
from support.environments import invalidations, manifest, project, uuid

FOLDER = Path("/reasons")
CSV = Unit(package_id(uuid("CSV")), uuid("CSV"), "CSV", "package")
JULIA = VersionNumber((1, 11, 2))
AT = reasons.ReadAt(FOLDER / "src" / "CSV.jl", FOLDER, 4)
PLACE = {
    "kind": "read-at",
    "file": "src/CSV.jl",
    "line": 4,
    "condition": None,
    "is_conditional": False,
}

SAID: list[tuple[WhyNot, str, Mapping[str, Any]]] = [
    (
        reasons.RecordedIn(CSV, JULIA),
        "recorded in the cache of CSV, Julia 1.11.2",
        {"kind": "recorded-in", "unit": "CSV", "julia": "1.11.2"},
    ),
    (
        AT,
        "read in src/CSV.jl:5",
        {
            "kind": "read-at",
            "file": "src/CSV.jl",
            "line": 4,
            "condition": None,
            "is_conditional": False,
        },
    ),
    (
        reasons.MayReadAt(AT, Opening.KEY),
        "cannot tell: src/CSV.jl:5 reads a preference whose name is computed",
        {"kind": "may-read-at", "place": PLACE, "opening": "key"},
    ),
    (
        reasons.MayReadAt(AT, Opening.OWNER),
        "may be read in src/CSV.jl:5, where its package is computed",
        {"kind": "may-read-at", "place": PLACE, "opening": "owner"},
    ),
    (
        reasons.MayReadAt(AT, Opening.CALLBACK),
        "may be read in src/CSV.jl:5, which the workload can reach",
        {"kind": "may-read-at", "place": PLACE, "opening": "callback"},
    ),
    (
        reasons.MayReadAt(AT, Opening.RUN),
        "may be read in src/CSV.jl:5, which may run while the package compiles",
        {"kind": "may-read-at", "place": PLACE, "opening": "run"},
    ),
    (
        reasons.NotReadInFull(CSV, AT, "too many includes"),
        "cannot tell: the source of CSV was not read in full (src/CSV.jl:5, too many includes)",
        {"kind": "not-read-in-full", "unit": "CSV", "place": PLACE, "problem": "too many includes"},
    ),
    (
        reasons.AbsentCode("@stable", ("A", "B"), AT),
        "cannot tell: `@stable` in src/CSV.jl:5 comes from A or B, whose source is not installed",
        {"kind": "absent-code", "name": "@stable", "packages": ["A", "B"], "place": PLACE},
    ),
    (
        reasons.PublishedKeys("FFTW", "1.5.0 and later", is_read=True),
        "FFTW 1.5.0 and later read it while compiling",
        {
            "kind": "published-keys",
            "package": "FFTW",
            "versions": "1.5.0 and later",
            "is_read": True,
            "macro": None,
        },
    ),
    (
        reasons.PublishedKeys("FFTW", "1.5.0 and later", is_read=False),
        "FFTW 1.5.0 and later do not read it while compiling",
        {
            "kind": "published-keys",
            "package": "FFTW",
            "versions": "1.5.0 and later",
            "is_read": False,
            "macro": None,
        },
    ),
    (
        reasons.PublishedKeys("DispatchDoctor", "0.4.0 and later", is_read=True, macro="@stable"),
        "`@stable` of DispatchDoctor reads it while compiling",
        {
            "kind": "published-keys",
            "package": "DispatchDoctor",
            "versions": "0.4.0 and later",
            "is_read": True,
            "macro": "@stable",
        },
    ),
    (
        reasons.ReadWhenRunning(AT),
        "it is read at run time only, in src/CSV.jl:5",
        {"kind": "read-when-running", "read": PLACE},
    ),
    (
        reasons.Published("PrecompileTools", None, PublishedFact.READS_IN_USERS),
        "PrecompileTools reads it while a package with a workload compiles",
        {
            "kind": "published",
            "tool": "PrecompileTools",
            "version": None,
            "fact": "reads-in-users",
            "key": None,
        },
    ),
    (
        reasons.AssumedWorkload(CSV),
        "assumed: CSV depends on PrecompileTools, so it has a workload",
        {"kind": "assumed-workload", "unit": "CSV"},
    ),
    (
        reasons.AssumedProducts(CSV),
        "assumed: JLLWrappers reads a `…_path` key for each product of CSV, and other keys may "
        "choose the platform",
        {"kind": "assumed-products", "unit": "CSV"},
    ),
    (
        reasons.NotFound(CSV),
        "assumed: no cache and no source of CSV was found",
        {"kind": "not-found", "unit": "CSV"},
    ),
    (
        reasons.NotRecordedIn(CSV, JULIA),
        "the cache of CSV, made by Julia 1.11.2, does not list it",
        {"kind": "not-recorded-in", "unit": "CSV", "julia": "1.11.2"},
    ),
    (
        reasons.NotInSource(CSV),
        "the source of CSV does not read it while compiling",
        {"kind": "not-in-source", "unit": "CSV"},
    ),
    (
        reasons.NotReached(AT),
        "read in src/CSV.jl:5, which is not so with the preferences in effect",
        {"kind": "not-reached", "read": reason_json(AT, FOLDER)},
    ),
    (
        reasons.WithoutPreferences(CSV),
        "CSV does not depend on Preferences.jl, so it records no preference",
        {"kind": "without-preferences", "unit": "CSV"},
    ),
    (
        reasons.WithoutWorkload(CSV),
        "CSV does not depend on PrecompileTools, so nothing reads this flag",
        {"kind": "without-workload", "unit": "CSV"},
    ),
    (
        reasons.SwitchedOff(),
        "no flag is read while `[PrecompileTools] precompile_workloads` is false",
        {"kind": "switched-off"},
    ),
    (reasons.NoPackage(), "the project is not a package", {"kind": "no-package"}),
    (
        reasons.NotInManifest(),
        "the package is not in the manifest",
        {"kind": "not-in-manifest"},
    ),
    (
        reasons.AssumedUnread(reasons.NotInSource(CSV)),
        "the source of CSV does not read it while compiling; assumed: no other package reads it "
        "either",
        {"kind": "assumed-unread", "own": {"kind": "not-in-source", "unit": "CSV"}},
    ),
    (
        reasons.NotListed(uuid("CSV"), reasons.IfListed(3, 10)),
        "Project.toml does not list CSV, so Julia ignores its preferences; if it did, a change "
        "would recompile 3 of 10 packages",
        {"kind": "not-listed", "package": str(uuid("CSV")), "if_listed": {"count": 3, "of": 10}},
    ),
    (
        reasons.NotDependedOn((CSV,)),
        "it is read by CSV, on which Project.toml does not depend",
        {"kind": "not-depended-on", "readers": ["CSV"]},
    ),
    (
        reasons.BoundToOwnOnly(Preference(uuid("CSV"), "rows"), (CSV,)),
        "Julia 1.10 binds a cache only to the preferences of its own package, and `rows` of CSV "
        "is read by CSV",
        {
            "kind": "bound-to-own-only",
            "preference": {"package": str(uuid("CSV")), "key": "rows"},
            "readers": ["CSV"],
        },
    ),
    (
        reasons.NotAllKnown(FOLDER / "Manifest.toml", 6, None),
        "Manifest.toml has a syntax error in line 7; the rest is unknown",
        {
            "kind": "not-all-known",
            "file": "Manifest.toml",
            "line": 6,
            "missing": None,
        },
    ),
    (
        reasons.NoManifest(),
        "there is no manifest that would have the package",
        {"kind": "no-manifest"},
    ),
    (reasons.NoDependency(), "Project.toml does not depend on it", {"kind": "no-dependency"}),
    (reasons.NotReadBefore(), "nothing reads it", {"kind": "not-read-before"}),
    (
        reasons.ReadersGone(),
        "what read it is no longer in the manifest",
        {"kind": "readers-gone"},
    ),
    (reasons.FitsBothValues(), "the caches fit both values", {"kind": "fits-both-values"}),
]


@pytest.mark.parametrize(("reason", "sentence", "json"), SAID, ids=lambda one: type(one).__name__)
def test_a_reason_is_said_and_given_to_programs(
    reason: WhyNot, sentence: str, json: Mapping[str, Any]
) -> None:
    files = {"Project.toml": project(deps="CSV"), "Manifest.toml": manifest({"CSV": ""})}
    environment = invalidations(FOLDER, files).environment
    assert read_reasons.why_not(reason, environment) == sentence
    assert reason_json(reason, FOLDER) == json


def test_every_reason_is_among_them() -> None:
    kinds = {kind_of(type(reason)) for reason, _, _ in SAID}
    assert kinds == {kind_of(reason) for reason in {*get_args(Because), *get_args(WhyNot)}}


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (reasons.ReadAt(AT.file, None, 4), "read in CSV.jl:5"),
        (reasons.ReadAt(AT.file, FOLDER / "other", 4), "read in CSV.jl:5"),
        (
            reasons.ReadAt(AT.file, FOLDER, 4, "a == 1", is_conditional=True),
            "read in src/CSV.jl:5, if `a == 1`",
        ),
        (
            reasons.ReadAt(AT.file, FOLDER, 4, is_conditional=True),
            "read in src/CSV.jl:5, on a condition",
        ),
    ],
)
def test_where_the_source_reads_a_preference(read: reasons.ReadAt, sentence: str) -> None:
    assert read_reasons.because(read) == sentence


def test_of_many_readers_three_are_named() -> None:
    units = tuple(Unit(package_id(uuid(name)), uuid(name), name, "package") for name in "EDCBA")
    environment = invalidations(FOLDER, {"Project.toml": project(deps="CSV")}).environment
    said = read_reasons.why_not(reasons.NotDependedOn(units), environment)
    assert said.startswith("it is read by A, B, C and 2 more, on which")
