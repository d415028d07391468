"""Findings as annotations of a GitHub workflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from precompass.documents.text import PositionEncoding
from precompass.findings import Finding, Severity
from precompass.julia.files import Files
from precompass.report.github import Level, annotation
from precompass.report.places import lines_of, shown

_LEVELS: Mapping[Severity, Level] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def github_annotations(findings: Sequence[Finding], files: Files, *, folder: Path) -> Iterator[str]:
    """Yield a line for each finding; lines and columns count from 1.

    Args:
        findings: what was found.
        files: the files as they were checked.
        folder: the checkout; paths are relative to it.
    """
    for finding in findings:
        lines = lines_of(finding.file, files)
        start = lines.position(finding.span.start, PositionEncoding.UTF16)
        end = lines.position(finding.span.end, PositionEncoding.UTF16)
        properties = {"file": shown(finding.file, folder), "line": str(start.line + 1)}
        if end.line == start.line:  # GitHub takes columns only within one line
            properties["col"] = str(start.character + 1)
            properties["endColumn"] = str(end.character + 1)
        else:
            properties["endLine"] = str(end.line + 1)
        properties["title"] = finding.code
        message = "\n".join([finding.message, *(f"Fix: {fix.title}" for fix in finding.fixes)])
        yield annotation(_LEVELS[finding.severity], properties, message)
