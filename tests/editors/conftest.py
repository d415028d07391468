"""An environment in the middle of the move from SnoopPrecompile to PrecompileTools.

Parsers and DataFrames have moved, CSV has not; the project does not list Parsers itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.environments import Package, manifest, project, write

PREFERENCES = """\
# Nobody needs fast first calls here.
[SnoopPrecompile]
skip_precompile = ["CSV", "DataFrames", "Parsers"] # since spring

[CSV]
threads = 4
"""

PREFERENCES_AFTER = """\
# Nobody needs fast first calls here.
[SnoopPrecompile]
skip_precompile = ["CSV"] # since spring

[DataFrames]
precompile_workload = false

[Parsers]
precompile_workload = false

[CSV]
threads = 4
"""

PROJECT = project(deps="CSV DataFrames SnoopPrecompile")

PROJECT_AFTER = PROJECT + '\n[extras]\nParsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"\n'

MANIFEST = manifest(
    {
        "CSV": "Parsers SnoopPrecompile",
        "DataFrames": "PrecompileTools",
        "Dates": "",
        "Parsers": "Dates PrecompileTools",
        "PrecompileTools": Package("Preferences", version="1.2.1"),
        "Preferences": "TOML",
        "SnoopPrecompile": Package("Preferences", version="1.0.3"),
        "TOML": "",
    }
)


BEFORE = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST, "LocalPreferences.toml": PREFERENCES}
AFTER = {**BEFORE, "Project.toml": PROJECT_AFTER, "LocalPreferences.toml": PREFERENCES_AFTER}


@pytest.fixture
def line_ending() -> str:
    """How lines end in the files of the environment."""
    return "\n"


@pytest.fixture
def environment(tmp_path: Path, line_ending: str) -> Path:
    """The folder of the environment."""
    folder = tmp_path / "Rivers"
    write(folder, {name: text.replace("\n", line_ending) for name, text in BEFORE.items()})
    return folder


@pytest.fixture
def after(line_ending: str) -> Mapping[str, bytes]:
    """What is in the folder when all that can move has moved to flags."""
    return {name: text.replace("\n", line_ending).encode() for name, text in AFTER.items()}


@pytest.fixture
def variables(tmp_path: Path) -> Mapping[str, str]:
    """The environment variables of a new user who has precompass-lsp, and nothing of Julia."""
    home = tmp_path / "home"
    home.mkdir()
    programs = Path(sys.executable).parent
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "JULIA_DEPOT_PATH": str(home / ".julia"),
        "JULIA_LOAD_PATH": "@",
    }
