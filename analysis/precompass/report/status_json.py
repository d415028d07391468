"""A project at a glance, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from precompass.answers.status import Status
from precompass.findings import Severity
from precompass.report.places import shown
from precompass.report.schema import SCHEMA, json_value
from precompass.report.why_json import why_json


def status_json(status: Status, *, folder: Path) -> dict[str, Any]:
    """Return a status as JSON has it; lines count from 0.

    Args:
        status: the answer.
        folder: paths below it are given relative to it.
    """
    environment, manifest = status.environment, status.environment.manifest
    return {
        "schema": SCHEMA,
        "project": shown(environment.project.path, folder),
        "julia": {
            "version": str(environment.julia.version),
            "from": environment.julia_from,
            "found_in": str(status.installation.bindir) if status.installation else None,
        },
        "stack": [shown(layer.project.path, folder) for layer in environment.layers],
        "depots": list(status.depots),
        "manifest": manifest
        and {"file": shown(manifest.path, folder), "up_to_date": status.is_manifest_current},
        "packages": status.packages,
        "extensions": status.extensions,
        "caches": asdict(status.caches) if status.caches is not None else None,
        "why": why_json(status.why, folder=folder) if status.why is not None else None,
        "preferences": [
            {
                "package": one.package,
                "key": one.key,
                "value": json_value(one.value),
                "file": shown(one.file, folder) if one.file is not None else None,
                "line": one.line,
                "count": one.count,
                "complete": one.is_complete,
                "noticed": one.is_noticed,
                "evidence": one.evidence.word,
                **(
                    {"members": [{"name": name, "count": count} for name, count in one.members]}
                    if one.members
                    else {}
                ),
            }
            for one in status.preferences
        ],
        "ignored": [
            {"file": shown(one.file, folder), "message": one.message}
            for one in (table.finding for table in status.ignored)
        ],
        "findings": {one.value: status.findings.get(one, 0) for one in Severity},
    }
