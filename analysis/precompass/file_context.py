"""One of Julia's files, and the environment it belongs to: what rules, fixes and answers get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Node, Table, TomlDocument, parse_toml
from precompass.files.kinds import FileKind, file_kind
from precompass.findings import Finding, Fix, Related, Severity
from precompass.julia.environment import Environment, local_preferences_path
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.manifest import Manifest
from precompass.julia.preferences import CLEAR, Preference, Source
from precompass.julia.project import LISTING_SECTIONS, ProjectFile, parse_project
from precompass.julia.sandbox import tested_package
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.member_answers import MemberAnswer, answers_for
from precompass.session import Session, Tests

if TYPE_CHECKING:
    from precompass.recompilation.approximation import Approximation

MOST_PREFERENCES = 5_000
"""Preferences of one file that are looked at, and tables; that takes about a second."""
_NOT_FOR_REGISTRIES = frozenset(
    {"src", "ext", "deps", "test", "tests", "doc", "docs", "vendor", "scripts", "gen", "generator"}
    | {"bench", "benchmark", "benchmarks", "benchmarking", "perf", "validation", "experiments"}
    | {"example", "examples", "demo", "demos", "tutorial", "tutorials", "notebooks"}
)
"""Folders of a package, in lower case, from which nobody registers other packages."""


class PreferenceTable(msgspec.Struct, frozen=True):
    """A table of preferences in the file that is being checked.

    Attributes:
        name: of the table.
        path: the keys that lead to it: ``("preferences", "CSV")`` or ``("CSV",)``.
        entry: its place.
        uuid: of the package it belongs to; None if Julia ignores the table.
    """

    name: str
    path: tuple[str, ...]
    entry: Entry
    uuid: UUID | None

    @property
    def table(self) -> Table | None:
        """The table itself, or None if the value is none."""
        return self.entry.node if isinstance(self.entry.node, Table) else None

    @property
    def header(self) -> Span:
        """The range that represents the table: its header, or its key."""
        return self.entry.key.span


class SetPreference(msgspec.Struct, frozen=True):
    """A preference that the file sets.

    Attributes:
        table: in which it is set.
        preference: the package and the key.
        entry: the place and the value.
    """

    table: PreferenceTable
    preference: Preference
    entry: Entry

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the value."""
        return (*self.table.path, self.preference.key)


