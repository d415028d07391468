"""What a short command imports, which is most of what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

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
    "bz2",
    "difflib",
    "dulwich",
    "google_crc32c",
    "importlib.resources",
    "lsprotocol",
    "networkx",
    "re2",
    "pygls",
    "rich",
    "shutil",
    "sqlite3",
    "tempfile",
    "tomlkit",
    "tree_sitter_julia",
)


LEAN = all(any(map(find_spec, names)) for names in (("_sha1",), ("_sha2", "_sha256")))
DEPENDENCIES = {
    "JSON": "682c06a0-de6a-54ab-a142-c8b1cf79cde6",
    "Parsers": "69de0a69-1ddd-5017-9359-2bf0b02dc9f0",
}


def imported(folder: Path, *, expected: int = 0) -> set[str]:
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-c", CHECK]
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout)
    assert code == expected, done.stderr
    return set(modules)


def test_a_project_with_two_dependencies_needs_no_heavy_package(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(TWO_DEPENDENCIES)
    modules = imported(tmp_path)
    assert "precompass.rules" in modules
    assert not modules.intersection(HEAVY)


@pytest.mark.skipif(not LEAN, reason="this Python has no SHA-1 and SHA-256 without OpenSSL")
def test_the_hash_of_a_project_needs_no_openssl(tmp_path: Path) -> None:
    """A project file is compared with the hash in its manifest, which is a SHA-1."""
    (tmp_path / "Project.toml").write_text(TWO_DEPENDENCIES)
    hashed = "0123456789abcdef0123456789abcdef01234567"
    head = f'julia_version = "1.10.5"\nmanifest_format = "2.0"\nproject_hash = "{hashed}"\n'
    entries = (f'[[deps.{name}]]\nuuid = "{uuid}"\n' for name, uuid in DEPENDENCIES.items())
    (tmp_path / "Manifest.toml").write_text(head + "".join(entries))
    assert "_hashlib" not in imported(tmp_path, expected=1)


def test_nor_does_it_need_the_reader_of_julia_code_or_of_registries(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text(TWO_DEPENDENCIES)
    modules = imported(tmp_path)
    assert "precompass.source.syntax" not in modules
    assert "precompass.registry.index" not in modules
    assert "precompass.recompilation.why" not in modules
