"""What a change recompiles, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from precompass.answers.comparison import Comparison, is_noticed, reason_not_noticed
from precompass.recompilation.difference import Difference, PreferenceChange
from precompass.recompilation.invalidation import Invalidations
from precompass.report.approximation_json import approximation_json
from precompass.report.places import shown
from precompass.report.reason_json import reason_json
from precompass.report.schema import SCHEMA, compiled_bytes, json_value, labels, stale_labels
from precompass.wording import failures


def comparison_json(comparison: Comparison, *, folder: Path) -> dict[str, Any]:
    """Return what becomes of one environment as JSON has it; it must have been comparable.

    Args:
        comparison: of the environment.
        folder: paths below it are given relative to it.
    """
    return {"schema": SCHEMA, **_answer(comparison, folder)}


def comparisons_json(comparisons: Sequence[Comparison], *, folder: Path) -> dict[str, Any]:
    """Return what becomes of several environments as JSON has it.

    Args:
        comparisons: of the environments that differ.
        folder: paths below it are given relative to it.
    """
    return {
        "schema": SCHEMA,
        "environments": [
            {
                "project": shown(comparison.project, folder),
                "is_new": comparison.is_new,
                "unreadable": comparison.unreadable or None,
                "notes": list(comparison.notes),
                **_answer(comparison, folder),
            }
            for comparison in comparisons
        ],
    }


def _answer(comparison: Comparison, folder: Path) -> dict[str, Any]:
    if comparison.after is None or comparison.difference is None:
        return {}
    answer = _difference(comparison.difference, comparison.after, folder)
    if comparison.approximate is not None:
        answer["approximate"] = approximation_json(*comparison.approximate)
    return answer


def _why_not_noticed(
    change: PreferenceChange, difference: Difference, after: Invalidations, folder: Path
) -> dict[str, Any]:
    if change.noticed:
        return {}
    return {"reason": reason_json(reason_not_noticed(change, difference, after), folder)}


def _difference(difference: Difference, after: Invalidations, folder: Path) -> dict[str, Any]:
    recompilation = difference.recompilation
    changes = [
        {
            "package": after.environment.name_of(change.preference.package),
            "key": change.preference.key,
            "before": json_value(change.before),
            "after": json_value(change.after),
            "noticed": is_noticed(change, difference, after),
            "observers": labels(seen.unit for seen in change.observers),
            **_why_not_noticed(change, difference, after, folder),
        }
        for change in difference.changes
    ]
    return {
        "recompiled": labels(recompilation.packages),
        "extensions": labels(recompilation.extensions),
        "stale": stale_labels(recompilation),
        "complete": recompilation.is_complete,
        "count": recompilation.count,
        "of": recompilation.of,
        **compiled_bytes(recompilation.share),
        "changes": sorted(changes, key=lambda change: (change["package"], change["key"])),
        "evidence": recompilation.evidence.word,
        "between": [julia.series for julia in difference.between or ()],
        "everything": difference.is_everything,
        "in_any_case": labels(difference.in_any_case),
        "failed": labels(difference.failed),
        "errors": list(failures(difference.errors)),
    }
