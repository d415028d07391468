"""Renaming a package, as one step over two files."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_a_package_is_renamed_in_both_files(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(project)
    place = types.TextDocumentIdentifier(project.as_uri()), types.Position(6, 2)
    name = types.Range(types.Position(6, 0), types.Position(6, 5))
    prepared = await editor.text_document_prepare_rename_async(types.PrepareRenameParams(*place))
    assert prepared == name
    edit = await editor.text_document_rename_async(types.RenameParams(*place, "Brook"))
    assert edit is not None
    assert edit.changes is not None
    inside = types.Range(types.Position(1, 20), types.Position(1, 25))
    assert {uri: list(edits) for uri, edits in edit.changes.items()} == {
        project.as_uri(): [types.TextEdit(name, "Brook")],
        preferences.as_uri(): [types.TextEdit(inside, "Brook")],
    }


async def test_a_rename_that_cannot_be_is_answered_with_the_reason(
    editor: Editor, project: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(project)
    place = types.TextDocumentIdentifier(project.as_uri()), types.Position(6, 2)
    with pytest.raises(JsonRpcException, match="cannot be the name of a Julia module") as refusal:
        await editor.text_document_rename_async(types.RenameParams(*place, "a b"))
    assert refusal.value.code == types.LSPErrorCodes.RequestFailed.value
