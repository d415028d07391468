"""Findings for people: each with its line, what it relates to, and what can be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from precompass.documents.text import PositionEncoding
from precompass.files.links import leads_out
from precompass.findings import Finding, Severity
from precompass.julia.files import Files
from precompass.report.console import print_hanging, prose, unbroken
from precompass.report.places import lines_of, place
from precompass.report.visible import visible
from precompass.wording import counted

_UNBROKEN = "\ue000"  # stands for a space of a file's name, where a line must not be broken
_WIDEST = 160  # characters of a line of a file that are shown
_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFORMATION: "bold blue",
    Severity.HINT: "bold green",
}


def print_findings(
    findings: Sequence[Finding], files: Files, *, checked: int, folder: Path, console: Console
) -> None:
    """Print findings in the order given, and a line that counts them.

    Args:
        findings: what was found.
        files: the files as they were checked.
        checked: how many files were checked.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    for finding in findings:
        _print_finding(finding, files, folder, console)
        console.print()
    print_hanging(console, Text(), _summary(findings, checked))


def _print_finding(finding: Finding, files: Files, folder: Path, console: Console) -> None:
    style = _STYLES[finding.severity]
    where = visible(place(finding.file, finding.span, files, folder))
    head = Text.assemble(
        (f"{where.replace(' ', _UNBROKEN)}: ", "bold"),
        (f"{finding.severity.value}[{finding.code}]", style),
        " ",
        prose(finding.message),
    )
    for number, line in enumerate(head.wrap(console, unbroken(head, console.width - 4))):
        line.rstrip()
        line.plain = line.plain.replace(_UNBROKEN, " ")
        console.print(Text.assemble("    " if number else "", line), soft_wrap=True)
    gutter = _gutter(finding, files)
    if not leads_out(finding.file, folder):  # what is there is not the folder's to show
        _print_line(finding, files, gutter, style, console)
    for related in finding.related:
        where = visible(place(related.file, related.span, files, folder))
        lead = Text.assemble(gutter, ("= ", "blue"))
        print_hanging(console, lead, Text.assemble(f"{where}: ", prose(related.message)))
    for fix in finding.fixes:
        lead = Text.assemble(gutter, ("= ", "blue"), ("fix: ", "bold"))
        print_hanging(console, lead, prose(fix.title))


def _gutter(finding: Finding, files: Files) -> str:
    """Return the space before the bar and before notes: as wide as the number of the line."""
    start = lines_of(finding.file, files).position(finding.span.start, PositionEncoding.UTF32)
    return " " * (len(str(start.line + 1)) + 2)


def _print_line(finding: Finding, files: Files, gutter: str, style: str, console: Console) -> None:
    """Print the line of a finding, underlined where it is."""
    lines = lines_of(finding.file, files)
    start = lines.position(finding.span.start, PositionEncoding.UTF32)
    number = str(start.line + 1)
    line = lines.line_span(start.line)
    end = min(max(finding.span.end, finding.span.start), line.end)
    before = visible(lines.text[line.start : min(finding.span.start, line.end)])
    marked = visible(lines.text[finding.span.start : end])
    after = visible(lines.text[end : line.end])
    room = min(max(console.width - len(gutter) - 2, 20), _WIDEST)
    before, marked, after = _cropped(before, marked, after, room)
    console.print(Text.assemble(gutter, ("|", "blue")))
    console.print(
        Text.assemble((f" {number} | ", "blue"), before, marked, after),
        no_wrap=True,
        soft_wrap=True,
    )
    underline = "^" * max(cell_len(marked), 1)
    console.print(
        Text.assemble(gutter, ("| ", "blue"), " " * cell_len(before), (underline, style)),
        soft_wrap=True,
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


def _summary(findings: Sequence[Finding], checked: int) -> Text:
    text = f"{counted_by_severity(findings, checked)}."
    if not findings:
        return Text(text, style="green")
    fixes = {fix.id for finding in findings for fix in finding.fixes}
    if fixes:
        text += f" {counted(len(fixes), 'fix', 'fixes')} available: `precompass fix --help`."
    return prose(text)
