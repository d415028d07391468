"""Every edit that is offered, made in random files: does each leave a right file behind?

    python tests/fuzzing/edits.py [--number 3000] [--seed 0]

Each input is a project, its manifest and its preferences, edited at random. Every fix, every rename
and completions at some places are applied, and the result is read by Python's own parser of TOML:

* a text that was valid stays valid; edits lie in the text and do not overlap;
* a fix loses no comment, makes no new error, and is not offered again for the same findings;
* a safe fix recompiles nothing;
* a rename changes names alone, and renaming back gives the same values.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from precompass.answers.code_actions import edits_of, fix_all, fixes_at
from precompass.answers.comparison import compare
from precompass.answers.completion import complete
from precompass.answers.rename import NoRename, rename, renamed_span
from precompass.documents.text import Span, apply_edits
from precompass.documents.toml import parse_toml
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import FileEdit, Finding, Fix, Safety, Severity
from precompass.fixes import renaming
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.random_edits import random_edit
from support.small_environment import MANIFEST, PREFERENCES, PROJECT

FOLDER = Path("/no/such/folder")
MORE = """
[compat]
Forest = "1"
julia = "1.9"

[extras]
Lake = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[targets]
test = ["Test", "Lake"]  # what the tests use
"""
SWITCH = """\
[PrecompileTools]
precompile_workloads = false  # all

[Forest] # its own
depth = 3

["SnoopPrecompile"]
skip_precompile = [
    "River",  # still needed
    "Survey", "Lake",
]
"""
BEGINNINGS: tuple[Mapping[str, str], ...] = (
    {
        "Project.toml": PROJECT + MORE,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": PREFERENCES,
    },
    {"Project.toml": PROJECT + MORE, "Manifest.toml": MANIFEST, "LocalPreferences.toml": SWITCH},
    {"Project.toml": PROJECT + MORE.replace("\n", "\r\n"), "LocalPreferences.toml": SWITCH},
    {
        "Project.toml": f"{PROJECT}{MORE}\n[preferences]\nForest.depth = 2\n"
        '[preferences.SnoopPrecompile]\nskip_precompile = ["River", "Forest"] # some\n',
        "Manifest.toml": MANIFEST,
    },
)
PIECES = tuple(text for files in BEGINNINGS for text in files.values())
UNRESOLVED = Counter({"missing-from-manifest": 99})
"""Errors that follow from an edit of the project, until Pkg resolves it."""
SLOWEST = 1.0
"""CPU seconds that one answer may take."""


class WrongEditError(Exception):
    """An edit has left a file behind that is not right."""


def session_of(files: Mapping[str, str]) -> Session:
    """Return a session in which an editor has the files open."""
    texts = {FOLDER / name: text for name, text in files.items()}
    return Session(Snapshot(Disk(), texts), Settings(use_depot=False, variables={}))


def applied(files: Mapping[str, str], edits: tuple[FileEdit, ...]) -> dict[str, str]:
    """Return the files after some edits.

    Raises:
        WrongEditError: if an edit does not fit its text.
    """
    after = dict(files)
    for one in edits:
        if one.before != files.get(one.file.name, ""):
            raise WrongEditError("the edit is of another text")
        at = 0
        for edit in sorted(one.edits, key=lambda edit: edit.span.start):
            if not at <= edit.span.start <= edit.span.end <= len(one.before):
                raise WrongEditError(f"{edit} overlaps another one, or is not in the text")
            at = edit.span.end
        after[one.file.name] = apply_edits(one.before, one.edits)
        if is_valid(one.before) and not is_valid(after[one.file.name]):
            raise WrongEditError("what was valid is no longer")
    return after


def is_valid(text: str) -> bool:
    """Tell whether Python reads a text, or Precompass, which knows TOML 1.1."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return not parse_toml(text).faults
    return True


def comments(files: Mapping[str, str]) -> Counter[str]:
    """Return the comments of all files, and how often each is there."""
    return Counter(
        comment.text.strip() for text in files.values() for comment in parse_toml(text).comments
    )


def findings(files: Mapping[str, str]) -> list[Finding]:
    """Return the findings of all files."""
    session = session_of(files)
    return [one for name in files for one in check(session, FOLDER / name)]


def told(found: list[Finding]) -> Counter[tuple[str, str, str]]:
    """Return the findings without their places."""
    return Counter((one.code, one.file.name, one.message) for one in found)


def errors(found: list[Finding]) -> Counter[str]:
    """Return how many errors there are of each code."""
    return Counter(one.code for one in found if one.severity is Severity.ERROR)


