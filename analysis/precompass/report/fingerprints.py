"""What makes a finding the same one when the lines above it come or go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from precompass.findings import Finding
from precompass.julia.digests import sha256
from precompass.julia.files import Files
from precompass.report.places import lines_of


def fingerprints(findings: Sequence[Finding], files: Files) -> tuple[str, ...]:
    """Return a fingerprint for each finding, unique within its file.

    It is made of the code of the rule and the text of the line, without what may be laid out
    differently, and counts the like of it in the file.

    Args:
        findings: all that were found.
        files: the files as they were checked.
    """
    seen: Counter[tuple[Path, str]] = Counter()
    found = []
    for finding in findings:
        lines = lines_of(finding.file, files)
        line = lines.line_span(lines.line_of(finding.span.start))
        text = " ".join(lines.text[line.start : line.end].split())
        digest = sha256(f"{finding.code}\0{text}".encode()).hexdigest()[:16]
        seen[finding.file, digest] += 1
        found.append(f"{digest}:{seen[finding.file, digest]}")
    return tuple(found)
