"""Values as TOML writes them, on one line."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

from precompass.documents.values import TomlValue, UnsignedInteger


def toml_value(value: TomlValue) -> str:
    """Return a value as it could be in a TOML file, for people to read.

    >>> toml_value({"names": ["CSV"], "limit": UnsignedInteger(255), "on": True})
    '{ names = ["CSV"], limit = 0xff, on = true }'
    """
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key} = {toml_value(below)}" for key, below in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, UnsignedInteger):
        return f"{value:#x}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return f"[{', '.join(toml_value(below) for below in value)}]"
