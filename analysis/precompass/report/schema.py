"""What all machine-readable answers have in common."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from precompass.documents.values import TomlValue
from precompass.documents.whole_characters import whole_characters
from precompass.recompilation.compiled_size import CompiledShare
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Recompilation

SCHEMA = 1
"""The version of the answers' shape; it grows when a name changes its meaning or goes away."""


def json_text(answer: Mapping[str, Any] | list[Any]) -> str:
    """Return an answer as JSON text in ASCII, whatever the encoding of the terminal."""
    text = json.dumps(answer, indent=2, allow_nan=False)
    return whole_characters(text.encode("ascii")).decode("ascii")


def labels(units: Iterable[Unit]) -> list[str]:
    """Return the names of packages and extensions, sorted."""
    return sorted(unit.label for unit in units)


def stale_labels(recompilation: Recompilation) -> list[str] | None:
    """Return the names of what has no cache that fits; None where no cache was there to read."""
    return None if recompilation.stale is None else labels(recompilation.stale)


def compiled_bytes(share: CompiledShare | None) -> dict[str, int | None]:
    """Return the bytes of compiled code that are thrown away, and all of them; None if unknown."""
    return {
        "compiled_bytes": share.bytes if share is not None else None,
        "of_bytes": share.of if share is not None else None,
    }


def json_value(value: TomlValue | None) -> Any:
    """Return a value of a TOML file as JSON has it; what JSON does not have, as TOML writes it.

    >>> json_value({"limit": float("inf"), "since": datetime.date(2026, 5, 1)})
    {'limit': 'inf', 'since': '2026-05-01'}
    """
    if isinstance(value, Mapping):
        return {key: json_value(below) for key, below in value.items()}
    if isinstance(value, list):
        return [json_value(below) for below in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return value
