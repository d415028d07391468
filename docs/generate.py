"""Write what the code says of itself: ``rules.md``, and the schema of ``precompass.toml``."""

from __future__ import annotations

import json
from pathlib import Path

from precompass.rules import RULES
from precompass.settings import SETTINGS, SEVERITY_WORDS

PAGE = Path(__file__).with_name("rules.md")
SCHEMAS = Path(__file__).with_name("schemas")
SCHEMA = SCHEMAS / "precompass.schema.json"
_SCHEMAS_ARE_AT = "https://raw.githubusercontent.com/precompass/precompass/main/docs/schemas"

_START = """\
# Rules

This page is made from the rules' own documentation by `python docs/generate.py`. In a terminal,
`precompass rule CODE` shows the same.

| rule | severity | |
| --- | --- | --- |
"""


def page() -> str:
    """Return the text of the page."""
    rows = [
        f"| [`{rule.code}`](#{rule.code}) | {rule.default_severity.value} | {rule.summary} |\n"
        for rule in RULES.values()
    ]
    parts = [f"\n## {rule.code}\n\n{rule.documentation.strip()}\n" for rule in RULES.values()]
    return _START + "".join(rows) + "".join(parts)


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of ``precompass.toml``."""
    properties = {
        key: {"description": setting.description, **setting.schema}
        for key, setting in SETTINGS.items()
    }
    rules = {
        rule.code: {"description": rule.summary, "$ref": "#/$defs/severity"}
        for rule in RULES.values()
    }
    properties["severity"] |= {"properties": rules, "additionalProperties": False}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{_SCHEMAS_ARE_AT}/{SCHEMA.name}",
        "title": "precompass.toml",
        "description": "What Precompass does in this folder and below.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": {"severity": {"enum": list(SEVERITY_WORDS)}},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
