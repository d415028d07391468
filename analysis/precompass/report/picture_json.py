"""A picture for programs, and for the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from precompass.answers.picture import Picture, PictureUnit
from precompass.report.places import shown
from precompass.report.schema import SCHEMA, compiled_bytes, json_value


def picture_json(picture: Picture, *, folder: Path | None) -> dict[str, Any]:
    """Return a picture as JSON has it; the line of the origin counts from 0.

    Units come by distance, then by name; edges name them by their UUIDs.

    Args:
        picture: the answer.
        folder: paths below it are given relative to it; without it, all are given whole.
    """
    origin = picture.origin
    uuids = [str(unit.uuid) for unit in picture.units]
    return {
        "schema": SCHEMA,
        "package": picture.package,
        "uuid": str(picture.uuid),
        "key": picture.key,
        "title": picture.title,
        "basis": picture.basis,
        "complete": picture.is_complete,
        "count": picture.count,
        "of": picture.of,
        **compiled_bytes(picture.share),
        "evidence": picture.evidence.word,
        "noticed": picture.noticed or (False if picture.is_complete else None),
        "value": json_value(picture.value),
        "origin": origin and {"file": shown(origin.file, folder), "line": origin.line},
        "units": [_unit_json(unit) for unit in picture.units],
        "edges": [
            {"from": uuids[edge.unit], "to": uuids[edge.on], "relation": edge.relation}
            for edge in picture.edges
        ],
    }


def _unit_json(unit: PictureUnit) -> dict[str, Any]:
    return {
        "uuid": str(unit.uuid),
        "label": unit.label,
        "version": str(unit.version) if unit.version is not None else None,
        "kind": unit.kind,
        "recompiled": unit.is_recompiled,
        "developed": unit.is_developed,
        "observer": unit.is_observer,
        "distance": unit.distance,
        "cache_bytes": unit.cache_bytes,
        "chain": [str(step) for step in unit.chain],
        "why": unit.why,
        **({"cause": unit.cause} if unit.cause is not None else {}),
    }
