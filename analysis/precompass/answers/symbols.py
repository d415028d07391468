"""The outline of a file: its tables and keys; of a manifest, its packages."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from pathlib import Path

import msgspec

from precompass.answers.extents import Extents, extents_of
from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Node, Scalar, Table
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.julia.manifest import PackageEntry, parse_manifest
from precompass.julia.project import LISTING_SECTIONS
from precompass.julia.uuids import parse_uuid
from precompass.session import Session
from precompass.wording.shortening import shortened

_MOST = 5_000  # symbols below one table; the largest manifests known have under a thousand
_LONGEST = 60  # characters of a value


class SymbolKind(Enum):
    """What a symbol is, in the words of the LSP (3.17, ``SymbolKind``) where it has one."""

    TABLE = "struct"
    PACKAGE = "package"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"


class DocumentSymbol(msgspec.Struct, frozen=True):
    """A line of the outline.

    Attributes:
        detail: its value, or a package's version.
        span: all of it, with what is below.
        selection: its key.
        children: what is in it.
    """

    name: str
    kind: SymbolKind
    detail: str
    span: Span
    selection: Span
    children: tuple[DocumentSymbol, ...] = ()


def document_symbols(session: Session, path: Path) -> tuple[DocumentSymbol, ...]:
    """Return the outline of a file, in the order of its text."""
    context = context_of(session, path)
    if context is None:
        return ()
    extents = extents_of(context.document)
    if context.kind is FileKind.MANIFEST:
        found = _of_manifest(context, extents)
    else:
        found = [
            _packages(context, entry, extents)
            if context.kind is FileKind.PROJECT and name in LISTING_SECTIONS
            else _symbol(entry, extents)
            for name, entry in islice(context.document.root.entries.items(), _MOST)
        ]
    return tuple(sorted(found, key=lambda symbol: symbol.span))


def _symbol(entry: Entry, extents: Extents) -> DocumentSymbol:
    node = entry.node
    children: tuple[DocumentSymbol, ...] = ()
    if isinstance(node, Table):
        below = islice(node.entries.values(), _MOST)
        children = tuple(_symbol(one, extents) for one in below)
    span = extents.of(entry)
    return DocumentSymbol(
        entry.key.name or '""', _kind(node), _detail(node), span, entry.key.span, children
    )


def _packages(context: FileContext, entry: Entry, extents: Extents) -> DocumentSymbol:
    """Return a section that lists packages, each with the version that the manifest has."""
    whole = _symbol(entry, extents)
    environment = context.invalidations.environment if context.invalidations is not None else None
    children = []
    table = entry.node.entries if isinstance(entry.node, Table) else {}
    for child in whole.children:
        found = table.get(child.name)
        value = found.node.value if found is not None and isinstance(found.node, Scalar) else None
        uuid = parse_uuid(value)
        resolved = environment.entry(uuid) if environment is not None and uuid is not None else None
        children.append(
            DocumentSymbol(
                child.name,
                SymbolKind.PACKAGE,
                _version(resolved) if resolved is not None else child.detail,
                child.span,
                child.selection,
            )
        )
    return DocumentSymbol(
        whole.name, whole.kind, whole.detail, whole.span, whole.selection, tuple(children)
    )


def _of_manifest(context: FileContext, extents: Extents) -> list[DocumentSymbol]:
    manifest = parse_manifest(context.path, context.text)
    root = context.document.root.entries.values()
    found = [_symbol(entry, extents) for entry in root if isinstance(entry.node, Scalar)]
    for package in islice(manifest.packages.values(), _MOST):
        table = manifest.table(package)
        if table is None:
            continue
        header = table.header
        span = extents.of_header(header) if header is not None else table.span
        selection = header.keys[-1].span if header is not None else table.span
        found.append(
            DocumentSymbol(package.name, SymbolKind.PACKAGE, _version(package), span, selection)
        )
    return found


def _version(package: PackageEntry) -> str:
    if package.version is not None:
        return str(package.version)
    return "standard library" if package.is_stdlib else ""


def _kind(node: Node) -> SymbolKind:
    if isinstance(node, Table):
        return SymbolKind.TABLE
    if isinstance(node, Array):
        return SymbolKind.ARRAY
    if isinstance(node.value, bool):
        return SymbolKind.BOOLEAN
    if isinstance(node.value, int | float):
        return SymbolKind.NUMBER
    return SymbolKind.STRING if isinstance(node.value, str) else SymbolKind.KEY


def _detail(node: Node) -> str:
    if isinstance(node, Table):
        return ""
    if isinstance(node, Array):
        return f"{len(node.items)} items" if len(node.items) != 1 else "1 item"
    value = node.value
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return shortened(text, _LONGEST)
