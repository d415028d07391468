"""Reasons for programs: a kind to switch on, and what belongs to it."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from precompass.julia.preferences import Preference
from precompass.julia.versions import VersionNumber
from precompass.recompilation.graph import Unit
from precompass.recompilation.observers import Observation
from precompass.recompilation.read_reasons import IfListed, ReadAt, WhyNot
from precompass.report.places import shown

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def reason_json(reason: WhyNot | None, folder: Path) -> dict[str, Any] | None:
    """Return a reason as JSON has it, such as ``{"kind": "recorded-in", "unit": "CSV", …}``.

    The kind is the name of the reason's type; the other members are its fields. Lines count from
    0. A source is given as seen from the folder of its package, any other file relative to
    *folder* where it is below it.
    """
    return None if reason is None else {"kind": kind_of(type(reason)), **_fields(reason, folder)}


def observation_json(observation: Observation, folder: Path) -> dict[str, Any]:
    """Return as JSON has it that a unit's cache is bound to a preference, and why."""
    return {
        "unit": observation.unit.label,
        "evidence": observation.read.evidence.word,
        "reason": reason_json(observation.read.because, folder),
    }


def kind_of(reason: type) -> str:
    """Return the kind of a type of reasons: ``recorded-in`` of ``RecordedIn``."""
    return _WORD.sub("-", reason.__name__).lower()


def _fields(value: Any, folder: Path) -> dict[str, Any]:
    found = {name: _json(one, folder) for name, one in asdict(value).items()}
    if isinstance(value, ReadAt):
        del found["folder"]
        found["file"] = value.shown
    return found


def _json(value: Any, folder: Path) -> Any:
    match value:
        case Unit():
            return value.label
        case Preference(package, key):
            return {"package": str(package), "key": key}
        case Path():
            return shown(value, folder)
        case VersionNumber() | UUID():
            return str(value)
        case Enum():
            return value.value
        case tuple():
            return [_json(one, folder) for one in value]
        case None | str() | int():
            return value
        case IfListed():
            return _fields(value, folder)
        case _:
            return reason_json(value, folder)
