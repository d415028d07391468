"""Scenarios that real Julias were measured in, with compile caches like those they had."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.difference import difference
from precompass.recompilation.graph import DependencyGraph, Unit, UnitId
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.session import Session
from precompass.settings.settings import Settings
from support.measured import MEASUREMENTS
from support.oracle import ORACLES, Scenario
from support.simulated_depot import SimulatedDepot

_IMPORT = re.compile(r"^\s*(?:using|import)\s+([^#\n]+)", re.MULTILINE)


class CompiledScenario:
    """One scenario, with a depot of its own."""

    def __init__(self, scenario: Scenario, depot: Path, *, with_sources: bool = True) -> None:
        self.root = depot.parent / "environments"
        self.with_sources = with_sources
        self.scenario = scenario
        told = scenario.told
        self.environment: str = told["environment"]
        self.compiled_in: str = told.get("environment_before", self.environment)
        graph = self.state(told["before"], self.compiled_in).graph
        self.compiled = set(told["compiled_before"])
        self._reads = self._recorded(graph)
        self.depot_folder = depot
        julia = str(scenario.julia)
        self.depot = SimulatedDepot(depot, julia, self._reads_of, self._loads(graph))

    def folder(self, environment: str) -> Path:
        folder = self.scenario.folder(environment)
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
        path = self.scenario.told.get("load_path", [environment])
        further = path[1:] if environment == self.environment else []
        texts = {(folder / name).resolve(): text for name, text in files.items()}
        load_path = ":".join(["@", *(str(self.folder(name)) for name in further)])
        settings = Settings(
            julia=self.scenario.julia,
            depots=str(getattr(self, "depot_folder", "/nowhere")),
            variables={"JULIA_LOAD_PATH": load_path},
        )
        found = Session(Snapshot(Disk(), texts), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    def compile(self) -> None:
        """Compile the states that came before, in their order."""
        for state in (*self.scenario.told.get("earlier", []), self.scenario.told["before"]):
            self.depot.precompile(partial(self.state, state, self.compiled_in), self.compiled)

    def _recorded(self, graph: DependencyGraph) -> Mapping[str, list[tuple[UUID, str]]]:
        uuids = {unit.name: graph.compiled_uuid(unit) for unit in graph.units.values()}
        found: dict[str, list[tuple[UUID, str]]] = {}
        for name, keys in self.scenario.told["recorded"].items():
            found.setdefault(name, []).extend((uuids[name], key) for key in keys)
        for name, keys in self.scenario.told.get("recorded_of_others", {}).items():
            owners = (key.split("/", 1) for key in keys)
            found.setdefault(name, []).extend((uuids[owner], key) for owner, key in owners)
        return found

    def _reads_of(self, unit: Unit) -> Collection[tuple[UUID, str]]:
        return self._reads.get(unit.name, [])

    def _loads(self, graph: DependencyGraph) -> Any:
        """A package loads those of its dependencies that its code names."""

        def loads(unit: Unit) -> Collection[UnitId]:
            dependencies = {graph.units[one].name: one for one in graph.network.succ[unit.id]}
            source = MEASUREMENTS / ORACLES[0] / "packages" / unit.name / "src"
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
            self.state(self.scenario.told["before"], self.compiled_in),
            self.state(self.scenario.told["after"], self.environment),
        ).recompilation
