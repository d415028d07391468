"""Manifests, formats 1.0, 2.0 and 2.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec.structs import replace

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Table, TomlDocument, parse_toml, plain
from precompass.documents.values import TomlTable
from precompass.julia.behaviour import Series, read_version
from precompass.julia.project import read_extensions
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.versions import VersionNumber
from precompass.memo import memoised

_STDLIB_NAMES = frozenset(STDLIBS.values())
_NOTHING: Mapping[str, UUID | None] = {}
"""What most entries have in one of their tables; one for all of them."""


class PackageEntry(msgspec.Struct, frozen=True):
    """A package of a manifest.

    Attributes:
        deps, weakdeps: name to UUID; None where the name is in no entry of the manifest.
        extensions: name of the extension to the names of its triggers.
        repo_url: the git repository that it was added from, if not from a registry.
        index: which of the entries of its name it is, from 0.
        syntax: the version of Julia's syntax that it is written in (1.14).
    """

    name: str
    uuid: UUID
    version: VersionNumber | None
    tree_sha1: str | None
    path: str | None
    entryfile: str | None
    deps: Mapping[str, UUID | None]
    weakdeps: Mapping[str, UUID | None]
    extensions: Mapping[str, tuple[str, ...]]
    repo_url: str | None
    index: int
    syntax: VersionNumber | None = None

    @property
    def is_stdlib(self) -> bool:
        """Whether it comes with Julia: it has neither a path nor a tree hash."""
        return self.path is None and self.tree_sha1 is None

    @property
    def is_registered_version(self) -> bool:
        """Whether Pkg took it from a registry: it is neither developed nor of a repository."""
        return self.path is None and self.repo_url is None and self.tree_sha1 is not None


class Manifest(msgspec.Struct, frozen=True, eq=False, dict=True, weakref=True):
    """A manifest.

    Attributes:
        path: where it is.
        document: its text with positions.
        julia_version: the Julia that wrote it, where it says so.
        names_series: whether it names a series only, as in ``"1.10"``; its newest release counts.
        packages: by UUID.
        prefix: the keys that lead to the table of packages: none in format 1.0.
        unresolved: packages that Pkg has yet to choose a version of: neither that nor what they
            depend on is known.
    """

    path: Path
    document: TomlDocument
    julia_version: VersionNumber | None
    packages: Mapping[UUID, PackageEntry]
    prefix: tuple[str, ...] = ("deps",)
    unresolved: frozenset[UUID] = frozenset()
    names_series: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether no line was lost in reading: what is not in it is really not in it."""
        return all(fault.first is not None for fault in self.document.faults)

    @cached_property
    def first_loss(self) -> int | None:
        """The line, from 0, from which on something may be missing; None if all was read."""
        lost = [fault.span.start for fault in self.document.faults if fault.first is None]
        if self.document.unread_from is not None:
            lost.append(self.document.unread_from)
        return self.document.lines.line_of(min(lost)) if lost else None

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The names of packages that others depend on and that have no entry, sorted."""
        names = {
            name
            for entry in self.packages.values()
            for name, uuid in entry.deps.items()
            if (uuid is None or uuid not in self.packages) and name not in _STDLIB_NAMES
        }
        return tuple(sorted(names))

    @cached_property
    def by_name(self) -> Mapping[str, PackageEntry]:
        """The packages by name; of several with one name, the last."""
        return {entry.name: entry for entry in self.packages.values()}

    def named(self, name: str) -> PackageEntry | None:
        """Return the package of this name, if there is exactly one."""
        found = [entry for entry in self.packages.values() if entry.name == name]
        return found[0] if len(found) == 1 else None

    def table(self, entry: PackageEntry) -> Table | None:
        """Return the place of a package's entry."""
        found = self.document.root.get(*self.prefix, entry.name)
        tables = found.node.items if found is not None and isinstance(found.node, Array) else ()
        table = tables[entry.index] if entry.index < len(tables) else None
        if not isinstance(table, Table):
            return None
        # A text without faults has its tables where their values are; so it need not be read.
        is_it = not self.document.faults or _uuid_of(table) == entry.uuid
        return table if is_it else None

    def written_entries(self) -> Iterator[tuple[str, int, TomlTable]]:
        """Yield every entry as it is written, by name and number, readable or not."""
        value: object = self.document.values
        for key in self.prefix:
            value = value.get(key) if isinstance(value, Mapping) else None
        for name, entries in value.items() if isinstance(value, Mapping) else ():
            for index, table in enumerate(entries if isinstance(entries, list) else ()):
                yield name, index, table if isinstance(table, Mapping) else {}

    def entry_of(self, name: str, index: int, key: str) -> Entry | None:
        """Return the place where a written entry has a key, or None where it has none."""
        found = self.document.root.get(*self.prefix, name)
        tables = found.node.items if found and isinstance(found.node, Array) else ()
        table = tables[index] if index < len(tables) else None
        return table.get(key) if isinstance(table, Table) else None

    def span(self, name: str, index: int, key: str) -> Span:
        """Return where an entry has the value of a key; where it has none, its header."""
        found = self.document.root.get(*self.prefix, name)
        tables = found.node.items if found and isinstance(found.node, Array) else ()
        if index >= len(tables):
            return Span(0, 0)
        table = tables[index]
        value = table.get(key) if isinstance(table, Table) else None
        return value.node.span if value is not None else table.span


