"""One environment in two states of its files: what Julia recompiles between them.

The two states are two sessions, such as one of a commit and one of the working tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from precompass.answers.older_patches import differences_in_series
from precompass.julia.environment import Environment
from precompass.julia.preferences import PREFERENCES_NAMES
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.difference import Difference, PreferenceChange, difference
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.recompilation.read_reasons import (
    FitsBothValues,
    NotAllKnown,
    NotReadBefore,
    ReadersGone,
    WhyNot,
)
from precompass.session import Session
from precompass.wording import listed


class Comparison(msgspec.Struct, frozen=True):
    """What became of one environment.

    Attributes:
        project: its project file, as it is after the change.
        after: the answers about it after the change; None if it cannot be read.
        difference: what Julia recompiles; None if it cannot be read, or is new.
        approximate: what would be with the newest compatible versions, where there is no manifest.
        unreadable: why the environment cannot be read, or an empty string.
        notes: what to know besides, a sentence each, without its full stop.
    """

    project: Path
    after: Invalidations | None = None
    difference: Difference | None = None
    approximate: tuple[Recompilation, Approximation] | None = None
    unreadable: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the environment was not there before."""
        return self.difference is None and not self.unreadable

    @property
    def cost(self) -> int:
        """How many packages Julia recompiles; 0 where nothing can be compared."""
        return self.difference.recompilation.count if self.difference is not None else 0

    @property
    def recompiles(self) -> bool:
        """Whether it is known that Julia recompiles something."""
        return self.difference is not None and bool(self.difference.recompilation.units)

    @property
    def may_recompile(self) -> bool:
        """Whether Julia recompiles something, or nobody can tell: of a broken file, of a change.

        Without a manifest, what no preference changes is not asked about: most packages have none.
        """
        if self.difference is None or self.after is None:
            return False
        return (
            self.recompiles
            or any(gap.line is not None for gap in self.difference.recompilation.gaps)
            or any(
                is_noticed(change, self.difference, self.after) is None
                for change in self.difference.changes
            )
        )


def compare(
    before: Session, old: Path, after: Session, new: Path, *, for_tests: bool = False
) -> Comparison:
    """Compare the environments of two project files, which may have the same path.

    Args:
        before: the files as they were.
        old: the project file among them.
        after: the files as they are.
        new: the project file among them.
        for_tests: compare what ``Pkg.test`` runs for the two, in place of the projects themselves.
    """
    unreadable = why_unreadable(old, before) or why_unreadable(new, after)
    if unreadable:
        return Comparison(new, unreadable=unreadable)
    was, now = _answers(before, old, for_tests), _answers(after, new, for_tests)
    if now is None:
        why = "is not a package with a test/runtests.jl" if for_tests else "does not exist"
        return Comparison(new, unreadable=f"{new} {why}")
    if was is None:
        return Comparison(new, now)
    notes = (*doubts(now), *_doubts_about_before(was, now))
    approximate = None
    there, here = before.approximation(old), after.approximation(new)
    if for_tests:
        there = here = None  # the approximation is of the project itself
    if there is not None and here is not None:
        found = difference(there.invalidations, here.invalidations)
        approximate = found.recompilation, here
    return Comparison(new, now, difference(was, now), approximate, notes=notes)


def _answers(session: Session, project: Path, for_tests: bool) -> Invalidations | None:
    if not for_tests:
        return session.invalidations(project)
    tests = session.tests(project)
    return tests.invalidations if tests is not None else None


def differs(project: Path, before: Session, after: Session) -> bool:
    """Tell whether the text of any file of an environment differs, or one came or went."""
    was, now = before.environment(project), after.environment(project)
    files = {*_files_of(was), *_files_of(now)}
    return any(before.snapshot.read(path) != after.snapshot.read(path) for path in files)


