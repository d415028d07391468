"""One moment of a user's files, with everything that is computed from it.

A :class:`Session` is a snapshot and the user's settings. Which file belongs to which
environment is decided here; what was computed for an environment is kept for as long as the
session lives, and a new session is made when any file changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path

from precompass.invalidation import Invalidations
from precompass.julia.behaviour import NEWEST_KNOWN, Julia
from precompass.julia.environment import Environment, load_environment
from precompass.julia.load_path import expand_load_path, project_in, read_load_path
from precompass.julia.preferences import PREFERENCES_NAMES
from precompass.julia.project import PROJECT_NAMES
from precompass.settings import Settings
from precompass.snapshot import Snapshot

_MANIFEST_NAME = re.compile(r"(?:Julia)?Manifest(?:-v[0-9]+\.[0-9]+)?\.toml")


class FileKind(Enum):
    """The kinds of files that Precompass understands."""

    PROJECT = "project file"
    MANIFEST = "manifest"
    PREFERENCES = "preferences file"


def file_kind(path: Path) -> FileKind | None:
    """Return what a file is to Julia, by its name; None if it is none of Julia's files."""
    if path.name in PROJECT_NAMES:
        return FileKind.PROJECT
    if path.name in PREFERENCES_NAMES:
        return FileKind.PREFERENCES
    if _MANIFEST_NAME.fullmatch(path.name):
        return FileKind.MANIFEST
    return None


class Session:
    """A snapshot, the settings, and what is computed from them.

    Args:
        snapshot: the files.
        settings: what the user has chosen.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings | None = None) -> None:
        self.snapshot = snapshot
        self.settings = settings or Settings()
        self._invalidations: dict[Path, Invalidations | None] = {}

    def project_of(self, path: Path) -> Path | None:
        """Return the project file whose environment a file belongs to, or None.

        That is the project file in the same folder; for a manifest without one, none.
        """
        if file_kind(path) is FileKind.PROJECT:
            return path
        return project_in(path.parent, self.snapshot)

    def invalidations(self, project: Path) -> Invalidations | None:
        """Return the answers about a project file's environment; None if it is not there."""
        if project not in self._invalidations:
            environment = self.environment(project)
            self._invalidations[project] = Invalidations(environment) if environment else None
        return self._invalidations[project]

    def environment(self, project: Path) -> Environment | None:
        """Return the environment of a project file, standing on the rest of the load path."""
        found = load_environment(project, self.snapshot, julia=self.settings.julia)
        if found is None:
            return None
        further = self._further_projects(project, found.julia)
        if not further:
            return found
        return load_environment(project, self.snapshot, julia=self.settings.julia, further=further)

    def _further_projects(self, project: Path, julia: Julia) -> Sequence[Path]:
        """Return the rest of the load path: what stands behind the active project."""
        entries = read_load_path(self.settings.variables)
        expanded = expand_load_path(
            entries,
            active=project,
            working_directory=project.parent,
            depots=self.depots,
            julia=julia,
            files=self.snapshot,
        )
        return [path for path in expanded if path != project]

    @cached_property
    def depots(self) -> Sequence[Path]:
        """The depots, nearest first."""
        if not self.settings.use_depot:
            return ()
        text = self.settings.depots or self.settings.variables.get("JULIA_DEPOT_PATH")
        if not text:
            return (Path.home() / ".julia",)
        return [Path(part).expanduser() for part in text.split(":") if part]

    @property
    def newest_julia(self) -> Julia:
        """The version whose rules apply where no file names one."""
        return Julia(self.settings.julia or NEWEST_KNOWN)
