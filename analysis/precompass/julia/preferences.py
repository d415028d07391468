"""Preferences: whose table counts, and the values in effect.

Source: ``get_uuid_name``, ``collect_preferences``, ``recursive_prefs_merge`` and
``get_preferences`` of ``base/loading.jl``, Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import Entry, Table, TomlDocument, parse_toml, plain
from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.behaviour import Julia
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.memo import memoised

PREFERENCES_NAMES = ("JuliaLocalPreferences.toml", "LocalPreferences.toml")
"""Names of a preferences file; of two in one folder Julia reads the first."""

CLEAR = "__clear__"
"""The key by which a table removes inherited keys."""


class Preference(NamedTuple):
    """A preference: the package that owns it, and its key.

    It is a tuple because millions of them are compared and hashed.
    """

    package: UUID
    key: str


class PreferencesFile(msgspec.Struct, frozen=True, eq=False, dict=True, weakref=True):
    """A ``LocalPreferences.toml``.

    Attributes:
        path: where it is.
        document: its text with positions.
    """

    path: Path
    document: TomlDocument

    @cached_property
    def values(self) -> Mapping[str, TomlValue]:
        """The values, with Julia's types; of a broken file, what could be read."""
        values = plain(self.document.root)
        return values if isinstance(values, Mapping) else {}

    @cached_property
    def first_loss(self) -> int | None:
        """The line, from 0, from which on something may be missing; None if all was read."""
        lost = (fault for fault in self.document.faults if fault.first is None)
        fault = next(lost, None)
        return self.document.lines.line_of(fault.span.start) if fault is not None else None


@memoised(
    size=lambda _, __, text: len(text), of=lambda path, _: path, ahead=lambda _, text: len(text)
)
def parse_preferences(path: Path, text: str) -> PreferencesFile:
    """Read a preferences file. Never raises."""
    return PreferencesFile(path, parse_toml(text))


class Layer(msgspec.Struct, frozen=True):
    """One project file of the stack, with the preferences file beside it that Julia reads.

    Attributes:
        project: the project file.
        local: the preferences file.
        listed_by: the project file that decides which packages the tables belong to, if it is
            another one: `Pkg.test` copies tables to where its own project file lists packages.
        is_copied: whether its project file is that one, copied with the tables in it.
    """

    project: ProjectFile
    local: PreferencesFile | None
    listed_by: ProjectFile | None = None
    is_copied: bool = False

    @property
    def listing(self) -> ProjectFile:
        """The project file that decides which packages the tables belong to."""
        return self.project if self.listed_by is None else self.listed_by


class Source(msgspec.Struct, frozen=True):
    """A table that has a say in the preferences of one package.

    Attributes:
        file: the file it is in.
        document: that file's text.
        path: the keys that lead to the table: ``("preferences", "CSV")`` or ``("CSV",)``.
        values: the table.
    """

    file: Path
    document: TomlDocument
    path: tuple[str, ...]
    values: TomlTable

    @property
    def table(self) -> Table | None:
        """The table with its positions."""
        return self.document.root.table(*self.path)

    def entry(self, key: str) -> Entry | None:
        """Return the place where this table sets a key."""
        return self.document.root.get(*self.path, key)


class LookupFailure(msgspec.Struct, frozen=True):
    """Why Julia throws when it looks for the preferences of a package.

    Attributes:
        file: the file at fault.
        span: the place in it.
        message: what Julia does about it, for a person.
    """

    file: Path
    span: Span
    message: str


class Preferences(msgspec.Struct, frozen=True):
    """The preferences of one package in effect.

    Attributes:
        uuid: of the package.
        values: the merged table.
        sources: all tables that have a say, from the farthest to the nearest.
        errors: what makes Julia throw instead.
    """

    uuid: UUID
    values: TomlTable
    sources: tuple[Source, ...]
    errors: tuple[LookupFailure, ...]

    def origin(self, key: str) -> Source | None:
        """Return the nearest table that sets *key* in effect, or None if it is not set."""
        if key not in self.values:
            return None
        return next((source for source in reversed(self.sources) if key in source.values), None)

    def recorded_value(self, key: str) -> TomlValue:
        """Return the value of a key as it gets into a cache.

        ``load_preference`` deletes ``__clear__`` from nested tables, and by that also from the
        table that Julia keeps for the file, unless merging has made a copy of it. The cache then
        records the table without the key, every later check finds the key, and the package is
        recompiled at every start (Preferences 1.5, ``drop_clears!``).
        """
        shared = {
            id(table) for source in self.sources for table in _tables_within(source.values.get(key))
        }
        return _without_shared_clears(self.values[key], shared)

    def shadowing(self, source: Source, key: str) -> Source | None:
        """Return the nearer table that sets or clears a key of *source*, if there is one.

        A table over a table does not hide it: the two are merged.
        """
        here = self.sources.index(source)
        value = source.values[key]
        for nearer in reversed(self.sources[here + 1 :]):
            over = nearer.values.get(key)
            if key in nearer.values and not (
                isinstance(value, Mapping) and isinstance(over, Mapping)
            ):
                return nearer
            if key in cleared_keys(nearer.values):
                return nearer
        return None


