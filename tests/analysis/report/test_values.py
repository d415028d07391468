from __future__ import annotations

import datetime

import pytest

from precompass.documents.toml import parse_toml, plain
from precompass.documents.toml_value import toml_value
from precompass.documents.values import TomlValue, UnsignedInteger
from precompass.report.schema import json_text, json_value

VALUES = [
    ('"a \\"b\\" \\n é"', '"a \\"b\\" \\n é"', 'a "b" \n é'),
    ("true", "true", True),
    ("-3", "-3", -3),
    ("0xff", "0xff", 255),
    ("1.5", "1.5", 1.5),
    ("-inf", "-inf", "-inf"),
    ("nan", "nan", "nan"),
    ("2026-05-01T07:32:00Z", "2026-05-01T07:32:00+00:00", "2026-05-01T07:32:00+00:00"),
    ("07:32:00", "07:32:00", "07:32:00"),
    ("[1, [], {}]", "[1, [], {}]", [1, [], {}]),
    ("{ a = { b = false } }", "{ a = { b = false } }", {"a": {"b": False}}),
]


@pytest.mark.parametrize(("written", "shown", "in_json"), VALUES)
def test_values_in_toml_and_json(written: str, shown: str, in_json: object) -> None:
    entry = parse_toml(f"x = {written}\n").root.get("x")
    assert entry is not None
    value = plain(entry.node)
    assert toml_value(value) == shown
    assert json_value(value) == in_json


def test_what_is_not_set_is_null() -> None:
    assert json_value(None) is None


def test_json_is_ascii() -> None:
    value: TomlValue = {"é": ["😀", UnsignedInteger(1), datetime.date(2026, 5, 1)]}
    assert json_text(json_value(value)).isascii()
