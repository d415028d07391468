"""A package that says ``__precompile__(false)`` has no cache, and so have its dependents.

Julia loads them from their source each time (``base/loading.jl``, ``PrecompilableError``), so a
change recompiles neither.
"""

from __future__ import annotations

from pathlib import Path

from precompass.julia.preferences import Preference
from support.environments import Package, invalidations, manifest, project, uuid, write

READER = 'module Reader\nusing Preferences\nconst MODE = @load_preference("mode")\nend\n'


def recompiled(folder: Path, middle: str) -> set[str]:
    """The names of the packages that a change of ``Reader.mode`` recompiles."""
    packages = {
        "Preferences": Package(),
        "Reader": Package("Preferences", path="Reader"),
        "Middle": Package("Reader", path="Middle"),
        "Beside": Package("Reader", path="Beside"),
    }
    files = {
        "Project.toml": project("App", deps="Middle Beside Reader"),
        "Manifest.toml": manifest(packages),
        "src/App.jl": "module App\nusing Middle, Beside, Reader\nend\n",
        "Reader/src/Reader.jl": READER,
        "Middle/src/Middle.jl": middle,
        "Beside/src/Beside.jl": "module Beside\nusing Reader\nend\n",
    }
    write(folder, files)
    answer = invalidations(folder, files).of_preference(Preference(uuid("Reader"), "mode"))
    return {unit.name for unit in answer.recompilation.units}


def test_a_package_that_refuses_to_be_precompiled_and_its_dependents(tmp_path: Path) -> None:
    refusing = "__precompile__(false)\nmodule Middle\nusing Reader\nend\n"
    assert recompiled(tmp_path, refusing) == {"Reader", "Beside"}


def test_without_refusal_all_are_recompiled(tmp_path: Path) -> None:
    everything = {"Reader", "Middle", "Beside", "App"}
    assert recompiled(tmp_path, "module Middle\nusing Reader\nend\n") == everything
