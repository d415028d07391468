"""The public surface of ``precompass`` for other programs: open a project, ask, compare.

The names in ``__all__`` keep their meaning within a major version; everything else in the package
may change with any release. The answers are those of the command line: an :class:`Answer` holds
what ``precompass explain --format json`` prints, a :class:`Difference` what ``precompass diff``
prints. Like them, nothing here runs Julia, starts a process, or writes a file of a project.

    >>> project = open_project("examples/CatchmentModels", use_depot=False)
    >>> answer = project.preference("SnoopPrecompile", "skip_precompile")
    >>> f"{answer.count} of {answer.of} packages, {answer.evidence.word}"
    '41 of 158 packages, known'
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from precompass import wording
from precompass.answers import comparison
from precompass.answers.explanation import explain
from precompass.answers.subject import packages_named
from precompass.documents.values import TomlValue
from precompass.files.disk import confine, is_folder
from precompass.files.reach import Reach
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.behaviour import read_version
from precompass.julia.load_path import project_in
from precompass.julia.preferences import CLEAR
from precompass.recompilation.evidence import Evidence
from precompass.recompilation.graph import Unit
from precompass.recompilation.installed import DepotMemory
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.trust import reach_for, trusts
from precompass.wording import read_reasons

__all__ = [
    "Answer",
    "Change",
    "Difference",
    "Evidence",
    "Origin",
    "Project",
    "ProjectError",
    "UnknownPackageError",
    "compare",
    "open_project",
]

AnyPath: TypeAlias = str | os.PathLike[str]


class ProjectError(Exception):
    """A project that is not there, or that cannot be read; the message says why."""


class UnknownPackageError(LookupError):
    """A name that no package of the environment has, or several have."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value is set.

    Attributes:
        file: the file.
        line: the line in it, from 0.
    """

    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What Julia recompiles when a preference, or a package itself, changes.

    Attributes:
        package: the name of the package; of an extension, ``Parent/Extension``.
        uuid: of the package.
        key: of the preference; None if the question was about the package itself.
        count: how many packages are recompiled, without extensions.
        of: how many packages the environment has, without standard libraries.
        recompiled: the names of these packages, sorted.
        extensions: the extensions that are recompiled, as ``Parent/Extension``, sorted.
        stale: all whose compile cache no longer fits, sorted; None without caches.
        observers: the packages and extensions that read the preference, sorted.
        evidence: the weakest evidence behind the answer.
        complete: whether all is known that the counts rest on; otherwise they are least numbers.
        noticed: whether Julia notices the change; None if that cannot be told.
        why: why it does not, or None.
        value: the value in effect; None if the preference is not set.
        origin: where this value is set.
        chain: a shortest chain of dependencies from the project to the package.
    """

    package: str
    uuid: UUID
    key: str | None
    count: int
    of: int
    recompiled: tuple[str, ...]
    extensions: tuple[str, ...]
    stale: tuple[str, ...] | None
    observers: tuple[str, ...]
    evidence: Evidence
    complete: bool
    noticed: bool | None
    why: str | None
    value: TomlValue | None
    origin: Origin | None
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A preference that has another value in effect after a change.

    Attributes:
        package, key: the preference.
        before, after: the values; None means that it is not set.
        noticed: whether something is recompiled because of it; None if that cannot be told.
        observers: the packages and extensions that read the preference, sorted.
    """

    package: str
    key: str
    before: TomlValue | None
    after: TomlValue | None
    noticed: bool | None
    observers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What Julia recompiles between two states of one environment.

    Attributes:
        count, of, recompiled, extensions, stale, evidence, complete: as in :class:`Answer`.
        changes: the preferences that changed, by package and key.
        failed: packages and extensions that no longer compile, sorted.
        errors: what makes Julia throw, one sentence each.
        notes: what makes the answer less certain than it looks, one sentence each.
    """

    count: int
    of: int
    recompiled: tuple[str, ...]
    extensions: tuple[str, ...]
    stale: tuple[str, ...] | None
    evidence: Evidence
    complete: bool
    changes: tuple[Change, ...]
    failed: tuple[str, ...]
    errors: tuple[str, ...]
    notes: tuple[str, ...]


