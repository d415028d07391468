"""What a JSON Schema of the project rejects, the rules report as well.

Each place of a valid file that the schema knows gets values of every type. Where the file does not
fit the schema any more, ``check`` has a finding.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import tomlkit
from jsonschema import Draft202012Validator

from precompass.findings import Severity
from precompass.rules import check
from support.environments import session, uuid
from support.shared_data import ROOT

UUID = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
OTHER = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a703"
HASH = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"

SNOOP, TOOLS = str(uuid("SnoopPrecompile")), str(uuid("PrecompileTools"))
PREFERENCES_JL = str(uuid("Preferences"))

Path_: TypeAlias = tuple[str | int, ...]

PROJECT: Mapping[str, Any] = {
    "name": "Survey",
    "uuid": UUID,
    "version": "0.1.0",
    "authors": ["Someone"],
    "manifest": "Manifest.toml",
    "entryfile": "src/Survey.jl",
    "path": "src/Survey.jl",
    "deps": {"Forest": OTHER, "SnoopPrecompile": SNOOP, "PrecompileTools": TOOLS},
    "weakdeps": {"River": "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a704"},
    "extras": {"Test": "8dfed614-e22c-5e08-85e1-65c5234f0b40"},
    "extensions": {"SurveyRiverExt": ["River"]},
    "targets": {"test": ["Test"]},
    "compat": {"Forest": "1", "julia": "1.10"},
    "sources": {"Forest": {"url": "https://example.org/Forest", "rev": "main", "subdir": "a"}},
    "workspace": {"projects": ["test"]},
    "apps": {"survey": {"submodule": "App", "julia_flags": ["-O3"]}},
    "readonly": False,
    "syntax": {"julia_version": "1.14"},
    "preferences": {"Survey": {"mode": 1}},
}
MANIFEST: Mapping[str, Any] = {
    "julia_version": "1.14.0-DEV",
    "manifest_format": "2.1",
    "project_hash": HASH,
    "deps": {
        "Forest": [
            {
                "uuid": OTHER,
                "version": "1.0.0",
                "git-tree-sha1": HASH,
                "pinned": True,
                "repo-url": "https://example.org/Forest",
                "repo-rev": "main",
                "repo-subdir": "a",
                "entryfile": "src/Forest.jl",
                "deps": ["PrecompileTools", "Test"],
                "weakdeps": {"River": UUID},
                "extensions": {"ForestRiverExt": "River"},
                "apps": {"forest": {"julia_flags": ["-O3"]}},
                "registries": ["General"],
                "syntax": {"julia_version": "1.14"},
            }
        ],
        "Preferences": [{"uuid": PREFERENCES_JL, "version": "1.4.3", "git-tree-sha1": HASH}],
        "Test": [{"uuid": "8dfed614-e22c-5e08-85e1-65c5234f0b40"}],
        "SnoopPrecompile": [{"uuid": SNOOP, "version": "1.0.3", "git-tree-sha1": HASH}],
        "PrecompileTools": [
            {
                "uuid": TOOLS,
                "version": "1.2.1",
                "git-tree-sha1": HASH,
                "deps": ["Preferences"],
            }
        ],
    },
    "registries": {"General": {"uuid": UUID, "url": "https://example.org/General"}},
}
PREFERENCES: Mapping[str, Any] = {
    "Forest": {"mode": 1, "precompile_workload": True, "__clear__": ["old"]},
    "SnoopPrecompile": {"skip_precompile": ["Survey"]},
    "PrecompileTools": {"precompile_workloads": True},
}
FILES = {
    "Project.toml": ("Project", PROJECT),
    "Manifest.toml": ("Manifest", MANIFEST),
    "LocalPreferences.toml": ("LocalPreferences", PREFERENCES),
}
VALUES: tuple[Any, ...] = (1, 1.5, True, "no such thing", [], [1], ["x"], {}, {"x": 1}, {"x": "y"})


@cache
def schema(name: str) -> Draft202012Validator:
    path = ROOT / "docs" / "schemas" / f"{name}.schema.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the places in a file at which a value stands."""
    if path:
        yield path
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from places(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from places(below, (*path, index))


def with_value(values: Mapping[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """Return a file with another value at a place."""
    changed: Any = copy.deepcopy(dict(values))
    found = changed
    for step in path[:-1]:
        found = found[step]
    found[path[-1]] = value
    return dict(changed)


def findings(folder: Path, name: str, values: Mapping[str, Any]) -> list[str]:
    """Return the codes of the errors and warnings in a file that holds these values."""
    texts = {one: tomlkit.dumps(about) for one, (_, about) in FILES.items()}
    texts["test/Project.toml"] = ""
    texts[name] = tomlkit.dumps(dict(values))
    opened = session(folder, texts, julia="1.14")
    found = check(opened, folder / name)
    return [one.code for one in found if one.severity in (Severity.ERROR, Severity.WARNING)]


CASES = [(name, path) for name, (_, values) in FILES.items() for path in places(values)]


@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda one: str(one))
def test_what_a_schema_rejects_is_reported(tmp_path: Path, name: str, path: Path_) -> None:
    named, values = FILES[name]
    before = findings(tmp_path, name, values)
    for value in VALUES:
        changed = with_value(values, path, value)
        if not schema(named).is_valid(changed):
            found = findings(tmp_path, name, changed)
            assert Counter(found) - Counter(before), (value, found, before)


@pytest.mark.parametrize("name", FILES)
def test_the_files_themselves_fit(name: str) -> None:
    named, values = FILES[name]
    assert schema(named).is_valid(dict(values))
