"""Outlines, as a tree or as a list, as the client can show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


TREE = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        document_symbol=types.DocumentSymbolClientCapabilities(
            hierarchical_document_symbol_support=True
        )
    )
)


async def test_a_client_that_shows_trees_gets_one(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, capabilities=TREE)
    editor.open(project)
    *_, deps = await _symbols(editor, project)
    assert isinstance(deps, types.DocumentSymbol)
    assert deps.name == "deps"
    packages = [(one.name, one.detail, one.kind) for one in deps.children or []]
    assert packages[0] == ("Forest", "1.0.0", types.SymbolKind.Package)
    assert deps.range == types.Range(types.Position(4, 0), types.Position(7, 56))


async def test_other_clients_get_a_list(editor: Editor, manifest: Path) -> None:
    await editor.start_session(manifest.parent)
    editor.open(manifest)
    found = await _symbols(editor, manifest)
    assert all(isinstance(one, types.SymbolInformation) for one in found)
    assert [one.name for one in found][2:5] == ["Forest", "Lake", "PrecompileTools"]


async def _symbols(
    editor: Editor, path: Path
) -> list[types.DocumentSymbol | types.SymbolInformation]:
    found = await editor.text_document_document_symbol_async(
        types.DocumentSymbolParams(types.TextDocumentIdentifier(path.as_uri()))
    )
    return list(found or [])