@memoised(
    size=lambda _, __, text: len(text), of=lambda path, _: path, ahead=lambda _, text: len(text)
)
def parse_manifest(path: Path, text: str) -> Manifest:
    """Read a manifest; manifests with one text share what is read from it."""
    return replace(read_manifest(text), path=path)


@memoised(size=lambda _, text: len(text), ahead=len)
def read_manifest(text: str) -> Manifest:
    """Read a manifest. Never raises: an entry that has no UUID, or is no table, is left out.

    Whether it has format 1.0 is decided as Julia does it (``get_deps``, 1.6.2 and later): the
    key ``manifest_format`` is missing, or is a table with a ``uuid``, that is a package.
    """
    document = parse_toml(text)
    values = document.values
    written_by = values.get("julia_version")
    format_key = values.get("manifest_format")
    is_first_format = format_key is None or (
        isinstance(format_key, Mapping) and "uuid" in format_key
    )
    prefix = () if is_first_format else ("deps",)
    deps = values if is_first_format else values.get("deps")
    tables = list(_package_tables(deps if isinstance(deps, Mapping) else {}))
    by_name: dict[str, list[UUID]] = {}
    for name, uuid, _, _ in tables:
        by_name.setdefault(name, []).append(uuid)
    unique = {name: uuids[0] for name, uuids in by_name.items() if len(uuids) == 1}
    packages: dict[UUID, PackageEntry] = {}
    for name, uuid, table, index in tables:
        if uuid in packages:
            continue  # Julia loads the first (explicit_manifest_uuid_path), whatever Pkg takes
        packages[uuid] = PackageEntry(
            name=name,
            uuid=uuid,
            version=_version(table.get("version")),
            tree_sha1=_string(table.get("git-tree-sha1")),
            path=_string(table.get("path")),
            entryfile=_string(table.get("entryfile")),
            deps=_dependencies(table.get("deps"), unique),
            weakdeps=_dependencies(table.get("weakdeps"), unique),
            extensions=read_extensions(table.get("extensions")),
            repo_url=_string(table.get("repo-url")),
            index=index,
            syntax=_syntax(table.get("syntax")),
        )
    version = read_version(written_by) if isinstance(written_by, str) else None
    exact = VersionNumber(version.release) if isinstance(version, Series) else version
    return Manifest(
        Path(), document, exact, packages, prefix, names_series=isinstance(version, Series)
    )


def _syntax(value: object) -> VersionNumber | None:
    return _version(value.get("julia_version")) if isinstance(value, dict) else None


def _package_tables(deps: TomlTable) -> Iterator[tuple[str, UUID, TomlTable, int]]:
    for name, entries in deps.items():
        if not isinstance(entries, list):
            continue
        for index, table in enumerate(entries):
            uuid = parse_uuid(table.get("uuid")) if isinstance(table, dict) else None
            if uuid is not None:
                yield name, uuid, table, index


def _dependencies(value: object, unique: Mapping[str, UUID]) -> Mapping[str, UUID | None]:
    """Read a list of names, or a table of names and UUIDs, which says the UUIDs itself."""
    if isinstance(value, list):
        return {name: unique.get(name) for name in value if isinstance(name, str)}
    if isinstance(value, dict):
        return {name: parse_uuid(text) for name, text in value.items()}
    return _NOTHING


def _uuid_of(table: Table) -> UUID | None:
    entry = table.get("uuid")
    return parse_uuid(plain(entry.node)) if entry is not None else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _version(value: object) -> VersionNumber | None:
    return VersionNumber.parse(value) if isinstance(value, str) else None
