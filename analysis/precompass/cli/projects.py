"""Which environment a command is about."""

from __future__ import annotations

import os
from pathlib import Path

from precompass.answers.comparison import assumptions, doubts, why_unreadable
from precompass.cli.failure import CannotRun, warn
from precompass.files import disk
from precompass.files.kinds import FileKind, file_kind
from precompass.files.shown import shown
from precompass.julia.behaviour import NEWEST_KNOWN, Julia
from precompass.julia.environment import Environment
from precompass.julia.load_path import active_project, enclosing_project, project_in
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session, Tests
from precompass.wording import listed


def find_project(text: str | None, session: Session) -> Path:
    """Return the project file that ``--project`` names; without it, Julia's active one.

    That is what ``JULIA_PROJECT`` says, or the nearest at or above the working directory.

    Raises:
        CannotRun: if there is none.
    """
    folder = Path.cwd()
    named = text if text is not None else session.settings.variables.get("JULIA_PROJECT")
    if not named:
        found = enclosing_project(folder, session.snapshot)
        if found is None:
            raise CannotRun(f"there is no project file in {folder} or above; name it by --project")
        return found
    julia = Julia(session.settings.julia or NEWEST_KNOWN)
    found = active_project(
        {"JULIA_PROJECT": named},
        working_directory=folder,
        depots=[Path(depot) for depot in session.depots(julia)],
        julia=julia,
        files=session.snapshot,
    )
    if found is None:
        raise CannotRun(f"there is no environment {named}")
    path = Path(os.path.abspath(found))  # noqa: PTH100 - no symlink is followed
    if text is not None and file_kind(path) in (FileKind.PREFERENCES, FileKind.MANIFEST):
        raise CannotRun(f"{named} is not a project file; name its folder")
    if not session.snapshot.is_file(path):
        if file_kind(path) is FileKind.PROJECT and text is not None:
            if not named.startswith("@") and not disk.is_there(path.parent):
                raise CannotRun(f"there is no folder {named}")
            raise CannotRun(f"there is no project file in {named}")
        raise CannotRun(f"there is no project file {named}")
    return path


def shown_folders(project: Path, session: Session, folder: Path) -> tuple[str, ...]:
    """Return the folders that an answer names files in, as it shows them.

    Args:
        project: the project file.
        session: the user's files.
        folder: paths below it are shown relative to it.
    """
    depots = session.depots(Julia(session.settings.julia or NEWEST_KNOWN))
    return tuple(shown(path, folder) for path in (project.parent, *map(Path, depots)))


def project_of_folder(text: str, session: Session) -> Path:
    """Return the project file in a folder, or beside a file.

    Raises:
        CannotRun: if there is no such folder or file, or no project file.
    """
    path = Path(os.path.abspath(text))  # noqa: PTH100 - no symlink is followed
    if not disk.is_there(path):
        raise CannotRun(f"there is no file or folder {text}")
    folder = path if disk.is_folder(path) else path.parent
    project = project_in(folder, session.snapshot)
    if project is None:
        raise CannotRun(f"there is no project file in {folder}")
    return project


def read_environment(project: Path, session: Session, purpose: str | None = None) -> Invalidations:
    """Return the answers about a project file's environment, or about that of its tests.

    Args:
        project: the project file.
        session: the files.
        purpose: ``test`` for what ``Pkg.test`` runs.

    Raises:
        CannotRun: if a file that they need is there and cannot be read, or there are no tests.
    """
    unreadable = why_unreadable(project, session)
    invalidations = session.invalidations(project) if not unreadable else None
    if purpose == "test" and invalidations is not None:
        invalidations = tests_of(project, session).invalidations
    if invalidations is None:
        raise CannotRun(unreadable or f"{project} does not exist")
    for doubt in doubts(invalidations):
        warn(doubt)
    return invalidations


def warn_of_assumptions(environment: Environment) -> None:
    """Say what an answer about the caches of an environment assumes of it."""
    for assumption in assumptions(environment):
        warn(assumption)


def tests_of(project: Path, session: Session) -> Tests:
    """Return what ``Pkg.test`` runs for a project; warn of what it only finds out when it runs.

    Raises:
        CannotRun: if the project is no package with tests.
    """
    tests = session.tests(project)
    if tests is None:
        raise CannotRun(f"{project.parent} is not a package with a test/runtests.jl")
    unresolved = tests.environment.unresolved
    if unresolved:
        warn(
            f"the manifest does not have {listed(unresolved)}, which only the tests use; with "
            "them come packages that are not known"
        )
    return tests
