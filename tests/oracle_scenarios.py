"""The scenarios that real Julias were measured in, as environments to ask questions about."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from precompass.graph import DependencyGraph, Unit, UnitId
from precompass.invalidation import Invalidations, Recompilation, difference
from precompass.julia.versions import VersionNumber
from precompass.session import Session
from precompass.settings import Settings
from precompass.snapshot import Disk, Snapshot
from shared_data import FOLDER, shared
from simulated_depot import SimulatedDepot

JULIAS = {"oracle": "1.10.0-DEV.1302", "oracle-1.14": "1.14.0-DEV.1854"}

_IMPORT = re.compile(r"^\s*(?:using|import)\s+([^#\n]+)", re.MULTILINE)


def scenarios() -> list[Any]:
    found = []
    for oracle in JULIAS:
        path = FOLDER / oracle / "scenarios.toml"
        if path.exists():
            scenarios = tomllib.loads(path.read_text())["scenario"]
            found += [pytest.param(oracle, one, id=f"{oracle}:{one['name']}") for one in scenarios]
    return found or [pytest.param("", {}, marks=pytest.mark.skip("needs the test data oracle"))]


class Oracle:
    """One scenario, with a depot of its own."""

    def __init__(
        self,
        oracle: str,
        scenario: Mapping[str, Any],
        depot: Path,
        *,
        with_sources: bool = True,
    ) -> None:
        self.root = depot.parent / "environments"
        self.with_sources = with_sources
        self.oracle = oracle
        self.scenario = scenario
        self.julia = JULIAS[oracle]
        self.environment: str = scenario["environment"]
        self.compiled_in: str = scenario.get("environment_before", self.environment)
        graph = self.state(scenario["before"], self.compiled_in).graph
        self.compiled = set(scenario["compiled_before"])
        self._reads = self._recorded(graph)
        self.depot_folder = depot
        self.depot = SimulatedDepot(depot, self.julia, self._reads_of, self._loads(graph))

    def folder(self, environment: str) -> Path:
        own = shared(self.oracle, "environments") / environment
        folder = own if own.exists() else shared("oracle", "environments", environment)
        return folder if self.with_sources else self._without_sources(folder, environment)

    def _without_sources(self, folder: Path, environment: str) -> Path:
        """Copy the project files and manifests alone to where no package lies."""
        top = folder if "/" not in environment else folder.parent
        for file in top.rglob("*.toml"):
            target = self.root / file.relative_to(top.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        return self.root / environment

    def state(self, files: Mapping[str, str], environment: str) -> Invalidations:
        folder = self.folder(environment)
        path = self.scenario.get("load_path", [environment])
        further = path[1:] if environment == self.environment else []
        texts = {(folder / name).resolve(): text for name, text in files.items()}
        load_path = ":".join(["@", *(str(self.folder(name)) for name in further)])
        settings = Settings(
            julia=VersionNumber.parse(self.julia),
            depots=str(getattr(self, "depot_folder", "/nowhere")),
            variables={"JULIA_LOAD_PATH": load_path},
        )
        found = Session(Snapshot(Disk(), texts), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    def compile(self) -> None:
        """Compile the states that came before, in their order."""
        for state in (*self.scenario.get("earlier", []), self.scenario["before"]):
            self.depot.precompile(partial(self.state, state, self.compiled_in), self.compiled)

    def _recorded(self, graph: DependencyGraph) -> Mapping[str, list[tuple[UUID, str]]]:
        uuids = {unit.name: graph.compiled_uuid(unit) for unit in graph.units.values()}
        found: dict[str, list[tuple[UUID, str]]] = {}
        for name, keys in self.scenario["recorded"].items():
            found.setdefault(name, []).extend((uuids[name], key) for key in keys)
        for name, keys in self.scenario.get("recorded_of_others", {}).items():
            owners = (key.split("/", 1) for key in keys)
            found.setdefault(name, []).extend((uuids[owner], key) for owner, key in owners)
        return found

    def _reads_of(self, unit: Unit) -> Collection[tuple[UUID, str]]:
        return self._reads.get(unit.name, [])

    def _loads(self, graph: DependencyGraph) -> Any:
        """A package loads those of its dependencies that its code names."""

        def loads(unit: Unit) -> Collection[UnitId]:
            dependencies = {graph.units[one].name: one for one in graph.network.succ[unit.id]}
            source = FOLDER / "oracle" / "packages" / unit.name / "src"
            if unit.is_extension or not source.exists():
                return list(dependencies.values())
            code = "\n".join(file.read_text() for file in source.rglob("*.jl"))
            named = {
                name for line in _IMPORT.findall(code) for name in re.findall(r"[A-Za-z_]\w*", line)
            }
            return [one for name, one in dependencies.items() if name in named]

        return loads

    def answer(self) -> Recompilation:
        """Return what is compiled again, as this project says it."""
        return difference(
            self.state(self.scenario["before"], self.compiled_in),
            self.state(self.scenario["after"], self.environment),
        ).recompilation

    @property
    def compiled_by_pkg(self) -> list[str]:
        """What ``Pkg.precompile()`` compiled, or loading where only that was measured."""
        return sorted(self.scenario.get("recompiled", self.compiled_by_loading))

    @property
    def compiled_by_loading(self) -> list[str]:
        return sorted(self.scenario["recompiled_by_using"])
