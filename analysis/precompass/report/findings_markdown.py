"""Findings in Markdown: for the summary of a workflow, or a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass.findings import Finding
from precompass.julia.files import Files
from precompass.report.findings_text import counted_by_severity
from precompass.report.markdown import code, markdown
from precompass.report.places import place
from precompass.wording import counted

_MAX_FINDINGS = 100


def findings_markdown(
    findings: Sequence[Finding], files: Files, *, checked: int, folder: Path
) -> str:
    """Return findings as a list in Markdown, the most severe first, below a line that counts them.

    Args:
        findings: what was found.
        files: the files as they were checked.
        checked: how many files were checked.
        folder: paths below it are shown relative to it.
    """
    lines = ["## Julia's project files", "", f"{counted_by_severity(findings, checked)}.", ""]
    severest = sorted(findings, key=lambda finding: finding.severity.rank)
    for finding in severest[:_MAX_FINDINGS]:
        lines += _item(finding, files, folder)
    if len(findings) > _MAX_FINDINGS:
        lines.append(f"- and {counted(len(findings) - _MAX_FINDINGS, 'more finding')}")
    return "\n".join([*lines, ""]) if findings else "\n".join(lines)


def _item(finding: Finding, files: Files, folder: Path) -> Iterator[str]:
    where = code(place(finding.file, finding.span, files, folder))
    rule = f"**{finding.severity.value}** {code(finding.code)}"
    yield f"- {where} {rule}: {markdown(finding.message)}"
    for fix in finding.fixes:
        yield f"  - fix: {markdown(fix.title)}"
