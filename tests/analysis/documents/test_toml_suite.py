"""The texts of toml-test, and where Julia takes another one than TOML does.

``toml-test.json`` holds the lists of toml-test for TOML 1.0 and 1.1 with their texts (MIT licence,
in the file); without those that are no UTF-8, which is found before a text is read as TOML.
"""

from __future__ import annotations

import json
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from precompass.documents.julia_toml import accepts, refused
from precompass.documents.toml import parse_toml, plain

READ_BY_EVERY_JULIA = ("invalid/control/",)
"""Julia looks for no control characters (``failures_invalid`` in Julia's own test of toml-test)."""
READ_BEFORE_TOML_1_1 = (
    "invalid/table/duplicate-key-04.toml",
    "invalid/table/duplicate-key-05.toml",
    "invalid/table/redefine-02.toml",
    "invalid/table/redefine-03.toml",
)
"""Refused since 1.13.0-rc3 (pull request 61286)."""


@cache
def suite() -> Any:
    return json.loads(Path(__file__).with_name("toml-test.json").read_text("utf-8"))


def text_of(name: str) -> str:
    text: str = suite()["files"][name]
    return text.removeprefix("\ufeff")


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_what_each_version_of_toml_allows(version: str) -> None:
    names = suite()["lists"][version]
    assert len(names) > 650
    wrong = []
    for name in names:
        document = parse_toml(text_of(name))
        is_valid = not document.faults and (version == "1.1.0" or not document.newer_syntax)
        if is_valid != name.startswith("valid/"):
            wrong.append(name)
    assert wrong == []


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def test_values_are_those_of_another_parser() -> None:
    compared = 0
    for name in suite()["lists"]["1.0.0"]:
        if name.startswith("valid/"):
            document = parse_toml(text_of(name))
            assert same(plain(document.root), tomllib.loads(text_of(name))), name
            compared += 1
    assert compared > 180


def test_every_value_of_a_text_is_read_in_toml_1_1_too() -> None:
    for name in suite()["lists"]["1.1.0"]:
        if name.startswith("valid/"):
            document = parse_toml(text_of(name))
            assert same(plain(document.root), document.values), name


@pytest.mark.parametrize("before_toml_1_1", [True, False])
def test_what_julia_reads_although_toml_forbids_it(before_toml_1_1: bool) -> None:
    for name in suite()["lists"]["1.0.0"]:
        document = parse_toml(text_of(name))
        reads = bool(document.faults) and all(
            accepts(document, fault, before_toml_1_1=before_toml_1_1) for fault in document.faults
        )
        if name in READ_BEFORE_TOML_1_1:
            assert reads == before_toml_1_1, name
        elif reads:
            spec = before_toml_1_1 and name.startswith("invalid/spec-1.0.0/table-9-")
            assert name.startswith(READ_BY_EVERY_JULIA) or spec, name


def test_no_julia_reads_a_date_time_with_an_offset() -> None:
    offsets = "a = 1979-05-27T00:32:00-07:00\nb = 1979-05-27 00:32:00.5+01:00\n"
    assert len(list(refused(parse_toml(f"{offsets}c = 1979-05-27T00:32:00z\n")))) == 3
    fine = 'a = 1979-05-27T00:32:00Z\nb = 1979-05-27T00:32:00\nc = "00:32:00-07:00"\n'
    assert list(refused(parse_toml(fine))) == []
    assert list(refused(parse_toml("a = [{ b = [1979-05-27T00:32:00-07:00] }]\n")))


def test_what_stands_below_a_repeated_header_is_not_lost() -> None:
    dotted = parse_toml("[deps]\nA.uuid = 1\n[deps.A]\nversion = 2\n")
    assert dotted.faults[0].reopens_dotted
    assert plain(dotted.root) == {"deps": {"A": {"uuid": 1, "version": 2}}}
    array = parse_toml("[[deps.A]]\nuuid = 1\n[deps.A]\nversion = 2\n")
    assert array.faults
    assert plain(array.root) == {"deps": {"A": [{"uuid": 1, "version": 2}]}}
