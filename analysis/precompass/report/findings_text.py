"""Findings for people: each with its line, what it relates to, and what can be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from precompass.documents.text import PositionEncoding
from precompass.files.links import leads_out
from precompass.findings import Finding, Severity
from precompass.julia.files import Files
from precompass.report.output import Output, Part, columns
from precompass.report.places import lines_of, place
from precompass.report.visible import visible
from precompass.wording import counted

_WIDEST = 160  # characters of a line of a file that are shown
_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFORMATION: "bold blue",
    Severity.HINT: "bold green",
}


def print_findings(
    findings: Sequence[Finding],
    files: Files,
    *,
    checked: int | None,
    folder: Path,
    output: Output,
) -> None:
    """Print findings in the order given, and a line that counts them.

    Args:
        findings: what was found.
        files: the files as they were checked.
        checked: how many files were checked; None to leave that line out.
        folder: paths below it are shown relative to it.
        output: where to print.
    """
    before: Finding | None = None
    for finding in findings:
        _print_finding(finding, _fix_lines(finding, before), files, folder, output)
        output.line()
        before = finding
    if checked is not None:
        output.paragraph(_summary(findings, checked))


def _fix_lines(finding: Finding, before: Finding | None) -> list[str]:
    """Return the titles of a finding's fixes; in short, those that the one before it offers."""
    said = before.fixes if before is not None and before.file == finding.file else ()
    known = {other.id for other in said}
    return [
        f"{fix.title.partition(' (')[0]} (as above)" if fix.id in known else fix.title
        for fix in finding.fixes
    ]


def _print_finding(
    finding: Finding, fixes: Sequence[str], files: Files, folder: Path, output: Output
) -> None:
    style = _STYLES[finding.severity]
    where = visible(place(finding.file, finding.span, files, folder))
    output.paragraph(
        Part(f"{where}: ", "bold", is_unbroken=True),
        Part(f"{finding.severity.value}[{finding.code}]", style),
        Part(" "),
        _prose(finding.message),
        indent=4,
    )
    gutter = _gutter(finding, files)
    if not leads_out(finding.file, folder):  # what is there is not the folder's to show
        _print_line(finding, files, gutter, style, output)
    bullet = Part(gutter), Part("= ", "blue")
    for related in finding.related:
        where = visible(place(related.file, related.span, files, folder))
        output.paragraph(Part(f"{where}: ", is_unbroken=True), _prose(related.message), lead=bullet)
    for fix in fixes:
        output.paragraph(_prose(fix), lead=(*bullet, Part("fix: ", "bold")))


def _prose(text: str) -> Part:
    return Part(visible(text), is_prose=True)


def _gutter(finding: Finding, files: Files) -> str:
    """Return the space before the bar and before notes: as wide as the number of the line."""
    start = lines_of(finding.file, files).position(finding.span.start, PositionEncoding.UTF32)
    return " " * (len(str(start.line + 1)) + 2)


def _print_line(finding: Finding, files: Files, gutter: str, style: str, output: Output) -> None:
    """Print the line of a finding, underlined where it is."""
    lines = lines_of(finding.file, files)
    start = lines.position(finding.span.start, PositionEncoding.UTF32)
    number = str(start.line + 1)
    line = lines.line_span(start.line)
    end = min(max(finding.span.end, finding.span.start), line.end)
    before = visible(lines.text[line.start : min(finding.span.start, line.end)])
    marked = visible(lines.text[finding.span.start : end])
    after = visible(lines.text[end : line.end])
    room = min(max(output.width - len(gutter) - 2, 20), _WIDEST)
    before, marked, after = _cropped(before, marked, after, room)
    output.line(Part(gutter), Part("|", "blue"))
    output.line(Part(f" {number} | ", "blue"), Part(f"{before}{marked}{after}"))
    underline = "^" * max(columns(marked), 1)
    output.line(
        Part(gutter), Part("| ", "blue"), Part(" " * columns(before)), Part(underline, style)
    )


def _cropped(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """Cut a line that is wider than *room* so that the beginning of what is marked is seen."""
    if len(before) > room // 2:
        before = "…" + before[len(before) - room // 2 + 1 :]
    if len(before) + len(marked) > room:
        return before, marked[: room - len(before) - 1] + "…", ""
    left = room - len(before) - len(marked)
    return before, marked, after if len(after) <= left else after[: max(left - 1, 0)] + "…"


def counted_by_severity(findings: Sequence[Finding], checked: int) -> str:
    """Say how many findings there are: ``2 warnings, 1 information in 3 files``."""
    numbers = Counter(finding.severity for finding in findings)
    nouns = {Severity.INFORMATION: ("information", "information")}
    parts = [
        counted(numbers[severity], *nouns.get(severity, (severity.value,)))
        for severity in Severity
        if numbers[severity]
    ]
    return f"{', '.join(parts) or 'Nothing found'} in {counted(checked, 'file')}"


def _summary(findings: Sequence[Finding], checked: int) -> Part:
    text = f"{counted_by_severity(findings, checked)}."
    if not findings:
        return Part(text, "green")
    fixes = {fix.id for finding in findings for fix in finding.fixes}
    if fixes:
        text += f" {counted(len(fixes), 'fix', 'fixes')} available: `precompass fix --help`."
    return _prose(text)
