"""An explanation for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from precompass.answers.explanation import Explanation
from precompass.julia.environment import Environment
from precompass.recompilation.read_reasons import WhyNot
from precompass.report.approximation_json import approximation_json
from precompass.report.places import shown
from precompass.report.reason_json import observation_json, reason_json
from precompass.report.schema import SCHEMA, compiled_bytes, json_value, labels, stale_labels
from precompass.wording.read_reasons import why_not


def explanation_json(explanation: Explanation, *, folder: Path) -> dict[str, Any]:
    """Return an explanation as JSON has it; the line of the origin counts from 0.

    Args:
        explanation: the answer.
        folder: paths below it are given relative to it.
    """
    recompilation, origin = explanation.recompilation, explanation.origin
    return {
        "schema": SCHEMA,
        "package": explanation.package,
        "uuid": str(explanation.uuid),
        "key": explanation.key,
        "complete": recompilation.is_complete,
        "count": recompilation.count,
        "of": recompilation.of,
        **compiled_bytes(recompilation.share),
        "recompiled": labels(recompilation.packages),
        "extensions": labels(recompilation.extensions),
        "stale": stale_labels(recompilation),
        "observers": labels(seen.unit for seen in explanation.observers),
        "evidence": recompilation.evidence.word,
        "noticed": explanation.noticed if explanation.is_known else None,
        "why": _said(explanation.why_not, explanation.environment),
        "reason": reason_json(explanation.reason, folder),
        "observations": [observation_json(seen, folder) for seen in explanation.observers],
        "value": json_value(explanation.value),
        "origin": origin and {"file": shown(origin.file, folder), "line": origin.line},
        "chain": [unit.label for unit in explanation.chain],
        **_variables(explanation),
        **_approximate(explanation),
        **_in_tests(explanation),
        **_members(explanation, folder),
    }


def _variables(explanation: Explanation) -> dict[str, Any]:
    """Return, of a package, the environment variables that it reads while it compiles."""
    if explanation.key is not None:
        return {}
    return {
        "environment_variables": [
            {"name": read.name, "file": place.shown, "line": place.line, "certain": read.is_certain}
            for read, place in explanation.variables
        ]
    }


def _said(reason: WhyNot | None, environment: Environment) -> str | None:
    return None if reason is None else why_not(reason, environment)


def _members(explanation: Explanation, folder: Path) -> dict[str, Any]:
    """Return, of the base of a workspace, what a change recompiles for its other projects."""
    if not explanation.members:
        return {}
    return {
        "members": [
            {
                "project": one.name,
                "count": one.invalidation.recompilation.count,
                "of": one.invalidation.recompilation.of,
                "recompiled": labels(one.invalidation.recompilation.packages),
                "extensions": labels(one.invalidation.recompilation.extensions),
                "evidence": one.invalidation.recompilation.evidence.word,
                "noticed": one.invalidation.why_not is None,
                "why": _said(one.invalidation.why_not, one.invalidations.environment),
                "reason": reason_json(one.invalidation.why_not, folder),
            }
            for one in explanation.members
        ]
    }


def _in_tests(explanation: Explanation) -> dict[str, Any]:
    """Return, where the project has tests, what a change recompiles for them."""
    answer = explanation.in_tests
    if answer is None:
        return {}
    return {
        "tests": {
            "count": answer.recompilation.count if answer.why_not is None else 0,
            "of": answer.recompilation.of,
            "recompiled": labels(answer.recompilation.packages) if answer.why_not is None else [],
            "extensions": labels(answer.recompilation.extensions) if answer.why_not is None else [],
            "evidence": answer.recompilation.evidence.word,
            "noticed": None if answer.is_unknown else answer.why_not is None,
            "why": answer.why_not,
            "complete": answer.is_complete,
        }
    }


def _approximate(explanation: Explanation) -> dict[str, Any]:
    """Return, where no manifest is, the counts that the newest compatible versions would have."""
    if explanation.approximate is None:
        return {}
    return {"approximate": approximation_json(*explanation.approximate)}