class Editing:
    """Makes every edit that is offered, and counts."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.made: Counter[str] = Counter()
        self.slowest = 0.0

    def files(self) -> dict[str, str]:
        """Return files that were edited at random, a few times or not at all."""
        files = dict(self._rng.choice(BEGINNINGS))
        for _ in range(self._rng.choice((0, 1, 1, 2, 3, 5))):
            name = self._rng.choice([*files, "Project.toml", "LocalPreferences.toml"])
            if name in files:
                files[name] = random_edit(self._rng, files[name], PIECES).applied(files[name])
        return files

    def make(self, files: dict[str, str]) -> None:
        """Make every edit that is offered in some files.

        Raises:
            WrongEditError: if one is wrong.
        """
        before = findings(files)
        for name, text in files.items():
            started = time.process_time()
            session, path = session_of(files), FOLDER / name
            offered = [fix for fix, _ in fixes_at(session, path, Span(0, len(text)))]
            everything = fix_all(session, path)
            for fix in [*offered, *([everything] if everything is not None else [])]:
                self._make_fix(files, session, fix, before)
            for _ in range(4):
                self._rename(files, session, path, self._place(text))
                self._complete(files, session, path, self._place(text))
            took = time.process_time() - started
            if took > SLOWEST:
                raise WrongEditError(f"{name}: its edits take {took:.1f} s")
            self.slowest = max(self.slowest, took)

    def _place(self, text: str) -> int:
        """Return a place where a cursor can be: in no line ending."""
        place = self._rng.randint(0, len(text))
        return place - (text[place - 1 : place + 1] == "\r\n")

    def _make_fix(
        self, files: dict[str, str], session: Session, fix: Fix, before: list[Finding]
    ) -> None:
        edits = edits_of(session, fix.id)
        if edits is None:
            raise WrongEditError(f"{fix.title}: offered, and there is no edit")
        self.made["fixes"] += 1
        after = applied(files, edits)
        if after == files:
            raise WrongEditError(f"{fix.title}: changes nothing")
        found = findings(after)
        again = {one.id for finding in found for one in finding.fixes}
        if told(found) == told(before) and fix.id in again:
            raise WrongEditError(f"{fix.title}: nothing is better, and it is offered again")
        new = errors(found) - errors(before) - UNRESOLVED
        if new and fix.id.kind != renaming.KIND:  # what has its right name now is looked into
            raise WrongEditError(f"{fix.title}: makes errors: {dict(new)}")
        if "unused-ignore" not in fix.id.kind and (lost := comments(files) - comments(after)):
            raise WrongEditError(f"{fix.title}: loses {list(lost)}")
        if fix.safety is Safety.SAFE:
            project = FOLDER / "Project.toml"
            difference = compare(session, project, session_of(after), project).difference
            if difference is not None and difference.recompilation.units:
                raise WrongEditError(f"{fix.title}: is not safe, it recompiles something")

    def _rename(self, files: dict[str, str], session: Session, path: Path, place: int) -> None:
        text = files[path.name]
        span = renamed_span(session, path, place)
        edits = rename(session, path, place, "Renamed")
        if isinstance(edits, NoRename) or not edits:
            return
        if span is None:
            raise WrongEditError("a rename where nothing can be renamed")
        self.made["renames"] += 1
        old = text[span.start : span.end]
        after = applied(files, edits)
        for name in files:
            left, right = values_of(files[name]), values_of(after[name])
            if (
                files[name] != after[name]
                and left is not None
                and "." not in old
                and renamed(left, old) != renamed(right, old)
            ):
                raise WrongEditError(f"{name}: the rename of {old} changes more than names")
        own = next(one for one in edits if one.file == path)
        place = span.start + sum(
            len(edit.new_text) - (edit.span.end - edit.span.start)
            for edit in own.edits
            if edit.span.end <= span.start
        )
        if not old.isidentifier():  # which is a reason to rename
            return
        again = rename(session_of(after), path, place, old)
        if isinstance(again, NoRename) or any(
            values_of(text) != values_of(files[name])
            for name, text in applied(after, again).items()
        ):
            raise WrongEditError(f"{old}: the rename cannot be taken back: {again}")

    def _complete(self, files: dict[str, str], session: Session, path: Path, place: int) -> None:
        text = files[path.name]
        faults = len(parse_toml(text).faults)
        items = complete(session, path, place).items
        for item in self._rng.sample(items, min(3, len(items))):
            self.made["completions"] += 1
            span = item.edit.span
            if not 0 <= span.start <= place <= span.end <= len(text):
                raise WrongEditError(f"completion {item.label}: not at the cursor")
            if "\n" in text[span.start : span.end]:
                raise WrongEditError(f"completion {item.label}: more than a line")
            after = apply_edits(text, (item.edit,))
            if not faults and not is_valid(after):
                raise WrongEditError(
                    f"completion {item.label} at {place} breaks the text: "
                    f"{text[max(0, span.start - 30) : span.end + 30]!r} -> "
                    f"{after[max(0, span.start - 30) : span.start + 90]!r}"
                )


def values_of(text: str) -> Any:
    """Return what Python reads in a text; None if it cannot."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def renamed(value: Any, name: str) -> Any:
    """Return values in which an old name and the new one are a mark, as a key or a string."""
    if isinstance(value, dict):
        return sorted(
            ((renamed(key, name), renamed(one, name)) for key, one in value.items()), key=repr
        )
    if isinstance(value, list):
        return [renamed(one, name) for one in value]
    if isinstance(value, str):
        first, dot, rest = value.partition(".")
        return f"\0{dot}{rest}" if first in (name, "Renamed") else value
    return repr(value)


def go(seed: int, number: int) -> Iterator[str]:
    """Make the edits of random files; yield a line that says how it went.

    Raises:
        SystemExit: if an edit is wrong, or takes too long.
    """
    editing, started = Editing(seed), time.perf_counter()
    for count in range(number):
        files = editing.files()
        try:
            editing.make(files)
        except WrongEditError as error:
            raise SystemExit(f"seed {seed}, input {count}: {error}\nin {files!r}") from error
        except Exception:
            print(f"seed {seed}, input {count}: these files are not survived: {files!r}")
            raise
    made = ", ".join(f"{many:,} {what}" for what, many in sorted(editing.made.items()))
    yield (
        f"seed {seed}: {number:,} inputs; {made}; {time.perf_counter() - started:.0f} s, "
        f"the slowest {editing.slowest:.2f} s of CPU"
    )


def main() -> None:
    """Make every edit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for line in go(arguments.seed, arguments.number):
        print(line)


if __name__ == "__main__":
    main()
