"""Scenarios that real Julias were measured in, with compile caches like those they had."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
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
from support.oracle import Scenario
from support.simulated_depot import SimulatedDepot

_IMPORT = re.compile(r"^\s*(?:using|import)\s+([^#\n]+)", re.MULTILINE)
_OTHER_PROJECT = "the environment bench-two was compiled in the same depot"
_ONLY_NATIVE = "only the native image"


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
        top = [folder, *folder.parents][environment.count("/")]
        for file in top.rglob("*.toml"):
            target = self.root / file.relative_to(top.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        return self.root / environment

    def state(
        self, files: Mapping[str, str], environment: str, session: Sequence[str] = ()
    ) -> Invalidations:
        folder = self.folder(environment)
        path = self.scenario.told.get("load_path", [environment])
        further = path[1:] if environment == self.environment else []
        texts = {(folder / name).resolve(): text for name, text in files.items()}
        load_path = ":".join(["@", *(str(self.folder(name)) for name in further)])
        settings = Settings(
            julia=self.scenario.julia,
            session=tuple(session),
            depots=str(getattr(self, "depot_folder", "/nowhere")),
            variables={"JULIA_LOAD_PATH": load_path},
        )
        found = Session(Snapshot(Disk(), texts), settings).invalidations(folder / "Project.toml")
        assert found is not None
        return found

    def compile(self) -> None:
        """Compile the states that came before, in their order."""
        told = self.scenario.told
        for state in (*self.scenario.earlier, told["before"]):
            self.depot.precompile(partial(self.state, state, self.compiled_in), self.compiled)
        if "beside_flags" in told:
            options = told["beside_flags"]
            beside = partial(self.state, told["after"], self.environment, options)
            self.depot.precompile(beside, self.compiled)
        if _OTHER_PROJECT in told.get("note", ""):
            other = partial(self.state, told["after"], f"{self.environment}-two")
            self.depot.precompile(other, self.compiled)
        for name in told.get("deleted", ()):
            for cache in self.depot.files(name, native_only=_ONLY_NATIVE in told["note"]):
                cache.unlink()

    def _recorded(self, graph: DependencyGraph) -> Mapping[str, list[tuple[UUID, str]]]:
        uuids = {unit.name: graph.compiled_uuid(unit) for unit in graph.units.values()}
        found: dict[str, list[tuple[UUID, str]]] = {}
        for name, keys in self.scenario.recorded.items():
            if name not in uuids:
                continue
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
            if unit.id not in graph.units:
                return ()  # the project file of another environment
            dependencies = {graph.units[one].name: one for one in graph.network.succ[unit.id]}
            sources = (
                MEASUREMENTS / oracle / "packages" / unit.name / "src"
                for oracle in self.scenario.oracles
            )
            source = next((folder for folder in sources if folder.exists()), None)
            if unit.is_extension or source is None:
                return list(dependencies.values())
            code = "\n".join(file.read_text() for file in source.rglob("*.jl"))
            named = {
                name for line in _IMPORT.findall(code) for name in re.findall(r"[A-Za-z_]\w*", line)
            }
            return [one for name, one in dependencies.items() if name in named]

        return loads

    def answer(self) -> Recompilation:
        """Return what is recompiled, as this project says it."""
        return difference(
            self.state(self.scenario.told["before"], self.compiled_in),
            self.state(self.scenario.told["after"], self.environment),
        ).recompilation