class Project:
    """A project and its environment at one moment; made by :func:`open_project`.

    A project does not change: :meth:`refreshed` reads the files again, :meth:`with_texts` is the
    same project with other texts.
    """

    def __init__(
        self,
        path: Path,
        settings: Settings,
        disk: Disk,
        memory: DepotMemory,
        texts: Mapping[Path, str],
        reach: Reach,
    ) -> None:
        self._reach = reach
        confine(reach)
        self._path = path
        self._settings = settings
        self._disk = disk
        self._memory = memory
        self._texts = texts
        plain = Session(Snapshot(disk, texts), settings, memory)
        self._session = plain.configured_for(path)
        unreadable = comparison.why_unreadable(path, self._session)
        found = None if unreadable else self._session.invalidations(path)
        if found is None:
            raise ProjectError(unreadable or f"there is no project file {path}")
        self._answers: Invalidations = found

    @property
    def path(self) -> Path:
        """The project file."""
        return self._path

    @property
    def julia(self) -> str:
        """The version of Julia whose rules apply."""
        return str(self._answers.environment.julia.version)

    @property
    def packages(self) -> tuple[str, ...]:
        """The names of the packages that a count is "of", sorted."""
        return _names(unit for unit in self._answers.graph.units.values() if unit.is_package)

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes answers less than they could be, such as a missing manifest; a sentence each.

        Without a manifest, a count is a lower bound.
        """
        return tuple(comparison.doubts(self._answers))

    def preference(self, package: str | UUID, key: str) -> Answer:
        """Return what Julia recompiles when a preference changes.

        Args:
            package: the package that owns the preference, by name or UUID.
            key: of the preference.

        Raises:
            UnknownPackageError: if no package has the name, or several have it.
        """
        return self._answer(self._uuid_of(package), key)

    def package(self, package: str | UUID) -> Answer:
        """Return what Julia recompiles when a package itself changes.

        Args:
            package: by name or UUID; an extension is called ``Parent/Extension``.

        Raises:
            UnknownPackageError: if no package has the name, or several have it.
        """
        return self._answer(self._uuid_of(package), None)

    def preferences(self) -> tuple[Answer, ...]:
        """Return the answers for all preferences in effect, by package and key.

        A preference that Julia ignores, because no project lists its package, is not among them.
        """
        confine(self._reach)
        environment = self._answers.environment
        found = [
            self._answer(uuid, key)
            for uuid in environment.described_uuids()
            for key in self._answers.preferences(uuid).values
            if key != CLEAR
        ]
        return tuple(sorted(found, key=lambda answer: (answer.package, answer.key or "")))

    def with_texts(self, texts: Mapping[AnyPath, str]) -> Project:
        """Return the same project with other texts in place of files, which need not exist.

        Args:
            texts: by path; a relative path starts at the folder of the project.
        """
        added = {_absolute(self._path.parent / path): text for path, text in texts.items()}
        return Project(
            self._path,
            self._settings,
            self._disk,
            self._memory,
            {**self._texts, **added},
            self._reach,
        )

    def refreshed(self) -> Project:
        """Return the same project with the files as they are now.

        Files that did not change are not read again. Texts of :meth:`with_texts` stay.
        """
        return Project(
            self._path, self._settings, self._disk, self._memory, self._texts, self._reach
        )

    def _uuid_of(self, package: str | UUID) -> UUID:
        name = str(package)
        found = packages_named(name, self._answers)
        if len(found) == 1:
            return found[0]
        if found:
            uuids = ", ".join(map(str, found))
            raise UnknownPackageError(f"several packages are called {name}: {uuids}")
        raise UnknownPackageError(f"{self._path} has no package {name} in its environment")

    def _answer(self, uuid: UUID, key: str | None) -> Answer:
        confine(self._reach)
        found = explain(self._answers, uuid, key)
        recompilation = found.recompilation
        origin = found.origin
        return Answer(
            package=found.package,
            uuid=found.uuid,
            key=found.key,
            count=recompilation.count,
            of=recompilation.of,
            recompiled=_names(recompilation.packages),
            extensions=_names(recompilation.extensions),
            stale=None if recompilation.stale is None else _names(recompilation.stale),
            observers=_names(seen.unit for seen in found.observers),
            evidence=recompilation.evidence,
            complete=recompilation.is_complete,
            noticed=found.noticed if found.is_known else None,
            why=None
            if found.why_not is None
            else read_reasons.why_not(found.why_not, found.environment),
            value=found.value,
            origin=None if origin is None else Origin(origin.file, origin.line),
            chain=tuple(unit.label for unit in found.chain),
        )


def open_project(
    path: AnyPath = ".",
    *,
    julia: str | None = None,
    depot: str | None = None,
    use_depot: bool | None = None,
    trust: bool | None = None,
    variables: Mapping[str, str] | None = None,
) -> Project:
    """Open a project.

    Args:
        path: a project file, or the folder of one.
        julia: the version of Julia whose rules apply, such as ``"1.11"`` or ``"1.12.2"``;
            otherwise the one that wrote the manifest.
        depot: where packages and compile caches are, in the format of ``JULIA_DEPOT_PATH``;
            otherwise that variable, or Julia's default.
        use_depot: whether to look into depots at all; otherwise what a ``precompass.toml`` says,
            else yes.
        trust: whether the files may lead elsewhere: by depots in a ``precompass.toml``, paths of
            packages, links. Otherwise they may if the folder is yours; see
            :mod:`precompass.trust`.
        variables: the environment variables that Julia would see; otherwise those of this process.

    Raises:
        ProjectError: if there is no project, or it cannot be read.
        ValueError: if *julia* is not a version.
    """
    version = read_version(julia) if julia is not None else None
    if julia is not None and version is None:
        raise ValueError(f"{julia!r} is not a version of Julia, such as 1.11 or 1.12.2")
    confine(Reach())  # the path itself is the caller's choice
    place = _absolute(path)
    folder = place if is_folder(place) else place.parent
    seen = dict(os.environ if variables is None else variables)
    is_trusted = trusts(trust, [folder])
    reach = reach_for([folder], depot, seen, is_trusted=is_trusted)
    settings = Settings(
        julia=version,
        depots=depot,
        use_depot=use_depot,
        use_registry=False,
        is_trusted=is_trusted,
        variables=seen,
    )
    disk = Disk()
    snapshot = Snapshot(disk)
    project = place if snapshot.is_file(place) else project_in(place, snapshot)
    if project is None:
        raise ProjectError(f"there is no project file in {place}")
    return Project(project, settings, disk, DepotMemory(), {}, reach)


def compare(before: Project, after: Project) -> Difference:
    """Return what Julia recompiles when the files of *before* become those of *after*.

    The two are states of one environment: two folders, or one project with other texts.

    Raises:
        ProjectError: if the two cannot be compared.
    """
    confine(before._reach | after._reach)
    found = comparison.compare(before._session, before.path, after._session, after.path)
    if found.difference is None or found.after is None:
        raise ProjectError(found.unreadable or f"{before.path} does not exist")
    difference, recompilation = found.difference, found.difference.recompilation
    changes = [
        Change(
            found.after.environment.name_of(change.preference.package),
            change.preference.key,
            change.before,
            change.after,
            comparison.is_noticed(change, difference, found.after),
            _names(seen.unit for seen in change.observers),
        )
        for change in difference.changes
    ]
    return Difference(
        count=recompilation.count,
        of=recompilation.of,
        recompiled=_names(recompilation.packages),
        extensions=_names(recompilation.extensions),
        stale=None if recompilation.stale is None else _names(recompilation.stale),
        evidence=recompilation.evidence,
        complete=recompilation.is_complete,
        changes=tuple(sorted(changes, key=lambda change: (change.package, change.key))),
        failed=_names(difference.failed),
        errors=wording.failures(difference.errors),
        notes=found.notes,
    )


def _names(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(sorted(unit.label for unit in units))


def _absolute(path: AnyPath) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - no symlink is followed
