"""Findings in SARIF, the format of code scanning.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (OASIS), and
GitHub's documentation, "SARIF support for code scanning", for what GitHub makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from precompass import SITE, __version__
from precompass.documents.text import PositionEncoding, Span
from precompass.findings import Finding, Severity
from precompass.julia.files import Files
from precompass.report.fingerprints import fingerprints
from precompass.report.places import lines_of
from precompass.report.visible import visible_lines
from precompass.rules.rule import Rule
from precompass.wording import counted

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_PROBLEMS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "recommendation",
    Severity.HINT: "recommendation",
}
_ROOT = "%SRCROOT%"  # what GitHub takes for the root of the repository

MAX_RESULTS = 25_000
"""Results beyond which GitHub takes none of a run."""
_MAX_DESCRIPTION = 1024  # characters that GitHub shows


def findings_sarif(
    findings: Sequence[Finding], rules: Mapping[str, Rule], files: Files, *, folder: Path
) -> dict[str, Any]:
    """Return findings as a SARIF log of one run.

    Args:
        findings: what was found; of more than :data:`MAX_RESULTS`, the log has the most severe.
        rules: all rules, by code; those without a finding are described too.
        files: the files as they were checked.
        folder: the root of the repository; what is below it gets a relative URI.
    """
    described = sorted(rules.values(), key=lambda rule: rule.code)
    index = {rule.code: number for number, rule in enumerate(described)}
    printed = zip(findings, fingerprints(findings, files), strict=True)
    severest = sorted(printed, key=lambda found: found[0].severity.rank)[:MAX_RESULTS]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Precompass",
                        "semanticVersion": __version__,
                        "informationUri": SITE,
                        "rules": [_rule(rule) for rule in described],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "invocations": [_invocation(len(findings) - len(severest))],
                "results": [
                    _result(finding, index[finding.code], fingerprint, files, folder)
                    for finding, fingerprint in severest
                ],
            }
        ],
    }


def _invocation(left_out: int) -> dict[str, Any]:
    """Say that the run came to its end, and how many findings the log does not have."""
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if left_out:
        more = counted(left_out, "more finding")
        are = "is" if left_out == 1 else "are"
        text = f"{more}, no more severe than these, {are} left out."
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return invocation


def _rule(rule: Rule) -> dict[str, Any]:
    _, first, *_ = rule.documentation.strip().split("\n\n")
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(first.split())[:_MAX_DESCRIPTION]},
        "help": {"text": rule.documentation, "markdown": rule.documentation},
        "helpUri": rule.documentation_url,
        "defaultConfiguration": {"level": _LEVELS[rule.default_severity]},
        "properties": {
            "tags": ["julia", "precompilation"],
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.default_severity],
        },
    }


def _result(
    finding: Finding, rule_index: int, fingerprint: str, files: Files, folder: Path
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(finding.message)},
        "locations": [_location(finding.file, finding.span, files, folder)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                **_location(related.file, related.span, files, folder),
                "message": {"text": _plain(related.message)},
            }
            for number, related in enumerate(finding.related)
        ]
    return result


def _location(file: Path, span: Span, files: Files, folder: Path) -> dict[str, Any]:
    lines = lines_of(file, files)
    start = lines.position(span.start, PositionEncoding.UTF16)
    end = lines.position(span.end, PositionEncoding.UTF16)
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(file, folder),
            "region": {
                "startLine": start.line + 1,
                "startColumn": start.character + 1,
                "endLine": end.line + 1,
                "endColumn": end.character + 1,
            },
        }
    }


def _artifact(file: Path, folder: Path) -> dict[str, str]:
    if file.is_relative_to(folder):
        return {"uri": _quoted(file.relative_to(folder).parts), "uriBaseId": _ROOT}
    return {"uri": file.as_uri()}


def _plain(message: str) -> str:
    """Return the text of a message: ``[words](link)`` would be a link there (3.11.6)."""
    return visible_lines(message).replace("](", "] (")


def _quoted(parts: Iterable[str]) -> str:
    return "/".join(quote(part.encode("utf-8", "surrogateescape"), safe="") for part in parts)