def why_unreadable(project: Path, session: Session) -> str:
    """Return why a file of an environment that is there cannot be read, or an empty string."""
    files = [project]
    environment = session.environment(project)
    if environment is not None:
        names = (*PREFERENCES_NAMES, *environment.julia.manifest_names)
        files += [
            layer.project.path.parent / name for layer in environment.layers for name in names
        ]
    reasons = ((path, session.snapshot.unreadable(path)) for path in files)
    return next((f"{path} cannot be read: {reason}" for path, reason in reasons if reason), "")


def is_noticed(
    change: PreferenceChange, difference: Difference, after: Invalidations
) -> bool | None:
    """Return whether Julia notices a change of a preference; None if that cannot be told."""
    if change.noticed:
        return True
    is_unknown = isinstance(reason_not_noticed(change, difference, after), NotAllKnown)
    return None if is_unknown else False


def reason_not_noticed(
    change: PreferenceChange, difference: Difference, after: Invalidations
) -> WhyNot:
    """Return why no cache is rejected because of a change that is not noticed.

    What was not known before the change counts too: what is built with the old value may be in
    the part of a file that could not be read.
    """
    gaps = difference.recompilation.gaps
    for gap in gaps:
        if gap.line is not None:
            return NotAllKnown(gap.file, gap.line, gap.missing)
    if not change.observers:
        reason = after.of_preference(change.preference).why_not
        if reason is None and gaps:
            return NotAllKnown(gaps[0].file, gaps[0].line, gaps[0].missing)
        return reason or NotReadBefore()
    if all(seen.unit.id not in after.graph.units for seen in change.observers):
        return ReadersGone()
    return FitsBothValues()


def doubts(invalidations: Invalidations) -> Iterator[str]:
    """Yield what makes answers about an environment less than they could be."""
    environment = invalidations.environment
    if environment.manifest is None:
        yield (f"{environment.project.path} has no manifest; `Pkg.instantiate()` writes one")
    elif environment.manifest.document.faults:
        yield f"{environment.manifest.path} is not valid TOML: Julia cannot read it"
    yield from assumptions(environment)
    if environment.loaded is not environment.manifest:
        places = [str(one.manifest.path) for one in environment.nearer if one.manifest is not None]
        yield (
            f"the load path has {listed(places)} first: of packages that it has, it decides the "
            "versions, not the manifest of this project"
        )
    if invalidations.installed.caches.newer_formats:
        number = max(invalidations.installed.caches.newer_formats)
        yield (
            f"caches of format {number} cannot be read, so the answer uses only the manifest and "
            "the sources"
        )
    if environment.julia.blob_is_concluded:
        yield (
            f"caches of Julia {environment.julia.version} are assumed to record the values of "
            "preferences, as its development suggests; no cache was found that shows it"
        )
    yield from differences_in_series(environment)


def assumptions(environment: Environment) -> Iterator[str]:
    """Yield what answers assume of an environment that is not on the load path."""
    if not environment.is_on_load_path:
        yield (
            f"JULIA_LOAD_PATH has neither `@` nor {environment.project.path}; "
            "the answer assumes that the project is first on the load path"
        )


def _doubts_about_before(was: Invalidations, now: Invalidations) -> Iterator[str]:
    """Yield what makes the state before hard to compare with the one after."""
    old, new = was.environment, now.environment
    if old.manifest is not None and old.manifest.document.faults:
        yield f"{old.manifest.path} was not valid TOML before: Julia could not read it"
    if old.manifest is None and new.manifest is not None:
        yield f"{new.manifest.path} did not exist before, so every package in it counts as new"


def _files_of(environment: Environment | None) -> Iterator[Path]:
    if environment is None:
        return
    yield from (project.path for project in environment.projects)
    if environment.manifest is not None:
        yield environment.manifest.path
    for nearer in environment.nearer:
        if nearer.manifest is not None:
            yield nearer.manifest.path
    for layer in environment.layers:
        yield layer.project.path
        if layer.local is not None:
            yield layer.local.path
