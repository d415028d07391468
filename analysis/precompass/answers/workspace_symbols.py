"""Packages, sections and preferences of many files, found by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from pathlib import Path

import msgspec

from precompass.answers.symbols import SymbolKind
from precompass.documents.text import Span
from precompass.documents.toml import Entry, Scalar, Table, parse_toml, values_of
from precompass.documents.values import TomlTable
from precompass.files.kinds import FileKind, file_kind
from precompass.julia.project import LISTING_SECTIONS
from precompass.memo import Memo
from precompass.session import Session

_MOST = 1_000  # answers to one query; a person reads the first few
_MOST_FILES = 5_000
_MOST_OF_A_FILE = 5_000  # symbols
_ROOM = 20_000_000  # characters of the files whose symbols are kept: 5,000 usual ones


class WorkspaceSymbol(msgspec.Struct, frozen=True):
    """Something in a project file or preferences file that has a name.

    Attributes:
        container: in what it is, for a person: ``Survey`` or ``Survey [deps]``.
        span: the name.
    """

    name: str
    kind: SymbolKind
    container: str
    file: Path
    span: Span


class _File(msgspec.Struct):
    """The symbols of a file while its text stays the same: their names, and all once wanted."""

    text: str
    names: tuple[str, ...]
    symbols: tuple[WorkspaceSymbol, ...] | None = None


_KNOWN: Memo[Path, _File] = Memo(_ROOM)


def workspace_symbols(
    session: Session, files: Iterable[Path], query: str
) -> tuple[WorkspaceSymbol, ...]:
    """Return what a query finds, the likeliest first.

    A name is found if the characters of the query are in it in their order, in any case (LSP
    3.17, ``WorkspaceSymbolParams.query``). Names that begin with the query come first, then
    those that have it in them, each group from the shortest. An empty query finds everything.
    Only the files of what is returned are read with all their positions.

    Args:
        session: the user's files.
        files: where to look. Manifests, which only repeat what projects bring in, are passed over.
        query: part of a name.
    """
    typed = query.casefold()
    ranks: dict[str, int | None] = {}
    found: list[tuple[int, int, int, Path, int]] = []
    number = 0
    for path, known in _all(session, files):
        for index, name in enumerate(known.names):
            number += 1
            if name not in ranks:
                ranks[name] = _rank(name.casefold(), typed)
            rank = ranks[name]
            if rank is not None:
                found.append((rank, len(name), number, path, index))
    best = ((_symbols(path), index) for *_, path, index in nsmallest(_MOST, found))
    return tuple(symbols[index] for symbols, index in best if index < len(symbols))


def _all(session: Session, files: Iterable[Path]) -> Iterator[tuple[Path, _File]]:
    kinds = (FileKind.PROJECT, FileKind.PREFERENCES)
    for path in islice((path for path in files if file_kind(path) in kinds), _MOST_FILES):
        source = session.snapshot.read(path)
        if source is not None:
            yield path, _known(path, source.text)


def _rank(name: str, typed: str) -> int | None:
    """Return how well a name fits: 0 begins with it, 1 has it, 2 scattered, None not at all."""
    if typed in name:
        return 0 if name.startswith(typed) else 1
    characters = iter(name)
    return 2 if all(character in characters for character in typed) else None


def _known(path: Path, text: str) -> _File:
    found = _KNOWN.get(path)
    if found is None or found.text != text:
        values = values_of(text)
        found = _File(text, ())
        if values is None:
            found.symbols = _read(path, text)
            found.names = tuple(symbol.name for symbol in found.symbols)
        else:
            found.names = tuple(islice(_names(path, values), _MOST_OF_A_FILE))
        _KNOWN.put(path, found, len(text))
    return found


def _names(path: Path, values: TomlTable) -> Iterator[str]:
    """Yield the names of :func:`_read`, of a text that is valid."""
    if file_kind(path) is not FileKind.PROJECT:
        yield from _names_in(values)
        return
    name = values.get("name")
    if isinstance(name, str):
        yield name
    for section, value in values.items():
        if isinstance(value, dict):
            yield section
            if section in LISTING_SECTIONS:
                yield from value
            elif section == "preferences":
                yield from _names_in(value)


def _names_in(tables: TomlTable) -> Iterator[str]:
    for package, value in tables.items():
        yield package
        if isinstance(value, dict):
            yield from value


def _symbols(path: Path) -> tuple[WorkspaceSymbol, ...]:
    """Return the symbols of a file whose names are known, read once."""
    found = _KNOWN.get(path)
    if found is None:
        return ()
    if found.symbols is None:
        found.symbols = _read(path, found.text)
    return found.symbols


def _read(path: Path, text: str) -> tuple[WorkspaceSymbol, ...]:
    root = parse_toml(text).root
    symbols = (
        _of_project(path, root)
        if file_kind(path) is FileKind.PROJECT
        else _of_tables(path, root, path.parent.name)
    )
    return tuple(islice(symbols, _MOST_OF_A_FILE))


def _of_project(path: Path, root: Table) -> Iterator[WorkspaceSymbol]:
    own = root.get("name")
    name = path.parent.name
    if own is not None and isinstance(own.node, Scalar) and isinstance(own.node.value, str):
        name = own.node.value
        yield WorkspaceSymbol(name, SymbolKind.PACKAGE, path.parent.name, path, own.node.span)
    for section, entry in root.entries.items():
        if not isinstance(entry.node, Table):
            continue
        yield _symbol(path, entry, SymbolKind.TABLE, name)
        if section in LISTING_SECTIONS:
            for listed in entry.node.entries.values():
                yield _symbol(path, listed, SymbolKind.PACKAGE, f"{name} [{section}]")
        elif section == "preferences":
            yield from _of_tables(path, entry.node, f"{name} [{section}]")


def _of_tables(path: Path, tables: Table, container: str) -> Iterator[WorkspaceSymbol]:
    """Yield tables of preferences, with their keys."""
    for package, entry in tables.entries.items():
        yield _symbol(path, entry, SymbolKind.TABLE, container)
        if isinstance(entry.node, Table):
            for key in entry.node.entries.values():
                yield _symbol(path, key, SymbolKind.KEY, f"{container} {package}")


def _symbol(path: Path, entry: Entry, kind: SymbolKind, container: str) -> WorkspaceSymbol:
    return WorkspaceSymbol(entry.key.name, kind, container, path, entry.key.span)
