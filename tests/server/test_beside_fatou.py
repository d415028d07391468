"""Real environments beside fatou: every difference has a reason, and docs/comparison.md names it.

Both servers are asked over the protocol about the same files: what fatou checks, and what it
says of every package that a project file lists. A difference is explained from the files alone,
read with Python's own TOML parser; one that no explanation fits fails the test.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from precompass.files.kinds import FileKind, file_kind
from support.raw_client import RawClient
from support.shared_data import ROOT, shared
from support.side_by_side import (
    LISTING,
    OURS,
    Answers,
    Line,
    facts,
    fatou,
    install,
    lines_of,
    listed,
    of_fatou,
    of_ours,
    offline,
    path_of,
)

pytestmark = pytest.mark.exhaustive

CHECKS = frozenset(
    {
        "toml-syntax",
        "missing-entry-file",
        "missing-julia-compat",
        "unknown-compat",
        "missing-compat",
        "missing-from-manifest",
        "uuid-mismatch",
    }
)
"""The checks of fatou; ours have the same names."""

_INSTALLED = {"git-tree-sha1", "path"}  # of an entry that is no standard library
PAGE = ROOT / "docs" / "comparison.md"
Numbers = Counter[tuple[str, str]]


def test_every_difference_on_real_environments_is_explained(tmp_path: Path) -> None:
    assert _compared(_environments(), tmp_path) == _told("Real files")


def test_every_difference_on_broken_environments_is_explained(tmp_path: Path) -> None:
    broken = [_broken(folder, tmp_path) for folder in _environments() if len(folder) > 1]
    assert _compared([files for files in broken if files], tmp_path, findings_alone=True) == _told(
        "Broken files"
    )


def test_a_text_that_ends_too_soon_is_told_by_both(tmp_path: Path) -> None:
    command = fatou()
    if command is None:
        pytest.skip("needs fatou")
    told: Counter[str] = Counter()
    ours = RawClient(OURS, offline(tmp_path))
    try:
        ours.initialize(tmp_path)
        ours.notify("initialized", {})
        for number, (project, *_) in enumerate(_environments()):
            copy = tmp_path / str(number) / project.name
            copy.parent.mkdir()
            copy.write_text(project.read_text().rpartition('"')[0])
            for answers in (of_fatou(command, [copy], offline(tmp_path)), of_ours(ours, [copy])):
                told["toml-syntax"] += any(
                    "toml-syntax" in one for one in answers.findings.values()
                )
    finally:
        ours.end()
    assert told["toml-syntax"] == 2 * len(_environments())


def _environments() -> list[Sequence[Path]]:
    """Return the files of each folder with a project file, which is the first."""
    folder = shared("corpus")
    files = [path for path in sorted(folder.rglob("*.toml")) if file_kind(path) is not None]
    projects = [path for path in files if file_kind(path) is FileKind.PROJECT]
    return [
        [project, *(path for path in files if _is_manifest(path) and path.parent == project.parent)]
        for project in projects
    ]


def _is_manifest(path: Path) -> bool:
    return file_kind(path) is FileKind.MANIFEST


def _broken(files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """Write a copy of an environment in which each check has something to find."""
    project, *manifests = files
    lines = project.read_text().splitlines()
    headers = [number for number, line in enumerate(lines) if line.strip() == "[deps]"]
    if _values(project) is None or not headers:
        return ()
    first = next(n for n in range(headers[0] + 1, len(lines)) if "=" in lines[n])
    last = re.search(r"([0-9a-f])\"", lines[first])
    assert last is not None
    digit = "1" if last[1] == "0" else "0"
    lines[first] = f'{lines[first][: last.start()]}{digit}"{lines[first][last.end() :]}'
    lines.insert(first, 'Absent = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c05"')
    compat = [number for number, line in enumerate(lines) if line.strip() == "[compat]"]
    if compat:
        lines.insert(compat[0] + 1, 'Misspelt = "1"')
    else:
        lines += ["", "[compat]", 'Misspelt = "1"']
    copy = folder / "broken" / project.parent.relative_to(shared("corpus"))
    copy.mkdir(parents=True)
    copy.joinpath(project.name).write_text("\n".join(lines) + "\n")
    for manifest in manifests:
        copy.joinpath(manifest.name).write_bytes(manifest.read_bytes())
    return [copy / path.name for path in files]


def _compared(
    environments: Sequence[Sequence[Path]], folder: Path, *, findings_alone: bool = False
) -> Numbers:
    """Return how often each kind of answer agrees, or differs for which reason."""
    command = fatou()
    if command is None:
        pytest.skip("needs fatou")
    for project, *manifests in environments:
        for manifest in manifests:
            install(folder / "depot", manifest, [name for _, name in listed(project)])
    numbers: Numbers = Counter()
    ours = RawClient(OURS, offline(folder))
    try:
        ours.initialize(environments[0][0].parent)
        ours.notify("initialized", {})
        for files in environments:
            theirs, own = of_fatou(command, files, offline(folder)), of_ours(ours, files)
            numbers.update(_findings(files[0], theirs, own))
            if not findings_alone:
                numbers.update(_about_packages(files[0], theirs, own))
    finally:
        ours.end()
    return numbers


def _about_packages(project: Path, theirs: Answers, ours: Answers) -> Iterator[tuple[str, str]]:
    silent = None if _has_manifest(project) else "no manifest beside it"
    if _values(project) is None:
        silent = "a file with an error"
    for line in lines_of(theirs.hovers, ours.hovers):
        said, own = theirs.hovers.get(line), ours.hovers.get(line, "")
        is_missing = "not in the manifest" in own
        yield (
            "hover",
            _reason(line, said, _has_all(own, said), silent, "not in the manifest", is_missing),
        )
    for line in lines_of(theirs.definitions, ours.definitions):
        target, place = theirs.definitions.get(line), ours.definitions.get(line)
        is_entry = place is not None and _is_manifest(place[0])
        yield (
            "definition",
            _reason(line, target, target == place, silent, "no source is there", is_entry),
        )
    for line in lines_of(theirs.hints, ours.hints):
        hint, label = theirs.hints.get(line), ours.hints.get(line, "")
        is_same = hint is not None and label.split(" ")[0] == hint.removeprefix("v")
        comes_along = label == "standard library"
        yield (
            "hint",
            _reason(line, hint, is_same, silent, "a standard library without version", comes_along),
        )
    for line in lines_of(theirs.links, ours.links):
        yield "link", _link(line, theirs, ours)


def _reason(
    line: Line, said: object, is_same: bool, silent: str | None, reason: str, applies: bool
) -> str:
    """Return in what our answer differs from fatou's.

    Args:
        line: that is asked about.
        said: what fatou says; None where it says nothing.
        is_same: whether we say the same.
        silent: why fatou says nothing of the whole file.
        reason: why it says nothing else.
        applies: whether that is the case here.
    """
    if said is not None:
        return "the same" if is_same else f"UNEXPLAINED: {line}"
    return silent or (reason if applies else f"UNEXPLAINED: {line}")


def _findings(project: Path, theirs: Answers, ours: Answers) -> Iterator[tuple[str, str]]:
    for line in lines_of(theirs.findings, ours.findings):
        said = theirs.findings.get(line, frozenset())
        own = ours.findings.get(line, frozenset()) & CHECKS
        for code in said & own:
            yield code, "the same"
        for code in said - own:
            yield code, _not_ours(project, code, line[1], ours)
        for code in own - said:
            yield code, _not_theirs(project, code, line[1], theirs)


def _not_ours(project: Path, code: str, line: int, ours: Answers) -> str:
    values = _values(project) or {}
    text = project.read_text().splitlines()[line]
    elsewhere = {other for codes in ours.findings.values() for other in codes}
    if code == "missing-entry-file" and not (project.parent / "src").is_dir():
        return "no folder src"
    if code in ("missing-compat", "missing-julia-compat") and "version" not in values:
        return "no version, so not for General"
    if code == "missing-compat" and "_jll" in text.split("=")[0]:
        return "a JLL, of which General asks nothing"
    if code == "missing-compat" and _is_told_once(project, ours):
        return "told once for all"
    if code == "missing-julia-compat" and code in elsewhere:
        return "told at another line"
    return f"UNEXPLAINED: {code} in {project}:{line + 1}, of fatou alone"


def _not_theirs(project: Path, code: str, line: int, theirs: Answers) -> str:
    values = _values(project) or {}
    text = project.read_text().splitlines()[line]
    name = text.split("=")[0].strip()
    elsewhere = {other for codes in theirs.findings.values() for other in codes}
    if code == "missing-julia-compat" and code in elsewhere:
        return "told at another line"
    if code == "missing-compat" and text.strip() == "[deps]":
        return "told once for all"
    if code == "missing-compat" and name in values.get("sources", {}):
        return "a source in [sources]"
    if code == "missing-compat" and name not in _resolved(project):
        return "not resolved, so it could come with Julia"
    if code == "missing-compat" and _resolved(project)[name].keys().isdisjoint(_INSTALLED):
        return "the name of a standard library with another UUID"
    return f"UNEXPLAINED: {code} in {project}:{line + 1}, of ours alone"


def _is_told_once(project: Path, ours: Answers) -> bool:
    lines = project.read_text().splitlines()
    return any(
        "missing-compat" in codes and lines[line].strip() == "[deps]"
        for (path, line), codes in ours.findings.items()
        if path == project
    )


def _has_all(own: str, said: str | None) -> bool:
    """Tell whether our hover has every fact that fatou's has."""
    if said is None:
        return False
    told = facts(said)
    kinds = {
        "Standard library": ("standard library",),
        "Development dependency": ("developed at", "in this workspace", "this project"),
        None: ("",),
    }
    title = own.partition("\n")[0]
    if told.version is not None and told.version not in title.split(" "):
        return False
    if told.kind == "Registered package":
        return told.folder is None or f"`{told.folder}`" in own
    return any(kind in own for kind in kinds[told.kind])


