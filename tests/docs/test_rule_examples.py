"""What the documentation of a rule shows: the example is reported, what to use instead is not.

An example begins with the name of its file, and may have several files. Around it stands a small
package with all that the documentation leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.invalidation import Invalidations
from precompass.registry.memory import RegistryMemory
from precompass.rules import RULES, check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.documentation import CODE as BLOCK
from support.environments import TREE, Package, manifest, uuid, write
from support.registry_files import Package as Registered
from support.registry_files import write_registry
from support.shared_data import ROOT
from support.simulated_depot import SimulatedDepot

HERE = "# here stands the example\n"
"""Where an example stands in a file that holds more; at its end, if a file does not say."""

_FILE = re.compile(r"^# ([\w./]+\.toml)\b.*\n", re.MULTILINE)

HEAD = f'name = "MyPackage"\nuuid = "{uuid("MyPackage")}"\nversion = "0.1.0"\n'
LISTS_CSV = f'[deps]\nCSV = "{uuid("CSV")}"\n'
MANIFEST_HEAD = 'julia_version = "1.10.4"\nmanifest_format = "2.0"\n'
PACKAGES: Mapping[str, str | Package] = {
    "CSV": "Parsers Preferences",
    "DataFrames": "SnoopPrecompile",
    "Dates": "",
    "Example": "Preferences",
    "FFTW": "Preferences",
    "MPIPreferences": "Preferences",
    "Parsers": "Dates PrecompileTools",
    "PrecompileTools": Package("Preferences", version="1.3.4"),
    "Preferences": Package("TOML", version="1.4.3"),
    "SnoopPrecompile": Package("Preferences", version="1.0.3"),
    "TOML": "Dates",
}
DEPS = "".join(
    f'{name} = "{uuid(name)}"\n'
    for name in ("CSV", "DataFrames", "Example", "FFTW", "MPIPreferences", "PrecompileTools")
)
MY_PACKAGE = {
    "Project.toml": f'{HEAD}\n[deps]\n{DEPS}SnoopPrecompile = "{uuid("SnoopPrecompile")}"\n\n',
    "Manifest.toml": manifest(PACKAGES),
    "src/MyPackage.jl": "module MyPackage\nusing PrecompileTools\n"
    "@compile_workload begin\nsum(1:3)\nend\nend\n",
}
"""A package with a workload, among packages with and without one."""

CATCHMENT = ROOT / "examples" / "CatchmentModels"


def _without_snoop() -> Mapping[str, str]:
    left = {name: package for name, package in PACKAGES.items() if name != "SnoopPrecompile"}
    line = f'SnoopPrecompile = "{uuid("SnoopPrecompile")}"\n'
    text = MY_PACKAGE["Project.toml"].replace(line, "") + f"\n[extras]\n{line}"
    manifest_text = manifest(left | {"DataFrames": ""})
    return MY_PACKAGE | {"Project.toml": text, "Manifest.toml": manifest_text}


def _unnoticed() -> Mapping[str, str]:
    older = {**PACKAGES, "PrecompileTools": Package("Preferences", version="1.2.1")}
    return MY_PACKAGE | {"Manifest.toml": manifest(older)}


PREFERENCES = {
    "toml-syntax",
    "configuration",
    "unused-ignore",
    "global-skip-list",
    "global-workload-switch",
    "ignored-preferences",
    "shadowed-preference",
    "wrong-preference-type",
    "workload-flag-without-workload",
    "unknown-skipped-package",
    "preferences-not-a-table",
    "invalid-clear-list",
    "unknown-preference",
}
AROUND: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(PREFERENCES, MY_PACKAGE),
    "wide-invalidation": {
        name: (CATCHMENT / name).read_text("utf-8") for name in ("Project.toml", "Manifest.toml")
    },
    "stale-skip-list": _without_snoop(),
    "unnoticed-change": _unnoticed(),
    "unknown-preference-value": {
        "Project.toml": f'[deps]\nFFTW = "{uuid("FFTW")}"\n',
        "Manifest.toml": manifest(
            {"Preferences": "", "FFTW": Package("Preferences", version="1.8.0")}
        ),
    },
    "missing-preference-path": {
        "Project.toml": f'[deps]\nHDF5_jll = "{uuid("HDF5_jll")}"\n',
        "Manifest.toml": manifest(
            {"JLLWrappers": "", "HDF5_jll": Package("JLLWrappers", path="jll")}
        ),
        "jll/Project.toml": f'name = "HDF5_jll"\nuuid = "{uuid("HDF5_jll")}"\n',
        "jll/src/HDF5_jll.jl": "module HDF5_jll\nend\n",
    },
    "yanked-version": {"Manifest.toml": MANIFEST_HEAD + HERE + f'git-tree-sha1 = "{TREE}"\n'},
    "unknown-extension-trigger": {"Project.toml": HEAD},
    "invalid-source": {"Project.toml": LISTS_CSV},
    "missing-compat": {"Project.toml": HEAD},
    "compat-excludes-resolved": {"Project.toml": LISTS_CSV, "Manifest.toml": MANIFEST_HEAD},
    "julia-compat-excludes-manifest": {"Manifest.toml": HERE + 'manifest_format = "2.0"\n'},
    "missing-from-manifest": {"Manifest.toml": manifest({"Parsers": ""})},
    "stale-manifest": {
        "Manifest.toml": f'project_hash = "{"0" * 40}"\n{manifest({"CSV": ""})}',
    },
    "uuid-mismatch": {"Manifest.toml": MANIFEST_HEAD},
    "malformed-manifest": {"Manifest.toml": MANIFEST_HEAD},
    "incompatible-versions": {"Manifest.toml": MANIFEST_HEAD},
    "outdated-developed-package": {
        "Manifest.toml": manifest({"CSV": "", "Parsers": ""}),
        "../Meadow/src/Meadow.jl": "module Meadow end\n",
    },
    "preferences-of-dependency": {
        "Manifest.toml": manifest(
            {"CSV": "", "Middle": Package("CSV", path="../Middle")}, julia="1.12.2"
        ).replace(str(uuid("Middle")), "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c02"),
    },
    "sources-of-package": {"Manifest.toml": manifest({"CSV": ""}, julia="1.12.2")},
    "missing-entry-file": {"src/survey.jl": "module Survey end\n"},
    "missing-extension-file": {
        "Project.toml": HEAD,
        "src/MyPackage.jl": "module MyPackage end\n",
        "ext/CUDAExt.jl": "module CUDAExt end\n",
    },
    "preferences-not-in-tests": {
        "Project.toml": f'{HEAD}\n[deps]\nMPI = "{uuid("MPI")}"\n\n',
        "Manifest.toml": manifest({"MPI": "MPIPreferences", "MPIPreferences": ""}).replace(
            str(uuid("MPIPreferences")), "3da0fdf6-3ccc-4f1b-acd9-58baa6c99267"
        ),
        "test/runtests.jl": "using Test\n",
    },
    "untidy-dependencies": {
        "Project.toml": HEAD,
        "src/MyPackage.jl": "module MyPackage\nusing CSV, DataFrames\nend\n",
    },
    "missing-source-path": {
        "Project.toml": f'[deps]\nForest = "{uuid("Forest")}"\n',
        "../Forest/Project.toml": f'name = "Forest"\nuuid = "{uuid("Forest")}"\n',
    },
    "missing-workspace-project": {
        "Project.toml": HEAD,
        "docs/Project.toml": "",
        "test/Project.toml": "",
    },
}
"""The files around an example, by the code of its rule."""

MENDED: Mapping[str, Mapping[str, str]] = {
    "wide-invalidation": {"LocalPreferences.toml": ""},
    "missing-preference-path": {"LocalPreferences.toml": ""},
    "workload-flag-without-workload": {"LocalPreferences.toml": ""},
    "missing-manifest": {"Manifest.toml": manifest(PACKAGES)},
    "missing-from-manifest": {"Manifest.toml": manifest({"CSV": ""})},
    "stale-manifest": {"Manifest.toml": manifest({"CSV": ""})},
    "missing-entry-file": {"src/Survey.jl": "module Survey end\n"},
    "missing-extension-file": {"ext/SurveyCUDAExt.jl": "module SurveyCUDAExt end\n"},
}
"""What changes where nothing else is to be written: a line goes, or another file is made."""

REGISTERED = (
    Registered("CSV", str(uuid("CSV"))),
    Registered(
        "Trees",
        "2d29ca0b-5a3c-4f6b-9f0e-3c0f7f9c6a01",
        {"0.1.0": {"CSV": str(uuid("CSV"))}},
        compat={"0.1": {"CSV": "0.9"}},
    ),
    Registered("CategoricalArrays", "324d7699-5711-5eae-9e2f-1d82baa6b597"),
    Registered("PrecompileTools", str(uuid("PrecompileTools"))),
    Registered(
        "SnoopPrecompile",
        str(uuid("SnoopPrecompile")),
        {"1.0.2": {}, "1.0.3": {}},
        yanked=["1.0.2"],
        deprecated='alternative = "PrecompileTools"',
    ),
)


def files_of(code: str, example: str) -> dict[str, str]:
    """Return the files of an example, with all that is around them."""
    starts = [*_FILE.finditer(example)]
    assert starts
    assert starts[0].start() == 0, "an example begins with the name of its file"
    ends = [*(start.start() for start in starts[1:]), len(example)]
    found = dict(AROUND.get(code, {}))
    for start, end in zip(starts, ends, strict=True):
        text = example[start.start() : end]
        around = found.get(start[1], "")
        found[start[1]] = around.replace(HERE, text) if HERE in around else around + text
    return found


def examples(code: str) -> tuple[str, str | None]:
    """Return what the documentation shows as wrong, and what to use instead."""
    shown = [text for _, text in BLOCK.findall(RULES[code].documentation)]
    assert len(shown) == 1 + ("**Use instead**" in RULES[code].documentation)
    return shown[0], shown[1] if len(shown) > 1 else None


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("depot")
    write_registry(folder, *REGISTERED)
    return folder


OUTSIDE = {
    "pending-recompilation",
    "preferences-in-git",
    "startup-version-clash",
    "untrusted-path",
    "not-on-load-path",
}
"""Rules about caches, git, the startup file, folders of others and the load path: these have
their own tests."""
CODES = [code for code in RULES if code not in OUTSIDE]
_MEMORY = RegistryMemory(patience=0)


def findings(folder: Path, depot: Path, code: str, files: Mapping[str, str]) -> dict[Finding, str]:
    """Return the findings of a rule in all files, each with the text of its file."""
    project = folder / "MyPackage"
    write(project, files)
    variables = {"PRECOMPASS_CACHE": str(depot / "cache"), "JULIA_LOAD_PATH": "@"}
    settings = Settings(depots=str(depot), variables=variables)
    session = Session(Snapshot(Disk()), settings, registry_memory=_MEMORY)
    return {
        found: text
        for name, text in files.items()
        for found in check(session, project / name)
        if found.code == code
    }


@pytest.mark.parametrize("code", CODES)
def test_an_example_is_reported(tmp_path: Path, depot: Path, code: str) -> None:
    example, _ = examples(code)
    found = findings(tmp_path, depot, code, files_of(code, example))
    assert found
    for finding, text in found.items():
        first = text.rfind("\n", 0, finding.span.start) + 1
        line = text[first:].partition("\n")[0]
        assert line in example, f"what is reported is not shown: {line}"


@pytest.mark.parametrize("code", CODES)
def test_what_to_use_instead_is_not_reported(tmp_path: Path, depot: Path, code: str) -> None:
    example, instead = examples(code)
    assert (instead is None) == (code in MENDED)
    files = {**files_of(code, instead or example), **MENDED.get(code, {})}
    assert [found.message for found in findings(tmp_path, depot, code, files)] == []


def test_caches_are_pending_until_julia_compiles_again(tmp_path: Path, depot: Path) -> None:
    files = MY_PACKAGE | {"LocalPreferences.toml": ""}
    project = tmp_path / "MyPackage"
    assert findings(tmp_path, depot, "pending-recompilation", files) == {}

    def invalidations() -> Invalidations:
        opened = Session(Snapshot(Disk()), Settings(depots=str(depot), variables={}))
        found = opened.invalidations(project / "Project.toml")
        assert found is not None
        return found

    graph = invalidations().graph

    def reads(unit: Unit) -> list[tuple[UUID, str]]:
        return [(unit.uuid, "precompile_workload")] if unit.name == "MyPackage" else []

    def loads(unit: Unit) -> set[UnitId]:
        return set(graph.network.succ[unit.id])

    julia = SimulatedDepot(depot, "1.10.4", reads, loads)
    everything = {unit.name for unit in graph.units.values()}
    julia.precompile(invalidations, everything)

    example, _ = examples("pending-recompilation")
    changed = files_of("pending-recompilation", example) | MY_PACKAGE
    assert len(findings(tmp_path, depot, "pending-recompilation", changed)) == 1
    julia.precompile(invalidations, everything)
    assert findings(tmp_path, depot, "pending-recompilation", changed) == {}