class FileContext:
    """A file as a rule sees it, with no environment unless it is an :class:`EnvironmentContext`.

    Args:
        session: the user's files, with the settings that count for this one.
        path: the file.
        kind: what it is to Julia.
    """

    def __init__(self, session: Session, path: Path, kind: FileKind) -> None:
        self.session = session
        self.path = path
        self.kind = kind
        source = session.snapshot.read(path)
        self.text = source.text if source else ""
        self.invalid_utf8_at = source.invalid_utf8_at if source else None

    @cached_property
    def document(self) -> TomlDocument:
        """The text with positions."""
        return parse_toml(self.text)

    @property
    def project(self) -> ProjectFile | None:
        """The project file of the environment that the file belongs to."""
        return None

    @cached_property
    def tests(self) -> Tests | None:
        """What ``Pkg.test`` runs for the package that the file belongs to, or whose tests it is of.

        A file belongs to the package beside it. A file in its folder ``test`` is of its tests.
        """
        tested = tested_package(self.path, self.session.snapshot)
        path = tested if tested is not None else self.session.project_of(self.path)
        return self.session.tests(path) if path is not None else None

    @property
    def invalidations(self) -> Invalidations | None:
        """The answers about that environment, as the active one."""
        return None

    @property
    def listed(self) -> Mapping[str, UUID]:
        """The packages whose preferences count, by the name of their table."""
        return {}

    @cached_property
    def is_hidden(self) -> bool:
        """Whether Julia does not read this preferences file because of another beside it."""
        if self.kind is not FileKind.PREFERENCES:
            return False
        return local_preferences_path(self.path.parent, self.session.snapshot) != self.path

    @cached_property
    def tables(self) -> tuple[PreferenceTable, ...]:
        """The entries where tables of preferences stand, whatever their values are."""
        prefix: tuple[str, ...] = () if self.kind is FileKind.PREFERENCES else ("preferences",)
        if self.kind in (FileKind.MANIFEST, FileKind.CONFIGURATION) or self.is_hidden:
            return ()
        parent = self.document.root.table(*prefix)
        listed = self.listed
        return tuple(
            PreferenceTable(name, (*prefix, name), entry, listed.get(name))
            for name, entry in islice(parent.entries.items() if parent else (), MOST_PREFERENCES)
        )

    def counts_in_tests(self, table: PreferenceTable) -> bool:
        """Tell whether a table of this file belongs to a package that ``Pkg.test`` lists."""
        if self.tests is None:
            return False
        environment = self.tests.environment.environment
        return any(
            table.name in layer.listing.listed(environment.julia)
            for layer in environment.layers
            if self.path == layer.project.path
            or (layer.local is not None and self.path == layer.local.path)
        )

    def preference_at(self, offset: int) -> tuple[PreferenceTable, str, Entry] | None:
        """Return the preference at a place: its table, its key, and where it is set.

        The table may be one that Julia ignores, so this need not be a :class:`SetPreference`.
        """
        for table in self.tables:
            for key, entry in table.table.entries.items() if table.table is not None else ():
                is_own_table = isinstance(entry.node, Table) and entry.node.form != "inline"
                end = entry.key.span.end if is_own_table else entry.node.span.end
                if offset in Span(entry.key.span.start, end):
                    return table, key, entry
        return None

    @cached_property
    def preferences(self) -> tuple[SetPreference, ...]:
        """The preferences of this file that Julia looks at: the first :data:`MOST_PREFERENCES`."""
        return tuple(islice(self._all_preferences(), MOST_PREFERENCES))

    def _all_preferences(self) -> Iterator[SetPreference]:
        for table in self.tables:
            if table.uuid is not None and table.table is not None:
                for key, entry in table.table.entries.items():
                    if key != CLEAR:
                        yield SetPreference(table, Preference(table.uuid, key), entry)

    @property
    def first_left_out(self) -> Entry | None:
        """The first table or preference that is ignored because there are so many."""
        beyond = next(islice(self._all_preferences(), MOST_PREFERENCES, None), None)
        if beyond is not None:
            return beyond.entry
        parent = self.document.root.table(*self.tables[-1].path[:-1]) if self.tables else None
        entries = parent.entries.values() if parent is not None else ()
        return next(islice(entries, MOST_PREFERENCES, None), None)

    def finding(
        self,
        rule_code: str,
        severity: Severity,
        span: Span,
        message: str,
        *,
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
        is_unnecessary: bool = False,
        reach: Span | None = None,
        beside_count: str | None = None,
    ) -> Finding:
        """Return a finding in this file."""
        return Finding(
            rule_code,
            severity,
            self.path,
            span,
            message,
            related,
            fixes,
            is_unnecessary,
            reach,
            beside_count,
        )


