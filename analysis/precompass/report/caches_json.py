"""The compile caches of an environment, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from precompass.answers.cache_list import ListedCache
from precompass.julia.session_flags import read_flags
from precompass.report.places import shown
from precompass.report.schema import SCHEMA
from precompass.report.why_json import reason_json


def caches_json(caches: Sequence[ListedCache], *, folder: Path) -> dict[str, Any]:
    """Return cache files as JSON has them; sizes in bytes, times in UTC."""
    return {"schema": SCHEMA, "caches": [_cache(one, folder) for one in caches]}


def _cache(one: ListedCache, folder: Path) -> dict[str, Any]:
    file, header = one.cache.file, one.cache.header
    used = datetime.fromtimestamp(file.mtime_ns // 10**9, UTC)
    options = None
    if header is not None and header.flags is not None:
        options = list(read_flags(header.flags).options)
    return {
        "unit": one.unit.label,
        "file": shown(Path(file.path), folder),
        "bytes": one.size,
        "used": used.isoformat(),
        "julia": str(header.julia.version) if header is not None else None,
        "options": options,
        "fits": one.reason is None,
        "reason": reason_json(one.reason, folder) if one.reason is not None else None,
        "fits_nothing": one.is_dead,
    }