def _tables_within(value: TomlValue | None) -> Iterator[TomlTable]:
    if isinstance(value, Mapping):
        yield value
        for below in value.values():
            yield from _tables_within(below)


def _without_shared_clears(value: TomlValue, shared: set[int]) -> TomlValue:
    if not isinstance(value, Mapping):
        return value
    return {
        key: _without_shared_clears(below, shared)
        for key, below in value.items()
        if key != CLEAR or id(value) not in shared
    }


def cleared_keys(table: TomlTable) -> Sequence[str]:
    """Return the keys that a table clears: only a list of strings, not empty, clears any."""
    names = table.get(CLEAR)
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return [name for name in names if isinstance(name, str)]
    return ()


def merge(base: TomlTable, override: TomlTable) -> dict[str, TomlValue]:
    """Merge a table over another, as ``recursive_prefs_merge`` does it.

    First the keys that *override* clears go; then its own are set, ``__clear__`` among them;
    tables merge with tables, everything else replaces.
    """
    result = dict(base)
    for name in cleared_keys(override):
        result.pop(name, None)
    for name, value in override.items():
        below = result.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[name] = merge(below, value)
        else:
            result[name] = value
    return result


def preferences_of(uuid: UUID, layers: Sequence[Layer], julia: Julia) -> Preferences:
    """Return the preferences in effect of a package.

    Args:
        uuid: the package.
        layers: the stack, nearest first.
        julia: whose rules apply.
    """
    sources: list[Source] = []
    errors: list[LookupFailure] = []
    for layer in reversed(layers):
        errors += _unreadable(layer.project.path, layer.project.document)
        name = layer.listing.table_name(uuid, julia)
        if name is None:
            continue
        if layer.listed_by is not None and _clears(layer.project.preferences, name):
            sources = _left(sources, layers)
        found, problem = _source_in_project(layer.project, name, julia)
        sources += found
        errors += problem
        if layer.local is not None:
            if layer.listed_by is not None and _clears(layer.local.values, name):
                sources = _left(sources, layers)
            found, problem = _source_in_local(layer.local, name)
            sources += found
            errors += problem
    values: TomlTable = {}
    for source in sources:
        values = merge(values, source.values)
    return Preferences(uuid, values, tuple(sources), tuple(errors))


def _clears(tables: TomlValue | None, name: str) -> bool:
    """Tell whether a file clears a whole table: where files are merged by names of tables.

    `Pkg.test` merges them so (``get_preferences`` without a UUID).
    """
    return isinstance(tables, Mapping) and name in cleared_keys(tables)


def _left(sources: list[Source], layers: Sequence[Layer]) -> list[Source]:
    """Return the tables that are left when theirs is cleared: what was copied with a project."""
    copied = {layer.project.path for layer in layers if layer.is_copied}
    return [one for one in sources if one.file in copied and one.path[0] == "preferences"]


def _source_in_project(
    project: ProjectFile, name: str, julia: Julia
) -> tuple[list[Source], list[LookupFailure]]:
    tables = project.preferences
    if tables is None:
        return [], []
    if not isinstance(tables, Mapping):
        if not julia.refuses_other_preferences:
            return [], []
        message = "`preferences` is not a table: Julia throws a TypeError when it looks here"
        return [], [_wrong_type(project.path, project.document, ("preferences",), message)]
    return _source(project.path, project.document, ("preferences", name), tables)


def _source_in_local(local: PreferencesFile, name: str) -> tuple[list[Source], list[LookupFailure]]:
    sources, errors = _source(local.path, local.document, (name,), local.values)
    return sources, [*errors, *_unreadable(local.path, local.document)]


def _source(
    file: Path, document: TomlDocument, path: tuple[str, ...], tables: TomlTable
) -> tuple[list[Source], list[LookupFailure]]:
    name = path[-1]
    if name not in tables:
        return [], []
    table = tables[name]
    if isinstance(table, Mapping):
        return [Source(file, document, path, table)], []
    message = f"`{name}` is not a table: Julia throws a TypeError when it looks for `{name}` here"
    return [], [_wrong_type(file, document, path, message)]


def _wrong_type(
    file: Path, document: TomlDocument, path: tuple[str, ...], message: str
) -> LookupFailure:
    entry = document.root.get(*path)
    return LookupFailure(file, entry.key.span if entry else Span(0, 0), message)


def _unreadable(file: Path, document: TomlDocument) -> list[LookupFailure]:
    return [
        LookupFailure(file, fault.span, "this file is not valid TOML, so Julia cannot read it")
        for fault in document.faults[:1]
    ]
