"""Document symbols: the outline of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.symbols import DocumentSymbol

Outline = Sequence[types.DocumentSymbol] | Sequence[types.SymbolInformation]


def register(server: Host) -> None:
    """Let a server show outlines."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbol(ls: Host, params: types.DocumentSymbolParams) -> Outline:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        return await ls.answer([], symbols_of, ls.moment, path)


def symbols_of(moment: Moment, path: Path) -> Outline:
    """Return the outline of a file, as a list for clients that show no tree."""
    from precompass.answers.symbols import document_symbols

    found = document_symbols(moment.session, path)
    if moment.client.nested_symbols:
        return [_nested(moment, path, symbol) for symbol in found]
    return _flat(moment, path, found, None)


def _nested(moment: Moment, path: Path, symbol: DocumentSymbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        plain(symbol.name),
        _kind(symbol),
        moment.positions.range(path, symbol.span),
        moment.positions.range(path, symbol.selection),
        detail=plain(symbol.detail) or None,
        children=[_nested(moment, path, child) for child in symbol.children] or None,
    )


def _flat(
    moment: Moment, path: Path, symbols: Sequence[DocumentSymbol], container: str | None
) -> list[types.SymbolInformation]:
    found = []
    for symbol in symbols:
        location = types.Location(moment.uri(path), moment.positions.range(path, symbol.span))
        found.append(
            types.SymbolInformation(
                location, plain(symbol.name), _kind(symbol), container_name=container
            )
        )
        found += _flat(moment, path, symbol.children, plain(symbol.name))
    return found


def _kind(symbol: DocumentSymbol) -> types.SymbolKind:
    return types.SymbolKind[symbol.kind.value.capitalize()]
