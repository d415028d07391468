"""Definitions, in files that are open and files that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_a_dependency_leads_to_its_entry_and_back(
    editor: Editor, project: Path, manifest: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(project)
    forest = await _definition(editor, project, 5, 2)
    header = types.Range(types.Position(3, 0), types.Position(3, 15))
    assert forest == [types.Location(manifest.as_uri(), header)]
    line = types.Range(types.Position(5, 0), types.Position(5, 6))
    assert await _definition(editor, manifest, 3, 10) == [types.Location(project.as_uri(), line)]


async def _definition(editor: Editor, path: Path, line: int, character: int) -> object:
    return await editor.text_document_definition_async(
        types.DefinitionParams(
            types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character)
        )
    )
