"""Packages, sections and preferences of many files, found by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from precompass.answers.symbols import SymbolKind
from precompass.documents.text import Span
from precompass.documents.toml import Entry, Scalar, Table, parse_toml
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


_KNOWN: Memo[Path, tuple[str, tuple[WorkspaceSymbol, ...]]] = Memo(_ROOM)
"""The symbols of each file, with the text that they were found in."""


def workspace_symbols(
    session: Session, files: Iterable[Path], query: str
) -> tuple[WorkspaceSymbol, ...]:
    """Return what a query finds, the likeliest first.

    A name is found if the characters of the query are in it in their order, in any case (LSP
    3.17, ``WorkspaceSymbolParams.query``). Names that begin with the query come first, then
    those that have it in them, each group from the shortest. An empty query finds everything.

    Args:
        session: the user's files.
        files: where to look. Manifests, which only repeat what projects bring in, are passed over.
        query: part of a name.
    """
    typed = query.casefold()
    found = [
        (rank, len(symbol.name), number, symbol)
        for number, symbol in enumerate(_all(session, files))
        if (rank := _rank(symbol.name.casefold(), typed)) is not None
    ]
    return tuple(symbol for *_, symbol in sorted(found, key=lambda one: one[:3])[:_MOST])


def _all(session: Session, files: Iterable[Path]) -> Iterator[WorkspaceSymbol]:
    kinds = (FileKind.PROJECT, FileKind.PREFERENCES)
    for path in islice((path for path in files if file_kind(path) in kinds), _MOST_FILES):
        source = session.snapshot.read(path)
        if source is not None:
            yield from _symbols(path, source.text)


def _rank(name: str, typed: str) -> int | None:
    """Return how well a name fits: 0 begins with it, 1 has it, 2 scattered, None not at all."""
    if typed in name:
        return 0 if name.startswith(typed) else 1
    characters = iter(name)
    return 2 if all(character in characters for character in typed) else None


def _symbols(path: Path, text: str) -> tuple[WorkspaceSymbol, ...]:
    """Return the symbols of a file; while its text stays the same they are computed once."""
    known = _KNOWN.get(path)
    if known is not None and known[0] == text:
        return known[1]
    root = parse_toml(text).root
    found = (
        _of_project(path, root)
        if file_kind(path) is FileKind.PROJECT
        else _of_tables(path, root, path.parent.name)
    )
    symbols = tuple(islice(found, _MOST_OF_A_FILE))
    _KNOWN.put(path, (text, symbols), len(text))
    return symbols


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
