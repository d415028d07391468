"""Fixes one after the other, each on the texts that the one before has left.

So fixes of several findings may touch the same lines, and the same other file, as a user's
clicks in an editor may.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from precompass import rules
from precompass.answers.code_actions import edits_of, fix_all
from precompass.answers.comparison import Comparison, compare
from precompass.cli.registries import registry_memory
from precompass.cli.writing import FileChange
from precompass.documents.text import SourceText, apply_edits
from precompass.files.links import leads_out
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Fix, FixId, Safety
from precompass.recompilation.installed import DepotMemory
from precompass.session import Session
from precompass.settings.settings import Settings

_MAX_FIXES = 1000  # of one rule in one file


class Changes:
    """What fixes make of the files, until it is written.

    Args:
        disk: what reads the files.
        settings: what the user has chosen.

    Attributes:
        titles: of the fixes that were made.
        remaining: how many findings :meth:`fix_code` leaves, by the reason.
        unsafe: how many fixes :meth:`fix_all` leaves, by the rule.
        led_out: files that are not fixed: links that lead out of the folder that they are in.
    """

    def __init__(self, disk: Disk, settings: Settings) -> None:
        self._disk = disk
        self._settings = settings
        self._memory = DepotMemory()
        self._registry_memory = registry_memory()
        self._texts: dict[Path, str] = {}
        self._originals: dict[Path, SourceText | None] = {}
        self._session = self._new_session()
        self.titles: list[str] = []
        self.remaining: Counter[str] = Counter()
        self.unsafe: Counter[str] = Counter()
        self.led_out: set[Path] = set()

    def unreadable(self, path: Path) -> str:
        """Return why a file cannot be read, or an empty string."""
        return self._session.snapshot.unreadable(path)

    def fix_all(self, path: Path) -> None:
        """Make the changes of a file that an editor may make without asking."""
        fix = fix_all(self._session, path)
        if fix is not None:
            self._apply(fix)
        found = rules.check(self._session, path)
        self.unsafe.update(finding.code for finding in found if _fix_to_take(finding) is not None)

    def fix_code(self, path: Path, code: str) -> None:
        """Make the preferred fix of each finding of a rule in a file."""
        tried: set[tuple[FixId, str]] = set()  # on a text: fixes may fail, or undo each other
        for _ in range(_MAX_FIXES):
            source = self._session.snapshot.read(path)
            text = source.text if source else ""
            findings = [found for found in rules.check(self._session, path) if found.code == code]
            fixes = [fix for fix in map(_fix_to_take, findings) if fix is not None]
            fix = next((fix for fix in fixes if (fix.id, text) not in tried), None)
            if fix is None:
                self.remaining.update(map(_why_it_remains, findings))
                return
            tried.add((fix.id, text))
            self._apply(fix)

    def made(self) -> tuple[FileChange, ...]:
        """Return what has become of each file that changed, in the order of their names."""
        changes = []
        for path, text in sorted(self._texts.items()):
            original = self._originals[path]
            if original is None or original.text != text:
                changes.append(FileChange(path, original, text))
        return tuple(changes)

    def costs(self) -> tuple[Comparison, ...]:
        """Return what the changes recompile, for each environment in which it is something."""
        before = Session(Snapshot(self._disk), self._settings, self._memory, self._registry_memory)
        after = self._session
        projects = {
            project
            for change in self.made()
            if (project := after.configured_for(change.file).project_of(change.file)) is not None
        }
        compared = (
            compare(before.configured_for(one), one, after.configured_for(one), one)
            for one in sorted(projects)
        )
        return tuple(comparison for comparison in compared if comparison.recompiles)

    def _apply(self, fix: Fix) -> None:
        texts = dict(self._texts)
        edits = edits_of(self._session, fix.id) or ()
        led_out = {edit.file for edit in edits if leads_out(edit.file, Path.cwd())}
        self.led_out |= led_out
        for edit in edits if not led_out else ():
            original = self._session.snapshot.read(edit.file)
            self._originals.setdefault(edit.file, original)
            texts[edit.file] = apply_edits(edit.before, edit.edits)
        if texts != self._texts:
            self._texts = texts
            self._session = self._new_session()
            self.titles.append(fix.title)

    def _new_session(self) -> Session:
        snapshot = Snapshot(self._disk, self._texts)
        return Session(snapshot, self._settings, self._memory, self._registry_memory)


def _fix_to_take(finding: Finding) -> Fix | None:
    """Return the preferred fix of a finding, or the only one; no fix that is for a click alone."""
    fixes = [fix for fix in finding.fixes if fix.safety is not Safety.MANUAL]
    preferred = next((fix for fix in fixes if fix.is_preferred), None)
    return fixes[0] if preferred is None and len(fixes) == 1 else preferred


def _why_it_remains(finding: Finding) -> str:
    """Say why no fix is taken of a finding whose fix to take, if it has one, was tried."""
    if not finding.fixes:
        return "it has no fix"
    if all(fix.safety is Safety.MANUAL for fix in finding.fixes):
        return "its fix may undo what you wrote; apply it in an editor"
    if _fix_to_take(finding) is None:
        return "it has several fixes; choose one in an editor"
    return "its fix does not remove it"
