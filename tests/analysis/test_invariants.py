"""What holds of the whole package, whatever is added to it."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

import precompass

ROOT = Path(precompass.__file__).parent
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages([str(ROOT)], "precompass.")
    if not found.name.endswith("__main__")
)
SOURCES = sorted(ROOT.rglob("*.py"))
EDITORS = ("pygls", "lsprotocol", "precompass_lsp")
PROCESSES = ("subprocess", "socket", "ssl", "http", "urllib.request", "multiprocessing", "pty")
SPAWNING = ("system", "popen", "fork", "forkpty", "posix_spawn", "startfile")

WRITERS = {
    "cli/cache_deletion.py",
    "cli/writing.py",
    "source/cache.py",
    "registry/cache.py",
}
"""The files that may write: what the user asks for, and the user's own cache."""

WORKING = {"precompass.source.effects", "precompass.source.modules"}
"""Modules whose objects are filled while a source is read; they are no answers."""


def test_few_modules_stand_outside_the_folders() -> None:
    """What belongs to a floor is in its folder; a reader can keep eight other names in mind."""
    loose = {path.name for path in ROOT.glob("*.py")} - {"__init__.py"}
    assert len(loose) <= 8, sorted(loose)


def test_the_analysis_knows_nothing_of_editors() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        f"print([name for name in {EDITORS!r} if name in sys.modules])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("source", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_no_module_starts_a_process_or_opens_a_socket(source: Path) -> None:
    forbidden = {*EDITORS, *PROCESSES, *(f"os.{name}" for name in SPAWNING)}
    names = set(imported(source))
    assert not {name for name in names if name in forbidden or name.split(".")[0] in forbidden}
    calls = {
        node.attr
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    assert not calls & set(SPAWNING)
    assert not {name for name in calls if name.startswith(("exec", "spawn"))}


WRITING = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "rmtree", "touch", "rmdir"}


def writes(source: Path) -> bool:
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        modes = [value.value for value in node.args if isinstance(value, ast.Constant)]
        modes += [
            word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)
        ]
        opens = name in ("open", "fdopen", "NamedTemporaryFile", "mkstemp")
        if name in WRITING or (opens and {"w", "wb", "a", "ab", "x", "xb"} & set(modes)):
            return True
        if ast.unparse(node.func) in ("os.replace", "os.remove", "tempfile.mkstemp"):
            return True
    return False


def test_only_the_named_modules_write() -> None:
    assert {str(source.relative_to(ROOT)) for source in SOURCES if writes(source)} == WRITERS


def unfrozen(module: ModuleType) -> Iterator[str]:
    """Yield the public classes with fields, of a module, whose objects can change."""
    for value in vars(module).values():
        if not isinstance(value, type) or value.__module__ != module.__name__:
            continue
        if issubclass(value, msgspec.Struct):
            frozen = value.__struct_config__.frozen
        elif dataclasses.is_dataclass(value):
            frozen = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
        else:
            continue
        if not frozen and not value.__name__.startswith("_"):
            yield value.__name__


@pytest.mark.parametrize("name", [name for name in MODULES if name not in WORKING])
def test_answers_do_not_change(name: str) -> None:
    """Structs and dataclasses are frozen, but for what is private to a module."""
    assert list(unfrozen(importlib.import_module(name))) == []


LOOKS = {"exists", "stat", "lstat", "is_dir", "is_file", "is_symlink", "iterdir", "glob", "rglob"}
LOOKS |= {"scandir", "listdir", "walk", "isfile", "isdir", "islink", "lexists", "samefile"}
LOOKS |= {"open", "read_bytes", "realpath", "resolve"}

OPENED_TO_BE_WRITTEN = {
    "registry/cache.py": {"unfinished.open('r+b')"},
    "cli/writing.py": {"os.open(file, flags, 438)"},
    "cli/__init__.py": {"os.open(os.devnull, os.O_WRONLY)"},
    "cli/cache_deletion.py": {  # what is deleted is looked at by handle, no link followed
        "os.open(path, _FOLDER)",
        "os.open(step, _FOLDER, dir_fd=handles[-1])",
        "os.path.islink(path)",
        "os.lstat(path)",
        "os.lstat(os.path.join(self._path, name))",
        "os.stat(name, dir_fd=self._handle, follow_symlinks=False)",
    },
}


def looks_at_the_disk(source: Path) -> set[str]:
    """The calls of a module that look at a path without the gate."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "open":
            found.add(ast.unparse(node))
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in LOOKS:
            continue
        of = ast.unparse(node.func.value)
        if of.split(".")[-1] not in ("files", "snapshot", "disk", "revision", "super()", "ast"):
            found.add(ast.unparse(node))
    return found


@pytest.mark.parametrize("source", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_every_look_at_a_path_goes_through_the_gate(source: Path) -> None:
    """``files/disk.py`` is the gate; the writers open what they write themselves."""
    name = str(source.relative_to(ROOT))
    if name != "files/disk.py":
        assert looks_at_the_disk(source) == OPENED_TO_BE_WRITTEN.get(name, set())
