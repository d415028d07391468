"""Findings as a code quality report of GitLab.

Source: GitLab's documentation, "Code Quality", section "Code Quality report format".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from precompass.documents.text import PositionEncoding
from precompass.findings import Finding, Severity
from precompass.julia.digests import sha256
from precompass.julia.files import Files
from precompass.report.fingerprints import fingerprints
from precompass.report.places import lines_of, shown
from precompass.report.schema import json_text
from precompass.report.visible import visible_lines

_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFORMATION: "minor",
    Severity.HINT: "info",
}


def findings_gitlab(findings: Sequence[Finding], files: Files, *, folder: Path) -> str:
    """Return findings as JSON text; lines count from 1.

    Args:
        findings: what was found.
        files: the files as they were checked.
        folder: the checkout; paths are relative to it.
    """
    report = []
    for finding, fingerprint in zip(findings, fingerprints(findings, files), strict=True):
        file = shown(finding.file, folder)
        start = lines_of(finding.file, files).position(finding.span.start, PositionEncoding.UTF16)
        whole = f"{file}\0{fingerprint}".encode("utf-8", "surrogateescape")
        report.append(
            {
                "description": visible_lines(finding.message),
                "check_name": finding.code,
                "fingerprint": sha256(whole).hexdigest()[:32],  # unique in the report
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": file, "lines": {"begin": start.line + 1}},
            }
        )
    return json_text(report)
