"""Findings in SARIF, the format of code scanning.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (OASIS), and
GitHub's documentation, "SARIF support for code scanning", for what GitHub makes of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from precompass import __version__
from precompass.documents.text import PositionEncoding, Span
from precompass.findings import Finding, Severity
from precompass.julia.files import Files
from precompass.report.places import lines_of
from precompass.rules.rule import Rule

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_ROOT = "%SRCROOT%"  # what GitHub takes for the root of the repository


def findings_sarif(
    findings: Sequence[Finding], rules: Mapping[str, Rule], files: Files, *, folder: Path
) -> dict[str, Any]:
    """Return findings as a SARIF log of one run.

    Args:
        findings: what was found.
        rules: all rules, by code; those without a finding are described too.
        files: the files as they were checked.
        folder: the root of the repository; what is below it gets a relative URI.
    """
    described = sorted(rules.values(), key=lambda rule: rule.code)
    index = {rule.code: number for number, rule in enumerate(described)}
    seen: Counter[tuple[Path, str]] = Counter()
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Precompass",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in described],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "results": [
                    _result(finding, index[finding.code], files, folder, seen)
                    for finding in findings
                ],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.documentation, "markdown": rule.documentation},
        "helpUri": rule.documentation_url,
        "defaultConfiguration": {"level": _LEVELS[rule.default_severity]},
        "properties": {"tags": ["julia", "precompilation"]},
    }


def _result(
    finding: Finding, rule_index: int, files: Files, folder: Path, seen: Counter[tuple[Path, str]]
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.file, finding.span, files, folder)],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding, files, seen)},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                **_location(related.file, related.span, files, folder),
                "message": {"text": related.message},
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


def _quoted(parts: Iterable[str]) -> str:
    return "/".join(quote(part.encode("utf-8", "surrogateescape"), safe="") for part in parts)


def _fingerprint(finding: Finding, files: Files, seen: Counter[tuple[Path, str]]) -> str:
    """Return what stays the same when lines above come or go, so that an alert stays one.

    It is made of the code and the text of the line, and counts the like of it in one file.
    """
    lines = lines_of(finding.file, files)
    line = lines.line_span(lines.line_of(finding.span.start))
    text = " ".join(lines.text[line.start : line.end].split())
    print_of_line = hashlib.sha256(f"{finding.code}\0{text}".encode()).hexdigest()[:16]
    seen[finding.file, print_of_line] += 1
    return f"{print_of_line}:{seen[finding.file, print_of_line]}"
