"""What ``precompass why`` tells of the scenarios in which real Julias recompiled something.

The caches are made as Julia makes them, and the files are those after the change.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.why import explain_why
from precompass.session import Session
from precompass.settings.settings import Settings
from support.compiled_scenarios import CompiledScenario
from support.oracle import ORACLES, scenarios

pytestmark = pytest.mark.exhaustive

NOT_TOLD = {
    "date-value": "the hash of a date is not known",
    "big-integer": "the hash of a big integer is not known",
    "manifest-of-this-version": "caches made here do not say of which version they are",
    "manifest-of-this-version-over-julia-name": "the same",
}
"""The scenarios of which too little is told, with the reason; each answer says that it lacks."""


@pytest.mark.parametrize("oracle", ORACLES)
def test_why_tells_what_julia_recompiled(
    oracle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number, scenario in enumerate(scenarios(oracle).values()):
        compiled = CompiledScenario(scenario, tmp_path / str(number) / "depot")
        compiled.compile()
        folder = compiled.folder(compiled.environment)
        told = scenario.told
        further = told.get("load_path", [compiled.environment])[1:]
        entries = ["@", *(str(compiled.folder(name)) for name in further)]
        settings = Settings(
            julia=scenario.julia,
            depots=str(compiled.depot_folder),
            variables={"JULIA_LOAD_PATH": os.pathsep.join(entries), "HOME": str(tmp_path)},
        )
        texts = {(folder / name).resolve(): text for name, text in told["after"].items()}
        session = Session(Snapshot(Disk(), texts), settings)
        checks = session.cache_checks(folder / "Project.toml")
        assert checks is not None
        why = explain_why(checks, "precompile")
        names = sorted(one.unit.name for one in why.units)
        if scenario.name in NOT_TOLD:
            assert why.cannot_tell, scenario.name
            assert set(names) <= set(scenario.recompiled), scenario.name
        else:
            assert names == scenario.recompiled, scenario.name
