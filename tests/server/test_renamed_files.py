"""A folder that the client is about to rename: one edit for all files, that can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

CAPABLE = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        file_operations=types.FileOperationClientCapabilities(will_rename=True),
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
    )
)


async def asked(editor: Editor, old: Path, new: Path) -> types.WorkspaceEdit | None:
    return await editor.workspace_will_rename_files_async(
        types.RenameFilesParams([types.FileRename(old.as_uri(), new.as_uri())])
    )


async def test_paths_in_open_files_and_on_disk_follow(editor: Editor, project: Path) -> None:
    folder = project.parent
    manifest = folder / "Manifest.toml"
    manifest.write_text(
        manifest.read_text().replace(
            'git-tree-sha1 = "0000000000000000000000000000000000000002"', 'path = "lib/Lake"'
        )
    )
    session = await editor.start_session(folder, capabilities=CAPABLE)
    workspace = session.capabilities.workspace
    assert workspace is not None
    assert workspace.file_operations is not None
    assert workspace.file_operations.will_rename is not None
    text = project.read_text() + '\n[sources]\nLake = {path = "lib/Lake"}\n'
    editor.open(project, text)
    edit = await asked(editor, folder / "lib" / "Lake", folder / "Sea")
    assert edit is not None
    changed = {}
    for change in edit.document_changes or []:
        assert isinstance(change, types.TextDocumentEdit)
        identifier = change.text_document
        (one,) = change.edits
        assert isinstance(one, types.TextEdit)
        changed[identifier.uri] = (identifier.version, one.range.start.line, one.new_text)
    line = text.splitlines().index('Lake = {path = "lib/Lake"}')
    assert changed == {
        project.as_uri(): (1, line, '"Sea"'),
        manifest.as_uri(): (None, 10, '"Sea"'),
    }


async def test_nothing_where_no_path_leads(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, capabilities=CAPABLE)
    assert await asked(editor, project.parent / "src", project.parent / "source") is None
