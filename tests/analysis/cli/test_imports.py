"""What a short command imports, which is most of what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CHECK = """
import json, sys
before = set(sys.modules)  # what watches the test may have modules of its own
from precompass.cli import main
sys.stdout = sys.stderr
code = main(["check", "--no-depot", "."])
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.__stdout__)
"""
PROJECT = """\
name = "Survey"
uuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"
version = "0.1.0"

[deps]
JSON = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
Parsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"

[compat]
JSON = "0.21"
Parsers = "2"
julia = "1.10"
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
    (tmp_path / "Project.toml").write_text(PROJECT)
    modules = imported(tmp_path)
    assert "precompass.rules" in modules
    assert not modules.intersection(HEAVY)


def test_nor_does_it_need_the_reader_of_julia_code_or_of_registries(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(PROJECT)
    modules = imported(tmp_path)
    assert "precompass.source.syntax" not in modules
    assert "precompass.registry.index" not in modules
    assert "precompass.recompilation.why" not in modules
