"""What real versions of Julia were seen to do: scenarios of two states of some files.

See ``tests/measured/README.md``. The files of a scenario lie over those of its environment;
here they lie over them as an editor's open texts do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.environment import Environment
from precompass.julia.versions import VersionNumber
from precompass.recompilation.installed import DepotMemory
from precompass.recompilation.invalidation import Invalidations
from support.environments import load_environment
from support.measured import MEASUREMENTS

ORACLES = ("scenarios-1.10", "scenarios-1.12", "scenarios-1.14")

_FILES = ("scenarios.toml", "scenarios-new.toml")

_DISK = Disk()
_MEMORY = DepotMemory()


@dataclass(frozen=True)
class Scenario:
    """One scenario of one of the oracles.

    Attributes:
        oracle: the folder of the data.
        julia: the version that was measured.
        told: the scenario as it stands in the file.
    """

    oracle: str
    julia: VersionNumber
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, unique within its oracle."""
        return str(self.told["name"])

    @property
    def recompiled(self) -> list[str]:
        """What Julia recompiled; where ``Pkg.precompile()`` was not measured, on loading."""
        return sorted(self.told.get("recompiled", self.stale))

    @property
    def stale(self) -> list[str]:
        """What loading recompiled."""
        return sorted(self.told["recompiled_by_using"])

    @property
    def failed(self) -> list[str] | None:
        """Whose compilation ended in an error; None where that was not written down."""
        return None if self.oracle == "scenarios-1.12" else sorted(self.told.get("failed", []))

    @property
    def earlier(self) -> list[Mapping[str, str]]:
        """The states of the files that were compiled before the first one, on an empty depot.

        In new scenarios of Julia 1.12 that was the environment as its own files have it.
        """
        is_new = self.oracle == "scenarios-1.12" and self.repeated is None
        own = [dict[str, str]()] if is_new and self.told["before"] else []
        return [*self.told.get("earlier", []), *own]

    @property
    def preferences_error(self) -> list[str]:
        """The packages for which Julia threw when it looked up their preferences."""
        told = self.repeated.told if self.repeated is not None else self.told
        return list(told.get("preferences_error", []))

    def before(self, *, with_sources: bool = False) -> Invalidations:
        """Return the answers about the first state of the files."""
        environment = self.told.get("environment_before", self.told["environment"])
        return self._state(environment, self.told["before"], with_sources)

    def after(self, *, with_sources: bool = False) -> Invalidations:
        """Return the answers about the second state of the files."""
        return self._state(self.told["environment"], self.told["after"], with_sources)

    def _state(self, name: str, files: Mapping[str, str], with_sources: bool) -> Invalidations:
        environment = self._environment(name, files)
        installed = _MEMORY.look(environment, (), None) if with_sources else None
        return Invalidations(environment, installed)

    def _environment(self, name: str, files: Mapping[str, str]) -> Environment:
        folder = self.folder(name)
        texts = {(folder / path).resolve(): text for path, text in files.items()}
        is_usual = name == self.told["environment"]
        others = self.told.get("load_path", [name])[1:] if is_usual else []
        return load_environment(
            folder / "Project.toml",
            Snapshot(_DISK, texts),
            julia=self.julia,
            further=[self.folder(other) / "Project.toml" for other in others],
        )

    @property
    def repeated(self) -> Scenario | None:
        """The scenario of another oracle that was measured again here, with another Julia."""
        repeated = self.told.get("compared_with")
        return scenarios(repeated)[self.name] if repeated is not None else None

    @property
    def recorded(self) -> Mapping[str, list[str]]:
        """The keys that each package's cache listed.

        Where they were not written down, they are those of the same scenario with another
        Julia, or those that the packages' sources read in the first state of the files.
        """
        if "recorded" in self.told:
            return dict(self.told["recorded"])
        repeated = self.repeated
        if repeated is not None:
            return repeated.recorded
        before = self.before(with_sources=True)
        return {
            unit.name: sorted(key for uuid, key in before.reads[unit.id].keys if uuid == own)
            for unit in before.graph.units.values()
            if unit.kind in ("package", "extension")
            for own in (before.graph.compiled_uuid(unit),)
        }

    @property
    def oracles(self) -> tuple[str, ...]:
        """The oracles whose environments and packages the scenario uses, the nearest first."""
        repeated = self.repeated
        return (self.oracle, *(repeated.oracles if repeated is not None else ORACLES[:1]))

    def folder(self, name: str) -> Path:
        """Return an environment; other oracles use those of the first, but for their own."""
        folders = (MEASUREMENTS / oracle / "environments" / name for oracle in self.oracles)
        return next(folder for folder in folders if folder.exists())


@lru_cache
def scenarios(oracle: str) -> Mapping[str, Scenario]:
    """Return the scenarios of an oracle by name."""
    found: dict[str, Scenario] = {}
    for path in (MEASUREMENTS / oracle / name for name in _FILES):
        if not path.exists():
            continue
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        julia = VersionNumber.parse(values["julia_version"])
        assert julia is not None
        for told in values["scenario"]:
            # A name may be in both files: the second has scenarios of its own.
            name = told["name"] if told["name"] not in found else f"new-{told['name']}"
            found[name] = Scenario(oracle, julia, {**told, "name": name})
    return found


_ALL = [scenario for oracle in ORACLES for scenario in scenarios(oracle).values()]

every_scenario = pytest.mark.parametrize(
    "scenario", _ALL, ids=[f"{scenario.oracle}/{scenario.name}" for scenario in _ALL]
)
"""Runs a test for each scenario of every oracle."""
