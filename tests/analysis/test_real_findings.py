"""Warnings and errors on real environments: as many as docs/accuracy.md says, and no others."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from precompass.files.kinds import file_kind
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.shared_data import ROOT, shared

pytestmark = pytest.mark.exhaustive

PAGE = ROOT / "docs" / "accuracy.md"


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    session = Session(Snapshot(Disk()), settings)
    return [
        finding
        for path in sorted(shared("corpus").rglob("*.toml"))
        if file_kind(path) is not None
        for finding in check(session, path)
        if finding.severity in (Severity.WARNING, Severity.ERROR)
    ]


def _told() -> dict[str, tuple[int, int]]:
    rows = re.findall(
        r"^\| \[`([a-z-]+)`\]\(rules/\1\.md\) \| (\d+) \| (\d+) \|", PAGE.read_text(), re.M
    )
    return {code: (int(number), int(right)) for code, number, right in rows}


def test_there_are_as_many_as_the_page_says(findings: list[Finding]) -> None:
    numbers = Counter(finding.code for finding in findings)
    assert numbers == {code: number for code, (number, _) in _told().items()}


def test_a_missing_path_is_right_where_it_leads_out_of_its_repository(
    findings: list[Finding],
) -> None:
    missing = [finding for finding in findings if finding.code == "missing-source-path"]
    right = [finding for finding in missing if _leads_out(finding)]
    assert len(right) == _told()["missing-source-path"][1]


def _leads_out(finding: Finding) -> bool:
    text = finding.file.read_text()[finding.span.start : finding.span.end].strip("\"'")
    environments = tomllib.loads(shared("corpus", "index.toml").read_text())["environment"]
    folder = finding.file.relative_to(shared("corpus"))
    (place,) = (one["path"] for one in environments if one["dir"] == folder.parts[0])
    depth = 0
    for part in _parts(PurePosixPath(place, *folder.parts[1:-1], text)):
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return Path(text).is_absolute()


def _parts(path: PurePosixPath) -> Iterator[str]:
    return (part for part in path.parts if part != ".")
