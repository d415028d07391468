"""Project rules are silent where nothing is wrong, and where nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.files.kinds import FileKind, file_kind
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, session, uuid
from support.shared_data import shared

SURVEY = f"""\
name = "Survey"
uuid = "{uuid("Survey")}"
version = "0.1.0"
authors = ["Ada"]

[deps]
CSV = "{uuid("CSV")}"
TOML = "{uuid("TOML")}"

[weakdeps]
DataFrames = "{uuid("DataFrames")}"

[extensions]
SurveyDataFramesExt = "DataFrames"

[compat]
CSV = "0.10"
DataFrames = "1"
TOML = "1"
julia = "1.10"

[extras]
Dates = "{uuid("Dates")}"

[targets]
test = ["Dates"]
"""

FILES = {
    "Project.toml": SURVEY,
    "Manifest.toml": manifest({"CSV": "Dates", "Dates": "", "TOML": ""}, julia="1.11.2").replace(
        'version = "1.0.0"', 'version = "0.10.14"'
    ),
    "src/Survey.jl": "module Survey end",
    "ext/SurveyDataFramesExt.jl": "module SurveyDataFramesExt end",
}


def test_a_package_as_it_should_be(tmp_path: Path) -> None:
    opened = session(tmp_path, FILES)
    for name in ("Project.toml", "Manifest.toml"):
        assert check(opened, tmp_path / name) == ()


def test_an_empty_file(tmp_path: Path) -> None:
    assert check(session(tmp_path, {"Project.toml": ""}), tmp_path / "Project.toml") == ()


@pytest.mark.parametrize("name", ["Project.toml", "Manifest.toml"])
def test_while_a_line_is_being_typed_only_that_is_reported(tmp_path: Path, name: str) -> None:
    """Every line of the file in turn is cut in the middle, as while it is written."""
    text = FILES[name]
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        half = line[: len(line) // 2]
        if half.count('"') % 2 == 0 and "[" not in half:
            continue
        typed = "".join([*lines[:number], half, "\n", *lines[number + 1 :]])
        found = codes(tmp_path, {**FILES, name: typed})
        assert found <= {"toml-syntax"}, (half, found)


def codes(folder: Path, files: dict[str, str]) -> set[str]:
    opened = session(folder, files)
    names = ("Project.toml", "Manifest.toml")
    return {finding.code for name in names for finding in check(opened, folder / name)}


@pytest.mark.parametrize(
    "text",
    [
        "deps = 1\nweakdeps = 2\nextras = 3\ncompat = 4\ntargets = 5\nsources = 6\nworkspace = 7\n",
        "[[deps]]\n[[compat]]\n[[extensions]]\n[[targets]]\n[[workspace]]\n[[sources]]\n",
        "name = []\nuuid = {}\nversion = 1979-05-27\nextensions = 1\n",
        "[deps.CSV]\n[compat.CSV]\n[extensions.CSV]\n[targets.test]\n[sources.CSV.path]\n",
        '"" = ""\n[""]\n[deps]\n"" = ""\n[compat]\n"" = ""\n',
        '[workspace]\nprojects = ["", "/", "../..", "\\u0000"]\n',
        '[deps]\nCSV = 1\n[sources]\nCSV = {path = "\\u0000"}\n',
    ],
)
@pytest.mark.parametrize("julia", ["1.8.5", "1.13.0"])
def test_no_shape_of_a_file_is_a_surprise(tmp_path: Path, text: str, julia: str) -> None:
    for name in ("Project.toml", "Manifest.toml"):
        opened = session(tmp_path, {**FILES, name: text}, julia=julia)
        for path in ("Project.toml", "Manifest.toml"):
            for finding in check(opened, tmp_path / path):
                assert finding.message


# The real environments

REAL = {
    ("DARPA-ASKEM__sciml-service/Project.toml", "stale-manifest"): 1,
    ("JuliaGPU__julia-ngc/Project.toml", "stale-manifest"): 1,
    ("julia-vscode__LanguageServer.jl/Project.toml", "compat-excludes-resolved"): 1,
    ("PeaceFounder__AppBundler.jl/Project.toml", "missing-workspace-project"): 1,
    ("0samuraiE__LCS.jl__multi/Project.toml", "missing-workspace-project"): 1,
}
"""The warnings and errors on 48 real environments, each of which was looked at and is right.

Not counted are those that say that a file is not there: of these environments only data files
are kept, no sources. For the same reason the workspace `LCS.jl__multi` is without its members.
"""

NEEDS_FILES = {"missing-entry-file", "missing-extension-file", "missing-source-path"}


def test_real_environments() -> None:
    folder = shared("corpus")
    found: dict[tuple[str, str], int] = {}
    for finding in real_findings(folder):
        if finding.code in PROJECT_RULES - NEEDS_FILES:
            key = (finding.file.relative_to(folder).as_posix(), finding.code)
            found[key] = found.get(key, 0) + 1
    assert found == REAL


def real_findings(folder: Path) -> Iterator[Finding]:
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    opened = Session(Snapshot(Disk()), settings)
    for path in sorted(folder.rglob("*.toml")):
        if file_kind(path) in (FileKind.PROJECT, FileKind.MANIFEST):
            for finding in check(opened, path):
                if finding.severity in (Severity.WARNING, Severity.ERROR):
                    yield finding


PROJECT_RULES = {
    *("unknown-key", "invalid-uuid", "invalid-version", "invalid-compat", "invalid-name"),
    *("invalid-source", "missing-julia-compat", "missing-compat", "unknown-compat"),
    *("compat-excludes-resolved", "julia-compat-excludes-manifest", "missing-from-manifest"),
    *("stale-manifest", "uuid-mismatch", "dep-and-weakdep", "self-dependency", "duplicate-uuid"),
    *("missing-entry-file", "missing-extension-file", "unknown-extension-trigger"),
    *("unknown-target", "missing-source-path", "missing-workspace-project"),
}
