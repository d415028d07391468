"""One of Julia's files with its environment: what rules, fixes and hovers look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Node, Table, TomlDocument, parse_toml
from precompass.files.kinds import FileKind, file_kind
from precompass.findings import Finding, Fix, Related, Severity
from precompass.julia.environment import local_preferences_path
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.preferences import CLEAR, Source
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session

MOST_PREFERENCES = 5_000
"""Preferences of one file that are looked at, and tables; that takes about a second."""


@dataclass(frozen=True)
class PreferenceTable:
    """A table of preferences in the file that is being checked.

    Attributes:
        name: of the table.
        path: the keys that lead to it: ``("preferences", "CSV")`` or ``("CSV",)``.
        entry: the place where it stands.
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
        """The range that stands for the table: its header, or its key."""
        return self.entry.key.span


class FileContext:
    """A file as a rule sees it.

    Args:
        session: the user's files.
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

    @property
    def document(self) -> TomlDocument:
        """The text with positions."""
        return parse_toml(self.text)

    @cached_property
    def project(self) -> ProjectFile | None:
        """The project file of the environment that the file belongs to."""
        path = self.session.project_of(self.path)
        source = self.session.snapshot.read(path) if path else None
        return parse_project(path, source.text) if path and source else None

    @cached_property
    def invalidations(self) -> Invalidations | None:
        """The answers about that environment, as the active one."""
        return self.session.invalidations(self.project.path) if self.project else None

    @property
    def approximation(self) -> Approximation | None:
        """What that environment would hold, approximately, where it has no manifest."""
        return self.session.approximation(self.project.path) if self.project else None

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
        listed: Mapping[str, UUID] = {}
        if self.project is not None and self.invalidations is not None:
            listed = self.project.listed(self.invalidations.environment.julia)
        return tuple(
            PreferenceTable(name, (*prefix, name), entry, listed.get(name))
            for name, entry in islice(parent.entries.items() if parent else (), MOST_PREFERENCES)
        )

    def preference_at(self, offset: int) -> tuple[PreferenceTable, str, Entry] | None:
        """Return the preference at a place: its table, its key, and where it is set."""
        for table in self.tables:
            for key, entry in table.table.entries.items() if table.table is not None else ():
                is_own_table = isinstance(entry.node, Table) and entry.node.form != "inline"
                end = entry.key.span.end if is_own_table else entry.node.span.end
                if offset in Span(entry.key.span.start, end):
                    return table, key, entry
        return None

    def source(self, table: PreferenceTable) -> Source | None:
        """Return the same table as one of the sources of its package's preferences."""
        if table.uuid is None or self.invalidations is None:
            return None
        for source in self.invalidations.preferences(table.uuid).sources:
            if source.file == self.path and source.path == table.path:
                return source
        return None

    def preferences(self) -> Iterator[tuple[PreferenceTable, UUID, str, Entry]]:
        """Yield the preferences of this file that Julia looks at: table, package, key, place.

        They are the first :data:`MOST_PREFERENCES`.
        """
        return islice(self._all_preferences(), MOST_PREFERENCES)

    def _all_preferences(self) -> Iterator[tuple[PreferenceTable, UUID, str, Entry]]:
        for table in self.tables:
            if table.uuid is not None and table.table is not None:
                for key, entry in table.table.entries.items():
                    if key != CLEAR:
                        yield table, table.uuid, key, entry

    @property
    def first_left_out(self) -> Entry | None:
        """The first table or preference that is not looked at because there are so many."""
        beyond = next(islice(self._all_preferences(), MOST_PREFERENCES, None), None)
        if beyond is not None:
            return beyond[3]
        parent = self.document.root.table(*self.tables[-1].path[:-1]) if self.tables else None
        entries = parent.entries.values() if parent is not None else ()
        return next(islice(entries, MOST_PREFERENCES, None), None)

    def preferences_in_effect(self) -> Iterator[tuple[PreferenceTable, UUID, str, Entry]]:
        """Yield those of them that no nearer table overrides."""
        for table, uuid, key, entry in self.preferences():
            source = self.source(table)
            if source is None or self.invalidations is None:
                continue
            if self.invalidations.preferences(uuid).shadowing(source, key) is None:
                yield table, uuid, key, entry

    def listed_packages(self) -> Iterator[tuple[str, str, UUID, Entry]]:
        """Yield the packages that this project file lists: section, name, UUID, place."""
        if self.kind is not FileKind.PROJECT or self.project is None:
            return
        for section in ("deps", "weakdeps", "extras"):
            for name, uuid in self.project.section(section).items():
                entry = self.document.root.get(section, name)
                if entry is not None:
                    yield section, name, uuid, entry

    def is_from_registry(self, name: str, uuid: UUID) -> bool:
        """Tell whether Pkg looks for a package that is listed here in a registry.

        It does not for what comes with Julia, what the manifest or ``[sources]`` says to be
        elsewhere, and projects of the same workspace; nor, most often, for a project in a
        folder above, whose documentation or tests this project is for.
        """
        if self.invalidations is None or uuid in STDLIBS:
            return False
        environment = self.invalidations.environment
        entry = environment.entry(uuid)
        if entry is not None and not entry.is_registered_version:
            return False
        if any(uuid == one.uuid or name in one.sources for one in environment.projects):
            return False
        return uuid not in self._uuids_above

    @cached_property
    def _uuids_above(self) -> frozenset[UUID | None]:
        files = self.session.snapshot
        paths = (project_in(folder, files) for folder in walk_up(self.path.parent.parent))
        sources = ((path, files.read(path)) for path in paths if path is not None)
        return frozenset(parse_project(path, text.text).uuid for path, text in sources if text)

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
    ) -> Finding:
        """Return a finding in this file."""
        return Finding(
            rule_code, severity, self.path, span, message, related, fixes, is_unnecessary
        )


def context_of(session: Session, path: Path) -> FileContext | None:
    """Return the context of a file, or None if it is none that we know, or cannot be read.

    Its session has the settings that count for the file.
    """
    kind = file_kind(path)
    if kind is None or session.snapshot.read(path) is None:
        return None
    return FileContext(session.configured_for(path), path, kind)


def string_items(node: Node) -> tuple[tuple[str, Span], ...]:
    """Return the strings of an array with their places."""
    if not isinstance(node, Array):
        return ()
    return tuple(
        (item.value, item.span)
        for item in node.items
        if not isinstance(item, Array | Table) and isinstance(item.value, str)
    )
