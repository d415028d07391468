"""The projects of a workspace, and what they share.

Every project of a workspace sees all the others, so what is computed from all of them is computed
here, once for the workspace and not once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import overload

import msgspec

from precompass.julia.project import ProjectFile, ProjectShape
from precompass.julia.uuids import UUID


class Workspace(msgspec.Struct, frozen=True, eq=False, dict=True):
    """The projects of a workspace, its outermost base first."""

    projects: tuple[ProjectFile, ...]

    @cached_property
    def shapes(self) -> tuple[ProjectShape, ...]:
        """What a dependency graph takes from each project."""
        return tuple(project.shape for project in self.projects)

    @cached_property
    def all_shapes(self) -> frozenset[ProjectShape]:
        """The same, whatever their order."""
        return frozenset(self.shapes)

    @cached_property
    def all_projects(self) -> frozenset[ProjectFile]:
        """The projects, whatever their order."""
        return frozenset(self.projects)

    @cached_property
    def uuids(self) -> frozenset[UUID | None]:
        """The UUIDs of the projects; None if one has none."""
        return frozenset(project.uuid for project in self.projects)

    @cached_property
    def with_uuid(self) -> Mapping[UUID, ProjectFile]:
        """The projects by their UUIDs; of several with the same one, the first."""
        return {one.uuid: one for one in reversed(self.projects) if one.uuid is not None}

    @cached_property
    def names_in_sources(self) -> frozenset[str]:
        """The names of the packages that ``[sources]`` of some project says to be elsewhere."""
        return frozenset(name for project in self.projects for name in project.sources)

    @cached_property
    def broken(self) -> tuple[ProjectFile, ...]:
        """The projects of whose text some line was lost in reading."""
        return tuple(project for project in self.projects if project.first_loss is not None)

    @cached_property
    def text_size(self) -> int:
        """The characters of all project files."""
        return sum(len(project.document.text) for project in self.projects)

    @cached_property
    def places(self) -> Mapping[Path, int]:
        """For each project file, which of the projects it is, from 0."""
        return {project.path: place for place, project in enumerate(self.projects)}


class Members(Sequence[ProjectFile]):
    """The other projects of a workspace, as one of them sees it.

    Args:
        workspace: all projects.
        path: the project file that is left out.
    """

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self.workspace = workspace
        self._left_out = workspace.places.get(path, len(workspace.projects))

    def are_beside(self, project: ProjectFile) -> bool:
        """Tell whether the workspace is these and a project with the same text.

        A project that would list one more package in ``[extras]`` counts as the same.
        """
        for one in self.workspace.projects[self._left_out : self._left_out + 1]:
            is_same_text = one.document is project.document and one.shape == project.shape
            return one is project or is_same_text
        return False

    @overload
    def __getitem__(self, index: int) -> ProjectFile: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ProjectFile]: ...

    def __getitem__(self, index: int | slice) -> ProjectFile | Sequence[ProjectFile]:
        return tuple(self)[index]

    def __iter__(self) -> Iterator[ProjectFile]:
        projects, place = self.workspace.projects, self._left_out
        return chain(projects[:place], projects[place + 1 :])

    def __len__(self) -> int:
        every = len(self.workspace.projects)
        return every - (self._left_out < every)