def _link(line: tuple[Path, int], theirs: Answers, ours: Answers) -> str:
    said, own = theirs.links.get(line), ours.links.get(line)
    if said and own:
        return "the same" if said & own else f"UNEXPLAINED: {line}"
    if own:
        return "to a repository, or to a project"
    (target,) = said or ("",)
    if not path_of(target).is_file():
        return "to where no project is"
    if ours.definitions.get(line, (None,))[0] == path_of(target):
        return "the same, by definition"
    return f"UNEXPLAINED: {line}"


def _has_manifest(project: Path) -> bool:
    return any(_is_manifest(path) for path in project.parent.glob("*.toml"))


def _resolved(project: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of the manifest beside a project file, by name."""
    for path in project.parent.glob("*.toml"):
        if _is_manifest(path):
            values = _values(path) or {}
            return {name: entry[0] for name, entry in values.get("deps", values).items()}
    return {}


@cache
def _values(project: Path) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(project.read_text())
    except tomllib.TOMLDecodeError:
        return None


def _told(heading: str) -> Numbers:
    """Return the numbers of one table of the page."""
    section = PAGE.read_text().split(f"### {heading}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([0-9,]+) \|", section, re.MULTILINE)
    return Counter(
        {(what.strip("`"), reason): int(number.replace(",", "")) for what, reason, number in rows}
    )


def test_the_sections_that_list_packages_are_those_that_fatou_reads() -> None:
    assert LISTING == ("deps", "weakdeps", "extras")
