"""The JSON Schemas: real files fit them, and that of ``precompass.toml`` is the code's own."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from precompass.files.kinds import FileKind, file_kind
from precompass.julia.uuids import parse_uuid
from precompass.julia.versions import VersionNumber
from precompass.rules import RULES
from precompass.settings.configuration import parse_configuration
from precompass.settings.settings import SETTINGS, SEVERITY_WORDS
from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.shared_data import ROOT, shared

SCHEMAS = ROOT / "docs" / "schemas"
NAMES = {
    FileKind.PROJECT: "Project",
    FileKind.PREFERENCES: "LocalPreferences",
    FileKind.MANIFEST: "Manifest",
    FileKind.CONFIGURATION: "precompass",
}
UUID = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
HEAD = 'manifest_format = "2.0"\n'


@cache
def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def errors(name: str, text: str) -> list[str]:
    return [error.message for error in schema(name).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("name", NAMES.values())
def test_each_is_a_schema_with_its_own_address(name: str) -> None:
    Draft202012Validator.check_schema(schema(name).schema)
    contents = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    assert contents["$id"].endswith(f"/{name}.schema.json")


def test_real_files_fit_them() -> None:
    checked = dict.fromkeys(NAMES.values(), 0)
    for path in shared("corpus").rglob("*.toml"):
        kind = file_kind(path)
        if kind is None:
            continue
        try:
            values = tomllib.loads(path.read_text())
        except tomllib.TOMLDecodeError:
            continue
        found = [error.message for error in schema(NAMES[kind]).iter_errors(values)]
        assert found == [], path
        checked[NAMES[kind]] += 1
    assert checked["Project"] >= 70
    assert checked["Manifest"] >= 40
    assert checked["LocalPreferences"] >= 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Project", PROJECT),
        ("Manifest", MANIFEST),
        ("Manifest", f'[[Dates]]\nuuid = "{UUID}"\n'),
        ("Manifest", f'[[manifest_format]]\nuuid = "{UUID}"\n'),
        ("LocalPreferences", PREFERENCES),
        ("Project", 'version = "1.0.0-DEV"\nour-own-tool = 1\n'),
        ("Project", '[sources]\nA = {url = "https://example.org/A.jl", rev = "main"}\n'),
        ("LocalPreferences", '[CUDA_Runtime_jll]\n__clear__ = ["version"]\nlocal = "true"\n'),
    ],
)
def test_what_julia_accepts_fits(name: str, text: str) -> None:
    assert errors(name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Project", 'uuid = "6d1f"'),
        ("Project", "version = 0.1"),
        ("Project", '[deps]\nA = "1.0"'),
        ("Project", "[compat]\njulia = 1.10"),
        ("Project", '[sources]\nA = {url = "https://example.org/A.jl", branch = "main"}'),
        ("Project", '[sources]\nA = {url = "https://example.org/A.jl", path = "A"}'),
        ("Project", 'workspace.members = ["docs"]'),
        ("Project", 'targets.test = "Test"'),
        ("Project", "preferences.A = 1"),
        ("LocalPreferences", "precompile_workload = false"),
        ("LocalPreferences", 'SnoopPrecompile.skip_precompile = "CSV"'),
        ("LocalPreferences", 'PrecompileTools.precompile_workloads = "false"'),
        ("LocalPreferences", 'CSV.precompile_workload = "false"'),
        ("LocalPreferences", 'CSV.__clear__ = "all"'),
        ("Manifest", HEAD + '[[deps.A]]\nversion = "1.0.0"'),
        ("Manifest", HEAD + f'[[deps.A]]\nuuid = "{UUID}"\ngit-tree-sha1 = "4f"'),
        ("Manifest", HEAD + f'[deps.A]\nuuid = "{UUID}"'),
        ("Manifest", '[[Dates]]\nversion = "1.0.0"'),
    ],
)
def test_what_julia_refuses_or_ignores_does_not_fit(name: str, text: str) -> None:
    assert errors(name, text) != []


@given(st.from_regex(r"v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}([-+][0-9a-z.]{0,6})?", fullmatch=True))
def test_versions_that_julia_reads_fit(text: str) -> None:
    if VersionNumber.parse(text) is not None:
        assert errors("Project", f"version = {json.dumps(text)}") == []


@given(st.uuids().map(str) | st.text("0123456789abcdefABCDEF-", min_size=30, max_size=40))
def test_uuids_are_those_that_julia_reads(text: str) -> None:
    fits = errors("Project", f"uuid = {json.dumps(text)}") == []
    assert fits == (parse_uuid(text) is not None)


# precompass.toml


def test_the_schema_of_precompass_toml_is_what_the_code_says() -> None:
    assert (SCHEMAS / "precompass.schema.json").read_text("utf-8") == generator().schema()


_SCALARS: tuple[Any, ...] = (True, False, 0, 1, 7, -1, 0.5, "", "1.11", "off", "hint", "x", [], {})
_DATES = (date(2026, 1, 1), datetime(2026, 1, 1), time(1))


@pytest.mark.parametrize("key", [*SETTINGS, "colour"])
@pytest.mark.parametrize("value", _SCALARS, ids=repr)
def test_code_and_schema_agree_on_types(key: str, value: object) -> None:
    if key == "julia" and value in ("off", "hint", "x"):
        pytest.skip("a text that is no version has the right type")
    text = f"{json.dumps(key)} = {json.dumps(value)}\n"
    problems = parse_configuration(Path("/nowhere/precompass.toml"), text).problems
    assert bool(problems) == bool(errors("precompass", text))


@pytest.mark.parametrize("value", _DATES, ids=repr)
@pytest.mark.parametrize("key", SETTINGS)
def test_a_date_is_never_a_setting(key: str, value: date | time) -> None:
    text = f"{key} = {value.isoformat()}\n"
    assert parse_configuration(Path("/nowhere/precompass.toml"), text).problems


def test_every_rule_has_its_severity() -> None:
    for code in RULES:
        for word in SEVERITY_WORDS:
            assert errors("precompass", f'severity.{code} = "{word}"') == []
    assert errors("precompass", 'severity.missing-manifest = "info"') != []
    assert errors("precompass", 'severity.nonsense = "off"') != []