class EnvironmentContext(FileContext):
    """A file that belongs to an environment: there is a project file for it.

    Args:
        session: the user's files, with the settings that count for this one.
        path: the file.
        kind: what it is to Julia.
        project: the project file of its environment.
    """

    def __init__(self, session: Session, path: Path, kind: FileKind, project: ProjectFile) -> None:
        super().__init__(session, path, kind)
        self._project = project

    @property
    def project(self) -> ProjectFile:
        """The project file of the environment that the file belongs to."""
        return self._project

    @cached_property
    def invalidations(self) -> Invalidations:
        """The answers about that environment, as the active one."""
        return self.session.invalidations_of(self._project)

    @property
    def environment(self) -> Environment:
        """The environment, with the rest of the load path."""
        return self.invalidations.environment

    @property
    def manifest(self) -> Manifest | None:
        """The manifest of the environment."""
        return self.environment.manifest

    @property
    def approximation(self) -> Approximation | None:
        """What the environment would hold, approximately, where it has no manifest."""
        return self.session.approximation(self._project.path)

    @cached_property
    def listed(self) -> Mapping[str, UUID]:
        """The packages whose preferences count, by the name of their table."""
        return self._project.listed(self.environment.julia)

    @cached_property
    def members_below(self) -> tuple[Invalidations, ...]:
        """The other projects of the workspace for which the preferences of this file count."""
        return self.session.members_below(self.invalidations)

    @property
    def asks_a_part_only(self) -> bool:
        """Whether there are more such projects than are asked."""
        return self.session.asks_a_part_only(self.invalidations)

    def answers(self, preference: Preference) -> tuple[MemberAnswer, ...]:
        """Return what a change recompiles, for every project for which it counts, widest first."""
        return answers_for(self.invalidations, self.members_below, preference)

    def widest(self, preference: Preference) -> MemberAnswer:
        """Return what a change recompiles for the project for which that is most."""
        return self.answers(preference)[0]

    @cached_property
    def widest_in_effect(self) -> tuple[tuple[SetPreference, MemberAnswer], ...]:
        """The preferences of this file in effect, each with its widest answer."""
        return tuple((one, self.widest(one.preference)) for one in self.preferences_in_effect)

    def source(self, table: PreferenceTable) -> Source | None:
        """Return the same table as one of the sources of its package's preferences."""
        if table.name not in self._sources:
            self._sources[table.name] = self._find_source(table)
        return self._sources[table.name]

    @cached_property
    def _sources(self) -> dict[str, Source | None]:
        return {}

    def _find_source(self, table: PreferenceTable) -> Source | None:
        if table.uuid is None:
            return None
        for source in self.invalidations.preferences(table.uuid).sources:
            if source.file == self.path and source.path == table.path:
                return source
        return None

    @cached_property
    def preferences_in_effect(self) -> tuple[SetPreference, ...]:
        """The preferences of this file that no nearer table overrides."""
        return tuple(self._unshadowed())

    def _unshadowed(self) -> Iterator[SetPreference]:
        for one in self.preferences:
            source = self.source(one.table)
            if source is None:
                continue
            package, key = one.preference
            if self.invalidations.preferences(package).shadowing(source, key) is None:
                yield one

    def listed_packages(self) -> Iterator[tuple[str, str, UUID, Entry]]:
        """Yield the packages that this project file lists: section, name, UUID, place."""
        if self.kind is not FileKind.PROJECT:
            return
        for section in LISTING_SECTIONS:
            for name, uuid in self._project.section(section).items():
                entry = self.document.root.get(section, name)
                if entry is not None:
                    yield section, name, uuid, entry

    @cached_property
    def is_part_of_tests(self) -> bool:
        """Whether the project is in a folder ``test`` of another one."""
        return self._is_below(frozenset({"test"}))

    @cached_property
    def is_never_registered(self) -> bool:
        """Whether the project is in a folder of another one from which nobody registers packages.

        That is what is written for the package itself: its source, its tests, documentation,
        examples and measurements.
        """
        return self._is_below(_NOT_FOR_REGISTRIES)

    def _is_below(self, names: frozenset[str]) -> bool:
        """Tell whether the project is in a folder of such a name, beside another project."""
        files = self.session.snapshot
        return any(
            folder.name.lower() in names and project_in(folder.parent, files) is not None
            for folder in walk_up(self.path.parent)
        )

    def is_from_registry(self, name: str, uuid: UUID) -> bool:
        """Tell whether Pkg looks for a package that is listed here in a registry.

        It does not for what comes with Julia, what the manifest or ``[sources]`` says to be
        elsewhere, and projects of the same workspace; nor, most often, for a project in a
        folder above, whose documentation or tests this project is for.
        """
        if uuid in STDLIBS:
            return False
        entry = self.environment.entry(uuid)
        if entry is not None and not entry.is_registered_version:
            return False
        if uuid in self.environment.uuids or name in self.environment.names_in_sources:
            return False
        return uuid not in self._uuids_above

    @cached_property
    def _uuids_above(self) -> frozenset[UUID | None]:
        files = self.session.snapshot
        paths = (project_in(folder, files) for folder in walk_up(self.path.parent.parent))
        sources = ((path, files.read(path)) for path in paths if path is not None)
        return frozenset(parse_project(path, text.text).uuid for path, text in sources if text)


def context_of(session: Session, path: Path) -> FileContext | None:
    """Return the context of a file, or None if it is none that we know, or cannot be read.

    Its session has the settings that count for the file. If the file belongs to an environment,
    it is an :class:`EnvironmentContext`.
    """
    return session.once(_context_of, path)


def _context_of(session: Session, path: Path) -> FileContext | None:
    kind = file_kind(path)
    if kind is None or session.snapshot.read(path) is None:
        return None
    session = session.configured_for(path)
    project_path = session.project_of(path)
    source = session.snapshot.read(project_path) if project_path is not None else None
    is_ignored = kind is FileKind.PROJECT and project_path != path
    if project_path is None or source is None or is_ignored:
        return FileContext(session, path, kind)
    return EnvironmentContext(session, path, kind, parse_project(project_path, source.text))


def environment_context_of(session: Session, path: Path) -> EnvironmentContext | None:
    """Return the context of a file that belongs to an environment, or None if it does not."""
    context = context_of(session, path)
    return context if isinstance(context, EnvironmentContext) else None


def string_items(node: Node) -> tuple[tuple[str, Span], ...]:
    """Return the strings of an array with their places."""
    if not isinstance(node, Array):
        return ()
    return tuple(
        (item.value, item.span)
        for item in node.items
        if not isinstance(item, Array | Table) and isinstance(item.value, str)
    )
