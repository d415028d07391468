"""What a change recompiles for the tests of a package, beside what it recompiles for itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from precompass.julia.preferences import Preference
from precompass.julia.uuids import UUID
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.invalidation import Recompilation
from precompass.recompilation.member_answers import MemberAnswer
from precompass.recompilation.read_reasons import NoDependency, NotInManifest, NotListed
from precompass.session import Tests
from precompass.wording import read_reasons, recompiled, recompiles


class InTests(msgspec.Struct, frozen=True):
    """The same question asked about what ``Pkg.test`` runs.

    Attributes:
        recompilation: what is recompiled there.
        why_not: why Julia notices no change there, or None if it does.
        project: the project file that the tests run in.
        is_unknown: whether the reason is that nobody can tell.
        is_complete: whether the manifest has all packages of the tests; otherwise there may be
            more.
    """

    recompilation: Recompilation
    why_not: str | None
    is_complete: bool
    project: Path
    is_unknown: bool = False

    def is_among(self, answers: Iterable[MemberAnswer]) -> bool:
        """Tell whether the same is said of a project of the workspace, in which the tests run."""
        paths = {one.invalidations.environment.project.path for one in answers}
        return self.project in paths


def answer_in_tests(tests: Tests, uuid: UUID, key: str | None) -> InTests:
    """Return what a change recompiles for the tests of a package.

    Args:
        tests: what ``Pkg.test`` runs.
        uuid: the package, or the extension, that is asked about.
        key: of the preference; None for the package itself.
    """
    invalidations = tests.invalidations
    is_complete = (
        not tests.environment.unresolved and invalidations.environment.manifest is not None
    )
    if key is None:
        reason = invalidations.why_not_of_package(uuid)
        recompilation = invalidations.of_package(uuid)
    else:
        found = invalidations.of_preference(Preference(uuid, key))
        reason, recompilation = found.why_not, found.recompilation
    why_not = None
    match reason:
        case None:
            pass
        case NotInManifest() | NoDependency() if key is None:
            why_not = "the tests do not use the package"
        case NotListed():
            name = invalidations.environment.name_of(uuid)
            why_not = f"the project that it runs in does not list {name}"
        case _:
            why_not = read_reasons.why_not(reason, invalidations.environment)
    is_unknown = read_reasons.is_unknown(reason)
    project = invalidations.environment.project.path
    return InTests(recompilation, why_not, is_complete, project, is_unknown)


def in_tests_sentence(answer: InTests) -> str:
    """Say it: ``In `Pkg.test`, changing it recompiles 3 of 41 packages.``."""
    if answer.is_unknown:
        return f"In `Pkg.test`, the effect of a change is unknown: {answer.why_not}."
    if answer.why_not is not None:
        return f"In `Pkg.test`, changing it recompiles nothing: {answer.why_not}."
    least = "" if answer.is_complete or answer.recompilation.gaps else "at least "
    basis = " (assumed)" if answer.recompilation.evidence is Evidence.ASSUMED else ""
    verb = recompiles(answer.recompilation)
    return f"In `Pkg.test`, changing it {verb} {least}{recompiled(answer.recompilation)}{basis}."
