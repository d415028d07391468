"""The example under ``examples/``: its facts, its numbers, and the demo that is played with it."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.preferences import Preference
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.shared_data import shared

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "CatchmentModels"
PROJECT = tomllib.loads((EXAMPLE / "Project.toml").read_text())
ENTRIES = tomllib.loads((EXAMPLE / "Manifest.toml").read_text())["deps"]
README = re.sub(r"\s+", " ", (EXAMPLES / "README.md").read_text())


@pytest.fixture(scope="module")
def invalidations() -> Invalidations:
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    session = Session(Snapshot(Disk()), settings)
    found = session.invalidations(EXAMPLE / "Project.toml")
    assert found is not None
    return found


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("demo")


def test_every_dependency_is_in_the_manifest_once() -> None:
    for name, entries in ENTRIES.items():
        assert len(entries) == 1, name
        assert set(entries[0].get("deps", ())) <= set(ENTRIES), name
    assert {name: ENTRIES[name][0]["uuid"] for name in PROJECT["deps"]} == PROJECT["deps"]


def test_everything_in_the_manifest_is_needed() -> None:
    needed, todo = set(), set(PROJECT["deps"])
    while todo:
        name = todo.pop()
        needed.add(name)
        todo |= set(ENTRIES[name][0].get("deps", ())) - needed
    assert needed == set(ENTRIES)


def test_the_readme_counts_what_is_there() -> None:
    registered = [name for name, (entry,) in ENTRIES.items() if "git-tree-sha1" in entry]
    assert f"{len(registered)} packages with the UUIDs" in README
    assert f"{len(ENTRIES) - len(registered)} standard libraries" in README
    assert f"`Project.toml` lists {len(PROJECT['deps'])} of them" in README


def test_the_list_costs_what_the_readme_says(invalidations: Invalidations) -> None:
    cost = invalidations.of_preference(
        Preference(SNOOP_PRECOMPILE, "skip_precompile")
    ).recompilation
    assert (cost.count, len(cost.extensions)) == (41, 8)
    assert "41 packages of 158, and 8 extensions" in README
    assert invalidations.graph.package_count == 158


def test_nothing_else_is_wrong_with_it() -> None:
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    session = Session(Snapshot(Disk()), settings)
    found = {
        name: [finding.code for finding in check(session, EXAMPLE / name)]
        for name in ("Project.toml", "Manifest.toml", "LocalPreferences.toml")
    }
    assert found == {
        "Project.toml": [],
        "Manifest.toml": [],
        "LocalPreferences.toml": [
            "global-skip-list",
            "unknown-skipped-package",
            "wide-invalidation",
            "ignored-preferences",
        ],
    }


@pytest.mark.parametrize(
    ("package", "key", "count", "sentence"),
    [
        ("CatchmentModels", "precompile_workload", 1, "every later change costs 1."),
        ("ForwardDiff", "nansafe_mode", 14, "ForwardDiff (14 packages and 4 extensions)"),
        ("OrdinaryDiffEq", "PrecompileStiff", 2, "OrdinaryDiffEq's own workloads (2)"),
        ("FFTW", "provider", 2, "the FFTW provider (2)"),
    ],
)
def test_the_other_preferences_cost_what_the_readme_says(
    invalidations: Invalidations, package: str, key: str, count: int, sentence: str
) -> None:
    uuid = invalidations.environment.named(package)
    assert uuid is not None
    assert invalidations.of_preference(Preference(uuid, key)).recompilation.count == count
    assert sentence in README


def test_the_manifest_is_what_the_registry_of_april_2023_gives(tmp_path: Path) -> None:
    copy = tmp_path / "CatchmentModels"
    shutil.copytree(EXAMPLE, copy)
    (copy / "Manifest.toml").unlink()
    registry = shared("registry", "General.toml")
    script = [sys.executable, str(EXAMPLES / "make_manifest.py"), str(copy), str(registry)]
    subprocess.run(script, check=True)
    assert (copy / "Manifest.toml").read_bytes() == (EXAMPLE / "Manifest.toml").read_bytes()


def test_the_demo_proves_what_it_claims() -> None:
    script = [sys.executable, str(EXAMPLES / "demo.py")]
    result = subprocess.run(script, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "NOT TRUE" not in result.stdout
    assert "✓ all claims hold" in result.stdout
    assert "\x1b" not in result.stdout


def test_the_demo_fails_if_one_claim_does_not_hold(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def no_editor(stage: object) -> None:
        pass

    monkeypatch.setattr(demo, "use_an_editor", no_editor)
    for act in ("tell_the_story", "ask_the_command_line", "prove_the_after_state", "draw_it"):
        monkeypatch.setattr(demo, act, lambda stage: stage.claim("grass is green", True))
    monkeypatch.setattr(demo, "sum_up", lambda stage: stage.claim("grass is blue", False))
    assert demo.main() == 1
    assert "NOT TRUE: grass is blue" in capsys.readouterr().out
