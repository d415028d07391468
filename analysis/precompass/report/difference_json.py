"""What a change compiles again, for programs."""

from __future__ import annotations

from typing import Any

from precompass.invalidation import Difference
from precompass.julia.environment import Environment
from precompass.report.schema import SCHEMA, json_value, labels, stale_labels


def difference_json(difference: Difference, after: Environment) -> dict[str, Any]:
    """Return a difference as JSON has it.

    Args:
        difference: the answer.
        after: the environment after the change, which names the packages.
    """
    recompilation = difference.recompilation
    changes = [
        {
            "package": after.name_of(change.uuid),
            "key": change.key,
            "before": json_value(change.before),
            "after": json_value(change.after),
            "noticed": change.noticed,
            "observers": labels(seen.unit for seen in change.observers),
        }
        for change in difference.changes
    ]
    return {
        "schema": SCHEMA,
        "recompiled": labels(recompilation.packages),
        "extensions": labels(recompilation.extensions),
        "stale": stale_labels(recompilation),
        "count": recompilation.count,
        "of": recompilation.of,
        "changes": sorted(changes, key=lambda change: (change["package"], change["key"])),
        "evidence": recompilation.evidence.word,
        "failed": labels(difference.failed),
        "errors": list(difference.errors),
    }
