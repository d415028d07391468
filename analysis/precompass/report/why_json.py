"""What is recompiled next and why, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from precompass.depot.cache_header import JuliaBuild
from precompass.julia.session_flags import SessionFlags, read_flags
from precompass.recompilation.pending import PendingUnit
from precompass.recompilation.reasons import Reason
from precompass.recompilation.why import Cause, UnitWhy, Why
from precompass.report.places import shown
from precompass.report.schema import SCHEMA, compiled_bytes, labels
from precompass.wording import unknown_part


def why_json(why: Why, *, folder: Path) -> dict[str, Any]:
    """Return the answer as JSON has it; lines count from 0.

    Args:
        why: the answer.
        folder: paths below it are given relative to it.
    """
    session = why.pending.session
    return {
        "schema": SCHEMA,
        "for": why.purpose,
        "julia": str(why.running or why.julia.version),
        "options": list(why.flags.options),
        "count": why.count,
        "of": why.of,
        "extensions": why.extensions,
        "complete": why.is_complete,
        "unknown": [unknown_part(gap) for gap in why.gaps],
        **compiled_bytes(why.share),
        "roots": [one for cause in why.causes for one in _roots(cause, folder)],
        "pending": [
            {
                "unit": one.unit.label,
                "reason": reason_json(one.reason, folder),
                "root": one.root.label,
                "caches": [
                    {
                        "file": shown(Path(cache.file.path), folder),
                        "reason": _optional(session.reason(cache), folder),
                    }
                    for cache in one.caches
                ],
            }
            for one in sorted(why.units, key=lambda one: one.unit.label)
        ],
        "not_compiled": [
            {
                "unit": one.unit.label,
                "because_of": one.because_of.label,
                "hindrance": one.hindrance,
                "files": [shown(path, folder) for path in one.files],
            }
            for one in why.pending.not_compiled
        ],
        "conflicts": [
            {
                "package": one.unit.label,
                "newest": labels(one.newest),
                "others": [labels(units) for units in one.others],
            }
            for one in why.conflicts
        ],
        "fails": why.fails,
        "not_installed": labels(why.not_installed),
        "cannot_tell": [
            {"unit": unit.label if unit is not None else None, "why": doubt}
            for unit, doubt in why.cannot_tell
        ],
    }


def unit_why_json(found: UnitWhy, why: Why, *, folder: Path) -> dict[str, Any]:
    """Return the answer about one unit as JSON has it."""
    pending = found.pending
    return {
        "schema": SCHEMA,
        "for": why.purpose,
        "julia": str(why.running or why.julia.version),
        "options": list(why.flags.options),
        "unit": found.unit.label,
        "complete": why.is_complete,
        "unknown": [unknown_part(gap) for gap in why.gaps],
        "recompiled": _is_recompiled(found, why),
        "reason": reason_json(pending.reason, folder) if pending is not None else None,
        "root": pending.root.label if pending is not None else None,
        "chain": [unit.label for unit in found.chain],
        "file": _file(found.cause, folder),
        "line": _line(found.cause),
        "caches": [
            {
                "file": shown(Path(verdict.cache.file.path), folder),
                "reason": _optional(verdict.reason, folder),
            }
            for verdict in found.verdicts
        ],
    }


def _is_recompiled(found: UnitWhy, why: Why) -> bool | None:
    """Return whether a unit is recompiled; None if that cannot be told."""
    return True if found.pending is not None else None if why.gaps else False


def _roots(cause: Cause, folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "unit": root.unit.label,
            "reason": reason_json(root.reason, folder),
            "consequences": _count(cause, root),
            "dependents": labels(
                one.unit for one in cause.consequences if one.root.id == root.unit.id
            ),
            "file": _file(cause, folder),
            "line": _line(cause),
        }
        for root in cause.roots
    ]


def _count(cause: Cause, root: PendingUnit) -> int:
    return sum(1 for one in cause.consequences if one.root.id == root.unit.id)


def _file(cause: Cause | None, folder: Path) -> str | None:
    return shown(cause.place.file, folder) if cause is not None and cause.place else None


def _line(cause: Cause | None) -> int | None:
    return cause.place.line if cause is not None and cause.place else None


def _optional(reason: Reason | None, folder: Path) -> dict[str, Any] | None:
    return reason_json(reason, folder) if reason is not None else None


_PATHS = ("path", "recorded", "now")
"""The details that name a file where they are texts, as a cache has recorded it or as it is now."""


def reason_json(reason: Reason, folder: Path) -> dict[str, Any]:
    """Return a reason with Julia's name of it, the number of the check, and its details.

    A path is given relative to *folder* where it is below it.
    """
    details = {name: _value(one) for name, one in asdict(reason).items()}
    for name in _PATHS:
        if isinstance(path := details.get(name), str) and Path(path).is_absolute():
            details[name] = shown(Path(path), folder)
    if "made_with" in details and reason.KIND == "flags_mismatch":
        details["made_with_options"] = list(read_flags(details["made_with"]).options)
    return {"kind": reason.KIND, "check": reason.CHECK or None, **details}


def _value(value: object) -> Any:
    match value:
        case UUID():
            return str(value)
        case SessionFlags():
            return list(value.options)
        case JuliaBuild():
            return {"version": str(value.version), "commit": value.commit}
        case (UUID() as uuid, str() as key):
            return {"package": str(uuid), "key": key}
        case tuple():
            return [_value(one) for one in value]
        case _:
            return value
