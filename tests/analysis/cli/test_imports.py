"""What a short command imports, which is most of what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support.made_environments import TWO_DEPENDENCIES

CHECK = """
import json, sys
before = set(sys.modules)  # what watches the test may have modules of its own
from precompass.cli import main
sys.stdout = sys.stderr
code = main(["check", "--no-depot", "."])
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.__stdout__)
"""
HEAVY = (
    "backports.zstd",
    "dulwich",
    "lsprotocol",
    "networkx",
    "pathspec",
    "pygls",
    "rich",
    "sqlite3",
    "tomlkit",
    "tree_sitter_julia",
)


def imported(folder: Path) -> set[str]:
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-c", CHECK]
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout)
    assert code == 0, done.stderr
    return set(modules)


def test_a_project_with_two_dependencies_needs_no_heavy_package(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(TWO_DEPENDENCIES)
    modules = imported(tmp_path)
    assert "precompass.rules" in modules
    assert not modules.intersection(HEAVY)


def test_nor_does_it_need_the_reader_of_julia_code_or_of_registries(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(TWO_DEPENDENCIES)
    modules = imported(tmp_path)
    assert "precompass.source.syntax" not in modules
    assert "precompass.registry.index" not in modules
    assert "precompass.recompilation.why" not in modules
