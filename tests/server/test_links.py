"""Document links."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_paths_and_repositories_are_links(editor: Editor, project: Path) -> None:
    lake = project.parent / "Lake"
    lake.mkdir()
    lake.joinpath("Project.toml").write_text('name = "Lake"\n')
    text = '[sources]\nLake = {path = "Lake"}\nSea = {url = "git@example.org:Sea.jl.git"}\n'
    await editor.start_session(project.parent)
    editor.open(project, text)
    found = await editor.text_document_document_link_async(
        types.DocumentLinkParams(types.TextDocumentIdentifier(project.as_uri()))
    )
    assert found is not None
    assert [(link.range.start.line, link.target) for link in found] == [
        (1, lake.joinpath("Project.toml").as_uri()),
        (2, "https://example.org/Sea.jl"),
    ]
