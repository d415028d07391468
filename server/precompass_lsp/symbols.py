"""Document symbols: the outline of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.ready import Json, Ready, range_json
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.symbols import DocumentSymbol


def register(server: Host) -> None:
    """Let a server show outlines."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbol(ls: Host, params: types.DocumentSymbolParams) -> Ready:
        path, nothing = path_of(params.text_document.uri), Ready([])
        if path is None:
            return nothing
        return await ls.answer(nothing, outline_of, ls.moment, path)


def outline_of(moment: Moment, path: Path) -> Ready:
    """Return the outline of a file; editors ask for that of the same text again and again."""
    return moment.once(symbols_of, path)


def symbols_of(moment: Moment, path: Path) -> Ready:
    """Return the outline of a file, as a list for clients that show no tree."""
    from precompass.answers.symbols import document_symbols

    found = document_symbols(moment.session, path)
    if moment.client.nested_symbols:
        return Ready([_nested(moment, path, symbol) for symbol in found])
    return Ready(_flat(moment, path, found, None))


def _nested(moment: Moment, path: Path, symbol: DocumentSymbol) -> Json:
    """Return a symbol with those below it (LSP 3.17, ``DocumentSymbol``)."""
    made: Json = {
        "name": plain_line(symbol.name),
        "kind": _kind(symbol),
        "range": range_json(moment.positions.range(path, symbol.span)),
        "selectionRange": range_json(moment.positions.range(path, symbol.selection)),
    }
    if symbol.detail:
        made["detail"] = plain_line(symbol.detail)
    if symbol.children:
        made["children"] = [_nested(moment, path, child) for child in symbol.children]
    return made


def _flat(
    moment: Moment, path: Path, symbols: Sequence[DocumentSymbol], container: str | None
) -> list[Json]:
    """Return symbols and those below them in one list (LSP 3.17, ``SymbolInformation``)."""
    found: list[Json] = []
    for symbol in symbols:
        name, span = plain_line(symbol.name), moment.positions.range(path, symbol.span)
        location = {"uri": moment.uri(path), "range": range_json(span)}
        made: Json = {"name": name, "kind": _kind(symbol), "location": location}
        if container is not None:
            made["containerName"] = container
        found += [made, *_flat(moment, path, symbol.children, name)]
    return found


def _kind(symbol: DocumentSymbol) -> int:
    return types.SymbolKind[symbol.kind.value.capitalize()].value
