"""What Julia recorded in its caches, and what the source alone says, for a hundred packages."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.julia.versions import VersionNumber
from precompass.julia.workload_tools import PrecompileTools
from precompass.source.compile_time_reads import CompileTimeReads, InstalledSource
from precompass.source.package_reads import PackageSource
from precompass.source.preference_reads import Certainty, Owner, PreferenceRead
from support.measured import MEASUREMENTS

pytestmark = pytest.mark.exhaustive

# Their sources are not in the data.
PUBLISHED = {"PrecompileTools", "SnoopPrecompile", "Preferences"}

Key = tuple[str, str]  # owner, key

# Read behind a condition: Julia recorded them in some scenarios and not in others, as the
# preferences had it. The source says which condition.
CONDITIONAL = {
    ("BranchReader", ("BranchReader", "library_path")): 'backend == "custom"',
    ("WorkloadReader", ("WorkloadReader", "threshold")): "@compile_workload",
    **{
        (name, (name, "precompile_workload")): "[PrecompileTools] precompile_workloads is not false"
        for name in (
            "BothUser", "Case20", "ToolsCore", "ToolsLeaf", "WorkloadExt", "WorkloadHost",
            "WorkloadReader",
        )
    },
}  # fmt: skip


def installed(oracle: Path) -> dict[UUID, InstalledSource]:
    """All packages and extensions of the data, by UUID (of extensions, an invented one)."""
    found: dict[UUID, InstalledSource] = {}
    folders = [*(oracle / "packages").iterdir(), oracle / "environments" / "application"]
    for folder in folders:
        project = tomllib.loads((folder / "Project.toml").read_text())
        name, uuid = project["name"], UUID(project["uuid"])
        tables = {**project.get("deps", {}), **project.get("weakdeps", {})}
        dependencies = {name: UUID(text) for name, text in tables.items()}
        entry = folder / "src" / f"{name}.jl"
        found[uuid] = InstalledSource(PackageSource(name, uuid, folder, entry), dependencies)
        for extension in project.get("extensions", {}):
            own = uuid5(uuid, extension)
            entry = folder / "ext" / f"{extension}.jl"
            source = PackageSource(extension, own, folder, entry)
            found[own] = InstalledSource(source, {**dependencies, name: uuid})
    return found


def recorded(oracle: Path) -> dict[tuple[str, str], list[frozenset[Key]]]:
    """What was recorded for each package in each scenario, by package and environment."""
    found: dict[tuple[str, str], list[frozenset[Key]]] = defaultdict(list)
    for scenario in tomllib.loads((oracle / "scenarios.toml").read_text())["scenario"]:
        environment = scenario.get("environment_before", scenario["environment"])
        others = scenario.get("recorded_of_others", {})
        for name in scenario["compiled_before"]:
            own = {(name, key) for key in scenario.get("recorded", {}).get(name, ())}
            foreign = {tuple(text.split("/")) for text in others.get(name, ())}
            if name not in PUBLISHED:
                found[name, environment].append(frozenset(own | foreign))
    return found


def precompile_tools(oracle: Path, environment: str) -> VersionNumber | None:
    manifest = oracle.parent / "scenarios-1.10" / "environments" / environment / "Manifest.toml"
    if not manifest.exists():
        return None
    packages = tomllib.loads(manifest.read_text())["deps"]
    if "PrecompileTools" not in packages:
        return None
    text = packages["PrecompileTools"][0]["version"]
    return VersionNumber(tuple(map(int, text.split("."))))  # type: ignore[arg-type]


def names_of(reads: tuple[PreferenceRead, ...], packages: dict[UUID, str]) -> set[Key]:
    return {
        (packages[read.owner.uuid] if read.owner.uuid else "?", read.key or "?")
        for read in reads
        if read.is_recorded
    }


@pytest.mark.parametrize(
    ("era", "records_blob"), [("scenarios-1.10", False), ("scenarios-1.14", True)]
)
def test_the_source_says_what_julia_recorded(era: str, records_blob: bool) -> None:
    oracle = MEASUREMENTS / era
    packages = installed(MEASUREMENTS / "scenarios-1.10")
    names = {uuid: item.source.name for uuid, item in packages.items()}
    names |= {PRECOMPILE_TOOLS: "PrecompileTools", SNOOP_PRECOMPILE: "SnoopPrecompile"}
    uuids = {name: uuid for uuid, name in names.items()}
    compared = 0
    for (name, environment), sets in recorded(oracle).items():
        reader = CompileTimeReads(
            packages.get,
            records_blob=records_blob,
            precompile_tools=PrecompileTools(precompile_tools(oracle, environment)),
        )
        reads = reader.of(uuids[name])
        certain = {read for read in reads if read.certainty is Certainty.CERTAIN}
        keys = names_of(reads, names)
        where = f"{name} in {environment}"
        # Nothing is missed, and what is called certain always is recorded.
        assert frozenset().union(*sets) <= keys, where
        assert names_of(tuple(certain), names) <= frozenset.intersection(*sets), where
        # All else that is said is said under its condition.
        for read in set(reads) - certain:
            if read.is_recorded:
                [key] = names_of((read,), names)
                assert read.certainty is Certainty.CONDITIONAL
                assert (read.condition or "").startswith(CONDITIONAL[name, key]), where
        # No more is said than was recorded, but for those that a scenario of the same
        # environment would have to switch on.
        surplus = keys - frozenset().union(*sets)
        assert {(name, key) for key in surplus} <= CONDITIONAL.keys(), where
        compared += len(sets)
    assert compared > 500


def test_packages_that_record_nothing_are_said_to_read_nothing() -> None:
    packages = installed(MEASUREMENTS / "scenarios-1.10")
    silent = {"BaseReader", "QuietReader", "RuntimeReader", "InitReader", "NoCache", "ToolsIdle"}
    for records_blob in (False, True):
        reader = CompileTimeReads(
            packages.get, records_blob=records_blob, precompile_tools=PrecompileTools(None)
        )
        for uuid, item in packages.items():
            if item.source.name in silent:
                assert not [read for read in reader.of(uuid) if read.is_recorded]


def test_a_read_in_another_package_s_function_lands_there() -> None:
    packages = installed(MEASUREMENTS / "scenarios-1.10")
    uuids = {item.source.name: uuid for uuid, item in packages.items()}
    reader = CompileTimeReads(
        packages.get, records_blob=True, precompile_tools=PrecompileTools(None)
    )
    [read] = reader.of(uuids["UsesRuntime"])
    assert read.owner == Owner("RuntimeReader", uuids["RuntimeReader"])
    assert (read.site.file.name, read.site.line) == ("RuntimeReader.jl", 4)
    assert read.via == ("verbosity",)
    [read] = reader.of(uuids["UsesInit"])
    assert read.via == ("InitReader.__init__",)
    [read] = reader.of(uuids["MacroReader"])
    assert (read.key, read.site.file.name, read.site.line) == ("radius", "MacroReader.jl", 4)
    assert read.certainty is Certainty.CERTAIN
