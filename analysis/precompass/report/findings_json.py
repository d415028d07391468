"""Findings for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from precompass.documents.text import PositionEncoding, Span
from precompass.findings import Finding
from precompass.julia.files import Files
from precompass.report.places import lines_of, shown
from precompass.report.schema import SCHEMA


def findings_json(
    findings: Sequence[Finding], files: Files, *, checked: int, folder: Path
) -> dict[str, Any]:
    """Return findings as JSON has them; lines and characters are those of the LSP, in UTF-16.

    Args:
        findings: what was found.
        files: the files as they were checked.
        checked: how many files were checked.
        folder: paths below it are given relative to it.
    """
    return {
        "schema": SCHEMA,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "file": shown(finding.file, folder),
                "range": _range(finding.file, finding.span, files),
                "message": finding.message,
                "fixes": [fix.title for fix in finding.fixes],
                "fix_safety": [fix.safety.value for fix in finding.fixes],
            }
            for finding in findings
        ],
        "files": checked,
    }


def _range(file: Path, span: Span, files: Files) -> dict[str, dict[str, int]]:
    lines = lines_of(file, files)
    start = lines.position(span.start, PositionEncoding.UTF16)
    end = lines.position(span.end, PositionEncoding.UTF16)
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }
